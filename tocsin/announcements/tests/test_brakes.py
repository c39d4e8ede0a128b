from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.announcements.brakes import Limits, is_storm, is_too_old

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIMITS = Limits(timedelta(hours=6), 20, 3, timedelta(minutes=10))


def test_news_is_too_old_past_the_cutoff() -> None:
    assert not is_too_old(NOON - timedelta(hours=6), at=NOON, limits=LIMITS)
    assert is_too_old(NOON - timedelta(hours=6, seconds=1), at=NOON, limits=LIMITS)


@pytest.mark.parametrize(
    ("already", "coming", "subscribers", "storm"),
    [
        (0, 1000, 1000, False),
        (2000, 1000, 1000, False),
        (2001, 1000, 1000, True),
        (3000, 1000, 1000, True),
        (6, 2, 2, False),  # a list of two may get what its cap allows
        (19, 1, 2, False),
        (20, 1, 2, True),
        (30, 10, 10, True),
    ],
)
def test_a_storm_is_more_than_three_times_the_list_in_the_window(
    already: int, coming: int, subscribers: int, storm: bool
) -> None:
    said = is_storm(already=already, coming=coming, subscribers=subscribers, limits=LIMITS)

    assert said is storm


@given(st.integers(1, 10**6))
def test_one_word_to_everybody_is_never_a_storm(subscribers: int) -> None:
    assert not is_storm(already=0, coming=subscribers, subscribers=subscribers, limits=LIMITS)
