"""Metrics, the points that programs send for them, and where they come from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from tocsin.api.v1 import metric_shapes as shapes
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, Call, nothing, portion, written
from tocsin.api.v1.components import Paged
from tocsin.api.v1.failures import Missing, Unread
from tocsin.api.v1.metric_shapes import (
    MetricBody,
    MetricFields,
    PointBody,
    PointsBody,
    ProviderBody,
    ProviderType,
)
from tocsin.api.v1.shapes import Values
from tocsin.page.statuspage import stamp
from tocsin.watch import metrics as kept
from tocsin.watch.metrics import Kept, Measured, Points, Source

router = Router()
PAGE = "/pages/{page_id}"
HERE = f"{PAGE}/metrics"
PROVIDERS = f"{PAGE}/metrics_providers"
# Their names for what we keep.
NAMES = {
    "name": "name",
    "metric_identifier": "identifier",
    "tooltip_description": "description",
    "suffix": "suffix",
    "decimal_places": "decimals",
    "y_axis_hidden": "hides_scale",
    "display": "is_shown",
}
ENDS = {"y_axis_min": "lowest", "y_axis_max": "highest"}  # empty means: as the values are


@router.get(HERE, response=reads(list[shapes.Metric]), operation_id="metrics")
def metrics(request: Asked, page_id: str, paged: Query[Paged]) -> HttpResponse:
    """Every metric, the oldest first."""
    rows = _all(request.call)
    return written(portion(rows, page=paged.page, per_page=paged.per_page))


@router.post(
    f"{HERE}/data",
    response=writes(dict[str, list[shapes.Point]], status=202),
    operation_id="add_points_to_many",
)
def add_to_many(request: Asked, page_id: str, body: PointsBody) -> HttpResponse:
    """Points of several metrics at once, all or none; answers them as they were kept."""
    told = {
        key: tuple((one.timestamp, one.value) for one in sent) for key, sent in body.data.items()
    }
    laid = _take(request.call, told)
    return written({key: list(map(_point, points)) for key, points in laid.items()}, status=202)


@router.get(f"{HERE}/{{metric_id}}", response=reads(shapes.Metric), operation_id="metric")
def metric(request: Asked, page_id: str, metric_id: str) -> HttpResponse:
    """One metric."""
    return written(_told(request.call, kept.metric(page_id, metric_id)))


@router.api_operation(
    ["PATCH", "PUT"],
    f"{HERE}/{{metric_id}}",
    response=writes(shapes.Metric),
    operation_id="change_metric",
)
def change(request: Asked, page_id: str, metric_id: str, body: MetricBody) -> HttpResponse:
    """Change what it is called or how its chart is drawn."""
    call, before = request.call, kept.metric(page_id, metric_id)
    after = _changed(before.kept, body.metric)
    if after != before.kept:
        before = kept.change(page_id, metric_id, after, by=call.by, at=call.at)
    return written(_told(call, before))


@router.delete(
    f"{HERE}/{{metric_id}}", response=writes(shapes.Metric), operation_id="delete_metric"
)
def delete(request: Asked, page_id: str, metric_id: str) -> HttpResponse:
    """Measure it no more; its points go with it."""
    call = request.call
    told = _told(call, kept.metric(page_id, metric_id))
    kept.delete(page_id, metric_id, by=call.by, at=call.at)
    return written(told)


@router.post(
    f"{HERE}/{{metric_id}}/data",
    response=writes(shapes.Taken, status=201),
    operation_id="add_point",
)
def add(request: Asked, page_id: str, metric_id: str, body: PointBody) -> HttpResponse:
    """One point, on the grid of thirty seconds; the last that is sent for a beat counts."""
    sent = body.data
    laid = _take(request.call, {metric_id: ((sent.timestamp, sent.value),)})
    return written({"data": _point(laid[metric_id][0])}, status=201)


@router.delete(
    f"{HERE}/{{metric_id}}/data", response=writes(None, status=204), operation_id="reset_metric"
)
def reset(request: Asked, page_id: str, metric_id: str) -> HttpResponse:
    """Forget all its points."""
    call = request.call
    kept.reset(page_id, metric_id, by=call.by, at=call.at)
    return nothing()


@router.get(PROVIDERS, response=reads(list[shapes.Provider]), operation_id="metrics_providers")
def providers(request: Asked, page_id: str) -> HttpResponse:
    """Where the page's metrics come from: none, or its own programs."""
    source = kept.source_of(page_id)
    return written([_provider(source)] if source else [])


@router.post(
    PROVIDERS, response=writes(shapes.Provider, status=201), operation_id="add_metrics_provider"
)
def provide(request: Asked, page_id: str, body: ProviderBody) -> HttpResponse:
    """Let programs of yours send points (`Self`); no other company is asked for any."""
    call = request.call
    if body.metrics_provider.type is None:
        raise Unread(["metrics_provider.type: say Self."])
    _check_type(body.metrics_provider.type)
    return written(_provider(kept.provide(page_id, by=call.by, at=call.at)), status=201)


