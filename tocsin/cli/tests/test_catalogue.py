import pytest

from tests.cast import a_page
from tocsin.catalogue import shelf
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.statements import published

pytestmark = pytest.mark.django_db


def test_pages_are_listed_as_scripts_rely_on() -> None:
    page = a_page()

    (told,) = facts("page", "list")

    assert told == {
        "id": page.id,
        "slug": "linden",
        "name": "Linden",
        "url": "http://127.0.0.1:8000",
    }


def test_components_are_listed_as_scripts_rely_on() -> None:
    a_page()
    facts("component", "state", "checkout=partial_outage")

    told = {row["slug"]: row for row in facts("component", "list", "--page", "linden")}

    assert set(told["checkout"]) == {"id", "slug", "name", "status", "group_id"}
    assert told["checkout"]["group_id"] == told["shop"]["id"]
    assert told["checkout"]["status"] == told["shop"]["status"] == "partial_outage"
    assert told["cart"]["status"] == "operational"


def test_a_page_with_its_tree_can_be_made_from_the_terminal() -> None:
    facts("page", "add", "Oak", "--language", "fr", "--language", "en", "--zone", "Europe/Paris")
    facts("component", "add", "Caisse", "--function", "la caisse", "--can-do", "payer")
    facts("component", "add", "Cartes", "--under", "caisse")

    page = shelf.brand("oak")
    tree = shelf.components_of(page.id)

    assert (page.languages, page.time_zone) == (("fr", "en"), "Europe/Paris")
    assert [node.slug for node in tree] == ["caisse", "cartes"]
    assert tree.roots[0].words["fr"].function == "la caisse"


def test_words_are_changed_in_one_language_and_kept_in_the_other() -> None:
    page = a_page()

    told = facts("component", "words", "checkout", "--lang", "en", "--function", "paying")

    assert told["en"] == {"name": "Checkout", "function": "paying", "can_do": "pay"}
    assert told["fr"]["function"] == "le paiement"
    words = facts("page", "words", "linden", "--lang", "fr", "--can-do", "vendre")
    assert words["fr"]["can_do"] == "vendre"
    assert shelf.brand(page.id).words["fr"].can_do == "vendre"


def test_with_several_pages_one_has_to_be_named() -> None:
    a_page()
    facts("page", "add", "Oak")

    refused = tocsin("component", "list")

    assert refused.exit_code == 1
    assert "--page linden|oak" in refused.stderr


def test_a_retired_component_is_off_the_page() -> None:
    page = a_page()

    gone = tocsin("component", "retire", "cart")
    again = tocsin("component", "retire", "cart")

    assert gone.exit_code == 0
    assert again.exit_code == 1
    assert "cart" not in {node.slug for node in shelf.components_of(page.id)}


def test_a_state_is_said_without_words() -> None:
    page = a_page()

    said = facts("component", "state", "checkout=major_outage", "cart=degraded_performance")

    assert said["publication"] == 1
    assert len(published.states_now(page.audience_id)) == 2
