"""Ninety days of a component, a bar a day, and its uptime, from published spans. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tocsin.catalogue.tree import ORDER, Node, State, worst
from tocsin.catalogue.weights import USUAL, WHOLE, Weights
from tocsin.page.uptime import MICROSECOND, Stretch, observed_from, stretches
from tocsin.statements.published import Span

DAYS = 90


@dataclass(frozen=True, slots=True)
class Day:
    """A day with trouble: its place from the left (0 to 89), the worst state, time in each."""

    place: int
    on: date
    state: State
    lasted: Mapping[State, timedelta]


@dataclass(frozen=True, slots=True)
class Bars:
    """``first`` is the place of the first day with data, 90 if none. ``uptime``: 0 to 100, or None.

    A day before the component existed is no data, and never counts as up.
    """

    first: int
    days: tuple[Day, ...]
    uptime: float | None


@lru_cache(maxsize=64)
def _midnights(today: date, zone: str) -> tuple[datetime, ...]:
    there = ZoneInfo(zone)
    first = today - timedelta(days=DAYS - 1)
    days = (first + timedelta(days=day) for day in range(DAYS + 1))
    # In UTC: between times of one zone Python counts wall clocks, and a day may have 23 hours.
    return tuple(datetime.combine(day, time.min, there).astimezone(UTC) for day in days)


def midnights(at: datetime, zone: str) -> tuple[datetime, ...]:
    """The 91 midnights around the ninety days that end with today, in the page's zone."""
    return _midnights(at.astimezone(ZoneInfo(zone)).date(), zone)


def bars(
    node: Node, spans: Iterable[Span], *, at: datetime, zone: str, weights: Weights = USUAL
) -> Bars:
    """The bars of a component up to ``at``, from its own spans in any order."""
    edges = midnights(at, zone)
    since = max(edges[0], observed_from(node, zone))
    if since >= at:
        return Bars(DAYS, (), None)
    told, today = tuple(spans), at.astimezone(ZoneInfo(zone)).date()
    if all(span.until and span.until <= at for span in told):
        trouble = _past_trouble(told, since, edges[-1], today, zone, weights)
    else:
        trouble = _trouble(told, since, at, today, zone, weights)
    first = bisect_right(edges, since) - 1
    return Bars(first, trouble.days, _uptime(trouble.down, at - since))


@dataclass(frozen=True, slots=True)
class _Trouble:
    days: tuple[Day, ...]
    down: int  # microseconds, weighted, in thousandths


def _trouble(
    spans: tuple[Span, ...],
    start: datetime,
    end: datetime,
    today: date,
    zone: str,
    weights: Weights,
) -> _Trouble:
    told = list(stretches(spans, start, end))
    down = sum((until - since) // MICROSECOND * weights.of(state) for since, until, state in told)
    return _Trouble(tuple(_days(told, _midnights(today, zone), today)), down)


# What is over stays as it was until the window moves on.
_past_trouble = lru_cache(maxsize=4096)(_trouble)


def _days(told: Iterable[Stretch], edges: tuple[datetime, ...], today: date) -> Iterator[Day]:
    spent: dict[int, dict[State, timedelta]] = {}
    for since, until, state in told:
        place = bisect_right(edges, since) - 1
        while place < DAYS and edges[place] < until:
            lasted = min(until, edges[place + 1]) - max(since, edges[place])
            day = spent.setdefault(place, {})
            day[state] = day.get(state, timedelta()) + lasted
            place += 1
    for place, lasted_in in sorted(spent.items()):
        ordered = {key: lasted_in[key] for key in reversed(ORDER) if key in lasted_in}
        on = today - timedelta(days=DAYS - 1 - place)
        yield Day(place, on, worst(list(ordered)), ordered)


def _uptime(down: int, observed: timedelta) -> float:
    """Percent, cut and not rounded to two digits: a short outage must not read as 100."""
    whole = WHOLE * (observed // MICROSECOND)
    return (whole - down) * 10_000 // whole / 100
