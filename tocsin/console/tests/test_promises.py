"""Promises in an incident's room: made, moved, proved, dropped."""

import pytest

from tests.cast import a_page, an_incident, olu
from tocsin.console.tests.ground import came_in, text_of
from tocsin.followup import promises
from tocsin.statements.promised import Fate

pytestmark = pytest.mark.django_db
ALARM = {
    "action_en": "Alarm on refused cards",
    "done_when_en": "a card refused twice rings the phone",
    "owner_en": "on-call lead",
    "due_on": "2030-01-02",
}


def test_a_promise_is_made_moved_and_proved_in_the_room() -> None:
    incident_id = an_incident(a_page()).incident_id
    client, path = came_in(olu()), f"/console/incidents/{incident_id}"

    assert client.post(f"{path}/promises", ALARM).status_code == 302
    (kept,) = promises.of_incident(incident_id)
    moved = {"turn": "slip", "due_on": "2030-02-02", "reason_en": "The bank changed its interface."}
    assert client.post(f"{path}/promises/{kept.id}", moved).status_code == 302
    proof = {"turn": "prove", "reason_en": "It rang in the drill."}
    assert client.post(f"{path}/promises/{kept.id}", proof).status_code == 302

    shown = text_of(client.get(path))
    assert "It rang in the drill." in shown
    (kept,) = promises.of_incident(incident_id)
    assert kept.fate == Fate.DONE
    assert [turn.act for turn in kept.turns] == ["made", "slipped", "proved"]


def test_a_wish_is_refused_and_what_was_typed_stays() -> None:
    incident_id = an_incident(a_page()).incident_id
    client, path = came_in(olu()), f"/console/incidents/{incident_id}/promises"

    refused = client.post(path, {**ALARM, "action_en": "Be more careful", "done_when_en": ""})

    assert refused.status_code == 422
    assert "never ends" in text_of(refused)
    assert 'value="Be more careful"' in text_of(refused)
    assert promises.of_incident(incident_id) == ()


def test_a_promise_of_another_incident_is_not_turned_here() -> None:
    page = a_page()
    here, there = an_incident(page).incident_id, an_incident(page, component="cart").incident_id
    client = came_in(olu())
    client.post(f"/console/incidents/{there}/promises", ALARM)
    (kept,) = promises.of_incident(there)

    told = {"turn": "drop", "reason_en": "No."}
    answer = client.post(f"/console/incidents/{here}/promises/{kept.id}", told)

    assert answer.status_code == 404
    assert promises.kept(kept.id).fate == Fate.OPEN
