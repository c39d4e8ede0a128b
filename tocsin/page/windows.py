"""What a component's page tells of its past: windows up to now, and month by month. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from tocsin.catalogue.tree import Node, State
from tocsin.catalogue.weights import Weights
from tocsin.page import uptime
from tocsin.page.uptime import Chronicle, Uptime
from tocsin.statements.published import Span, Story

LENGTHS = (30, 90, 365)  # in days, today being the last
MOST_MONTHS = 240

SpansOf = Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Window:
    """``share`` is None where nothing was observed; ``observed_on`` is the first day that was, if
    the window begins before it; ``lasted`` is a component's own, empty for a group."""

    days: int
    share: Fraction | None
    observed_on: date | None
    lasted: Mapping[State, timedelta]


@dataclass(frozen=True, slots=True)
class Month:
    """A month, its share of uptime as far as it was observed, and what named it: how many
    incidents, and how much planned work.

    One ``is_ahead`` where planned work is placed in it already.
    """

    on: date
    share: Fraction | None
    incidents: int
    planned: int = 0
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """``months`` are newest first; ``stories`` are the newest that named it, and all that may have
    touched one of its ninety days."""

    windows: tuple[Window, ...]
    months: tuple[Month, ...]
    stories: tuple[Story, ...]


def past(
    node: Node,
    spans_of: SpansOf,
    placed_at: Iterable[datetime],
    stories: tuple[Story, ...],
    *,
    planned_at: Iterable[datetime] = (),
    at: datetime,
    zone: str,
    weights: Weights,
) -> Past:
    """A component's or group's past up to ``at``; ``placed_at`` is when each incident was,
    ``planned_at`` when each planned work."""
    told = {key: Chronicle(spans) for key, spans in spans_of.items()}
    seen = _Seen(node, told, at, zone, weights)
    return Past(
        tuple(seen.window(days) for days in LENGTHS),
        tuple(seen.months(sorted(placed_at), sorted(planned_at))),
        stories,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    node: Node
    told: Mapping[str, Chronicle]
    at: datetime
    zone: str
    weights: Weights

    def window(self, days: int) -> Window:
        first = self._today() - timedelta(days=days - 1)
        start = midnight(first, self.zone)
        came = self._came(start, self.at)
        began = min(uptime.observed_from(leaf, self.zone) for leaf in self._leaves())
        is_late = any(came) and began > start
        alone = came[0] if not self.node.is_group else None
        return Window(
            days=days,
            share=uptime.mean(came, self.weights),
            observed_on=began.astimezone(ZoneInfo(self.zone)).date() if is_late else None,
            lasted=alone.lasted if alone else {},
        )

    def months(self, placed: list[datetime], planned: list[datetime]) -> Iterator[Month]:
        """From this one, or what is planned ahead, back to the first that was observed or told."""
        told = sorted((*placed, *planned))
        edges = [self._date(moment).replace(day=1) for moment in (*told[:1], *told[-1:])]
        began = min(uptime.observed_from(leaf, self.zone) for leaf in self._leaves())
        of = max([self._today().replace(day=1), *edges])
        first = min([self._date(began).replace(day=1), *edges])
        for _ in range(MOST_MONTHS):
            if of < first:
                return
            after = (of + timedelta(days=32)).replace(day=1)
            start, end = midnight(of, self.zone), midnight(after, self.zone)
            incidents, works = (
                bisect_left(moments, end) - bisect_left(moments, start)
                for moments in (placed, planned)
            )
            came = self._came(start, min(end, self.at))
            yield Month(of, uptime.mean(came, self.weights), incidents, works, of > self._today())
            of = (of - timedelta(days=1)).replace(day=1)

    def _leaves(self) -> list[Node]:
        return [below for below in self.node.walk() if not below.is_group]

    def _came(self, start: datetime, end: datetime) -> list[Uptime | None]:
        return [
            uptime.over(leaf, self._spans_of(leaf, start, end), start, end, zone=self.zone)
            for leaf in self._leaves()
        ]

    def _spans_of(self, leaf: Node, start: datetime, end: datetime) -> Sequence[Span]:
        told = self.told.get(leaf.id)
        return told.between(start, end) if told else ()

    def _today(self) -> date:
        return self._date(self.at)

    def _date(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()


def midnight(on: date, zone: str) -> datetime:
    """When a day begins in a zone, in UTC."""
    return datetime.combine(on, time.min, ZoneInfo(zone)).astimezone(UTC)
