"""Metrics through the manage API: made, sent points for, drawn, refused."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.cast import NOON, a_page, later
from tests.machine import Machine, a_machine
from tocsin.people.models import Scope
from tocsin.watch import metrics, shown

pytestmark = pytest.mark.django_db

NOW = int(NOON.timestamp())


@pytest.fixture
def machine() -> Machine:
    return a_machine(a_page())


def a_metric(machine: Machine, **told: Any) -> dict[str, Any]:
    provider = (machine.get("metrics_providers") or [None])[0] or machine.post(
        "metrics_providers", {"metrics_provider": {"type": "Self"}}
    )
    body = {"metric": {"name": "Response time", "suffix": "ms", **told}}
    made: dict[str, Any] = machine.post(f"metrics_providers/{provider['id']}/metrics", body)
    return made


def test_a_metric_is_made_changed_and_deleted(machine: Machine) -> None:
    made = a_metric(machine, decimal_places=1, y_axis_min=0)
    path = f"metrics/{made['id']}"

    told = {"name": "Latency", "y_axis_min": "", "decimal_places": None}
    changed = machine.patch(path, {"metric": told})
    machine.post(f"{path}/data", {"data": {"timestamp": _now(), "value": 1}})

    assert (made["name"], made["decimal_places"], made["y_axis_min"]) == ("Response time", 1, 0)
    assert made["display"] is True
    assert (changed["name"], changed["suffix"], changed["y_axis_min"]) == ("Latency", "ms", None)
    assert [one["id"] for one in machine.get("metrics")] == [made["id"]]
    assert machine.delete(path)["id"] == made["id"]
    assert machine.get("metrics") == []
    machine.refused(404, "GET", path)


@time_machine.travel(NOON, tick=False)
def test_a_point_is_laid_on_the_grid_and_the_last_counts(machine: Machine) -> None:
    made = a_metric(machine)
    path = f"metrics/{made['id']}/data"

    first = machine.post(path, {"data": {"timestamp": NOW - 31, "value": 3}})
    machine.post(path, {"data": {"timestamp": NOW - 59, "value": 4.5}})
    machine.read(machine.call("POST", path, f"data[timestamp]={NOW - 1}&data[value]=7"), 201)

    assert first == {"data": {"timestamp": NOW - 60, "value": 3}}
    assert metrics.points_of(made["id"], since=later(-5)) == ((NOW - 60, 4.5), (NOW - 30, 7))
    assert machine.get(f"metrics/{made['id']}")["most_recent_data_at"] == "2026-11-23T11:59:30.000Z"
    machine.delete(path, status=204)
    assert metrics.points_of(made["id"], since=later(-5)) == ()


@time_machine.travel(NOON, tick=False)
def test_points_of_many_are_taken_all_or_none(machine: Machine) -> None:
    one, two = a_metric(machine)["id"], a_metric(machine, name="Load")["id"]
    points = [{"timestamp": NOW - 90, "value": 1}, {"timestamp": NOW - 61, "value": 2}]

    laid = machine.read(
        machine.call("POST", "metrics/data", {"data": {one: points, two: points[:1]}}), 202
    )
    machine.refused(404, "POST", "metrics/data", {"data": {one: points, "nobody": points}})
    late = [{"timestamp": NOW - 29 * 86400, "value": 1}]
    machine.refused(422, "POST", "metrics/data", {"data": {one: late, two: points}})

    assert laid[one] == [{"timestamp": NOW - 90, "value": 2}]
    assert metrics.points_of(two, since=later(-5)) == ((NOW - 90, 1),)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"timestamp": 1, "value": 1},
        {"timestamp": NOW * 1000, "value": 1},
        {"timestamp": 10**400, "value": 1},
        {"timestamp": NOW, "value": "much"},
        {"timestamp": "noon", "value": 1},
    ],
)
@time_machine.travel(NOON, tick=False)
def test_a_point_that_cannot_be_is_refused(machine: Machine, data: dict[str, Any]) -> None:
    made = a_metric(machine)

    assert machine.refused(422, "POST", f"metrics/{made['id']}/data", {"data": data})
    assert machine.get(f"metrics/{made['id']}")["most_recent_data_at"] is None


def test_what_is_not_a_number_is_refused(machine: Machine) -> None:
    path = f"metrics/{a_metric(machine)['id']}/data"

    assert machine.refused(
        422, "POST", path, f'{{"data": {{"timestamp": {_now()}, "value": 1e999}}}}'
    )


def test_what_a_metric_cannot_be_is_refused(machine: Machine) -> None:
    provider = machine.post("metrics_providers", {"metrics_provider": {"type": "Self"}})
    path = f"metrics_providers/{provider['id']}/metrics"

    for told in ({}, {"name": " "}, {"name": "x", "y_axis_min": 2, "y_axis_max": 1}):
        machine.refused(422, "POST", path, {"metric": told})
    machine.refused(404, "POST", "metrics_providers/nobody/metrics", {"metric": {"name": "x"}})
    assert machine.get("metrics") == []


def test_nothing_is_fetched_from_other_companies(machine: Machine) -> None:
    sentence = machine.refused(
        422, "POST", "metrics_providers", {"metrics_provider": {"type": "Datadog", "api_key": "k"}}
    )

    assert "only Self" in sentence
    assert machine.get("metrics_providers") == []


def test_a_provider_that_holds_metrics_stays(machine: Machine) -> None:
    made = a_metric(machine)
    path = f"metrics_providers/{made['metrics_provider_id']}"

    assert [one["id"] for one in machine.get(f"{path}/metrics")] == [made["id"]]
    assert machine.patch(path, {"metrics_provider": {"type": "Self"}})["type"] == "Self"
    machine.refused(422, "POST", "metrics_providers", {"metrics_provider": {"type": "Self"}})
    machine.refused(422, "DELETE", path)
    machine.delete(f"metrics/{made['id']}")
    assert machine.delete(path)["id"] == made["metrics_provider_id"]
    assert machine.get("metrics_providers") == []


def test_another_pages_metric_is_nowhere(machine: Machine) -> None:
    made = a_metric(a_machine(a_page(name="Other")))

    for method, path in (("GET", ""), ("DELETE", ""), ("DELETE", "/data")):
        machine.refused(404, method, f"metrics/{made['id']}{path}")
    point = {"timestamp": _now(), "value": 1}
    machine.refused(404, "POST", f"metrics/{made['id']}/data", {"data": point})
    machine.refused(404, "POST", "metrics/data", {"data": {made["id"]: [point]}})


def test_a_key_that_reads_sends_no_points(machine: Machine) -> None:
    made = a_metric(machine)
    reads = a_machine(machine.page, Scope.READ)

    assert reads.get(f"metrics/{made['id']}")["id"] == made["id"]
    body = {"data": {"timestamp": _now(), "value": 1}}
    reads.refused(403, "POST", f"metrics/{made['id']}/data", body)


@time_machine.travel(NOON, tick=False)
def test_what_is_shown_is_the_mean_of_five_minutes(machine: Machine) -> None:
    made, hidden = a_metric(machine), a_metric(machine, name="Load", display=False)
    points = [{"timestamp": NOW - 30 * n, "value": n} for n in range(1, 21)]
    machine.call("POST", "metrics/data", {"data": {made["id"]: points, hidden["id"]: points}})

    (chart,) = shown.charts(machine.page.id, at=NOON)

    assert [reading.value for reading in chart.readings] == [15.5, 5.5]
    assert chart.readings[1].at == later(-5)
    assert chart.latest == shown.Reading(later(-0.5), 1)
    assert shown.charts(machine.page.id, at=NOON + timedelta(days=2))[0].readings == ()


@time_machine.travel(NOON, tick=False)
def test_points_are_forgotten_once_nothing_shows_them(machine: Machine) -> None:
    made = a_metric(machine)["id"]
    machine.post(f"metrics/{made}/data", {"data": {"timestamp": NOW - 27 * 86400, "value": 1}})
    machine.post(f"metrics/{made}/data", {"data": {"timestamp": NOW, "value": 2}})

    assert metrics.purge(NOON) == 0
    assert metrics.purge(NOON + timedelta(days=9)) == 1
    assert metrics.points_of(made, since=NOON - timedelta(days=40)) == ((NOW, 2),)


def _now() -> int:
    return int(timezone.now().timestamp())
