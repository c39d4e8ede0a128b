"""The account of an incident: owed by a day, written once, shown without what is withheld.

CannotAccount   it cannot be kept or published so; carries a sentence for each fault

Table 1.1 says by when (R-52). What an account says in public goes the way of every word:
``statements.account`` drafts it, the policy clears it, and it is compiled and announced.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure import outline, times, withholding
from tocsin.disclosure.clocks import counting
from tocsin.disclosure.clocks.values import Offset, Place
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.followup import promises
from tocsin.followup.models import AccountText
from tocsin.incidents import declaration, locking
from tocsin.incidents.declaration import Known
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.statements import account, published
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.published import Story
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Layer

SUMMARY = {
    Severity.SEV1: Offset("72 h", elapsed=timedelta(hours=72)),
    Severity.SEV2: Offset("5 business days", business_days=5),
}
FULL = {
    Severity.SEV1: Offset("10 business days", business_days=10),
    Severity.SEV2: Offset("15 business days", business_days=15),
}
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class CannotAccount(Exception):
    """The act is refused. ``faults`` are sentences, each with its mend."""

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class Due:
    """By when an account of an incident is owed: a summary, and all of it."""

    incident_id: str
    over_at: datetime
    summary_at: datetime
    full_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """The source as it was last written down, by language."""

    number: int
    sources: Mapping[str, str]
    at: datetime
    by: str
    by_id: str = ""


def due(story: Story, page: Brand) -> Due | None:
    """By when the account of an incident is owed; None where it is open, or owes none.

    Business days are Monday to Friday, counted in the page's zone, without the public holidays of
    the country that it names, if any. Pure.
    """
    over_at, severity = story.resolved_at, story.severity
    if over_at is None or (severity not in FULL and story.words.account_due is None):
        return None
    full = full_by(over_at, severity, page, promised=story.words.account_due)
    assert full is not None
    summary = _after(over_at, SUMMARY[severity], page) if severity in SUMMARY else full
    summary = min(summary, full)
    return Due(story.incident_id, over_at, summary, full)


def full_by(
    over_at: datetime, severity: Severity, page: Brand, *, promised: date | None = None
) -> datetime | None:
    """By when all of an account is owed: by the end of the day that readers were promised.

    Without one, as the table has it; None of a severity that then owes none by a day. Pure.
    """
    if promised is not None:
        ends = datetime.combine(promised + timedelta(days=1), time.min)
        return ends.replace(tzinfo=ZoneInfo(page.time_zone)).astimezone(UTC)
    return _after(over_at, FULL[severity], page) if severity in FULL else None


def _after(over_at: datetime, offset: Offset, page: Brand) -> datetime:
    return counting.after(over_at, offset, Place(page.name, page.country), zone=page.time_zone)


def is_given(story: Story) -> bool:
    """Whether an account is published, and was not taken back."""
    return story.phase == Phase.ACCOUNT


def drafted(incident_id: str, language: str, *, at: datetime) -> str:
    """An account to be filled, from the incident's own timeline, words, facts and promises.

    Internal facts stand in it with their mark. Raises CannotAccount, UnknownIncident.
    """
    known = declaration.known_of(incident_id)
    page = shelf.seen_by(known.audience_id)
    if language not in page.languages:
        spoken = ", ".join(page.languages)
        raise CannotAccount(f"This page does not speak {language!r}; it speaks {spoken}.")
    story = _story(known)
    facts = {
        "effect": _effect(story, page, language),
        "timeline": _timeline(known, story, page, language),
        "happened": "\n\n".join(_facts(incident_id, page, language, at=at)),
        "changing": _promises(incident_id, page, language),
        "apology": page.contact,
    }
    return outline.drafted(language, facts)


@transaction.atomic
def keep(
    incident_id: str,
    sources: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
    follows: int | None = None,
) -> Kept:
    """Write the source down; languages that are left out stay as they were. Nothing is said yet.

    ``follows`` is the revision that it was written upon, where that is known. Raises
    CannotAccount, NotAllowed.
    """
    locking.lock([incident_id])
    known = declaration.known_of(incident_id)
    access.check(by, "draft", known.page_id)
    before = kept(incident_id)
    _check_follows(before, follows)
    page = shelf.seen_by(known.audience_id)
    unknown = [code for code in sources if code not in page.languages]
    if unknown:
        raise CannotAccount(f"This page does not speak {unknown[0]!r}.")
    number = before.number + 1 if before else 1
    AccountText.objects.create(
        incident_id=incident_id,
        number=number,
        sources={**(before.sources if before else {}), **sources},
        at=at,
        by_id=by.id,
        by_name=str(by),
    )
    chain.note(
        "followup:account:kept",
        by=by,
        at=at,
        subject=("incident", incident_id),
        page=known.page_id,
        revision=number,
    )
    now = kept(incident_id)
    assert now is not None
    return now


def _check_follows(now: Kept | None, follows: int | None) -> None:
    """Nobody writes over, or says, what they have not read. Raises CannotAccount."""
    if follows is not None and now is not None and now.number != follows:
        raise CannotAccount(
            f"{now.by} kept revision {now.number} meanwhile. Read it first; yours is still here."
        )


def kept(incident_id: str) -> Kept | None:
    """The source as it stands, if any was written down."""
    row = AccountText.objects.filter(incident_id=incident_id).order_by("-number").first()
    return Kept(row.number, row.sources, row.at, row.by_name, row.by_id) if row else None


def public(incident_id: str) -> dict[str, str]:
    """What readers would be shown, by language. Raises CannotAccount with all that is wrong."""
    now = kept(incident_id)
    if now is None:
        raise CannotAccount("No account was written down yet. See `tocsin account draft`.")
    found = [
        fault
        for code, source in now.sources.items()
        for fault in (*withholding.faults(source, code), *outline.faults(source, code))
    ]
    if found:
        raise CannotAccount(*found)
    return {code: withholding.public(source, code) for code, source in now.sources.items()}


@transaction.atomic
def publish(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    announces: bool = True,
    follows: int | None = None,
) -> Spoken:
    """Say the account without what is withheld in it. Raises CannotAccount, NotFitToSay.

    One that was published before stays to be read; the next is another word of its incident.
    ``follows`` is the revision that was read before it is said, where that is known.
    """
    locking.lock([incident_id])
    known = declaration.known_of(incident_id)
    _check_follows(kept(incident_id), follows)
    account.draft(incident_id, layers_of(known, public(incident_id)), by=by, at=at)
    return account.publish(incident_id, announces=announces, by=by, at=at)


def layers_of(known: Known, texts: Mapping[str, str]) -> dict[str, Layer]:
    """What readers are shown, by language, each under its headline. Raises CannotAccount."""
    name = _story(known).name
    return {
        code: Layer(headline=_headline(name(code)[1], code), body=text)
        for code, text in texts.items()
    }


def _headline(name: str, code: str) -> str:
    """The outline's own, or the name alone where that would be too long for a subject."""
    told = outline.of(code).title.format(name=name)
    return told if len(told) <= HEADLINE_LENGTH else name[:HEADLINE_LENGTH]


