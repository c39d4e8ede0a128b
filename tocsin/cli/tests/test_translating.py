import pytest

from tests.cast import a_page
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.statements import published

pytestmark = pytest.mark.django_db

DOWN = ("--component", "checkout=major_outage")
FRENCH = ("--lang", "fr", "--say", "La banque refuse les cartes.")


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def incident(page: Brand) -> str:
    declared = facts("declare", "Checkout is failing", *DOWN, "--say", "The bank refuses cards.")
    return str(declared["incident"])


def test_a_word_is_said_in_another_language(page: Brand, incident: str) -> None:
    owed = facts("status")["translations"]
    told = facts("translate", incident, *FRENCH, "--headline", "Les cartes sont refusées")

    assert [(word["language"], word["publication"], word["overdue"]) for word in owed] == [
        ("fr", 1, False)
    ]
    assert told["translates"] == 1
    assert told["publication"] == 2
    assert told["url"].endswith(f"/fr/incidents/{incident}")
    story = published.story(page.audience_id, incident)
    assert story is not None
    assert story.words.layers["fr"].headline == "Les cartes sont refusées"
    assert story.name("fr") == ("fr", "Les cartes sont refusées")
    assert facts("status")["translations"] == []


def test_the_headline_is_asked_for_where_the_incident_has_no_name_in_that_language(
    page: Brand, incident: str
) -> None:
    refused = tocsin("translate", incident, *FRENCH)

    assert refused.exit_code == 2
    assert "--headline" in refused.output
    named = facts("translate", incident, *FRENCH, "--title", "Le paiement est en panne")
    assert named["publication"] == 2


def test_what_is_there_already_is_refused_with_a_sentence(page: Brand, incident: str) -> None:
    facts("translate", incident, *FRENCH, "--headline", "Les cartes sont refusées")

    again = tocsin("translate", incident, *FRENCH, "--headline", "Autre chose")
    english = tocsin("translate", incident, "--lang", "en", "--say", "Anew.", "--headline", "Anew")
    tongue = tocsin("translate", incident, "--lang", "de", "--say", "Neu.", "--headline", "Neu")

    assert again.exit_code == english.exit_code == tongue.exit_code == 1
    assert "No. 1 was translated meanwhile" in again.output
    assert "No. 1 is there in English already." in english.output
    assert "does not speak 'de'" in tongue.output
