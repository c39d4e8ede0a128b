"""What the coach says, as the composer shows it beside the words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tocsin.console.scene import Scene
from tocsin.disclosure.coach import reviewing
from tocsin.disclosure.coach.values import Finding, Kind, Level, Missing
from tocsin.statements import coaching, consents, manners
from tocsin.statements.published import Words

AROUND = 60  # characters shown before and behind a phrase
WAVING = "wave."  # what the fields with reasons begin with
LEVELS: dict[Level, str | Promise] = {
    Level.BLOCK: _("Should not go out so"),
    Level.REVIEW: _("Have somebody else read this"),
    Level.WARN: _("Better otherwise"),
    Level.HINT: _("Perhaps"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One phrase with the words around it, why it is marked, and what would do instead."""

    level: str
    label: str | Promise
    before: str
    phrase: str
    after: str
    why: str
    instead: str
    key: str


@dataclass(frozen=True, slots=True)
class Coached:
    """What the coach says of one language's words; ``more`` counts what is not shown."""

    language: str
    remarks: tuple[Remark, ...]
    more: int
    lacking: tuple[Missing, ...]
    score: int | None
    of: int


def coached(scene: Scene, words: Words) -> list[Coached]:
    """What a careful reader would say of each language's words, where there is anything to say."""
    heard = coaching.heard(
        words,
        kind=Kind(scene.known.kind),
        tree=scene.tree,
        story=scene.story,
        waved=coaching.waved(scene.known.id),
        manner=manners.manner_of(scene.page.id),
        circle="" if scene.page.is_for_everyone else scene.page.audience,
        allowed=consents.of_incident(scene.known.id).allowed,
    )
    told = [_coached(one, words) for one in heard]
    return [one for one in told if one.remarks or one.lacking]


def _coached(heard: coaching.Heard, words: Words) -> Coached:
    details = words.layers[heard.language].details
    remarks = [_remark(one, heard.text) for one in heard.shown]
    aside = reviewing.shown(heard.details, reviewing.MOST_SHOWN - len(remarks))
    remarks += [_remark(one, details) for one in aside]
    apology = heard.findings.apology
    lacking = heard.findings.missing
    return Coached(
        language=heard.language,
        remarks=tuple(remarks),
        more=len(heard.findings.findings) + len(heard.details) - len(remarks),
        lacking=tuple(one for one in lacking if one.level in (Level.BLOCK, Level.WARN)),
        score=apology.score if apology else None,
        of=apology.of if apology else 0,
    )


def _remark(found: Finding, text: str) -> Remark:
    begins = found.start - len(text[: found.start].rpartition(coaching.GAP)[2])
    ends = found.end + len(text[found.end :].partition(coaching.GAP)[0])
    first, last = max(found.start - AROUND, begins), min(found.end + AROUND, ends)
    before, after = text[first : found.start], text[found.end : last]
    return Remark(
        level=found.level.value,
        label=LEVELS[found.level],
        before=before if first == begins else f"…{before.partition(' ')[2]}",
        phrase=found.text,
        after=after if last == ends else f"{after.rpartition(' ')[0]} …",
        why=found.why,
        instead=found.fix,
        key=f"{found.rule}:{reviewing.phrase_of(found)}",
    )
