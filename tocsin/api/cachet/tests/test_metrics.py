from typing import Any

import pytest
from django.utils import timezone

from tests.cast import a_page
from tocsin.api.cachet.door import NOWHERE
from tocsin.api.cachet.tests.programs import Program, a_program
from tocsin.watch import metrics

pytestmark = pytest.mark.django_db

SPEED = {"name": "Response", "suffix": "ms", "description": "Of the shop", "display_chart": 1}


@pytest.fixture
def program() -> Program:
    return a_program(a_page())


def test_something_is_measured_and_no_more(program: Program) -> None:
    made = program.post("metrics", **SPEED, places=1)

    changed = program.put(f"metrics/{made['id']}", name="Response time")
    same = program.put(f"metrics/{made['id']}", **changed)
    program.delete(f"metrics/{made['id']}")

    assert (made["name"], made["suffix"], made["places"]) == ("Response", "ms", 1)
    assert made["display_chart"] is True
    assert (changed["name"], changed["suffix"]) == ("Response time", "ms")
    assert same == changed
    assert program.refused(404, "GET", f"metrics/{made['id']}") == NOWHERE


def test_points_lie_on_the_grid_and_the_last_of_a_beat_counts(program: Program) -> None:
    path = f"metrics/{program.post('metrics', **SPEED)['id']}/points"
    second = metrics.beat_of(timezone.now()) * metrics.BEAT

    first = program.post(path, value=41, timestamp=second)
    again = program.post(path, value="42.5", timestamp=second + 7)

    assert first["id"] == again["id"]
    assert [row["value"] for row in program.get(path)] == [42.5]


def test_a_point_without_a_time_is_of_now(program: Program) -> None:
    path = f"metrics/{program.post('metrics', **SPEED)['id']}/points"

    program.post(path, value=1.5)

    assert len(program.get(path)) == 1


def test_what_readers_do_not_see_is_told_to_nobody_without_a_key(program: Program) -> None:
    hidden = program.post("metrics", **SPEED | {"display_chart": 0})["id"]
    shown = program.post("metrics", **SPEED)["id"]
    stranger = Program(program.page)

    assert [row["id"] for row in stranger.get("metrics")] == [shown]
    assert stranger.refused(404, "GET", f"metrics/{hidden}/points") == NOWHERE
    assert stranger.refused(401, "POST", f"metrics/{shown}/points", {"value": 1})


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"value": "fast"},
        {"value": "nan"},
        {"value": "inf"},
        {"value": None},
        {"value": 1, "timestamp": 7},
        {"value": 1, "timestamp": 10**30},
        {"value": 1, "timestamp": "now"},
    ],
)
def test_what_is_no_point_is_refused(program: Program, told: dict[str, Any]) -> None:
    path = f"metrics/{program.post('metrics', **SPEED)['id']}/points"

    assert program.refused(400, "POST", path, told)
    assert program.get(path) == []


@pytest.mark.parametrize("told", [{"name": ""}, {"name": "x" * 300}, {"places": 99}])
def test_what_is_no_metric_is_refused(program: Program, told: dict[str, Any]) -> None:
    assert program.refused(400, "POST", "metrics", SPEED | told)
    assert program.get("metrics") == []
