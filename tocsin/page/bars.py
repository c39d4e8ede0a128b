"""Ninety days of a component, a bar a day, and its uptime, from published spans. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from math import floor
from zoneinfo import ZoneInfo

from tocsin.catalogue.tree import ORDER, Node, State, worst
from tocsin.statements.published import Span

DAYS = 90
# How much of a state's time counts as down, in thousandths.
WEIGHTS = {State.MAJOR: 1000, State.PARTIAL: 300}


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


def bars(node: Node, spans: Iterable[Span], *, at: datetime, zone: str) -> Bars:
    """The bars of a component up to ``at``, from its own spans in any order."""
    edges = midnights(at, zone)
    observed_from = max(edges[0], _observed_from(node, zone))
    if observed_from >= at:
        return Bars(DAYS, (), None)
    told, today = tuple(spans), at.astimezone(ZoneInfo(zone)).date()
    if all(span.until and span.until <= at for span in told):
        trouble = _past_trouble(told, observed_from, edges[-1], today, zone)
    else:
        trouble = _trouble(told, observed_from, at, today, zone)
    first = bisect_right(edges, observed_from) - 1
    return Bars(first, trouble.days, _uptime(trouble.down, at - observed_from))


@dataclass(frozen=True, slots=True)
class _Trouble:
    days: tuple[Day, ...]
    down: float  # seconds, weighted, in thousandths


def _trouble(
    spans: tuple[Span, ...], start: datetime, end: datetime, today: date, zone: str
) -> _Trouble:
    stretches = list(_stretches(spans, start, end))
    down = sum(
        (until - since).total_seconds() * WEIGHTS.get(state, 0) for since, until, state in stretches
    )
    return _Trouble(tuple(_days(stretches, _midnights(today, zone), today)), down)


# What is over stays as it was until the window moves on.
_past_trouble = lru_cache(maxsize=4096)(_trouble)


def _observed_from(node: Node, zone: str) -> datetime:
    if node.start_date:
        return datetime.combine(node.start_date, time.min, ZoneInfo(zone))
    return node.created_at


Stretch = tuple[datetime, datetime, State]


def time_in(spans: Iterable[Span], start: datetime, end: datetime) -> dict[State, timedelta]:
    """How long a component was in each kind of trouble, from its own spans."""
    told: dict[State, timedelta] = {}
    for since, until, state in _stretches(spans, start, end):
        told[state] = told.get(state, timedelta()) + (until - since)
    return told


def _stretches(spans: Iterable[Span], start: datetime, end: datetime) -> Iterator[Stretch]:
    """Trouble without overlaps, in order: where a corrected time made spans overlap, the worst."""
    clipped = sorted(
        (max(span.since, start), min(span.until or end, end), span.state)
        for span in spans
        if span.since < end and (span.until is None or span.until > start)
    )
    if all(former[1] <= latter[0] for former, latter in pairwise(clipped)):
        return (stretch for stretch in clipped if stretch[0] < stretch[1])
    return _disentangled(clipped)


def _disentangled(overlapping: list[Stretch]) -> Iterator[Stretch]:
    edges = sorted({edge for since, until, _ in overlapping for edge in (since, until)})
    for since, until in pairwise(edges):
        state = worst([state for begin, finish, state in overlapping if begin <= since < finish])
        if state != State.OPERATIONAL:
            yield since, until, state


def _days(stretches: Iterable[Stretch], edges: tuple[datetime, ...], today: date) -> Iterator[Day]:
    spent: dict[int, dict[State, timedelta]] = {}
    for since, until, state in stretches:
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


def _uptime(down: float, observed: timedelta) -> float:
    """Percent, cut and not rounded to two digits: a short outage must not read as 100."""
    share = 1 - down / 1000 / observed.total_seconds()
    return floor(max(share, 0) * 10_000) / 100
