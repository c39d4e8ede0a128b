"""What a correction made of one phrase within a text."""

import pytest

from tocsin.disclosure.correcting import carried

BODY = "We move the orders. Browsing and carts keep working. Nothing to do for you."


@pytest.mark.parametrize(
    ("after", "becomes"),
    [
        (BODY, "Browsing and carts keep working"),
        (BODY.replace("Browsing and carts keep", "Browsing keeps"), "Browsing keeps working"),
        (BODY.replace("working.", "working by day."), "Browsing and carts keep working by day"),
        (BODY.replace(" Browsing and carts keep working.", ""), ""),
        (BODY.replace("Nothing", "Please wait. Nothing"), "Browsing and carts keep working"),
        (BODY.replace("We move", "They move"), "Browsing and carts keep working"),
    ],
)
def test_a_phrase_is_found_where_it_went(after: str, becomes: str) -> None:
    assert carried("browsing and carts keep working", BODY, after) == becomes


def test_what_did_not_stand_there_is_not_found() -> None:
    assert carried("Pay by transfer", BODY, "Something else.") is None
    assert carried("", BODY, BODY) is None
