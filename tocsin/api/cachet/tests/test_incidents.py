from typing import Any

import pytest

from tests.cast import a_page, later
from tocsin.api.cachet import numbers
from tocsin.api.cachet.tests.programs import Program, a_program
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.statements import published
from tocsin.statements.published import Story

pytestmark = pytest.mark.django_db

DOWN = {
    "name": "Cards are refused",
    "message": "Card payments fail at the last step.",
    "status": 1,
    "visible": 1,
    "notify": 1,
}


@pytest.fixture
def program() -> Program:
    return a_program(a_page())


def number_of(program: Program, name: str) -> int:
    return int(next(row["id"] for row in program.get("components") if row["name"] == name))


def declared(program: Program, **told: Any) -> Any:
    component = {"component_id": number_of(program, "Checkout"), "component_status": 4}
    return program.post("incidents", **DOWN | component | told)


def story(program: Program, incident: Any) -> Story:
    found = published.story(program.page.audience_id, numbers.id_of(incident["id"]))
    assert found
    return found


def test_an_incident_is_told_in_public_with_its_component(program: Program) -> None:
    told = declared(program, occurred_at="2026-11-23 11:55:00")

    assert (told["name"], told["message"], told["status"]) == (
        "Cards are refused",
        "Card payments fail at the last step.",
        1,
    )
    assert (told["human_status"], told["is_resolved"]) == ("Investigating", False)
    assert told["component_id"] == number_of(program, "Checkout")
    assert told["occurred_at"] == "2026-11-23 11:55:00"
    assert told["updates"] == []
    assert program.get(f"components/{told['component_id']}")["status"] == 4
    said = story(program, told)
    assert said.first.announces
    assert said.words.next_word_at, "the next word is owed by the page's own policy"


def test_nobody_is_told_where_notify_is_0(program: Program) -> None:
    assert not story(program, declared(program, notify=0)).first.announces


@pytest.mark.parametrize("status", [2, 3])
def test_an_incident_may_begin_further_on(program: Program, status: int) -> None:
    assert declared(program, status=status)["status"] == status


def test_an_incident_of_no_component_is_a_notice(program: Program) -> None:
    told = program.post("incidents", **DOWN)

    assert (told["component_id"], told["status"]) == (0, 1)
    assert [row["status"] for row in program.get("components")] == [1, 1, 1]


def test_more_is_said_until_it_is_fixed(program: Program) -> None:
    incident = declared(program)
    path = f"incidents/{incident['id']}/updates"

    first = program.post(path, status=2, message="Our bank's certificate has lapsed.")
    program.post(path, status=3, message="A new certificate is in place.")
    last = program.post(path, status=4, message="Cards work again.")

    assert (first["human_status"], last["human_status"]) == ("Identified", "Fixed")
    told = program.get(f"incidents/{incident['id']}")
    assert (told["status"], told["is_resolved"]) == (4, True)
    assert told["message"] == "Cards work again."
    assert [row["status"] for row in program.get(path)] == [4, 3, 2]
    assert program.get(f"{path}/{first['id']}") == first
    assert program.get(f"components/{incident['component_id']}")["status"] == 1


def test_a_monitor_closes_what_it_opened(program: Program) -> None:
    incident = declared(program)
    again = {key: incident[key] for key in ("name", "message", "visible")}

    told = program.put(
        f"incidents/{incident['id']}",
        **again,
        status=4,
        component_id=incident["component_id"],
        component_status=1,
    )

    assert told["is_resolved"]
    assert story(program, told).phase == Phase.RESOLVED
    assert story(program, told).in_force.layer("en")[1].body != DOWN["message"]


def test_a_change_of_words_is_one_more_word(program: Program) -> None:
    incident = declared(program)

    told = program.put(f"incidents/{incident['id']}", **DOWN | {"message": "Vouchers work."})

    assert told["message"] == "Vouchers work."
    assert len(story(program, told).publications) == 2


def test_what_is_sent_again_as_it_stands_is_not_said_twice(program: Program) -> None:
    incident = declared(program)

    assert program.put(f"incidents/{incident['id']}", **incident) == incident
    assert len(story(program, incident).publications) == 1


def test_a_fixed_incident_comes_back(program: Program) -> None:
    incident = declared(program)
    path = f"incidents/{incident['id']}/updates"
    program.post(path, status=4, message="Cards work again.")

    told = program.put(
        f"incidents/{incident['id']}",
        **DOWN | {"message": "It is back."},
        component_id=incident["component_id"],
        component_status=3,
    )

    assert (told["status"], told["is_resolved"]) == (1, False)
    assert program.get(f"components/{incident['component_id']}")["status"] == 3


def test_the_newest_incident_comes_first(program: Program) -> None:
    names = ["First", "Second", "Third"]
    for name in names:
        declared(program, name=name)

    rows = [program.get(f"incidents?per_page=1&page={page}") for page in (1, 2, 3)]

    assert [row["name"] for (row,) in rows] == names[::-1]
    meta = program.told("GET", "incidents?per_page=1")["meta"]["pagination"]
    assert (meta["total"], meta["total_pages"]) == (3, 3)


def test_what_is_known_and_not_said_is_nowhere(program: Program) -> None:
    known = declaration.declare(
        program.page.id,
        title="A secret",
        components={"cart": State.MAJOR},
        by=TERMINAL,
        at=later(1),
    )

    assert program.get("incidents") == []
    assert program.refused(404, "GET", f"incidents/{numbers.number_of(known.id)}")


def test_what_was_said_stays(program: Program) -> None:
    incident = declared(program)
    path = f"incidents/{incident['id']}"
    update = program.post(f"{path}/updates", status=2, message="We know why.")

    assert "stays on the record" in program.refused(409, "DELETE", path)
    for method in ("PUT", "DELETE"):
        told = {"status": 2, "message": "Other words."}
        assert program.refused(409, method, f"{path}/updates/{update['id']}", told)
    assert len(story(program, incident).publications) == 2


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"name": ""}, "name: say"),
        ({"name": "x" * 300}, "255"),
        ({"status": 0}, "/schedules"),
        ({"status": 7}, "status is 1"),
        ({"status": None}, "status is 1"),
        ({"visible": 0}, "told in public"),
        ({"component_id": 7, "component_status": 4}, "no component 7"),
        ({"component_status": 9}, "component_status is 1"),
        ({"occurred_at": "yesterday"}, "a time such as"),
        ({"message": "x" * 30_000}, "25"),
    ],
)
def test_what_cannot_be_said_opens_nothing(
    program: Program, told: dict[str, Any], why: str
) -> None:
    assert why in program.refused(400, "POST", "incidents", DOWN | told)
    assert program.get("incidents") == []
    assert published.last_number(program.page.audience_id) == 0


def test_what_is_fixed_leaves_its_component_working(program: Program) -> None:
    incident = declared(program)
    told = DOWN | {"status": 4, "component_id": incident["component_id"], "component_status": 3}

    assert "operational" in program.refused(400, "PUT", f"incidents/{incident['id']}", told)
    assert not program.get(f"incidents/{incident['id']}")["is_resolved"]


def test_an_update_needs_words(program: Program) -> None:
    incident = declared(program)

    why = program.refused(400, "POST", f"incidents/{incident['id']}/updates", {"status": 2})

    assert "message" in why
