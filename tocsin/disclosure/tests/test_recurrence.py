"""Rules right across clock changes: what they say, what a wall shows, and what is refused."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure import recurrence
from tocsin.disclosure.recurrence import NotARule, Rule

FAR = datetime(2030, 1, 1, tzinfo=UTC)
ZONES = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Etc/UTC"]
zones = st.sampled_from(ZONES)
starts = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(second=0, microsecond=0))
patterns = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;BYDAY=SU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
        "FREQ=MONTHLY;BYDAY=-1SU",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=YEARLY",
    ]
)


def a_rule(pattern: str, start: str, zone: str = "Europe/Paris") -> Rule:
    told = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
    return recurrence.read(pattern, starts_at=told.astimezone(UTC), zone=zone)


def told(rule: Rule, count: int) -> list[str]:
    """The first occurrences on the wall there."""
    zone, found = ZoneInfo(rule.zone), []
    first = recurrence.happens_at(rule.first, rule.zone) - timedelta(seconds=1)
    for at in recurrence.occurrences(rule, after=first, until=FAR):
        found.append(f"{at.astimezone(zone):%m-%d %H:%M}")
        if len(found) == count:
            break
    return found


def test_the_hour_on_the_wall_stays_when_the_clocks_change() -> None:
    rule = a_rule("FREQ=WEEKLY;BYDAY=SU", "2027-03-21T22:00")

    assert told(rule, 3) == ["03-21 22:00", "03-28 22:00", "04-04 22:00"]
    first, second = recurrence.occurrences(
        rule, after=datetime(2027, 3, 21, tzinfo=UTC), until=datetime(2027, 3, 29, tzinfo=UTC)
    )
    assert second - first == timedelta(days=7, hours=-1), "a week with an hour less"


def test_an_hour_that_the_clocks_skip_comes_when_they_have_moved_on() -> None:
    rule = a_rule("FREQ=DAILY", "2027-03-27T02:30")

    assert told(rule, 3) == ["03-27 02:30", "03-28 03:30", "03-29 02:30"]
    ((nominal, shown),) = recurrence.shifted(rule, until=datetime(2027, 12, 1, tzinfo=UTC))
    assert (nominal.hour, shown.hour) == (2, 3)


def test_an_hour_that_comes_twice_counts_the_first_time() -> None:
    rule = a_rule("FREQ=DAILY", "2027-10-30T02:30")

    _, second = recurrence.occurrences(
        rule, after=datetime(2027, 10, 29, tzinfo=UTC), until=datetime(2027, 10, 31, 2, tzinfo=UTC)
    )

    assert second == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_count_becomes_the_end_that_it_means() -> None:
    rule = a_rule("FREQ=WEEKLY;BYDAY=SU;COUNT=2", "2027-03-21T22:00")

    assert rule.text == "FREQ=WEEKLY;BYDAY=SU;UNTIL=20270328T200000Z"
    assert len(told(rule, 9)) == 2


def test_a_day_as_the_end_is_that_whole_day_there() -> None:
    rule = a_rule("FREQ=DAILY;UNTIL=20270322", "2027-03-21T23:30")

    assert told(rule, 9) == ["03-21 23:30", "03-22 23:30"]


def test_the_first_window_is_the_first_that_the_rule_has() -> None:
    assert told(a_rule("FREQ=WEEKLY;BYDAY=SU", "2027-03-22T22:00"), 1) == ["03-28 22:00"]


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", "how often"),
        ("FREQ=HOURLY", "how often"),
        ("FREQ=DAILY;BYHOUR=3", "BYHOUR"),
        ("FREQ=DAILY;FREQ=WEEKLY", "twice"),
        ("FREQ=WEEKLY;BYDAY=XX", "no rule"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "either"),
        ("FREQ=DAILY;UNTIL=tomorrow", "no day"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(pattern: str, says: str) -> None:
    with pytest.raises(NotARule, match=says):
        a_rule(pattern, "2027-03-21T22:00")


def test_windows_that_would_run_into_one_another_are_refused() -> None:
    rule = a_rule("FREQ=DAILY", "2027-03-21T22:00")

    recurrence.check_apart(rule, timedelta(hours=23))
    with pytest.raises(NotARule, match="before the one before it is over"):
        recurrence.check_apart(rule, timedelta(hours=24))


@given(patterns, starts, zones)
def test_occurrences_come_in_order_and_at_the_hour_that_was_said(
    pattern: str, start: datetime, zone: str
) -> None:
    rule = recurrence.read(pattern, starts_at=start, zone=zone)

    at = list(recurrence.occurrences(rule, after=start - timedelta(seconds=1), until=FAR))[:60]

    shifted = {shown for _, shown in recurrence.shifted(rule, until=FAR)}
    local = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in at]
    assert all(former < latter for former, latter in pairwise(at))
    assert all(told in shifted or told.time() == rule.first.time() for told in local)
