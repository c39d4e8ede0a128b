"""The word owed: when the next one is due, and when its lateness shows. Derived, never stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import LATER, PACES, Severity, grace_of
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.statements import published
from tocsin.statements.published import Story


@dataclass(frozen=True, slots=True)
class Owed:
    """A word owed to the public. ``overdue_at`` is ``by`` and the grace of metrics 6.2."""

    incident_id: str
    page_id: str
    title: str
    severity: Severity
    made_at: datetime
    by: datetime
    overdue_at: datetime
    is_first: bool

    def is_overdue(self, at: datetime) -> bool:
        return at > self.overdue_at


def usual_wait(severity: Severity, phase: Phase, *, open_for: timedelta) -> timedelta:
    """How long until the next word, by table 1.1."""
    pace = PACES[severity]
    if phase == Phase.MONITORING:
        return pace.monitoring
    return pace.cadence if open_for < LATER else pace.cadence_later


def next_word_due(known: Known, story: Story | None) -> Owed | None:
    """The word owed on an incident; None once the last one was said."""
    if story is None:
        made_at = min(known.declared_at, known.moments.get("detected", known.declared_at))
        due = made_at + PACES[known.severity].first_notice
        return _owed(known, made_at, due, is_first=True)
    if story.words.next_word_at is None:
        return None
    return _owed(known, story.latest.published_at, story.words.next_word_at, is_first=False)


def _owed(known: Known, made_at: datetime, due: datetime, *, is_first: bool) -> Owed:
    return Owed(
        incident_id=known.id,
        page_id=known.page_id,
        title=known.title,
        severity=known.severity,
        made_at=made_at,
        by=due,
        overdue_at=due + grace_of(due - made_at),
        is_first=is_first,
    )


def owed_words(page_id: str = "") -> list[Owed]:
    """Every word owed, the soonest first."""
    still_open = declaration.open_incidents(page_id)
    told = {
        (audience, story.incident_id): story
        for audience in {known.audience_id for known in still_open}
        for story in published.open_stories(audience)
    }
    owed = [next_word_due(known, told.get((known.audience_id, known.id))) for known in still_open]
    return sorted((word for word in owed if word), key=lambda word: word.by)
