"""How much of any stretch of time a component was up, from published spans alone. Exact, and pure.

What was not observed is no data: it counts neither as up nor as down. Every figure that is shown is
cut, never rounded, so that no outage reads as a hundred.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from tocsin.catalogue.tree import Node, State, worst
from tocsin.catalogue.weights import WHOLE, Weights
from tocsin.statements.published import Span

MICROSECOND = timedelta(microseconds=1)
FOREVER = datetime.max.replace(tzinfo=UTC)

Stretch = tuple[datetime, datetime, State]


@dataclass(frozen=True, slots=True)
class Uptime:
    """Of a stretch of time: how long it was observed, and in what trouble for how long."""

    observed: timedelta
    lasted: Mapping[State, timedelta]

    def share(self, weights: Weights) -> Fraction:
        """How much of what was observed it was up, 0 to 1."""
        down = sum(
            weights.of(state) * (spent // MICROSECOND) for state, spent in self.lasted.items()
        )
        return 1 - Fraction(down, WHOLE * (self.observed // MICROSECOND))


class Chronicle:
    """A component's own spans by time: those of one month are found without a look at the others.

    Spans may overlap, so where to begin is told by how far any of those before reached.
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans, key=lambda span: span.since)
        self._began = [span.since for span in self._spans]
        self._reached = list(accumulate((span.until or FOREVER for span in self._spans), max))

    def between(self, start: datetime, end: datetime) -> Sequence[Span]:
        """All that touch [start, end), and maybe some that were over before."""
        first, last = bisect_right(self._reached, start), bisect_left(self._began, end)
        return self._spans[first:last]


def over(
    node: Node, spans: Iterable[Span], start: datetime, end: datetime, *, zone: str
) -> Uptime | None:
    """What came of a component in [start, end), from its own spans; None: it was not observed."""
    since = max(start, observed_from(node, zone))
    if since >= end:
        return None
    return Uptime(end - since, time_in(spans, since, end))


def mean(told: Iterable[Uptime | None], weights: Weights) -> Fraction | None:
    """The mean of all that were observed: what a group is said to have been up."""
    shares = [one.share(weights) for one in told if one]
    return sum(shares, Fraction()) / len(shares) if shares else None


def percent(share: Fraction, digits: int = 2) -> float:
    """0 to 100, cut to so many digits."""
    whole: int = 10**digits
    return int(share * 100 * whole) / whole


def observed_from(node: Node, zone: str) -> datetime:
    """Since when a component is observed: its start date, else since it was put on the page."""
    if node.start_date:
        # In UTC: between times of one zone Python counts wall clocks, and a day may have 23 hours.
        return datetime.combine(node.start_date, time.min, ZoneInfo(zone)).astimezone(UTC)
    return node.created_at


def time_in(spans: Iterable[Span], start: datetime, end: datetime) -> dict[State, timedelta]:
    """How long a component was in each kind of trouble, from its own spans."""
    told: dict[State, timedelta] = {}
    for since, until, state in stretches(spans, start, end):
        told[state] = told.get(state, timedelta()) + (until - since)
    return told


def stretches(spans: Iterable[Span], start: datetime, end: datetime) -> Iterator[Stretch]:
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
