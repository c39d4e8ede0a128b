"""Planned work as machines announce, move, turn and withdraw it; and what was over long ago."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from tests.cast import NOON, later
from tests.machine import Machine
from tocsin.api.v1.tests.telling import announced, component, newest, opened, said, state
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.statements import maintenance, published

pytestmark = pytest.mark.django_db


def test_planned_work_is_announced(machine: Machine) -> None:
    work = announced(machine, body="We move the orders to a new database.")

    assert (work["status"], work["impact"]) == ("scheduled", "maintenance")
    assert work["scheduled_for"] == "2026-11-24T22:00:00.000Z"
    assert newest(work)["body"] == "We move the orders to a new database."
    story = published.story(machine.page.audience_id, work["id"])
    assert story is not None
    assert story.window is not None
    assert story.window.effects == {component(machine): State.MAINTENANCE}
    assert machine.get("incidents/upcoming")[0]["id"] == work["id"]
    assert machine.get("incidents/active_maintenance") == []
    assert machine.get("incidents/unresolved") == []


def test_planned_work_may_name_no_component(machine: Machine) -> None:
    work = announced(machine, components={}, auto_transition_to_maintenance_state=False)

    assert work["components"] == []
    assert said(machine, work, status="in_progress")["status"] == "in_progress"


def test_a_window_alone_makes_it_planned(machine: Machine) -> None:
    assert announced(machine, status="")["status"] == "scheduled"


def test_planned_work_turns_as_it_is_told(machine: Machine, clock: Traveller) -> None:
    work = announced(machine)
    for minutes, status, told in (
        (600, "in_progress", "under_maintenance"),
        (620, "verifying", "under_maintenance"),
        (640, "completed", "operational"),
    ):
        clock.move_to(later(minutes))
        row = said(machine, work, status=status, body=f"Now {status}.")
        assert (row["status"], newest(row)["body"]) == (status, f"Now {status}.")
        assert state(machine) == told
        active = [one["id"] for one in machine.get("incidents/active_maintenance")]
        assert active == ([work["id"]] if status != "completed" else [])

    more = said(machine, work, body="All is well.")
    assert (more["status"], newest(more)["body"]) == ("completed", "All is well.")
    assert machine.refused(422, "PATCH", f"incidents/{work['id']}", _told(status="scheduled"))


def _told(**told: Any) -> dict[str, Any]:
    return {"incident": told}


def test_planned_work_is_moved_lengthened_and_cancelled(machine: Machine) -> None:
    work = announced(machine)
    new = {"scheduled_for": "2026-11-25T22:00:00Z", "scheduled_until": "2026-11-25T23:00:00Z"}

    moved = said(machine, work, **new)
    assert moved["scheduled_for"] == "2026-11-25T22:00:00.000Z"
    assert len(moved["incident_updates"]) == 2
    longer = said(machine, work, scheduled_until="2026-11-25T23:30:00Z", body="It takes longer.")
    assert longer["scheduled_until"] == "2026-11-25T23:30:00.000Z"
    assert newest(longer)["body"] == "It takes longer."
    same = said(machine, work, scheduled_for="2026-11-25T22:00:00+00:00", status="scheduled")
    assert len(same["incident_updates"]) == 3

    cancelled = said(machine, work, status="completed")
    assert cancelled["status"] == "completed"
    story = published.story(machine.page.audience_id, work["id"])
    assert story is not None
    assert story.phase == Phase.CANCELLED


@pytest.mark.parametrize("status", ["in_progress", "verifying"])
def test_work_that_has_begun_already_is_taken(machine: Machine, status: str) -> None:
    begun = {"scheduled_for": "2026-11-23T11:30:00Z", "scheduled_until": "2026-11-23T13:00:00Z"}

    work = announced(machine, status=status, body="We are at it.", **begun)

    assert work["status"] == status
    assert state(machine) == "under_maintenance"


def test_planned_work_that_outlasts_its_window_is_closed_by_the_same_word(
    machine: Machine, clock: Traveller
) -> None:
    work = announced(machine)
    for minutes in (600, 661):
        clock.move_to(later(60 * 24 + minutes))
        maintenance.turn(later(60 * 24 + minutes))
    row = machine.get(f"incidents/{work['id']}")
    assert row["status"] == "in_progress"
    assert state(machine) == "major_outage"

    clock.move_to(later(60 * 24 + 700))
    told = said(machine, work, status="completed", body="Done at last.")

    assert told["status"] == "completed"
    assert state(machine) == "operational"


def test_deleted_work_never_begins(machine: Machine, clock: Traveller) -> None:
    work = announced(machine)
    machine.delete(f"incidents/{work['id']}")
    clock.move_to(NOON + timedelta(days=2))
    maintenance.turn(NOON + timedelta(days=2))

    assert machine.get("incidents/scheduled") == []
    assert state(machine) == "operational"
    assert not declaration.known_of(work["id"]).is_open


def test_what_was_over_long_ago_is_told_afterwards(machine: Machine) -> None:
    made = opened(machine, backfilled=True, backfill_date="2026-05-01")

    assert made["backfilled"] is True
    assert made["status"] == "resolved"
    assert made["started_at"] == made["resolved_at"] == "2026-05-01T00:00:00.000Z"
    assert newest(made)["body"].startswith("On 1 May 2026, ")
    assert "00:00" not in newest(made)["body"], "nobody said how long it took"
    assert "Cards are refused." in newest(made)["body"]
    assert newest(made)["deliver_notifications"] is False
    assert made["components"] == []
