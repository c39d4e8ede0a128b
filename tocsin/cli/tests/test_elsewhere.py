"""`tocsin elsewhere`: the newest word, taken where the page does not reach."""

import pytest

from tests.cast import a_page
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.statements import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def incident(page: Brand) -> str:
    down = ("--component", "checkout=major_outage", "--since", "2026-11-23T11:50Z")
    return str(facts("declare", "Checkout is failing", *down)["incident"])


def test_a_voice_menu_says_the_newest_word_in_the_language_asked_for(incident: str) -> None:
    told = facts("elsewhere", incident, "voice", "--lang", "fr")

    assert told["left"] == []
    assert told["text"].startswith("Si vous appelez au sujet du paiement")
    assert told["text"].endswith(".")


def test_a_text_with_an_empty_blank_is_refused_and_each_blank_named(
    page: Brand, incident: str
) -> None:
    refused = tocsin("elsewhere", incident, "support")
    filled = tocsin(
        *("elsewhere", incident, "support"),
        *("--fill", "effect", "cards are refused", "--fill", "workaround", "pay by transfer"),
    )

    assert refused.exit_code == 1
    assert "effect (What happens instead), workaround (Meanwhile)" in refused.output
    assert filled.exit_code == 0
    assert "You are affected by Checkout is failing: cards are refused, since" in filled.output
    assert "Pay by transfer. I have linked your ticket" in filled.output
    story = published.story(page.audience_id, incident)
    assert story
    assert story.latest.number == 1, "nothing of it is published"


def test_open_shows_the_blanks_in_brackets(incident: str) -> None:
    told = facts("elsewhere", incident, "customer", "--open")

    assert told["text"].startswith("[Their name], I am writing because checkout has been")
    assert told["left"] == ["first_name", "effect", "specific_effect", "workaround", "phone"]


def test_the_letter_to_people_is_for_what_is_about_security(incident: str) -> None:
    refused = tocsin("elsewhere", incident, "people", "--open")
    tocsin("update", incident, "--say", "Somebody read the list of customers.", "--security")

    told = facts("elsewhere", incident, "people", "--open")

    assert refused.exit_code == 1
    assert "`tocsin update --security` says so" in refused.output
    assert told["headline"].startswith("Your personal data was involved in an incident on")
    assert "\n\nWhich of your data. [" in told["text"]
    assert "*" not in told["text"]


def test_what_is_over_is_not_said_to_go_on(incident: str) -> None:
    tocsin("resolve", incident, "--say", "It is over: the gateway answers again.")

    told = tocsin("elsewhere", incident, "voice")

    assert told.exit_code == 1
    assert "It is over" in told.output


def test_a_blank_or_a_language_that_is_not_there_is_named(incident: str) -> None:
    blank = tocsin("elsewhere", incident, "voice", "--fill", "mood", "fine")
    language = tocsin("elsewhere", incident, "voice", "--lang", "de")

    assert blank.exit_code == 2
    assert "It has: function, next_update_at, spoken_url." in blank.output
    assert language.exit_code == 1
    assert "is not told in 'de', but in en, fr." in language.output
