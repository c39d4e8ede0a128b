"""What is measured, and the points that programs send for it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tocsin.api.cachet import numbers
from tocsin.api.cachet.calls import Call, Told, Values, key_of, listed
from tocsin.api.v1.failures import Missing, Unread
from tocsin.watch import metrics as measuring
from tocsin.watch.metrics import BEAT, Kept, Measured

SHOWN_FOR = timedelta(days=1)  # of a metric's points, in a list


def metrics(call: Call) -> Told:
    """Every metric, the oldest first; without a key those alone that readers see."""
    return listed(call, [_told(call, metric) for metric in _seen(call)])


def metric(call: Call, number: str) -> Told:
    return Told(_told(call, _metric(call, number)))


def add(call: Call) -> Told:
    """Begin to measure something; readers see it where `display_chart` says so."""
    made = measuring.create(call.page.id, _kept_in(call, Kept(name="")), by=call.by, at=call.at)
    return Told(_told(call, made))


def change(call: Call, number: str) -> Told:
    before = _metric(call, number)
    after = _kept_in(call, before.kept)
    if after != before.kept:
        measuring.change(call.page.id, before.id, after, by=call.by, at=call.at)
    return metric(call, number)


def drop(call: Call, number: str) -> Told:
    """Measure it no more; its points go with it."""
    measuring.delete(call.page.id, _metric(call, number).id, by=call.by, at=call.at)
    return Told(None)


def points(call: Call, number: str) -> Told:
    """The points of the last day, the oldest first."""
    found = _metric(call, number)
    since = call.at - SHOWN_FOR
    told = measuring.points_of(found.id, since=since)
    return listed(call, [_point(call, found, second, value) for second, value in told])


def add_point(call: Call, number: str) -> Told:
    """One point, on the grid of thirty seconds: of several at one beat the last counts."""
    found, value = _metric(call, number), call.decimal("value")
    if value is None:
        raise Unread(["value: send a number."])
    second = call.number("timestamp")
    sent = (int(call.at.timestamp()) if second is None else second, value)
    laid = measuring.take(call.page.id, {found.id: (sent,)}, by=call.by, at=call.at)
    return Told(_point(call, found, *laid[found.id][0]))


def _seen(call: Call) -> list[Measured]:
    found = measuring.metrics_of(call.page.id)
    return [metric for metric in found if call.key or metric.kept.is_shown]


def _metric(call: Call, number: str) -> Measured:
    """Raises Missing."""
    wanted = key_of(number)
    for metric in _seen(call):
        if metric.id == wanted:
            return metric
    raise Missing


def _kept_in(call: Call, before: Kept) -> Kept:
    """What a metric is called and how it is drawn; what is not sent stays."""
    told: dict[str, Any] = {
        name: call.text(name) for name in ("name", "suffix", "description") if name in call.told
    }
    if (places := call.number("places")) is not None:
        told["decimals"] = places
    if "display_chart" in call.told:
        told["is_shown"] = call.flag("display_chart", usually=True)
    return replace(before, **told)


def _told(call: Call, metric: Measured) -> Values:
    kept = metric.kept
    return {
        "id": numbers.number_of(metric.id),
        "name": kept.name,
        "suffix": kept.suffix,
        "description": kept.description,
        "default_value": 0,
        "calc_type": 1,  # an average
        "display_chart": kept.is_shown,
        "created_at": call.written(metric.created_at),
        "updated_at": call.written(metric.last_at or metric.changed_at),
        "places": kept.decimals,
        "default_view": 1,
        "threshold": 1,
        "order": 0,
        "visible": 1,
    }


def _point(call: Call, metric: Measured, second: int, value: float) -> Values:
    at = call.written(datetime.fromtimestamp(second, tz=call.at.tzinfo))
    return {
        "id": second // BEAT,
        "metric_id": numbers.number_of(metric.id),
        "value": value,
        "created_at": at,
        "updated_at": at,
        "counter": 1,
        "calculated_value": value,
    }
