"""What a correction made of one phrase within a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure.correcting import (
    Mark,
    Piece,
    carried,
    differences,
    former,
    latter,
    plainly,
    sentences,
)

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


def test_long_texts_are_compared_by_their_ends_or_as_a_whole() -> None:
    # Word by word, each of these would take minutes.
    long = "And so on. " * 3000
    rewritten = " ".join(f"word{number}" for number in range(4000)), "so it is " * 4000

    (start,) = differences(f"Ten. {long}", f"Three. {long}")
    both_ends = differences(f"Ten. {long}It ends.", f"Three. {long}It goes on.")
    (whole,) = differences(*rewritten)

    assert (former(start), latter(start)) == ("Ten.", "Three.")
    assert former(both_ends[0]).startswith("Ten.")
    assert latter(both_ends[-1]).endswith("It goes on.")
    assert [piece.mark for piece in whole] == [Mark.GONE, Mark.NEW]


SENTENCES = st.lists(st.sampled_from(["It fails.", "We look.", "All is well."]), max_size=8)


@given(SENTENCES, SENTENCES)
def test_what_differs_is_all_that_differs(old: list[str], new: list[str]) -> None:
    told = differences(" ".join(old), " ".join(new))

    gone = [one for place in told for one in sentences(former(place))]
    came = [one for place in told for one in sentences(latter(place))]
    assert len(old) - len(gone) == len(new) - len(came)  # the rest stands in both
    assert (told == ()) == (old == new)
    assert all(isinstance(piece, Piece) and piece.text for place in told for piece in place)


def test_cells_of_a_table_are_set_apart_and_its_rule_is_left_out() -> None:
    table = "| When | What |\n|:--|---|\n| 12:45 | A \\| B |\n| 13:00 | |"

    assert plainly(f"Before.\n\n{table}\n\nAfter.") == (
        "Before.\n\nWhen · What\n12:45 · A | B\n13:00\n\nAfter."
    )
    (told,) = differences(table, table.replace("13:00", "13:05"))
    assert (former(told), latter(told)) == ("13:00", "13:05")


@pytest.mark.parametrize("marks", ["*a ", "`a ", "~~a ", "[a", "["])
def test_marks_that_are_never_closed_stand_as_they_are(marks: str) -> None:
    text = (marks * 8000).strip()

    assert plainly(text) == text
    assert plainly(f"A **word** and [a link](https://a.example), {text}") == (
        f"A word and a link, {text}"
    )
