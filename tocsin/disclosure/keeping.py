"""Whether a stated time was kept, and how spans are told of many at once. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from tocsin.disclosure.severity import grace_of

Measured = TypeVar("Measured", timedelta, float)


class Fate(StrEnum):
    """What has become of a debt; ``owed`` while there is still time."""

    OWED = "owed"
    KEPT = "kept"
    MISSED = "missed"


def fate_of(made_at: datetime, by: datetime, answered_at: datetime | None, at: datetime) -> Fate:
    """Judge one promise of a next word at a moment, with its grace (metrics 6.2)."""
    ends_at = by + grace_of(by - made_at)
    if answered_at is not None:
        return Fate.KEPT if answered_at <= ends_at else Fate.MISSED
    return Fate.MISSED if at > ends_at else Fate.OWED


def percentile(values: Sequence[Measured], share: int) -> Measured | None:
    """A percentile by linear interpolation between closest ranks; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
