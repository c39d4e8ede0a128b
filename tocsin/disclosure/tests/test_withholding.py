"""What is marked is never shown, whatever stands around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure import withholding
from tocsin.disclosure.withholding import CannotShow

texts = st.text(st.characters(codec="utf-8"), max_size=60)
pieces = st.lists(
    st.one_of(
        texts,
        st.tuples(texts, texts).map(lambda pair: f"[[{pair[0]} | {pair[1]}]]"),
        st.sampled_from(["[[", "]]", "|", "[", "]", "Acme", "ACME", "[[a customer | Acme]]"]),
    ),
    max_size=12,
)


@given(pieces)
def test_what_is_shown_holds_no_withheld_text(told: list[str]) -> None:
    source = "".join(told)
    try:
        shown = withholding.public(source, "en")
    except CannotShow:
        return

    assert "[[" not in shown
    for passage in withholding.withheld(source):
        assert passage.text
        assert passage.text.casefold() not in shown.casefold()


@given(
    secret=st.from_regex(r"[a-z]{12,20}", fullmatch=True), around=st.text("ABC .\n", max_size=40)
)
def test_a_marked_text_is_shown_as_its_reason(secret: str, around: str) -> None:
    source = f"{around}[[a customer | {secret}]]{around}"

    assert withholding.public(source, "en") == f"{around}[not shown: a customer]{around}"
    assert withholding.inside(source) == f"{around}{secret}{around}"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("[[a customer | Acme]] left, said acme.", "stands elsewhere"),
        ("[[a customer | Acme Corp]] left, said ACME\ncorp.", "stands elsewhere"),
        ("[[Acme is a customer | Acme]]", "stands elsewhere"),
        ("[[a customer | Acme", "not closed"),
        ("[[a | b [[c | d]] e]]", "not closed"),
        ("[[[a customer | Acme]]", "not closed"),
        ("[[ | Acme]]", "Say why"),
        ("[[a customer | ]]", "Nothing is marked"),
    ],
)
def test_a_slip_is_refused_with_its_mend(source: str, said: str) -> None:
    with pytest.raises(CannotShow, match=said):
        withholding.public(source, "en")
