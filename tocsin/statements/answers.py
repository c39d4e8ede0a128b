"""What is answered to whoever asked for consent: granted, sent back, or taken back by its author.

CannotAnswer
├── NotWaiting      nothing waits by that id
└── Answered        somebody was quicker, or its time has passed
"""

from datetime import datetime

from django.db import transaction

from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration, locking
from tocsin.journal.actors import POLICY, Actor, ActorKind
from tocsin.people import access
from tocsin.people.access import NotAllowed
from tocsin.statements import asking, asking_letters, clearance, consents, publication, published
from tocsin.statements.asking import Pending
from tocsin.statements.drafting import Overtaken
from tocsin.statements.models import ClearanceKind, Ending, Request


class CannotAnswer(Exception):
    pass


class NotWaiting(CannotAnswer):
    pass


class Answered(CannotAnswer):
    pass


def waiting(page_id: str = "") -> list[Pending]:
    """Every word that waits for somebody's consent, the most urgent first."""
    return [asking.pending(row) for row in asking.open_requests(page_id)]


def waiting_of(incident_id: str) -> list[Pending]:
    """What waits about one incident."""
    rows = asking.open_requests().filter(clearance__revision__draft__incident_id=incident_id)
    return [asking.pending(row) for row in rows]


@transaction.atomic
def grant(clearance_id: str, *, by: Actor, at: datetime) -> published.Publication:
    """Consent to a word that waits: it is said in this instant, as its author wrote it.

    Raises CannotAnswer, ``NotAllowed``, and Overtaken where something newer was said meanwhile.
    """
    row = _held(clearance_id)
    check_reviewer(asking.pending(row), by)
    return _said(row, by=by, at=at)


def _said(row: Request, *, by: Actor, at: datetime, because: str = "") -> published.Publication:
    told = asking.pending(row)
    _end(row, Ending.GRANTED, by=by, at=at)
    granted = clearance.grant(row.clearance, by=by, at=at, because=because)
    _let_known_follow(told, at=at)
    return publication.publish(
        granted, by=by, at=at, announces=row.announces, asked_at=told.requested_at
    )


def let_through(row: Request, *, at: datetime) -> None:
    """Say a word that nobody is left to consent to: the policy grants, and the journal says why.

    Where something newer was said meanwhile its author is told so instead.
    """
    told = asking.pending(row)
    row.clearance.kind = ClearanceKind.POLICY
    try:
        with transaction.atomic():
            _said(row, by=POLICY, at=at, because=consents.unheld(told.role))
    except Overtaken as error:
        reason = str(error).splitlines()[0]
        _end(row, Ending.WITHDRAWN, by=POLICY, at=at, reason=reason)
        asking_letters.owe_answer(told, reason, at=at)


def _let_known_follow(told: Pending, *, at: datetime) -> None:
    """What we know follows what we say: a last word closes the incident when it is said."""
    known = declaration.known_of(told.incident_id)
    if told.words.phase == Phase.RESOLVED and not told.words.correction and known.is_open:
        author = Actor(ActorKind.SYSTEM, told.author_id, told.requested_by)
        declaration.resolve(known.id, ended_at=told.words.until, by=author, at=at)


@transaction.atomic
def send_back(clearance_id: str, *, reason: str, by: Actor, at: datetime) -> Pending:
    """Refuse consent and say why; the draft stays its author's. Raises CannotAnswer."""
    if not reason.strip():
        raise CannotAnswer("Say why, in a sentence: its author has to know what would do.")
    row = _held(clearance_id)
    told = asking.pending(row)
    check_reviewer(told, by)
    _end(row, Ending.SENT_BACK, by=by, at=at, reason=reason.strip())
    asking_letters.owe_answer(told, f"{by}: {reason.strip()}", at=at)
    return told


@transaction.atomic
def withdraw(clearance_id: str, *, by: Actor, at: datetime) -> Pending:
    """Take a word back that waits; the draft stays. Raises CannotAnswer, ``NotAllowed``."""
    row = _held(clearance_id)
    told = asking.pending(row)
    access.check(by, "publish", told.page_id)
    _end(row, Ending.WITHDRAWN, by=by, at=at)
    return told


def check_reviewer(told: Pending, by: Actor) -> None:
    """Refuse whoever does not hold the role today, and the author. Raises NotAllowed."""
    if by.id == told.author_id:
        raise NotAllowed("Nobody clears their own words. Somebody else has to read them.")
    able = consents.holders(told.role, told.page_id, besides=told.author_id)
    if by.kind != ActorKind.OPERATOR or by.id not in {operator.id for operator in able}:
        raise NotAllowed(f"{by} may not clear this. It is asked of {told.role}.")


def _held(clearance_id: str) -> Request:
    """The request that is open for a word, held with its incident until the transaction ends."""
    rows = asking.open_requests().filter(clearance_id=clearance_id)
    locking.lock(rows.values_list("clearance__revision__draft__incident_id", flat=True))
    row = rows.first()
    if row is None:
        _refuse(clearance_id)
    assert row is not None
    return row


def _refuse(clearance_id: str) -> None:
    last = Request.objects.filter(clearance_id=clearance_id).order_by("-id").first()
    if last is None:
        raise NotWaiting("Nothing waits by that id. See `tocsin clear list`.")
    how = Ending(last.ended_as).label
    raise Answered(f"It was answered already: {how}, by {last.ended_by}.")


def _end(row: Request, how: Ending, *, by: Actor, at: datetime, reason: str = "") -> None:
    if not asking.end(row, how, by=by, at=at, reason=reason):
        raise Answered("Somebody else answered in this instant. Look again.")
