from typing import Any

import pytest
import time_machine

from tests.cast import NOON, a_page, later
from tocsin.api.cachet import numbers
from tocsin.api.cachet.tests.programs import Program, a_program
from tocsin.disclosure.phases import Phase
from tocsin.statements import published
from tocsin.statements.published import Story

pytestmark = pytest.mark.django_db

WORK = {
    "name": "We move the database",
    "message": "Orders cannot be placed for half an hour.",
    "status": 0,
    "scheduled_at": "2026-11-23 22:00",
    "completed_at": "2026-11-23 22:30",
    "notify": 0,
}


@pytest.fixture
def program() -> Program:
    return a_program(a_page())


def planned(program: Program, **told: Any) -> Any:
    with time_machine.travel(NOON, tick=False):
        return program.post("schedules", **WORK | told)


def story(program: Program, work: Any) -> Story:
    found = published.story(program.page.audience_id, numbers.id_of(work["id"]))
    assert found
    return found


def test_work_is_planned_in_the_words_that_were_sent(program: Program) -> None:
    cart = next(row for row in program.get("components") if row["name"] == "Cart")

    told = planned(program, components=[cart["id"]])

    assert (told["name"], told["message"]) == (WORK["name"], WORK["message"])
    assert (told["status"], told["human_status"]) == (0, "Upcoming")
    assert (told["scheduled_at"], told["completed_at"]) == (
        "2026-11-23 22:00:00",
        "2026-11-23 22:30:00",
    )
    assert [one["component_id"] for one in told["components"]] == [cart["id"]]
    assert program.get("schedules") == [told]
    assert not story(program, told).first.announces
    assert program.get("incidents") == []


def test_work_begins_and_ends(program: Program) -> None:
    path = f"schedules/{planned(program)['id']}"

    with time_machine.travel(later(600), tick=False):
        begun = program.put(path, name=WORK["name"], status=1)
    with time_machine.travel(later(615), tick=False):
        over = program.put(path, name=WORK["name"], status=2, message="The database has moved.")

    assert (begun["status"], over["status"]) == (1, 2)
    assert over["message"] == "The database has moved."
    assert over["is_completed"]


def test_work_is_moved(program: Program) -> None:
    work = planned(program)

    with time_machine.travel(later(5), tick=False):
        told = program.put(
            f"schedules/{work['id']}",
            scheduled_at="2026-11-24 22:00",
            completed_at="2026-11-24 22:30",
        )

    assert told["scheduled_at"] == "2026-11-24 22:00:00"
    assert told["status"] == 0


def test_work_that_is_deleted_was_cancelled_and_stays_to_be_seen(program: Program) -> None:
    work = planned(program)

    with time_machine.travel(later(5), tick=False):
        program.delete(f"schedules/{work['id']}")
        program.delete(f"schedules/{work['id']}")

    assert story(program, work).phase == Phase.CANCELLED
    assert program.get(f"schedules/{work['id']}")["status"] == 2


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"completed_at": None}, "from when to when"),
        ({"scheduled_at": "2026-11-22 22:00"}, ""),
        ({"status": 1}, "begins as 0"),
        ({"name": ""}, ""),
        ({"components": [7]}, "no component"),
        ({"components": "cart"}, "a list of numbers"),
    ],
)
def test_what_cannot_be_planned_is_refused(
    program: Program, told: dict[str, Any], why: str
) -> None:
    with time_machine.travel(NOON, tick=False):
        said = program.refused(400, "POST", "schedules", WORK | told)

    assert why.lower() in said.lower()
    assert program.get("schedules") == []


def test_work_does_not_go_back(program: Program) -> None:
    path = f"schedules/{planned(program)['id']}"
    with time_machine.travel(later(600), tick=False):
        program.put(path, status=1)

        assert program.refused(409, "PUT", path, {"status": 0})
