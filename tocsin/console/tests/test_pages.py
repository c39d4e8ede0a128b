import pytest

from tests.cast import NOON, a_page, ada, an_incident
from tocsin.catalogue import shelf
from tocsin.catalogue.weights import Weights
from tocsin.console.tests.ground import DESK, came_in, nothing_written, text_of
from tocsin.journal.actors import TERMINAL

pytestmark = pytest.mark.django_db
PAGE = "/console/page"
TOLD = {
    "name": "Linden",
    "time_zone": "Europe/Paris",
    "languages": ["en", "fr"],
    "own_language": "fr",
    "contact": "help@linden.example",
    "function.fr": "Linden",
}


def test_an_owner_opens_the_first_page() -> None:
    client = came_in(ada())
    assert "There is no page yet." in text_of(client.get(DESK))

    client.post(PAGE, TOLD)

    (page,) = shelf.pages()
    assert (page.name, page.languages, page.time_zone) == ("Linden", ("fr", "en"), "Europe/Paris")


def test_a_page_is_changed() -> None:
    page, client = a_page(), came_in(ada())

    client.post(PAGE, {**TOLD, "name": "Linden & Co"})

    changed = shelf.brand(page.id)
    assert changed.name == "Linden & Co"
    assert changed.words["fr"].function == "Linden"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": ""}, "needs a name"),
        ({"time_zone": "Mars"}, "is no time zone"),
        ({"languages": []}, "languages"),
        ({"languages": ["tlh"]}, "languages"),
    ],
)
def test_a_page_that_cannot_be_kept_is_refused_in_words(
    more: dict[str, object], sentence: str
) -> None:
    a_page()
    client = came_in(ada())

    with nothing_written():
        response = client.post(PAGE, {**TOLD, **more})

    assert response.status_code == 422
    assert sentence in text_of(response)


def test_with_several_pages_one_is_chosen_and_the_desk_shows_all() -> None:
    linden = a_page()
    shelf.open_page(name="Willow", by=TERMINAL, at=NOON)
    an_incident(linden)
    client = came_in(ada())

    shown = text_of(client.get(f"{DESK}?page=willow"))

    assert "Checkout is failing" in shown
    assert 'href="?page=linden"' in shown
    assert "/console/components?page=willow" in shown
    assert "Checkout" not in text_of(client.get("/console/components?page=willow"))


def test_what_counts_as_down_is_chosen_with_the_rest() -> None:
    page, client = a_page(), came_in(ada())
    assert 'name="weight.partial" value="0.3"' in client.get(PAGE).text

    client.post(PAGE, {**TOLD, "weight.partial": "0,5", "weight.major": "1"})

    assert shelf.brand(page.id).weights == Weights(partial=500)
    with nothing_written():
        response = client.post(PAGE, {**TOLD, "name": "Oak", "weight.degraded": "0.7"})
    assert response.status_code == 422
    assert "cannot count for less" in text_of(response)
