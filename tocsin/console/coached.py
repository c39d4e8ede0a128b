"""What the coach says, as the composer shows it beside the words."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tocsin.catalogue.shelf import Brand
from tocsin.console.scene import Scene
from tocsin.disclosure import wording
from tocsin.disclosure.coach import reviewing
from tocsin.disclosure.coach.reading import MASK
from tocsin.disclosure.coach.values import Finding, Kind, Level, Missing
from tocsin.disclosure.posture import Posture
from tocsin.page import address
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


def coached(
    scene: Scene,
    words: Words,
    *,
    posture: Posture | None = None,
    is_security: bool | None = None,
) -> list[Coached]:
    """What a careful reader would say of each language's words, where there is anything to say.

    ``posture`` is what the words take the cause to be, and ``is_security`` of which kind they take
    it to be, where that is not what we know already.
    """
    waved = coaching.waved(scene.known.id)
    heard = _heard(scene, words, waved, posture=posture, is_security=is_security)
    told = [_coached(one, words) for one in heard]
    return [one for one in told if one.remarks or one.lacking]


def standing(
    scene: Scene, words: Words, *, posture: Posture | None, is_security: bool | None
) -> list[str]:
    """The keys of all that is to be said against the words, whether it was waved through or not."""
    heard = _heard(scene, words, frozenset(), posture=posture, is_security=is_security)
    return [
        coaching.key_of(found) for one in heard for found in (*one.findings.findings, *one.details)
    ]


def marked(before: str, shown: Iterable[Coached]) -> str:
    """What was marked while the form was open, as its field hands it back: keys as JSON."""
    keys = [*keys_of(before), *(one.key for said in shown for one in said.remarks)]
    return json.dumps(list(dict.fromkeys(keys))[: coaching.MOST_HEEDED])


def keys_of(typed: str) -> list[str]:
    """The keys in such a field; none where it is not as it was handed out."""
    try:
        told = json.loads(typed or "[]")
    except (ValueError, RecursionError):
        return []
    return [key for key in told if isinstance(key, str)] if isinstance(told, list) else []


def _heard(
    scene: Scene,
    words: Words,
    waved: coaching.Waved,
    *,
    posture: Posture | None,
    is_security: bool | None,
) -> tuple[coaching.Heard, ...]:
    if is_security is None:
        is_security = scene.known.is_security
    return coaching.heard(
        _wording_alone(words, scene.page),
        kind=Kind.SECURITY if is_security else Kind(scene.known.kind),
        tree=scene.tree,
        story=scene.story,
        waved=waved,
        manner=manners.manner_of(scene.page.id),
        circle="" if scene.page.is_for_everyone else scene.page.audience,
        allowed=consents.of_incident(scene.known.id).allowed,
        posture=posture or scene.known.posture,
    )


def _wording_alone(words: Words, page: Brand) -> Words:
    """The words without what is nobody's wording, each letter of the rest where it stood.

    Those are blanks that are still open, which the form asks for by name, and the page's own
    address: a page for colleagues may well stand on a host that nobody outside should hear of.
    """
    host = address.host_url_of(page)
    layers = {
        code: replace(
            layer,
            headline=_set_aside(layer.headline, code, host),
            body=_set_aside(layer.body, code, host),
        )
        for code, layer in words.layers.items()
    }
    return replace(words, layers=layers)


def _set_aside(text: str, language: str, host: str) -> str:
    for mark in wording.open_marks(language):
        text = text.replace(mark, f"{{{mark[1:-1]}}}")
    return text.replace(host, MASK * len(host))


def _coached(heard: coaching.Heard, words: Words) -> Coached:
    details = words.layers[heard.language].details
    text = coaching.text_of(words.layers[heard.language])
    remarks = [_remark(one, text) for one in heard.shown]
    aside = reviewing.shown(heard.details, reviewing.MOST_SHOWN - len(remarks))
    remarks += [_remark(one, details) for one in aside]
    apology = None if _is_unfilled(text, heard.language) else heard.findings.apology
    lacking = heard.findings.missing
    return Coached(
        language=heard.language,
        remarks=tuple(remarks),
        more=len(heard.findings.findings) + len(heard.details) - len(remarks),
        lacking=tuple(one for one in lacking if one.level in (Level.BLOCK, Level.WARN)),
        score=apology.score if apology else None,
        of=apology.of if apology else 0,
    )


def _is_unfilled(text: str, language: str) -> bool:
    """Whether a blank still stands open: then nobody can say how whole an apology is."""
    return any(mark in text for mark in wording.open_marks(language))


def _remark(found: Finding, text: str) -> Remark:
    begins = found.start - len(text[: found.start].rpartition(coaching.GAP)[2])
    ends = found.end + len(text[found.end :].partition(coaching.GAP)[0])
    first, last = max(found.start - AROUND, begins), min(found.end + AROUND, ends)
    before, after = text[first : found.start], text[found.end : last]
    return Remark(
        level=found.level.value,
        label=LEVELS[found.level],
        before=before if first == begins else f"…{before.partition(' ')[2]}",
        phrase=text[found.start : found.end],
        after=after if last == ends else f"{after.rpartition(' ')[0]} …",
        why=found.why,
        instead=found.fix,
        key=coaching.key_of(found),
    )
