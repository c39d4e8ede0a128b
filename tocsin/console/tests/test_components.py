import pytest

from tests.cast import a_page, an_incident, lea, olu
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node, State
from tocsin.console.tests.ground import DESK, came_in, nothing_written, text_of
from tocsin.statements import published

pytestmark = pytest.mark.django_db


def the(page: Brand, slug: str) -> Node:
    node = shelf.components_of(page.id).find(slug)
    assert node is not None
    return node


def test_components_without_customers_words_are_marked_by_language() -> None:
    a_page()

    shown = text_of(came_in(olu()).get("/console/components"))

    assert shown.count("no words in English") == 2
    assert shown.count("no words in French") == 2


def test_a_component_is_added_under_another_with_its_words() -> None:
    page, client = a_page(), came_in(lea())
    told = {"name": "Wallets", "parent": the(page, "shop").id, "function.en": "wallets"}

    response = client.post("/console/components", told)

    node = the(page, "wallets")
    assert response.status_code == 302
    assert node.parent_id == the(page, "shop").id
    assert node.words["en"].function == "wallets"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"name": ""}, "needs a name"),
        ({"name": "Cart"}, "already"),
        ({"name": "x" * 101}, "at most 100"),
    ],
)
def test_a_component_that_cannot_be_added_is_refused_in_words(
    told: dict[str, str], sentence: str
) -> None:
    a_page()
    client = came_in(lea())

    with nothing_written():
        response = client.post("/console/components", told)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert f'value="{told["name"]}"' in text_of(response)


def test_a_component_under_what_is_no_longer_there_is_refused() -> None:
    a_page()
    client = came_in(lea())

    with nothing_written():
        told = {"name": "Wallets", "parent": "nosuchthing0"}
        response = client.post("/console/components", told)

    assert response.status_code == 404
    assert "to put it under" in text_of(response)


def test_a_component_is_reworded_and_moved() -> None:
    page, client = a_page(), came_in(lea())
    path = f"/console/components/{the(page, 'cart').id}"

    client.post(path, {"name": "Basket", "position": "9", "can_do.fr": "remplir un panier"})

    node = the(page, "cart")
    assert (node.name, node.position) == ("Basket", 9)
    assert node.words["fr"].can_do == "remplir un panier"
    assert client.post(path, {"name": "Basket", "position": "first"}).status_code == 422


def test_a_component_is_taken_off_the_page_but_not_one_that_holds_others() -> None:
    page, client = a_page(), came_in(lea())
    shop, cart = the(page, "shop"), the(page, "cart")

    refused = client.post(f"/console/components/{shop.id}/retire")
    client.post(f"/console/components/{cart.id}/retire")

    assert refused.status_code == 422
    assert "holds others" in text_of(refused)
    assert shelf.components_of(page.id).find("cart") is None


def test_a_state_changed_without_words_says_that_they_are_owed() -> None:
    page, client = a_page(), came_in(olu())
    cart = the(page, "cart")

    client.post(f"/console/components/{cart.id}/state", {"state": "partial_outage"})
    shown = text_of(client.get(DESK))

    assert published.states_now(page.audience_id) == {cart.id: State.PARTIAL}
    assert "You owe them." in shown


def test_a_state_that_is_none_is_refused() -> None:
    page = a_page()
    client = came_in(olu())

    with nothing_written():
        path = f"/console/components/{the(page, 'cart').id}/state"
        assert client.post(path, {"state": "exploded"}).status_code == 422


def test_a_responder_may_not_change_the_tree() -> None:
    page, client = a_page(), came_in(olu())
    an_incident(page)

    with nothing_written():
        response = client.post("/console/components", {"name": "Wallets"})

    assert response.status_code == 403
    assert "An owner can grant the role." in text_of(response)
