"""Promises in an incident's room: made, moved, proved, dropped."""

import pytest

from tests.cast import NOON, a_page, an_incident, an_operator, later, olu
from tocsin.console.tests.ground import came_in, text_of
from tocsin.disclosure import times
from tocsin.disclosure.phases import Phase
from tocsin.followup import promises
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Role
from tocsin.statements import published, word
from tocsin.statements.promised import Fate
from tocsin.statements.published import Kind
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db
ALARM = {
    "action_en": "Alarm on refused cards",
    "done_when_en": "a card refused twice rings the phone",
    "owner_en": "on-call lead",
    "due_on": "2030-01-02",
}
FRENCH = {
    "action_fr": "Alerter quand une carte est refusée",
    "done_when_fr": "une carte refusée deux fois fait sonner le téléphone",
    "owner_fr": "astreinte",
}
OVER = Saying(
    phase=Phase.RESOLVED,
    layers={
        "en": Layer("You can pay again", "Cards are taken as usual."),
        "fr": Layer("Vous pouvez de nouveau payer", "Les cartes passent."),
    },
    since=NOON,
    until=later(1),
)


def test_a_promise_is_made_moved_and_proved_in_the_room() -> None:
    incident_id = an_incident(a_page()).incident_id
    client, path = came_in(olu()), f"/console/incidents/{incident_id}"

    assert client.post(f"{path}/promises", ALARM).status_code == 302
    (kept,) = promises.of_incident(incident_id)
    assert f"by {times.day(kept.due_on, 'en')}" in text_of(client.get(path))
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


def test_somebody_is_named_who_is_reminded() -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    kim = an_operator("Kim", Role.RESPONDER, page_id=page.id)
    elsewhere = an_operator("Eve", Role.RESPONDER, page_id="b" * 12)
    client, path = came_in(olu()), f"/console/incidents/{incident_id}"

    assert elsewhere.id not in text_of(client.get(path))
    assert client.post(f"{path}/promises", {**ALARM, "keeper": kim.id}).status_code == 302

    (kept,) = promises.of_incident(incident_id)
    assert kept.keeper_id == kim.id
    assert "Kim is reminded" in text_of(client.get(path))
    refused = client.post(f"{path}/promises", {**ALARM, "keeper": elsewhere.id})
    assert refused.status_code == 422
    assert len(promises.of_incident(incident_id)) == 1


def test_readers_are_told_how_the_promises_stand_once_it_is_over() -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    client, path = came_in(olu()), f"/console/incidents/{incident_id}"
    client.post(f"{path}/promises", {**ALARM, **FRENCH, "is_public": "on"})
    assert "Tell them now" not in text_of(client.get(path)), "it is not over"
    assert client.post(f"{path}/promises/tell").status_code == 422
    word.say(incident_id, OVER, by=TERMINAL, at=later(2))

    assert "Tell them now" in text_of(client.get(path))
    assert client.post(f"{path}/promises/tell").status_code == 302

    story = published.story(page.audience_id, incident_id)
    assert story is not None
    assert (story.latest.kind, story.latest.announces) == (Kind.PROGRESS, False)


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
