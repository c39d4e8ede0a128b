"""Saying it now in one language, and in the others after."""

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import cast
from tests.cast import later
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import Sheet
from tocsin.console.tests.ground import DESK, FREELY, came_in, nothing_written, say, text_of
from tocsin.journal.actors import TERMINAL
from tocsin.post.models import Letter
from tocsin.statements import corrections, published, translation_nudges
from tocsin.statements.corrections import Amending
from tocsin.statements.published import Story

pytestmark = pytest.mark.django_db

FRENCH = {
    "headline": "Les cartes sont refusées",
    "body": "Nous examinons la passerelle.",
    "name": "Le paiement est en panne",
}


@pytest.fixture
def page() -> Brand:
    return cast.a_page()


@pytest.fixture
def olu() -> Client:
    return came_in(cast.olu())


@pytest.fixture
def incident(page: Brand, olu: Client) -> str:
    """Declared at noon, and said in English alone five minutes later."""
    incident = cast.an_incident(page).incident_id
    with time_machine.travel(later(5), tick=False):
        assert say(olu, incident, FREELY).status_code == 302
    return incident


def told(page: Brand, incident: str) -> Story:
    story = published.story(page.audience_id, incident)
    assert story is not None
    return story


def address(incident: str, *, number: int = 2, language: str = "fr") -> str:
    return f"/console/incidents/{incident}/translate/{number}/{language}"


@time_machine.travel(later(10), tick=False)
def test_the_desk_says_which_language_is_owed_and_by_when(olu: Client, incident: str) -> None:
    desk = text_of(olu.get(DESK))

    assert "Owed in another language" in desk
    assert address(incident) in desk
    assert "in 10 minutes" in desk


@time_machine.travel(later(10), tick=False)
def test_the_words_stand_beside_their_translation(olu: Client, incident: str) -> None:
    with nothing_written():
        shown = text_of(olu.get(address(incident)))

    assert "We are looking at the gateway." in shown
    assert 'name="body"' in shown
    assert 'lang="fr"' in shown


@time_machine.travel(later(10), tick=False)
def test_what_was_put_right_is_translated_as_it_is_right(
    page: Brand, olu: Client, incident: str
) -> None:
    word = told(page, incident).last_word.layer("en")[1]
    right = replace(word, body=f"{word.body} Cash is taken.", headline="Some cards are refused")
    amending = Amending(
        layers={"en": right}, wrong={"en": "all cards"}, correct={"en": "some cards"}
    )
    corrections.correct(incident, amending, by=TERMINAL, at=later(8))

    shown = text_of(olu.get(address(incident)))

    assert "Some cards are refused" in shown
    assert "Cash is taken." in shown
    assert word.headline not in shown
    assert "in 10 minutes" in shown


@time_machine.travel(later(12), tick=False)
def test_a_translation_is_published_from_the_console(
    page: Brand, olu: Client, incident: str
) -> None:
    response = olu.post(address(incident), FRENCH)

    assert response.status_code == 302
    story = told(page, incident)
    assert story.words.layers["fr"].headline == FRENCH["headline"]
    assert story.name("fr") == ("fr", FRENCH["name"])
    shown = text_of(olu.get(f"/console/incidents/{incident}"))
    assert "no. 3, 7 minutes later" in shown
    assert "Owed in another language" not in text_of(olu.get(DESK))


@time_machine.travel(later(12), tick=False)
def test_what_is_refused_stays_in_the_form(olu: Client, incident: str) -> None:
    response = olu.post(address(incident), {**FRENCH, "body": ""})

    assert response.status_code == 422
    assert "The body (French) is empty" in text_of(response)
    assert FRENCH["headline"] in text_of(response)


@time_machine.travel(later(12), tick=False)
def test_the_second_translator_sees_the_difference(olu: Client, incident: str) -> None:
    olu.post(address(incident), FRENCH)

    response = olu.post(address(incident), {**FRENCH, "body": "Autre chose."})

    assert response.status_code == 409
    assert "Nous examinons la passerelle." in text_of(response)
    assert "Autre chose." in text_of(response)


@time_machine.travel(later(12), tick=False)
@pytest.mark.parametrize(("number", "language"), [(9, "fr"), (2, "de"), (2, "xx")])
def test_there_is_nothing_at_other_addresses(
    olu: Client, incident: str, number: int, language: str
) -> None:
    assert olu.get(address(incident, number=number, language=language)).status_code == 404


def test_the_composer_names_the_incident_in_each_language(page: Brand, olu: Client) -> None:
    incident = cast.an_incident(page).incident_id
    with time_machine.travel(later(5), tick=False):
        form = text_of(olu.get(f"/console/incidents/{incident}/say"))
        named = {**FREELY, "name.en": "Cards are refused at checkout"}
        response = say(olu, incident, named)

    assert 'name="name.fr"' in form
    assert response.status_code == 302
    assert told(page, incident).name("en")[1] == "Cards are refused at checkout"


def test_the_composer_says_which_language_is_then_owed(page: Brand, olu: Client) -> None:
    incident = cast.an_incident(page).incident_id
    with time_machine.travel(later(5), tick=False):
        shown = text_of(say(olu, incident, FREELY, do="preview"))

    assert "French is owed by" in shown
    assert "12:20 UTC" in shown


def test_who_said_it_is_reminded_and_past_the_time_who_leads_as_well(
    page: Brand, olu: Client, incident: str
) -> None:
    cast.lea()
    to: list[list[str]] = []
    for minutes in (10, 14, 18, 21):  # said at 12:05, French owed by 12:20
        translation_nudges.nudge(later(minutes))
        translation_nudges.nudge(later(minutes))
        letters = Letter.objects.filter(key__startswith="translation:").order_by("pk")
        to.append([letter.to for letter in letters])

    assert to[0] == []
    assert to[1] == ["olu@linden.example"]
    assert to[2] == ["olu@linden.example"] * 2
    assert sorted(to[3][2:]) == ["lea@linden.example", "olu@linden.example"]
    assert "Owed in French, and late" in Letter.objects.get(to="lea@linden.example").subject


def test_a_reminder_that_was_written_is_not_composed_again(
    olu: Client, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed: list[str] = []
    compose = translation_nudges._sheet

    def noting(*told: Any, **more: Any) -> Sheet:
        composed.append("once")
        return compose(*told, **more)

    monkeypatch.setattr(translation_nudges, "_sheet", noting)

    done = [translation_nudges.nudge(later(minutes)) for minutes in (14, 14.1, 15)]

    assert done == [1, 0, 0]
    assert composed == ["once"]
