"""Asking a role for its consent: one request at a time for each word, with a deadline.

What waits is a row, so nothing is lost by a restart. At the deadline fallback.py asks anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from tocsin.disclosure.consent import Consent, Fallback
from tocsin.incidents import declaration, locking
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.statements import asking_letters, asking_rooms, cadence, consents, published, values
from tocsin.statements.consents import Needed
from tocsin.statements.drafting import Drafted
from tocsin.statements.models import Clearance, Draft, Ending, Request
from tocsin.statements.values import Words

NOTED = {
    Ending.SENT_BACK: "statements:clearance:sent_back",
    Ending.LAPSED: "statements:clearance:lapsed",
    Ending.WITHDRAWN: "statements:clearance:withdrawn",
}


@dataclass(frozen=True, slots=True)
class Pending:
    """A word that waits for somebody's consent. ``author_id`` is who may not give it."""

    clearance_id: str
    request_id: int
    incident_id: str
    page_id: str
    role: str
    asked_at: datetime
    due_at: datetime
    requested_at: datetime
    requested_by: str
    author_id: str
    draft_id: str
    words: Words

    @property
    def sentence(self) -> str:
        due = self.due_at.strftime("%H:%M:%SZ")
        return (
            f"It waits for the consent of {self.role} until {due}; nothing has changed in public. "
            "If nobody answers by then, the policy decides what is said. See `tocsin clear list`."
        )


def ask(
    clearance: Clearance,
    draft: Drafted,
    needed: Needed,
    *,
    announces: bool,
    by: Actor,
    at: datetime,
) -> Request:
    """Ask for a word that nobody was asked for yet; one that waited in its place is taken back.

    Whoever words it anew does not move the deadline: nothing may keep readers waiting for ever.
    """
    locking.lock([draft.incident_id])
    assert draft.words is not None
    due_at = at + needed.consent.within
    if is_plain(draft.words, translates=draft.translates):
        due_at = min([due_at, *_sooner(draft, needed.consent, by=by, at=at)])
    return write(
        clearance, needed.reviewer, draft.page_id, due_at=due_at, announces=announces, by=by, at=at
    )


def is_plain(words: Words, *, translates: str) -> bool:
    """Whether a word is the incident's next one: no translation, correction or mere progress."""
    return not translates and words.correction is None and not words.is_progress


def _sooner(draft: Drafted, consent: Consent, *, by: Actor, at: datetime) -> Sequence[datetime]:
    """What else sets the deadline: the word that readers were promised, and an earlier request."""
    of_progress = draft.words is not None and draft.words.is_progress
    took_back = supersede(draft.incident_id, of_progress=of_progress, by=by, at=at)
    found = [row.due_at for row in took_back]
    if consent.falls_back == Fallback.HOLDING:
        known = declaration.known_of(draft.incident_id)
        story = published.story(known.audience_id, known.id)
        owed = cadence.next_word_due(known, story) if known.is_open else None
        found += [owed.by] if owed else []
    return [due for due in found if due > at]


def supersede(
    incident_id: str, *, by: Actor, at: datetime, of_progress: bool = False
) -> list[Request]:
    """Take back what waits as a word of its own: another one was written, or said, since.

    What is said of the promises alone takes the place of nothing else: ``of_progress``.
    """
    waiting = open_requests().filter(clearance__revision__draft__incident_id=incident_id)
    found = []
    for row in waiting.filter(clearance__revision__draft__translates=None):
        words = pending(row).words
        fits = words.is_progress if of_progress else is_plain(words, translates="")
        if fits and end(row, Ending.WITHDRAWN, by=by, at=at, reason="another word took its place"):
            found.append(row)
    return found


def keep_up(incident_id: str, *, before: int, now: int) -> None:
    """Let what waits stand on what was said in its place: a holding word does not outdate it."""
    waiting = open_requests().filter(clearance__revision__draft__incident_id=incident_id)
    drafts = list(waiting.values_list("clearance__revision__draft_id", flat=True))
    if drafts:
        Draft.objects.filter(pk__in=drafts, based_on=before).update(based_on=now)


def write(
    clearance: Clearance,
    role: str,
    page_id: str,
    *,
    due_at: datetime,
    announces: bool,
    by: Actor,
    at: datetime,
) -> Request:
    """Write one request down, and owe the letters about it."""
    row = Request.objects.create(
        clearance=clearance, role=role, asked_at=at, due_at=due_at, announces=announces
    )
    told = pending(open_requests().get(pk=row.pk))
    asked = consents.holders(role, page_id, besides=told.author_id)
    for operator in asked:
        asking_letters.owe(told, operator, at=at)
    asking_rooms.owe(told, asked, at=at)
    chain.note(
        "statements:clearance:requested",
        by=by,
        at=at,
        subject=("clearance", clearance.id),
        page=page_id,
        incident=told.incident_id,
        role=str(role),
        due=due_at.isoformat(),
        to=[operator.name for operator in asked],
    )
    return row


def end(row: Request, how: Ending, *, by: Actor, at: datetime, reason: str = "") -> bool:
    """End a request, once: False where somebody else ended it in this instant."""
    ended = Request.objects.filter(pk=row.pk, ended_at=None).update(
        ended_at=at, ended_as=how, ended_by=str(by), reason=reason
    )
    if ended != 1:
        return False
    if how != Ending.GRANTED:  # that one is noted with the leave itself
        chain.note(
            NOTED[how],
            by=by,
            at=at,
            subject=("clearance", row.clearance_id),
            page=row.clearance.page_id,
            role=row.role,
            reason=reason,
        )
    return True


def open_requests(page_id: str = "") -> "QuerySet[Request]":
    """Every request that nobody has answered yet, the most urgent first."""
    rows = Request.objects.filter(ended_at=None)
    rows = rows.filter(clearance__page_id=page_id) if page_id else rows
    return rows.select_related("clearance__revision__draft").order_by("due_at", "id")


def pending_of(clearance: Clearance) -> Pending:
    """What a word waits for."""
    return pending(open_requests().get(clearance=clearance))


def pending(row: Request) -> Pending:
    """A request as doors see it."""
    revision = row.clearance.revision
    assert revision is not None
    return Pending(
        clearance_id=row.clearance_id,
        request_id=row.pk,
        incident_id=revision.draft.incident_id,
        page_id=row.clearance.page_id,
        role=row.role,
        asked_at=row.asked_at,
        due_at=row.due_at,
        requested_at=row.clearance.requested_at,
        requested_by=row.clearance.requested_by,
        author_id=revision.by_id,
        draft_id=revision.draft_id,
        words=values.read(revision.words),
    )
