"""What keeps a mistake from becoming a storm. Pure: numbers and times in, a verdict out."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings that an operator can turn (docs/operating/settings.md)."""

    cutoff: timedelta
    mails_an_hour: int
    breaker_ratio: float
    breaker_within: timedelta


def is_too_old(published_at: datetime, *, at: datetime, limits: Limits) -> bool:
    """Past the cutoff nobody is told any more: the news would mislead."""
    return at - published_at > limits.cutoff


def is_storm(*, already: int, coming: int, subscribers: int, limits: Limits) -> bool:
    """Whether ``coming`` mails on top of ``already`` in the window are too many for the list.

    On a list so small that the whole burst is less than one reader may get in an hour, the
    hourly cap protects everyone: three quick updates to a list of two are no storm.
    """
    most = max(limits.breaker_ratio * subscribers, limits.mails_an_hour)
    return already + coming > most