@router.get(
    f"{PROVIDERS}/{{provider_id}}", response=reads(shapes.Provider), operation_id="metrics_provider"
)
def provider(request: Asked, page_id: str, provider_id: str) -> HttpResponse:
    """One of them."""
    return written(_provider(_source(page_id, provider_id)))


@router.api_operation(
    ["PATCH", "PUT"],
    f"{PROVIDERS}/{{provider_id}}",
    response=writes(shapes.Provider),
    operation_id="change_metrics_provider",
)
def change_provider(
    request: Asked, page_id: str, provider_id: str, body: ProviderBody
) -> HttpResponse:
    """Nothing about it can change; what would is refused."""
    source = _source(page_id, provider_id)
    _check_type(body.metrics_provider.type or ProviderType.SELF)
    return written(_provider(source))


@router.delete(
    f"{PROVIDERS}/{{provider_id}}",
    response=writes(shapes.Provider),
    operation_id="delete_metrics_provider",
)
def end_provider(request: Asked, page_id: str, provider_id: str) -> HttpResponse:
    """Have no metrics any more; those that there are have to be deleted first."""
    call = request.call
    _source(page_id, provider_id)
    return written(_provider(kept.provide_no_more(page_id, by=call.by, at=call.at)))


@router.get(
    f"{PROVIDERS}/{{provider_id}}/metrics",
    response=reads(list[shapes.Metric]),
    operation_id="metrics_of_provider",
)
def metrics_of(request: Asked, page_id: str, provider_id: str, paged: Query[Paged]) -> HttpResponse:
    """Its metrics."""
    _source(page_id, provider_id)
    return written(portion(_all(request.call), page=paged.page, per_page=paged.per_page))


@router.post(
    f"{PROVIDERS}/{{provider_id}}/metrics",
    response=writes(shapes.Metric, status=201),
    operation_id="add_metric",
)
def create(request: Asked, page_id: str, provider_id: str, body: MetricBody) -> HttpResponse:
    """Begin to measure something; readers see it unless `display` is false."""
    call = request.call
    _source(page_id, provider_id)
    made = kept.create(page_id, _changed(Kept(name=""), body.metric), by=call.by, at=call.at)
    return written(_told(call, made), status=201)


def _take(call: Call, told: Mapping[str, Points]) -> dict[str, Points]:
    return kept.take(call.page.id, told, by=call.by, at=call.at)


def _point(point: tuple[int, float]) -> Values:
    return {"timestamp": point[0], "value": point[1]}


def _check_type(told: ProviderType) -> None:
    if told != ProviderType.SELF:
        sentence = f"Nothing is fetched from {told.value}: let a program of yours send the points."
        raise Unread([f"metrics_provider.type: only Self. {sentence}"])


def _source(page_id: str, provider_id: str) -> Source:
    source = kept.source_of(page_id)
    if source is None or source.id != provider_id:
        raise Missing
    return source


def _changed(before: Kept, told: MetricFields) -> Kept:
    """What is kept, as far as something else is told."""
    fields: dict[str, Any] = {
        ours: value
        for theirs, ours in NAMES.items()
        if (value := getattr(told, theirs)) is not None
    }
    fields |= {
        ours: getattr(told, theirs)
        for theirs, ours in ENDS.items()
        if theirs in told.model_fields_set
    }
    return replace(before, **fields)


def shown_to_readers(call: Call) -> list[Values]:
    """The metrics that stand on the page, the oldest first."""
    return [row for row in _all(call) if row["display"]]


def _all(call: Call) -> list[Values]:
    source = kept.source_of(call.page.id)
    return [_row(one, source) for one in kept.metrics_of(call.page.id)]


def _told(call: Call, measured: Measured) -> Values:
    return _row(measured, kept.source_of(call.page.id))


def _row(measured: Measured, source: Source | None) -> Values:
    told = measured.kept
    return {
        "id": measured.id,
        "metrics_provider_id": source.id if source else None,
        "metric_identifier": told.identifier or None,
        "name": told.name,
        "display": told.is_shown,
        "tooltip_description": told.description or None,
        "backfilled": False,
        "backfill_percentage": 100,
        "y_axis_min": told.lowest,
        "y_axis_max": told.highest,
        "y_axis_hidden": told.hides_scale,
        "suffix": told.suffix or None,
        "decimal_places": told.decimals,
        "most_recent_data_at": stamp(measured.last_at),
        "last_fetched_at": None,
        "reference_name": None,
        "created_at": stamp(measured.created_at),
        "updated_at": stamp(measured.changed_at),
    }


def _provider(source: Source) -> Values:
    return {
        "id": source.id,
        "type": ProviderType.SELF.value,
        "disabled": False,
        "metric_base_uri": None,
        "last_revalidated_at": None,
        "created_at": stamp(source.created_at),
        "updated_at": stamp(source.created_at),
        "page_id": source.page_id,
    }
