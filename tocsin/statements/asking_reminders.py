"""Reminders of words that wait for consent: to whoever could give it today, and in the operators'
room; each of them once.

A reminder is a letter of its own key, so a restart or a second worker sends none twice.
"""

from datetime import datetime

from tocsin.statements import asking, asking_letters, asking_rooms, consents, policies
from tocsin.statements.asking import Pending

FULL = 100


def remind(at: datetime) -> int:
    """Remind those who have not answered, as the policy's parts of their time pass; how many."""
    return sum(_reminded(asking.pending(row), at) for row in asking.open_requests())


def _reminded(told: Pending, at: datetime) -> int:
    part = _part(told, policies.policy_of(told.page_id).nudges, at=at)
    if part is None:
        return 0
    asked = consents.holders(told.role, told.page_id, besides=told.author_id)
    mails = sum(asking_letters.remind(told, operator, part=part, at=at) for operator in asked)
    return mails + int(asking_rooms.remind(told, asked, part=part, at=at))


def _part(told: Pending, nudges: tuple[int, ...], *, at: datetime) -> int | None:
    """The newest part of their time that has passed; None before the first, and at its end."""
    span = told.due_at - told.asked_at
    passed = [part for part in nudges if at >= told.asked_at + span * part / FULL]
    return max(passed) if passed and at < told.due_at and max(passed) < FULL else None
