"""Somebody's pipeline, made for another kind of page, tells of a night: readers hear it as ours."""

import time_machine

from tests import cast
from tests.machine import a_machine
from tests.story.telling import Telling, text_of
from tocsin.journal import chain


def test_a_pipeline_tells_a_whole_night(night: Telling) -> None:
    machine = a_machine(night.page, at=night.at("09:00"))
    checkout = next(c for c in machine.get("components") if c["name"] == "Checkout")["id"]
    with time_machine.travel(night.at("09:05"), tick=False) as clock:
        # It opens an incident with no word of its own: the holding statement speaks for it.
        told = {"name": "Checkout is failing", "components": {checkout: "major_outage"}}
        opened = machine.post("incidents", {"incident": told})
        night.run_lanes()
        assert opened["status"] == "investigating"
        assert opened["impact"] == "critical"
        assert night.summary()["incidents"][0]["id"] == opened["id"]
        assert "checkout" in text_of(night.mails_to(cast.SAM)[0]).lower()

        # A word, in the one language that it speaks; and no time for the next, so the pace's.
        clock.move_to(night.at("09:15"))
        word = {"status": "identified", "body": "A deploy broke the card form. We roll it back."}
        path = f"incidents/{opened['id']}"
        machine.patch(path, {"incident": word})
        assert night.latest(opened["id"]).words.next_word_at  # type: ignore[union-attr]

        # Mended: every component works again, and it is still watched.
        clock.move_to(night.at("09:25"))
        watching = {"status": "monitoring", "components": {checkout: "operational"}}
        machine.patch(path, {"incident": watching})
        night.run_lanes()
        assert "Checkout is failing" in night.reads("index.html")

        clock.move_to(night.at("09:40"))
        over = machine.patch(path, {"incident": {"status": "resolved"}})
        night.run_lanes()

    assert over["resolved_at"] == "2026-11-24T09:40:00.000Z"
    bodies = [update["body"] for update in over["incident_updates"]]
    assert [update["status"] for update in over["incident_updates"]] == [
        *("resolved", "monitoring", "identified", "investigating")
    ]
    assert bodies[2] == word["body"]
    assert all(bodies)
    assert night.summary()["status"]["indicator"] == "none"
    acts = [entry for entry in chain.recent(limit=200) if entry.kind == "key"]
    assert {entry.by for entry in acts} == {"deploy"}


def test_what_a_pipeline_deletes_stays_to_be_read(night: Telling) -> None:
    machine = a_machine(night.page, at=night.at("09:00"))
    with time_machine.travel(night.at("09:05"), tick=False) as clock:
        opened = machine.post("incidents", {"incident": {"name": "Only a test"}})
        clock.move_to(night.at("09:06"))
        machine.delete(f"incidents/{opened['id']}")
        night.run_lanes()

    assert machine.refused(404, "GET", f"incidents/{opened['id']}")
    assert machine.get("incidents") == []
    shown = night.reads(f"incidents/{opened['id']}")
    assert "Only a test" in shown
    assert "This notice is withdrawn" in shown
    assert night.summary()["incidents"] == []
    withdrawn = [entry.verb for entry in chain.read(("incident", opened["id"]))]
    assert "api:incident:withdrawn" in withdrawn
