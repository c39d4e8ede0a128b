"""`tocsin promise`: taken on, listed, turned and told of at the terminal."""

import pytest

from tests.cast import a_page, an_incident, an_operator
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.followup import promises
from tocsin.people.models import Role

pytestmark = pytest.mark.django_db
ENGLISH = (
    *("--do", "Alarm on refused cards", "--done-when", "a card refused twice rings the phone"),
    *("--owner", "head of payments"),
)
FRENCH = (
    *("--do-in", "fr", "Alerter quand une carte est refusée"),
    *("--done-when-in", "fr", "une carte refusée deux fois fait sonner le téléphone"),
    *("--owner-in", "fr", "responsable des paiements"),
)
BY = ("--by", "2030-01-02")


def test_a_promise_is_made_in_two_languages_and_turned_to_its_end() -> None:
    incident_id = an_incident(a_page()).incident_id

    made = facts("promise", "add", incident_id, *ENGLISH, *FRENCH, *BY, "--public")

    key = made["id"]
    assert made["texts"]["fr"]["owner"] == "responsable des paiements"
    because = ("--because", "The bank is late.", "--because-in", "fr", "La banque est en retard.")
    assert facts("promise", "slip", key, "--by", "2030-03-01", *because)["due_before"] == [BY[1]]
    reworded = facts("promise", "reword", key, "--do-in", "fr", "Faire sonner le téléphone")
    assert reworded["texts"]["fr"]["action"] == "Faire sonner le téléphone"
    assert reworded["texts"]["en"]["action"] == "Alarm on refused cards"
    proof = ("--proof", "It rang.", "--proof-in", "fr", "Il a sonné.")
    assert facts("promise", "prove", key, *proof)["fate"] == "done"
    assert "proved" in tocsin("promise", "show", key).output


def test_whoever_is_reminded_sees_the_page_and_is_shown() -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    kim = an_operator("Kim", Role.RESPONDER, page_id=page.id)
    eve = an_operator("Eve", Role.RESPONDER, page_id="b" * 12)

    made = facts("promise", "add", incident_id, *ENGLISH, *BY, "--keeper", kim.email)

    assert made["keeper"] == kim.email
    assert f"{kim.email} is reminded" in tocsin("promise", "show", made["id"]).output
    told = tocsin("promise", "add", incident_id, *ENGLISH, *BY, "--keeper", eve.email)
    assert told.exit_code == 1
    assert "sees this page" in told.output
    assert len(promises.of_incident(incident_id)) == 1