def _story(known: Known) -> Story:
    story = published.story(known.audience_id, known.id)
    if story is None:
        raise CannotAccount("Nothing was said of this incident yet. Say a first word.")
    return story


def _effect(story: Story, page: Brand, code: str) -> str:
    """From when to when, how long, and what was affected: as readers were told."""
    nodes = shelf.components_of(page.id, retired=True).by_id()
    named = [nodes[key].named(code) for key in story.component_ids if key in nodes]
    end = story.over_at
    if end is None:
        return ", ".join(named)
    since, until = times.window(story.started_at, end, page.time_zone, code, now=LONG_AGO)
    lasted = times.lasted(end - story.started_at, code)
    return f"{', '.join(named)}{languages.of(code).colon} {since} – {until} ({lasted})."


def _timeline(known: Known, story: Story, page: Brand, code: str) -> str:
    """Two columns beside each other, one zone: the technical events, and the communication."""
    rows = sorted([*_events(story, code), *_words(story, code)], key=lambda row: row[0])
    head = outline.of(code).timeline
    lines = [f"| {' | '.join(head)} |", "|---|---|---|"]
    before = LONG_AGO
    for moment, happened, told in rows:
        when = times.spoken(moment, page.time_zone, code, now=before)
        lines.append(f"| {when} | {_cell(happened)} | {_cell(told)} |")
        before = moment
    return "\n".join(lines)


def _events(story: Story, code: str) -> Iterator[tuple[datetime, str, str]]:
    yield story.started_at, outline.of(code).began, ""
    if story.over_at:
        yield story.over_at, outline.of(code).ended, ""


def _words(story: Story, code: str) -> Iterator[tuple[datetime, str, str]]:
    for said in story.publications:
        if said.words and not said.is_progress and said.words.phase != Phase.ACCOUNT:
            yield said.published_at, "", said.layer(code)[1].headline


def _facts(incident_id: str, page: Brand, code: str, *, at: datetime) -> Iterator[str]:
    """Internal facts, each withheld until somebody takes its mark away."""
    why = outline.of(code).internal
    for moment, _who, text in declaration.facts_of(incident_id):
        when = times.spoken(moment, page.time_zone, code, now=at)
        # However many stand together: what a fact quotes must not end the mark around it.
        harmless = re.sub(r"\[{2,}", "[", re.sub(r"\]{2,}", "]", text))
        yield f"[[{why} | {when}: {harmless}]]"


def _promises(incident_id: str, page: Brand, code: str) -> str:
    told = [one for one in promises.told_of(incident_id, page.time_zone) if code in one.texts]
    if not told:
        return ""
    lines = [f"| {' | '.join(outline.of(code).changes)} |", "|---|---|---|---|---|"]
    for one in told:
        text, day = one.texts[code], times.day(one.due_on, code)
        state = outline.of(code).fates[one.fate]
        cells = map(_cell, (text.action, text.done_when, text.owner, day, state))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
