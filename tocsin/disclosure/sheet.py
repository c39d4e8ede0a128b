"""The yearly sheet: who read a policy and signed it, until when, and what that is worth. Pure.

It is our own reminder to ask a lawyer and an insurer in time. It never holds a word back.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

A_YEAR = timedelta(days=366)  # the longest that a signature lasts
WARNS_BEFORE = timedelta(days=30)


class Side(StrEnum):
    """Who signs."""

    LAWYER = "lawyer"
    INSURER = "insurer"


class Standing(StrEnum):
    """What a side's signature is worth today."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    LAPSING = "lapsing"  # within thirty days
    LAPSED = "lapsed"
    CHANGED = "changed"  # it stands under an earlier policy


WARNED_OF = (Standing.LAPSING, Standing.LAPSED, Standing.CHANGED)


@dataclass(frozen=True, slots=True)
class Signature:
    """One side signed one policy; ``until`` is the last day on which it holds."""

    side: Side
    name: str
    number: int
    sha256: str
    signed_on: date
    until: date
    recorded_by: str
    recorded_at: datetime
    id: int = 0
    withdrawn: "Withdrawn | None" = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A signature was recorded by mistake: who said so, and why."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signing:
    """One side of a sheet today; ``signature`` is its newest that nobody withdrew."""

    side: Side
    signature: Signature | None
    standing: Standing

    @property
    def is_warned_of(self) -> bool:
        return self.standing in WARNED_OF


def signing(side: Side, newest: Signature | None, *, number: int, on: date) -> Signing:
    """What a side's newest signature is worth for policy ``number`` on a day."""
    return Signing(side, newest, _standing(newest, number, on))


def _standing(newest: Signature | None, number: int, on: date) -> Standing:
    if newest is None:
        return Standing.UNSIGNED
    if newest.number != number:
        return Standing.CHANGED
    if on > newest.until:
        return Standing.LAPSED
    return Standing.LAPSING if newest.until - on <= WARNS_BEFORE else Standing.SIGNED


def usually_until(signed_on: date) -> date:
    """The same day a year later, and of 29 February the 28th."""
    try:
        return signed_on.replace(year=signed_on.year + 1)
    except ValueError:
        return signed_on.replace(year=signed_on.year + 1, day=28)
