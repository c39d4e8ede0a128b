"""Metrics: what is measured, and the points that are sent for it, one for each thirty seconds.

CannotMeasure       the metric or its points cannot be kept so; says what to do
└── NoMetric        no metric goes by that id on this page
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite

from django.db import transaction
from django.db.models import Max

from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.watch.models import Metric, Point, Provider

BEAT = 30  # seconds: the grid on which points lie
BACK, AHEAD = timedelta(days=28), timedelta(minutes=5)
KEPT_FOR = timedelta(days=35)  # a week more than may be sent for
MOST_METRICS = 100
MOST_POINTS = 3000  # in one call
MOST_DECIMALS = 6
LONGEST = {"name": 255, "identifier": 255, "description": 500, "suffix": 20}
PURGED_AT_ONCE = 5000

Points = tuple[tuple[int, float], ...]  # (seconds since 1970, value)


class CannotMeasure(Exception):
    """The act is refused; the message says why and what to do."""


class NoMetric(CannotMeasure):
    pass


@dataclass(frozen=True, slots=True)
class Kept:
    """What a metric is called and how it is drawn."""

    name: str
    identifier: str = ""
    description: str = ""
    suffix: str = ""
    decimals: int = 0
    lowest: float | None = None
    highest: float | None = None
    hides_scale: bool = False
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric as others may read it; ``last_at`` is its newest point's time."""

    id: str
    page_id: str
    kept: Kept
    created_at: datetime
    changed_at: datetime
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a page's metrics come from."""

    id: str
    page_id: str
    created_at: datetime


@transaction.atomic
def provide(page_id: str, *, by: Actor, at: datetime) -> Source:
    """Let a page have metrics of its own programs. Raises CannotMeasure where it has them."""
    access.check(by, "pages:write", page_id)
    row, is_new = Provider.objects.get_or_create(page_id=page_id, defaults=_fresh(at))
    if not is_new:
        raise CannotMeasure(f"There is one already, {row.id}: a page needs no second.")
    _noted("provider:made", ("provider", row.id), page_id, by=by, at=at)
    return _source(row)


@transaction.atomic
def provide_no_more(page_id: str, *, by: Actor, at: datetime) -> Source:
    """Let a page have no metrics. Raises CannotMeasure while it has some, NoMetric."""
    access.check(by, "pages:write", page_id)
    row = Provider.objects.select_for_update().filter(page_id=page_id).first()
    if row is None:
        raise NoMetric("This page has no provider of metrics.")
    if count := Metric.objects.filter(page_id=page_id).count():
        raise CannotMeasure(f"It holds metrics ({count}) and their points. Delete those first.")
    told = _source(row)
    row.delete()
    _noted("provider:ended", ("provider", told.id), page_id, by=by, at=at)
    return told


def source_of(page_id: str) -> Source | None:
    """Where a page's metrics come from; None where it has none."""
    row = Provider.objects.filter(page_id=page_id).first()
    return _source(row) if row else None


@transaction.atomic
def create(page_id: str, kept: Kept, *, by: Actor, at: datetime) -> Measured:
    """Begin to measure something. Raises CannotMeasure."""
    access.check(by, "pages:write", page_id)
    if Metric.objects.filter(page_id=page_id).count() >= MOST_METRICS:
        raise CannotMeasure(f"A page has at most {MOST_METRICS} metrics.")
    Provider.objects.get_or_create(page_id=page_id, defaults=_fresh(at))
    row = Metric.objects.create(page_id=page_id, created_at=at, changed_at=at, **_checked(kept))
    _noted("metric:created", ("metric", row.id), page_id, by=by, at=at)
    return _measured(row, None)


@transaction.atomic
def change(page_id: str, metric_id: str, kept: Kept, *, by: Actor, at: datetime) -> Measured:
    """Change what it is called or how it is drawn. Raises CannotMeasure, NoMetric."""
    access.check(by, "pages:write", page_id)
    row = _locked(page_id, metric_id)
    for name, value in (_checked(kept) | {"changed_at": at}).items():
        setattr(row, name, value)
    row.save()
    _noted("metric:changed", ("metric", row.id), page_id, by=by, at=at)
    return metric(page_id, metric_id)


@transaction.atomic
def delete(page_id: str, metric_id: str, *, by: Actor, at: datetime) -> Measured:
    """Measure it no more; its points go with it. Raises NoMetric."""
    access.check(by, "pages:write", page_id)
    told, row = metric(page_id, metric_id), _locked(page_id, metric_id)
    Point.objects.filter(metric=row).delete()
    row.delete()
    _noted("metric:deleted", ("metric", metric_id), page_id, by=by, at=at)
    return told


@transaction.atomic
def reset(page_id: str, metric_id: str, *, by: Actor, at: datetime) -> None:
    """Forget all its points. Raises NoMetric."""
    access.check(by, "pages:write", page_id)
    Point.objects.filter(metric=_locked(page_id, metric_id)).delete()
    _noted("metric:reset", ("metric", metric_id), page_id, by=by, at=at)


@transaction.atomic
def take(page_id: str, told: Mapping[str, Points], *, by: Actor, at: datetime) -> dict[str, Points]:
    """Write points down, on the grid; of several at one beat the last counts.

    Answers them as they were kept. All or none. A point is a measurement and no act: the journal
    has none of them. Raises CannotMeasure, NoMetric.
    """
    access.check(by, "pages:write", page_id)
    if sum(map(len, told.values())) > MOST_POINTS:
        raise CannotMeasure(f"Send at most {MOST_POINTS} points in one call.")
    _check_ours(page_id, told)
    laid = {key: _on_the_grid(points, at=at) for key, points in told.items()}
    # In one order: two calls that bring the same points must not wait for each other.
    Point.objects.bulk_create(
        [
            Point(metric_id=key, beat=beat, value=value)
            for key in sorted(laid)
            for beat, value in sorted(laid[key].items())
        ],
        update_conflicts=True,
        unique_fields=["metric", "beat"],
        update_fields=["value"],
        batch_size=300,
    )
    return {
        key: tuple((beat * BEAT, value) for beat, value in sorted(points.items()))
        for key, points in laid.items()
    }


