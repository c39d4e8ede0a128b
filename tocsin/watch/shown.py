"""What of all that we notice everybody may see: frozen values, never rows.

The one module of this folder that the page may read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, F, OuterRef, Subquery

from tocsin.watch.metrics import beat_of, time_of
from tocsin.watch.models import Metric, Point, Provider

STEP = 10  # beats: what lies within five minutes is drawn as one point
DRAWN_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Reading:
    """What it was at a time, on the mean of five minutes."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A metric that readers see, and its last day. ``latest`` is its newest point of that day."""

    id: str
    name: str
    description: str
    suffix: str
    decimals: int
    lowest: float | None
    highest: float | None
    hides_scale: bool
    readings: tuple[Reading, ...]
    latest: Reading | None


def changes() -> dict[str, datetime]:
    """When anything about each page's metrics but their points last changed."""
    rows = Provider.objects.values_list("page_id", "metrics_changed_at")
    return dict(rows)


def changed_at(page_id: str) -> datetime | None:
    """The same of one page; None where it measures nothing."""
    return changes().get(page_id)


def charts(page_id: str, *, at: datetime) -> tuple[Chart, ...]:
    """A page's public metrics, the oldest first, each with its last day."""
    if not Metric.objects.filter(page_id=page_id, is_shown=True).exists():
        return ()
    since, until = beat_of(at - DRAWN_FOR), beat_of(at)
    newest = Point.objects.filter(metric_id=OuterRef("pk"), beat__gt=since, beat__lte=until)
    newest = newest.order_by("-beat")
    rows = Metric.objects.filter(page_id=page_id, is_shown=True).annotate(
        last_beat=Subquery(newest.values("beat")[:1]),
        last_value=Subquery(newest.values("value")[:1]),
    )
    told = list(rows.order_by("created_at", "id"))
    readings: dict[str, list[Reading]] = {row.id: [] for row in told}
    for metric_id, reading in _means(list(readings), since, until):
        readings[metric_id].append(reading)
    return tuple(_chart(row, tuple(readings[row.id])) for row in told)


def _means(ids: list[str], since: int, until: int) -> Iterator[tuple[str, Reading]]:
    """What lies within each five minutes, as its mean, in order."""
    if not ids:
        return
    points = Point.objects.filter(metric_id__in=ids, beat__gt=since, beat__lte=until)
    slots = points.annotate(slot=F("beat") / STEP).values("metric_id", "slot").order_by("slot")
    for metric_id, slot, mean in slots.annotate(mean=Avg("value")).values_list(
        "metric_id", "slot", "mean"
    ):
        yield metric_id, Reading(time_of(slot * STEP), mean)


def _chart(row: Any, readings: tuple[Reading, ...]) -> Chart:
    latest = None if row.last_beat is None else Reading(time_of(row.last_beat), row.last_value)
    return Chart(
        id=row.id,
        name=row.name,
        description=row.description,
        suffix=row.suffix,
        decimals=row.decimals,
        lowest=row.lowest,
        highest=row.highest,
        hides_scale=row.hides_scale,
        readings=readings,
        latest=latest,
    )
