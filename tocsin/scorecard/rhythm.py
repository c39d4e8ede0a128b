"""How the words of one incident followed each other: what was owed, silences, forecasts. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from tocsin.disclosure.keeping import Fate, fate_of
from tocsin.scorecard.figures import Claim, Number, Span, Why, unmeasured
from tocsin.scorecard.history import Incident, Word

ZERO = timedelta(0)


class Debt(NamedTuple):
    """One stated time of a next word, and what became of it."""

    made_at: datetime
    by: datetime
    answered_at: datetime | None
    fate: Fate

    @property
    def is_strictly_kept(self) -> bool:
        """Kept without the grace."""
        return self.answered_at is not None and self.answered_at <= self.by

    @property
    def lateness(self) -> timedelta | None:
        """How late it was answered; None while it is not."""
        return max(self.answered_at - self.by, ZERO) if self.answered_at else None


class Gap(NamedTuple):
    """One silence, and how long it was to be at most."""

    length: timedelta
    within: timedelta | None


def debts(incident: Incident, *, at: datetime) -> Iterator[Debt]:
    """Each stated time: the next word answers it, a correction does not."""
    promise: Word | None = None
    for word in (*(word for word in incident.words if word.is_authored), None):
        if promise is not None and promise.next_word_at is not None:
            answered_at = word.at if word else None
            fate = fate_of(promise.at, promise.next_word_at, answered_at, at)
            yield Debt(promise.at, promise.next_word_at, answered_at, fate)
        promise = word


def stating(incident: Incident) -> tuple[int, int]:
    """(words that stated the next one, words that could): the last one aside."""
    sayable = [word for word in incident.words if word.is_authored and not word.is_final]
    return sum(word.next_word_at is not None for word in sayable), len(sayable)


def gaps(incident: Incident, *, at: datetime) -> Iterator[Gap]:
    """Every silence while a word was to come; the one that lasts still counts."""
    for before, after in pairwise(incident.words):
        if not before.is_final:
            yield Gap(after.at - before.at, before.within)
    if incident.words and incident.is_open:
        last = incident.words[-1]
        yield Gap(max(at - last.at, ZERO), last.within)


def why_no_gap(incident: Incident) -> Why:
    """Why there is no silence to measure."""
    return Why.ONE_WORD if incident.words else Why.NOTHING_SAID


def empty(incident: Incident) -> tuple[int, int]:
    """(that tell nothing new, follow-ups): neither the first word nor a last one."""
    follow_ups = [word for word in incident.words[1:] if word.is_authored and not word.is_final]
    return sum(word.is_empty for word in follow_ups), len(follow_ups)


def paced(gaps: tuple[Gap, ...]) -> tuple[int, int]:
    """(silences no longer than the policy wanted, silences of which it wanted something)."""
    held = [gap.length <= gap.within for gap in gaps if gap.within is not None]
    return sum(held), len(held)


def beyond(incident: Incident, gaps: tuple[Gap, ...]) -> Span:
    """How long in all nobody said anything beyond what the policy wanted."""
    if not gaps:
        return unmeasured(why_no_gap(incident))
    held = [gap for gap in gaps if gap.within is not None]
    if not held:
        return unmeasured(Why.NO_LIMIT)
    return sum((max(gap.length - (gap.within or ZERO), ZERO) for gap in held), ZERO)


def corrected(incident: Incident) -> tuple[int, int]:
    """(corrections, words that could be wrong)."""
    authored = sum(word.is_authored for word in incident.words)
    return len(incident.words) - authored, authored


def went_back(incident: Incident) -> tuple[int, int]:
    """(words that went back to an earlier phase, further words)."""
    further = [word for word in incident.words[1:] if word.is_authored]
    return sum(word.went_back for word in further), len(further)


def forecast_kept(incident: Incident) -> Claim:
    """Whether the effect ended by the latest that the last repair forecast said (R-08)."""
    told = [word.forecast for word in incident.words if word.forecast is not None]
    if not told:
        return unmeasured(Why.NO_FORECAST)
    if incident.ended_at is None:
        return unmeasured(Why.STILL_OPEN if incident.is_open else Why.NO_END)
    _earliest, latest = told[-1]
    return incident.ended_at <= latest


def forecasts(incident: Incident) -> list[tuple[datetime, datetime]]:
    """Each repair forecast once: one that is said again unchanged is the same."""
    found: list[tuple[datetime, datetime]] = []
    for word in incident.words:
        told = word.forecast
        if told is not None and word.is_authored and found[-1:] != [told]:
            found.append(told)
    return found


def width(forecast: tuple[datetime, datetime]) -> Span:
    """How much a forecast left open: one from now to next week always holds."""
    earliest, latest = forecast
    return latest - earliest if latest >= earliest else unmeasured(Why.CONTRADICTORY)


def widened(incident: Incident) -> Number:
    """How often a word named as affected what the one before it did not."""
    if len(incident.words) < 2:
        return unmeasured(Why.NO_FOLLOW_UP if incident.words else Why.NOTHING_SAID)
    return sum(word.is_wider for word in incident.words)
