"""How often the coach was heeded, counted a second time mark by mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure.coach import heeding
from tocsin.disclosure.coach.heeding import Heeded

entries = st.lists(st.sampled_from(["en-min-01", "en-jar-02", "fr-abs-01"]), max_size=120)


@given(entries, entries)
def test_an_entry_is_as_precise_as_it_was_acted_on(acted: list[str], stood: list[str]) -> None:
    told = {one.entry: one for one in heeding.tallied(acted, stood)}

    assert set(told) == set(acted) | set(stood)
    for entry, one in told.items():
        outcomes = [1 for name in acted if name == entry] + [0 for name in stood if name == entry]
        assert one.marks == len(outcomes)
        assert one.precision == sum(outcomes) / len(outcomes)
        assert one.is_to_go == (len(outcomes) >= 50 and 5 * sum(outcomes) < len(outcomes))
    marks = [one.marks for one in heeding.tallied(acted, stood)]
    assert marks == sorted(marks, reverse=True)


@pytest.mark.parametrize(
    ("acted", "stood", "is_to_go"),
    [(9, 41, True), (10, 40, False), (0, 49, False), (0, 50, True), (0, 0, False)],
)
def test_an_entry_is_to_go_below_a_fifth_of_fifty(acted: int, stood: int, is_to_go: bool) -> None:
    assert Heeded("en-min-01", acted, stood).is_to_go is is_to_go


def test_of_no_marks_nothing_is_precise() -> None:
    assert Heeded("en-min-01", 0, 0).precision is None
    assert heeding.tallied([], []) == ()


def test_fewer_than_none_is_refused() -> None:
    with pytest.raises(ValueError, match="No entry comes to"):
        Heeded("en-min-01", -1, 3)
