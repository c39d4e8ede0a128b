import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tocsin.followup import tables

SIGNS = "=+-@＝＋－＠"
PASSED_OVER = " \t\r\n\x00\x0b\xa0\u200b\ufeff"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", *PASSED_OVER, " \t ", "\r\n"])
def test_no_cell_is_taken_for_a_formula(sign: str, before: str) -> None:
    told = f"{before}{sign}HYPERLINK(A1)"

    assert tables.harmless(told) == f"'{told}"


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_a_cell_that_begins_with_a_break_is_marked_whatever_follows(start: str) -> None:
    assert tables.harmless(f"{start}Checkout") == f"'{start}Checkout"


@pytest.mark.parametrize("gap", ["\t", "\r", "\n", "\r\n"])
def test_a_formula_behind_a_break_within_a_cell_is_marked_too(gap: str) -> None:
    assert tables.harmless(f"Checkout{gap}=1+1").startswith("'")


@pytest.mark.parametrize(
    "told",
    ["", "Checkout", "Sign-in", "a = b", "me@linden.example", "12", "-60.0", "+3", "-60.0 30.5 2"],
)
def test_names_and_figures_stay_as_they_are(told: str) -> None:
    assert tables.harmless(told) == told


@pytest.mark.parametrize("told", ["-1+1", "-2-3", "+1|calc", "-1 =A1", "-٣"])
def test_what_only_begins_like_a_figure_is_no_figure(told: str) -> None:
    assert tables.harmless(told) == f"'{told}"


@given(st.text())
@example("'=1")
def test_whatever_is_written_is_read_back_with_a_quote_at_most(told: str) -> None:
    sheet = tables.written(("name", "n"), [{"name": told, "n": -3, "unknown": "x"}])

    (row,) = csv.DictReader(io.StringIO(sheet, newline=""))
    told = told.replace("\r\n", "\n").replace("\r", "\n")
    assert row["name"] in (told, f"'{told}")
    assert row["n"] == "-3"
    assert set(row) == {"name", "n"}
