import pytest

from tests.cast import NOON, a_page, eve
from tocsin.catalogue import dressing, shelf
from tocsin.catalogue.look import Embed
from tocsin.catalogue.shelf import Brand, CannotKeep
from tocsin.journal.actors import TERMINAL
from tocsin.people.access import NotAllowed

pytestmark = pytest.mark.django_db

WORN = {"incident_background": "#B00", "incident_text": "#ffffff"}


def placed(page: Brand, **chosen: str) -> Embed:
    return dressing.place_embed(page.id, chosen, by=TERMINAL, at=NOON).look.embed


def test_a_page_begins_with_the_house_s_own_notice() -> None:
    assert a_page().look.embed == Embed()


def test_what_is_left_out_stays_and_colours_are_spelled_in_one_way() -> None:
    page = a_page()

    placed(page, **WORN)
    told = placed(page, position="top-right")

    assert told == Embed(
        position="top-right", incident_background="#bb0000", incident_text="#ffffff"
    )
    assert shelf.brand(page.id).look.embed == told


def test_a_page_dressed_anew_keeps_its_notice() -> None:
    page = a_page()
    placed(page, position="top-left")

    dressing.dress(page.id, css=".brand{font-weight:400}", by=TERMINAL, at=NOON)

    assert shelf.brand(page.id).look.embed.position == "top-left"


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"position": "middle"}, "no corner"),
        ({"incident_text": "red"}, "no colour"),
        ({"incident_text": "#fff"}, "cannot be read"),
        ({"size": "large"}, "has no 'size'"),
    ],
)
def test_what_cannot_be_shown_or_read_is_refused(chosen: dict[str, str], why: str) -> None:
    page = a_page()

    with pytest.raises(CannotKeep, match=why):
        placed(page, **chosen)

    assert shelf.brand(page.id).look.embed == Embed()


def test_eve_places_nothing() -> None:
    page = a_page()

    with pytest.raises(NotAllowed):
        dressing.place_embed(page.id, WORN, by=eve().actor, at=NOON)
