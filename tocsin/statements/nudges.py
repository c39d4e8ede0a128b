"""Reminders of words that are owed: to whom, when, and each of them once.

At the policy's parts of the time whoever promised the word is reminded; past it the incident lead
as well, while the page does not say so yet; and both once it does. A reminder is a row before it is
a letter, so that two workers or a killed one send it once. Nothing is ever said to the public from
here: no word is better than one that nobody wrote.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from tocsin.catalogue import shelf
from tocsin.disclosure.policy import Policy
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.journal import chain
from tocsin.journal.actors import WORKER, Actor
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.statements import cadence, debts, nudge_letters, policies
from tocsin.statements.cadence import Owed
from tocsin.statements.debts import Debt, Fate
from tocsin.statements.models import Nudge, Publication, Ready, Step
from tocsin.statements.published import Story

FULL = 100
CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a word has come: the step, and the part of its time that has passed."""

    step: Step
    percent: int


@dataclass(frozen=True, slots=True)
class Nudged:
    """One reminder as doors see it.

    ``to`` is a person's or a chat's name, empty where nobody could be told.
    """

    debt: str
    step: Step
    percent: int
    to: str
    at: datetime


def nudge(at: datetime) -> int:
    """Remind whoever owes a word that is due soon, due or past; answers how many words that were.

    After a time without a worker only the newest reminder of a word is sent: the earlier ones
    would tell what is true no longer.
    """
    return sum(_nudged(owed, at) for owed in cadence.owed_words())


def _nudged(owed: Owed, at: datetime) -> int:
    mark = mark_of(owed, policies.policy_of(owed.page_id), at=at)
    if mark is None or _is_sent(owed, mark) or _says_itself(owed, mark):
        return 0
    known = declaration.known_of(owed.incident_id)
    owners = owners_of(owed, known)
    told = _whom(owners, leads_of(known, besides=owners), mark.step)
    try:
        _remind(owed, mark, told, whose=[owner.name for owner in owners], at=at)
    except IntegrityError:
        return 0  # another worker was quicker
    return 1


def mark_of(owed: Owed, policy: Policy, *, at: datetime) -> Mark | None:
    """The newest mark that a word owed has passed; None while there is time. Pure."""
    if owed.is_overdue(at):
        return Mark(Step.MISSED, FULL)
    if at >= owed.by + (owed.overdue_at - owed.by) / 2:
        return Mark(Step.PAST, FULL)
    span = owed.by - owed.made_at
    passed = [part for part in policy.nudges if at >= owed.made_at + span * part / FULL]
    if not passed:
        return None
    newest = max(passed)
    return Mark(Step.DUE if newest == FULL else Step.UNDER_WAY, newest)


def _is_sent(owed: Owed, mark: Mark) -> bool:
    sent = Nudge.objects.filter(incident_id=owed.incident_id, debt=owed.debt)
    return sent.filter(step=mark.step, percent=mark.percent).exists()


def _whom(owners: list[Operator], leads: list[Operator], step: Step) -> list[Operator]:
    """Who is told: the owners of the word, the lead, or both."""
    told = {Step.PAST: leads, Step.MISSED: [*owners, *leads]}.get(step, owners)
    return list({operator.id: operator for operator in told}.values())


def _says_itself(owed: Owed, mark: Mark) -> bool:
    """Whether planned work has a word, cleared by somebody, that the clock says in time."""
    held = Ready.objects.filter(
        incident_id=owed.incident_id, due_at__lte=owed.by, said_at=None, withdrawn_at=None
    )
    return mark.step != Step.MISSED and held.exists()


def owners_of(owed: Owed, known: Known) -> list[Operator]:
    """Whose word it is: who promised it; the lead's where nobody of ours did (a script, say)."""
    promised = (
        Publication.objects.filter(pk=owed.debt).select_related("clearance__revision").first()
    )
    revision = promised.clearance.revision if promised else None
    author = _able([revision.by_id if revision else known.lead_id], known.page_id)
    return author or leads_of(known)


