"""The word owed: when the next one is due, and when its lateness shows. Derived, never stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.disclosure.phases import PLANNED, Phase
from tocsin.disclosure.policy import Policy
from tocsin.disclosure.severity import Severity, grace_of
from tocsin.incidents import declaration, planning
from tocsin.incidents.declaration import Known
from tocsin.statements import policies, published
from tocsin.statements.published import Story


@dataclass(frozen=True, slots=True)
class Owed:
    """A word owed to the public. ``overdue_at`` is ``by`` and the grace of metrics 6.2.

    ``debt`` is the publication that promised it; empty for the first word, which nobody promised.
    ``is_for_everyone`` is False where a closed circle alone was told of the incident.
    """

    incident_id: str
    page_id: str
    title: str
    severity: Severity
    made_at: datetime
    by: datetime
    overdue_at: datetime
    debt: str
    is_for_everyone: bool = True

    @property
    def is_first(self) -> bool:
        return not self.debt

    def is_overdue(self, at: datetime) -> bool:
        return at > self.overdue_at


def usual_wait(
    policy: Policy, severity: Severity, phase: Phase, *, is_long: bool = False
) -> timedelta:
    """How long until the next word, as a policy has it.

    An incident that drags on is slower only once somebody declared it long (R-11).
    """
    # Planned work that outlasts its window goes on at the pace of an incident that is understood.
    pace = Phase.IDENTIFIED if phase in PLANNED else phase
    wait = policy.next_word(severity, pace, is_long=is_long)
    assert wait is not None, "a last word owes no next one"
    return wait


def next_word_due(known: Known, story: Story | None) -> Owed | None:
    """The word owed on an incident; None once the last one was said."""
    if story is None:
        policy = policies.policy_of(known.page_id)
        made_at = min(known.declared_at, known.moments.get("detected", known.declared_at))
        due = made_at + policy.first_notice(known.severity)
        return _owed(known, made_at, due, debt="")
    if story.words.next_word_at is None:
        return None
    promised = story.last_word
    return _owed(known, promised.published_at, story.words.next_word_at, debt=promised.id)


def _owed(known: Known, made_at: datetime, due: datetime, *, debt: str) -> Owed:
    return Owed(
        incident_id=known.id,
        page_id=known.page_id,
        title=known.title,
        severity=known.severity,
        made_at=made_at,
        by=due,
        overdue_at=due + grace_of(due - made_at),
        debt=debt,
        is_for_everyone=known.is_for_everyone,
    )


def owed_words(page_id: str = "") -> list[Owed]:
    """Every word owed, the soonest first: of incidents, and of planned work under way."""
    still_open = [*declaration.open_incidents(page_id), *_under_way(page_id)]
    told = {
        (audience, story.incident_id): story
        for audience in {known.audience_id for known in still_open}
        for story in (*published.open_stories(audience), *published.planned_stories(audience))
    }
    owed = [next_word_due(known, told.get((known.audience_id, known.id))) for known in still_open]
    return sorted((word for word in owed if word), key=lambda word: word.by)


def _under_way(page_id: str) -> list[Known]:
    begun = (planned for planned in planning.upcoming(page_id) if planned.begun_at is not None)
    return [declaration.known_of(planned.id) for planned in begun]
