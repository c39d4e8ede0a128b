"""Metrics as clients send them, and as they are answered."""

from enum import StrEnum
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, Field, StringConstraints

from tocsin.api.v1.fields import Claim, Name, Sent, none_if_empty
from tocsin.watch.metrics import MOST_DECIMALS


def _second(value: Any) -> Any:
    """Some clients send fractions of a second; the grid is coarser anyway."""
    return int(value) if isinstance(value, float) and abs(value) < 1e12 else value


Number = Annotated[float | None, BeforeValidator(none_if_empty)]
Places = Annotated[
    Annotated[int, Field(ge=0, le=MOST_DECIMALS)] | None, BeforeValidator(none_if_empty)
]


class MetricFields(Sent):
    """What a metric is called and how its chart is drawn; what is left out stays."""

    name: Name | None = None
    metric_identifier: Name | None = None
    display: Claim = None
    suffix: Annotated[str, StringConstraints(max_length=20)] | None = None
    y_axis_min: Number = None
    y_axis_max: Number = None
    y_axis_hidden: Claim = None
    decimal_places: Places = None
    tooltip_description: Annotated[str, StringConstraints(max_length=500)] | None = None


class MetricBody(Sent):
    metric: MetricFields


class SentPoint(Sent):
    """A value at a time, in seconds since 1970."""

    timestamp: Annotated[int, BeforeValidator(_second)]
    value: float


class PointBody(Sent):
    data: SentPoint


class PointsBody(Sent):
    """Points by the id of their metric."""

    data: dict[str, list[SentPoint]]


class ProviderType(StrEnum):
    """Where metrics come from: ``Self`` means that programs of yours send their points."""

    SELF = "Self"
    DATADOG = "Datadog"
    LIBRATO = "Librato"
    NEW_RELIC = "NewRelic"
    PINGDOM = "Pingdom"


class ProviderFields(Sent):
    type: ProviderType | None = None


class ProviderBody(Sent):
    metrics_provider: ProviderFields


class Metric(Schema):
    """A metric; ``display`` says whether readers see its chart."""

    id: str
    metrics_provider_id: str | None
    metric_identifier: str | None
    name: str
    display: bool
    tooltip_description: str | None
    backfilled: bool
    backfill_percentage: int
    y_axis_min: float | None
    y_axis_max: float | None
    y_axis_hidden: bool
    suffix: str | None
    decimal_places: int
    most_recent_data_at: str | None
    last_fetched_at: str | None
    reference_name: str | None
    created_at: str
    updated_at: str


class Point(Schema):
    """A point as it was kept: its time lies on the grid of thirty seconds."""

    timestamp: int
    value: float


class Taken(Schema):
    data: Point


class Provider(Schema):
    id: str
    type: str
    disabled: bool
    metric_base_uri: str | None
    last_revalidated_at: str | None
    created_at: str
    updated_at: str
    page_id: str
