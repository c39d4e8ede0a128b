from datetime import UTC, datetime

import pytest

from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def a_page(languages: tuple[str, ...] = ("en", "fr")) -> shelf.Brand:
    return shelf.open_page(name="Linden", languages=languages, by=TERMINAL, at=NOON)


def test_the_first_page_is_the_default_and_answers_any_host() -> None:
    linden = a_page()

    answering = shelf.brand_for_host("nobody.example")

    assert answering is not None
    assert answering.id == linden.id


def test_a_page_answers_its_slug_on_localhost() -> None:
    a_page()
    oak = shelf.open_page(name="Oak", by=TERMINAL, at=NOON)

    answering = shelf.brand_for_host("oak.localhost:8000")

    assert answering is not None
    assert answering.id == oak.id


def test_a_tree_rolls_up_from_any_depth() -> None:
    page = a_page()
    for name, parent in [("Shop", ""), ("Payments", "shop"), ("Cards", "payments")]:
        shelf.add_component(page.id, name=name, parent=parent, by=TERMINAL, at=NOON)
    tree = shelf.components_of(page.id)
    cards = tree.find("cards")
    assert cards is not None

    states = {cards.id: State.MAJOR}

    assert [node.rolled_up(states) for node in tree] == [State.MAJOR] * 3
    assert [node.name for node in tree.path_to(cards.id)] == ["Shop", "Payments", "Cards"]


def test_a_group_without_trouble_below_is_well() -> None:
    page = a_page()
    shelf.add_component(page.id, name="Shop", by=TERMINAL, at=NOON)
    shelf.add_component(page.id, name="Cart", parent="shop", by=TERMINAL, at=NOON)

    assert shelf.components_of(page.id).rolled_up({}) == State.OPERATIONAL


def test_a_component_without_words_is_named_for_each_language() -> None:
    page = a_page()
    shelf.add_component(page.id, name="Cart", by=TERMINAL, at=NOON)

    assert {language for _, language in shelf.lacking_words(page)} == {"en", "fr"}


def test_a_component_with_words_lacks_none() -> None:
    page = a_page(("en",))
    words = {"en": {"function": "checkout", "can_do": "pay"}}
    shelf.add_component(page.id, name="Checkout", words=words, by=TERMINAL, at=NOON)

    assert shelf.lacking_words(page) == []


def test_a_second_component_of_the_same_slug_is_refused() -> None:
    page = a_page()
    shelf.add_component(page.id, name="Cart", by=TERMINAL, at=NOON)

    with pytest.raises(shelf.CannotKeep, match="already"):
        shelf.add_component(page.id, name="Cart", by=TERMINAL, at=NOON)


def test_an_unknown_zone_or_language_is_refused() -> None:
    with pytest.raises(shelf.CannotKeep, match="time zone"):
        shelf.open_page(name="Oak", time_zone="Mars/North", by=TERMINAL, at=NOON)
    with pytest.raises(shelf.CannotKeep, match="languages"):
        shelf.open_page(name="Oak", languages=("xx",), by=TERMINAL, at=NOON)


@pytest.mark.parametrize("slug", ["../linden", "Linden Pay", "linden/pay", "a" * 51])
def test_a_slug_that_could_leave_its_directory_is_refused(slug: str) -> None:
    with pytest.raises(shelf.CannotKeep, match="is no slug"):
        shelf.open_page(name="Linden", slug=slug, by=TERMINAL, at=NOON)
