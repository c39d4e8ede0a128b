"""A second factor may be asked of everybody, or of whoever holds a role.

Whoever has none yet is reminded until the grace ends. After it they are let in as far as adding
one, and no further, so that nobody stands before a shut door in the night.

NotAllowed
└── CannotRequire   nobody could come in any more, or it stands so already
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access, factors
from tocsin.people.access import NotAllowed
from tocsin.people.models import Operator, Requirement, Role

GRACE = timedelta(days=14)
LONGEST_GRACE = timedelta(days=90)


class CannotRequire(NotAllowed):
    pass


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands. ``role`` is None where everybody is asked."""

    role: Role | None
    grace_ends_at: datetime


@transaction.atomic
def require(role: Role | None, *, by: Actor, at: datetime, grace: timedelta = GRACE) -> Asked:
    """Ask for a second factor, of everybody without a role. Raises :class:`CannotRequire`."""
    access.check(by, "people:write")
    if not timedelta(0) <= grace <= LONGEST_GRACE:
        raise CannotRequire(f"The grace is between 0 and {LONGEST_GRACE.days} days.")
    if not factors.enrolled({owner.id for owner in access.owners()}):
        raise CannotRequire(
            "No owner has a second factor yet. Add your own first, so that somebody who runs the "
            "house is sure to come in."
        )
    asked = Asked(role, at + grace)
    try:
        with transaction.atomic():
            Requirement.objects.create(
                role=role or "", required_at=at, grace_ends_at=asked.grace_ends_at
            )
    except IntegrityError as error:
        raise CannotRequire("This is asked already.") from error
    _noted("begun", role, by=by, at=at, grace_days=grace.days)
    return asked


@transaction.atomic
def ease(role: Role | None, *, by: Actor, at: datetime) -> None:
    """Ask for it no longer. Raises :class:`CannotRequire` where nothing was asked."""
    access.check(by, "people:write")
    ended = Requirement.objects.filter(role=role or "", ended_at=None).update(ended_at=at)
    if not ended:
        raise CannotRequire("This is not asked.")
    _noted("ended", role, by=by, at=at)


def _noted(done: str, role: Role | None, *, by: Actor, at: datetime, **more: object) -> None:
    subject = ("requirement", role.value if role else "everybody")
    chain.note_all(f"people:requirement:{done}", [(subject, more)], by=by, at=at)


def in_force() -> list[Asked]:
    """Everything that is asked."""
    rows = Requirement.objects.filter(ended_at=None).order_by("role")
    return [Asked(Role(row.role) if row.role else None, row.grace_ends_at) for row in rows]


def asked_of(operator: Operator) -> datetime | None:
    """When the grace of somebody ends or ended; None where nothing is asked of them."""
    asked = in_force()
    if not asked:
        return None
    held = set(access.roles_of(operator))
    return min((one.grace_ends_at for one in asked if one.role in {None, *held}), default=None)
