"""Pages, components and groups as machines see and change them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON, a_page, an_incident, later
from tests.machine import Machine, a_machine
from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.page import record, statuspage
from tocsin.statements import published, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine() -> Machine:
    return a_machine(a_page())


def named(machine: Machine, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in machine.get("components") if r["name"] == name)
    return found


def test_the_page_is_told_and_changed(machine: Machine) -> None:
    assert machine.get()["time_zone"] == "Etc/UTC"

    told = machine.patch("", {"page": {"name": "Linden & Co", "time_zone": "Europe/Paris"}})

    assert (told["name"], told["time_zone"]) == ("Linden & Co", "Europe/Paris")
    assert "no time zone" in machine.refused(422, "PATCH", "", {"page": {"time_zone": "Mars"}})
    assert machine.refused(403, "PATCH", "", {"page": {"domain": "status.linden.example"}})


def test_components_are_told_as_the_public_api_tells_them(machine: Machine) -> None:
    an_incident(machine.page)

    snapshot = record.gather(machine.page, former=None, at=later(1))
    public = statuspage.components(snapshot)

    assert [row | {"automation_email": None} for row in public] == machine.get("components")


def test_one_component_is_told_as_it_is_among_all(machine: Machine) -> None:
    rows = machine.get("components")

    assert any(row["group"] for row in rows)
    assert [machine.get(f"components/{row['id']}") for row in rows] == rows


def test_a_change_of_state_reads_the_catalogue_once(machine: Machine) -> None:
    key = machine.get("components")[-1]["id"]

    with CaptureQueriesContext(connection) as asked:
        machine.patch(f"components/{key}", {"component": {"status": "major_outage"}})

    read = [one["sql"] for one in asked if 'FROM "catalogue_component"' in one["sql"]]
    assert all('FROM "statements_span"' in sql for sql in read), "but for when each last changed"
    assert len(read) <= 1
    assert machine.get(f"components/{key}")["status"] == "major_outage"


def test_of_a_component_that_is_taken_off_meanwhile_nothing_is_said(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = machine.post("components", {"component": {"name": "Labels"}})["id"]
    audience, before = machine.page.audience_id, published.last_number(machine.page.audience_id)
    machine.get("components")  # from here on its tree is remembered
    overrides = states.overrides

    def meanwhile(audience_id: str) -> dict[str, State]:
        shelf.retire_component(key, by=TERMINAL, at=later(1))
        return overrides(audience_id)

    with monkeypatch.context() as patch:
        patch.setattr(states, "overrides", meanwhile)
        said = machine.refused(
            422, "PATCH", f"components/{key}", {"component": {"status": "major_outage"}}
        )

    assert "No component" in said
    assert published.last_number(audience) == before
    assert key not in published.states_now(audience)


def test_a_component_is_added_changed_and_taken_off(machine: Machine) -> None:
    shop = named(machine, "Shop")
    fields = {"name": "Search", "description": "Finding things", "group_id": shop["id"]}
    made = machine.post("components", {"component": fields | {"start_date": "2024-05-01"}})

    assert made["group_id"] == shop["id"]
    assert made["status"] == "operational"
    assert made["start_date"] == "2024-05-01"
    assert made["id"] in named(machine, "Shop")["components"]

    told = {"name": "Find", "only_show_if_degraded": True, "showcase": "f", "group_id": ""}
    changed = machine.patch(f"components/{made['id']}", {"component": told})

    assert (changed["name"], changed["description"]) == ("Find", "Finding things")
    assert changed["only_show_if_degraded"] is True
    assert changed["showcase"] is False
    assert changed["group_id"] is None

    machine.delete(f"components/{made['id']}", status=204)
    assert machine.refused(404, "GET", f"components/{made['id']}") == "Not found"


def test_two_components_may_have_one_name_and_any_script(machine: Machine) -> None:
    made = [
        machine.post("components", {"component": {"name": name}})
        for name in ("API", "API", "検索", "検索")
    ]

    assert len({one["id"] for one in made}) == 4


def test_a_state_is_said_to_everyone_and_said_once(machine: Machine) -> None:
    checkout = named(machine, "Checkout")["id"]
    path, told = f"components/{checkout}", {"component": {"status": "partial_outage"}}

    assert machine.patch(path, told)["status"] == "partial_outage"
    assert named(machine, "Shop")["status"] == "partial_outage"
    machine.patch(path, told)

    assert published.last_number(machine.page.audience_id) == 1
    assert machine.patch(path, {"component": {"status": "operational"}})["status"] == "operational"
    assert published.last_number(machine.page.audience_id) == 2
    machine.patch(path, {"component": {"status": ""}})
    assert published.last_number(machine.page.audience_id) == 2


def test_readers_see_the_worst_that_is_said(machine: Machine) -> None:
    an_incident(machine.page)
    checkout = named(machine, "Checkout")["id"]

    told = machine.patch(f"components/{checkout}", {"component": {"status": "partial_outage"}})

    assert told["status"] == "major_outage"


def test_lists_come_in_portions(machine: Machine) -> None:
    every = [row["id"] for row in machine.get("components")]

    assert [row["id"] for row in machine.get("components?page=2&per_page=3")] == every[3:]
    assert machine.get("components?page=3&per_page=3") == []
    assert machine.get("components?per_page=1000") == machine.get("components?page=0")
    assert machine.refused(422, "GET", "components?page=first")


def test_groups_are_made_of_what_is_there(machine: Machine) -> None:
    sign_in, checkout = named(machine, "Sign-in")["id"], named(machine, "Checkout")["id"]
    body = {
        "description": "What you need",
        "component_group": {"name": "Accounts", "components": [sign_in, checkout]},
    }

    made = machine.post("component-groups", body)

    assert made["components"] == [sign_in, checkout]
    assert made["description"] == "What you need"
    assert [one["name"] for one in machine.get("component-groups")] == ["Shop", "Accounts"]

    told = {"component_group": {"name": "Ways in", "components": [checkout]}}
    changed = machine.put(f"component-groups/{made['id']}", told)
    assert (changed["name"], changed["components"]) == ("Ways in", [checkout])
    assert named(machine, "Sign-in")["group_id"] is None

    gone = machine.delete(f"component-groups/{made['id']}")
    assert gone["id"] == made["id"]
    assert named(machine, "Checkout")["group_id"] is None
    assert machine.refused(404, "GET", f"component-groups/{made['id']}")


def test_a_group_goes_with_its_last_component(machine: Machine) -> None:
    shop = named(machine, "Shop")

    machine.delete(f"components/{shop['components'][0]}", status=204)
    moved = machine.patch(f"components/{shop['components'][1]}", {"component": {"group_id": ""}})

    assert moved["group_id"] is None
    assert machine.get("component-groups") == []


@pytest.mark.parametrize(
    "told", [{"name": "Empty", "components": []}, {"name": "X", "components": ["no"]}, {}]
)
def test_a_group_of_nothing_is_refused(machine: Machine, told: dict[str, Any]) -> None:
    assert machine.refused(422, "POST", "component-groups", {"component_group": told})

    assert len(machine.get("component-groups")) == 1


def test_a_group_cannot_be_put_into_itself(machine: Machine) -> None:
    shop = named(machine, "Shop")["id"]

    assert machine.refused(422, "PATCH", f"components/{shop}", {"component": {"group_id": shop}})


def test_uptime_counts_what_was_published(machine: Machine) -> None:
    checkout, shop = named(machine, "Checkout")["id"], named(machine, "Shop")["id"]
    path = f"components/{checkout}"
    with time_machine.travel(NOON, tick=False) as clock:
        machine.patch(path, {"component": {"start_date": "2026-11-13"}})
        for minutes, state in ((0, State.MAJOR), (60, State.PARTIAL), (160, State.OPERATIONAL)):
            clock.move_to(later(minutes))
            machine.patch(path, {"component": {"status": state}})
        clock.move_to(NOON + timedelta(days=1))
        told = machine.get(f"{path}/uptime?start=2026-11-14&end=2026-11-24")
        together = machine.get(f"component-groups/{shop}/uptime?start=2026-11-23T12:00:00Z")

    assert (told["major_outage"], told["partial_outage"]) == (3600, 6000)
    lost = (3600 + 0.3 * 6000) / timedelta(days=10).total_seconds()
    assert told["uptime_percentage"] == pytest.approx(100 * (1 - lost), abs=0.0001)
    assert told["range_start"] == "2026-11-14T00:00:00.000Z"
    assert together["major_outage"] == 3600
    assert together["uptime_percentage"] > told["uptime_percentage"] - 10


@pytest.mark.parametrize(
    "asked",
    [
        "start=2026-11-20&end=2026-11-19",
        "start=2020-01-01&end=2026-01-01",
        "start=soon",
        "end=0001-01-01",
        "start=2999-01-01",
        "start=0001-01-01T00:00:00%2B14:00&end=0001-01-02",
    ],
)
def test_a_range_that_cannot_be_told_is_refused(machine: Machine, asked: str) -> None:
    checkout = named(machine, "Checkout")["id"]

    assert machine.refused(422, "GET", f"components/{checkout}/uptime?{asked}")


def test_uptime_names_the_incidents_of_that_time(machine: Machine) -> None:
    checkout = named(machine, "Checkout")["id"]
    with time_machine.travel(NOON, tick=False) as clock:
        spoken = an_incident(machine.page)
        clock.move_to(later(60))
        told = machine.get(f"components/{checkout}/uptime?start=2026-11-23")

    assert told["related_events"] == {"id": spoken.incident_id, "ids": [spoken.incident_id]}
