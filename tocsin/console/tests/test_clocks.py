from datetime import UTC, datetime

import pytest

from tocsin.console import clocks
from tocsin.console.refusals import Unread

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # 10:30 in Paris


@pytest.mark.parametrize(
    ("text", "zone", "at"),
    [
        ("10:12", "Europe/Paris", datetime(2026, 11, 23, 9, 12, tzinfo=UTC)),
        ("10h12", "Europe/Paris", datetime(2026, 11, 23, 9, 12, tzinfo=UTC)),
        ("23:50", "Etc/UTC", datetime(2026, 11, 22, 23, 50, tzinfo=UTC)),
        ("2026-11-20 10:12", "Europe/Paris", datetime(2026, 11, 20, 9, 12, tzinfo=UTC)),
        ("2026-11-20T10:12Z", "Europe/Paris", datetime(2026, 11, 20, 10, 12, tzinfo=UTC)),
        ("2026-11-20 10:12 UTC", "Europe/Paris", datetime(2026, 11, 20, 10, 12, tzinfo=UTC)),
        ("2026-11-20 10:12 +02:00", "Etc/UTC", datetime(2026, 11, 20, 8, 12, tzinfo=UTC)),
    ],
)
def test_a_past_time_is_read_in_its_zone(text: str, zone: str, at: datetime) -> None:
    assert clocks.past(text, zone=zone, now=NOW) == at


def test_a_bare_time_to_come_is_the_next_one() -> None:
    assert clocks.future("10:50", zone="Europe/Paris", now=NOW) == datetime(
        2026, 11, 23, 9, 50, tzinfo=UTC
    )
    assert clocks.future("02:00", zone="Europe/Paris", now=NOW) == datetime(
        2026, 11, 24, 1, 0, tzinfo=UTC
    )


def test_a_past_time_rounded_up_is_refused_and_never_taken_for_yesterdays() -> None:
    with pytest.raises(Unread) as refused:
        clocks.past("10:31", zone="Europe/Paris", now=NOW)

    assert "“10:31” is still to come: it is 10:30." in refused.value.sentences[0]
    yesterday = clocks.past("10:46", zone="Europe/Paris", now=NOW)
    assert yesterday == datetime(2026, 11, 22, 9, 46, tzinfo=UTC)


def test_nothing_typed_is_no_time() -> None:
    assert clocks.past("  ", zone="Etc/UTC", now=NOW) is None
    assert clocks.day("") is None


@pytest.mark.parametrize(
    "text", ["24:00", "9:5", "noon", "2026-11-23", "2026-13-01 10:00", "10:12 on Mars", "1" * 500]
)
def test_what_is_no_time_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Unread, match="cannot be read as a time"):
        clocks.past(text, zone="Etc/UTC", now=NOW)


@pytest.mark.parametrize("zone", ["", "Mars", "../../etc/passwd", "Europe", "a\x00b", "x" * 5000])
def test_what_is_no_zone_is_refused_in_a_sentence(zone: str) -> None:
    with pytest.raises(Unread, match="is no time zone"):
        clocks.past("10:00", zone=zone, now=NOW)


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(Unread, match="put forward"):
        clocks.past("2026-03-29 02:30", zone="Europe/Paris", now=NOW)


def test_a_typed_time_reads_back() -> None:
    for at in (
        datetime(2026, 11, 23, 9, 12, tzinfo=UTC),
        datetime(2026, 11, 20, 9, 12, tzinfo=UTC),
    ):
        text = clocks.typed(at, "Europe/Paris", now=NOW)
        assert clocks.past(text, zone="Europe/Paris", now=NOW) == at