def _check_ours(page_id: str, told: Mapping[str, Points]) -> None:
    ours = set(Metric.objects.filter(page_id=page_id, pk__in=told).values_list("pk", flat=True))
    unknown = next((key for key in told if key not in ours), None)
    if unknown is not None:
        raise NoMetric(f"This page has no metric {unknown[:40]!r}.")


def _on_the_grid(points: Iterable[tuple[int, float]], *, at: datetime) -> dict[int, float]:
    first, last = int((at - BACK).timestamp()), int((at + AHEAD).timestamp())
    laid: dict[int, float] = {}
    for second, value in points:
        if not first <= second <= last:
            raise CannotMeasure(
                f"{second} is no time of the last 28 days. Send seconds since 1970, in UTC."
            )
        if not isfinite(value):
            raise CannotMeasure("A value is a number.")
        laid[second // BEAT] = value
    return laid


def metric(page_id: str, metric_id: str) -> Measured:
    """One metric of a page. Raises NoMetric."""
    row = Metric.objects.filter(page_id=page_id, pk=metric_id).first()
    if row is None:
        raise NoMetric(f"This page has no metric {metric_id[:40]!r}.")
    return _measured(row, _last_beats([row.id]).get(row.id))


def metrics_of(page_id: str) -> list[Measured]:
    """A page's metrics, the oldest first."""
    rows = list(Metric.objects.filter(page_id=page_id).order_by("created_at", "id"))
    last = _last_beats([row.id for row in rows])
    return [_measured(row, last.get(row.id)) for row in rows]


def points_of(metric_id: str, *, since: datetime) -> Points:
    """A metric's points from a moment on, the oldest first."""
    rows = Point.objects.filter(metric_id=metric_id, beat__gte=beat_of(since)).order_by("beat")
    return tuple((beat * BEAT, value) for beat, value in rows.values_list("beat", "value"))


def purge(at: datetime) -> int:
    """Forget points that nothing shows any more; answers how many."""
    stale = Point.objects.filter(beat__lt=beat_of(at - KEPT_FOR)).order_by("beat")
    keys = list(stale.values_list("pk", flat=True)[:PURGED_AT_ONCE])
    return Point.objects.filter(pk__in=keys).delete()[0]


def beat_of(at: datetime) -> int:
    return int(at.timestamp()) // BEAT


def time_of(beat: int) -> datetime:
    return datetime.fromtimestamp(beat * BEAT, UTC)


def _last_beats(ids: list[str]) -> dict[str, int]:
    rows = Point.objects.filter(metric_id__in=ids).values("metric_id").annotate(last=Max("beat"))
    return dict(rows.order_by().values_list("metric_id", "last"))


def _locked(page_id: str, metric_id: str) -> Metric:
    row = Metric.objects.select_for_update().filter(page_id=page_id, pk=metric_id).first()
    if row is None:
        raise NoMetric(f"This page has no metric {metric_id[:40]!r}.")
    return row


def _checked(kept: Kept) -> dict[str, object]:
    """The fields of a row. Raises CannotMeasure."""
    texts = {name: " ".join(getattr(kept, name).split()) for name in LONGEST}
    for name, text in texts.items():
        if len(text) > LONGEST[name]:
            raise CannotMeasure(f"{name}: {len(text)} characters; {LONGEST[name]} is the most.")
    if not texts["name"]:
        raise CannotMeasure("Say what is measured: a metric needs a name.")
    if not 0 <= kept.decimals <= MOST_DECIMALS:
        raise CannotMeasure(f"Decimal places go from 0 to {MOST_DECIMALS}.")
    ends = [end for end in (kept.lowest, kept.highest) if end is not None]
    if not all(map(isfinite, ends)) or ends != sorted(set(ends)):
        raise CannotMeasure("A chart's lowest value has to be below its highest.")
    return texts | {
        "decimals": kept.decimals,
        "lowest": kept.lowest,
        "highest": kept.highest,
        "hides_scale": kept.hides_scale,
        "is_shown": kept.is_shown,
    }


def _measured(row: Metric, last: int | None) -> Measured:
    return Measured(
        id=row.id,
        page_id=row.page_id,
        kept=Kept(
            name=row.name,
            identifier=row.identifier,
            description=row.description,
            suffix=row.suffix,
            decimals=row.decimals,
            lowest=row.lowest,
            highest=row.highest,
            hides_scale=row.hides_scale,
            is_shown=row.is_shown,
        ),
        created_at=row.created_at,
        changed_at=row.changed_at,
        last_at=time_of(last) if last is not None else None,
    )


def _fresh(at: datetime) -> dict[str, datetime]:
    return {"created_at": at, "metrics_changed_at": at}


def _source(row: Provider) -> Source:
    return Source(id=row.id, page_id=row.page_id, created_at=row.created_at)


def _noted(done: str, subject: tuple[str, str], page_id: str, *, by: Actor, at: datetime) -> None:
    Provider.objects.filter(page_id=page_id).update(metrics_changed_at=at)
    chain.note(f"watch:{done}", by=by, at=at, subject=subject, page=page_id)