def leads_of(known: Known, *, besides: Iterable[Operator] = ()) -> list[Operator]:
    """Who leads: whoever declared it, else all who lead on the page, else its owners.

    Somebody else than ``besides``, if there is anybody else.
    """
    others = tuple(besides)
    choices = (
        _able([known.lead_id], known.page_id),
        access.holders_of(Role.INCIDENT_LEAD, known.page_id),
        access.owners(known.page_id),
    )
    for found in choices:
        if left := [operator for operator in found if operator not in others]:
            return left
    return list(others)


def _able(operator_ids: Iterable[str], page_id: str) -> list[Operator]:
    found = (access.operator_of(key) for key in operator_ids if key)
    return [operator for operator in found if operator and access.may(operator, "publish", page_id)]


@transaction.atomic
def _remind(
    owed: Owed, mark: Mark, told: list[Operator], *, whose: list[str], at: datetime
) -> None:
    """Write the rows and owe the letters, or neither. Raises IntegrityError if somebody did."""
    page = shelf.brand(owed.page_id)
    for operator in told:
        row = _row(owed, mark, to_id=operator.id, to_name=operator.name, at=at)
        nudge_letters.owe(row, owed, operator, page, at=at)
    if settings.TOCSIN.operators_chat:
        row = _row(owed, mark, to_id=CHAT, to_name=settings.TOCSIN.operators_chat[0], at=at)
        nudge_letters.owe_in_chat(row, owed, page, whose=whose, at=at)
    elif not told:
        _row(owed, mark, to_id="", to_name="", at=at)
    chain.note(
        "statements:debt:nudged",
        by=WORKER,
        at=at,
        subject=("incident", owed.incident_id),
        page=owed.page_id,
        step=mark.step,
        percent=mark.percent,
        to=[operator.name for operator in told],
    )
    if mark.step == Step.MISSED and not owed.is_first:
        _note_missed(owed.incident_id, owed.page_id, owed.debt, owed.by, at=at)


def _row(owed: Owed, mark: Mark, *, to_id: str, to_name: str, at: datetime) -> Nudge:
    return Nudge.objects.create(
        incident_id=owed.incident_id,
        debt=owed.debt,
        step=mark.step,
        percent=mark.percent,
        to_id=to_id,
        to_name=to_name,
        at=at,
    )


def settle(told: Story, *, by: Actor, at: datetime) -> None:
    """Write down that the word owed on an incident is kept or missed, as another one is said.

    ``told`` is what was said before. Call inside the act itself.
    """
    for debt in debts.debts_of(told, at=at)[-1:]:
        if debt.answered_at is None:
            _settle(debt, by=by, at=at)


def _settle(debt: Debt, *, by: Actor, at: datetime) -> None:
    fate = debts.fate_of(debt.made_at, debt.by, at, at)
    if fate == Fate.MISSED and not _was_noticed(debt.incident_id, debt.publication_id):
        _note_missed(debt.incident_id, debt.page_id, debt.publication_id, debt.by, at=at)
    chain.note(
        "statements:debt:kept" if fate == Fate.KEPT else "statements:debt:paid",
        by=by,
        at=at,
        subject=("incident", debt.incident_id),
        page=debt.page_id,
        publication=debt.publication_id,
        due=debt.by.isoformat(),
        late_seconds=max((at - debt.by).total_seconds(), 0.0),
    )


def _was_noticed(incident_id: str, debt: str) -> bool:
    sent = Nudge.objects.filter(incident_id=incident_id, debt=debt, step=Step.MISSED)
    return sent.exists()


def _note_missed(incident_id: str, page_id: str, debt: str, by: datetime, *, at: datetime) -> None:
    chain.note(
        "statements:debt:missed",
        by=WORKER,
        at=at,
        subject=("incident", incident_id),
        page=page_id,
        publication=debt,
        due=by.isoformat(),
    )


def nudges_of(incident_id: str) -> list[Nudged]:
    """Every reminder that an incident's words ever needed, the newest first."""
    rows = Nudge.objects.filter(incident_id=incident_id).order_by("-at", "-id")
    return [Nudged(row.debt, Step(row.step), row.percent, row.to_name, row.at) for row in rows]
