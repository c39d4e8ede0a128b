import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.front.negotiation import codings, tags


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, ("identity",)),
        ("", ("identity",)),
        ("gzip, deflate, br", ("br", "gzip", "identity")),
        ("gzip;q=1.0, br;q=0.5", ("gzip", "br", "identity")),
        ("br;q=0, gzip", ("gzip", "identity")),
        ("GZIP", ("gzip", "identity")),
        ("x-gzip", ("gzip", "identity")),
        ("*", ("br", "gzip", "identity")),
        ("*;q=0.5, br;q=0", ("gzip", "identity")),
        ("identity, gzip;q=0.2", ("identity", "gzip")),
        ("identity;q=0, gzip", ("gzip",)),
        ("gzip, *;q=0", ("gzip",)),
        ("gzip;q=nonsense", ("identity",)),
        ("gzip;q=7", ("identity",)),
        ("deflate", ("identity",)),
        ("gzip," * 400, ("identity",)),
    ],
)
def test_the_client_s_weights_rank_the_codings(
    header: str | None, expected: tuple[str, ...]
) -> None:
    assert codings(header) == expected


@given(st.text(max_size=80))
def test_no_header_however_odd_breaks_the_negotiation(header: str) -> None:
    assert set(codings(header)) <= {"br", "gzip", "identity"}


def test_tags_lose_their_weakness() -> None:
    assert tags('W/"a", "b" ,*') == ['"a"', '"b"', "*"]
