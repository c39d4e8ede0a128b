"""By when an account is owed (R-52), and at which steps people are reminded of what is owed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.severity import Severity
from tocsin.followup import account_nudges, accounts, reminders, reporting_back
from tocsin.followup.accounts import Due
from tocsin.followup.models import Cue

DAY = timedelta(days=1)
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)
# Bounds of a strategy are told without a zone, which it brings itself.
FIRST, LAST = (datetime(year, 1, 1) for year in (2020, 2035))  # noqa: DTZ001
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
OWES = st.sampled_from([Severity.SEV1, Severity.SEV2])


def linden(zone: str = "Etc/UTC") -> Brand:
    """A page in a zone, as its readers know it; of no database."""
    return Brand(
        id="linden",
        slug="linden",
        name="Linden",
        domain="",
        time_zone=zone,
        languages=("en",),
        words={},
        contact="",
        is_default=True,
        audience_id="everyone",
        created_at=MONDAY_NOON,
        changed_at=MONDAY_NOON,
    )


@pytest.mark.parametrize(
    ("over_at", "severity", "due_at"),
    [
        (MONDAY_NOON, Severity.SEV1, datetime(2026, 12, 7, 12, 0, tzinfo=UTC)),
        (MONDAY_NOON, Severity.SEV2, datetime(2026, 12, 14, 12, 0, tzinfo=UTC)),
        # A Friday's first business day is the Monday after.
        (FRIDAY_EVENING, Severity.SEV1, datetime(2026, 12, 11, 21, 30, tzinfo=UTC)),
        (FRIDAY_EVENING, Severity.SEV2, datetime(2026, 12, 18, 21, 30, tzinfo=UTC)),
    ],
)
def test_all_of_it_is_owed_after_business_days(
    over_at: datetime, severity: Severity, due_at: datetime
) -> None:
    assert accounts.full_by(over_at, severity, linden()) == due_at


def test_a_day_is_that_of_the_pages_zone() -> None:
    """Late on a Friday in London is Saturday in Auckland: its first business day is a Monday."""
    late = datetime(2026, 11, 27, 13, 0, tzinfo=UTC)

    assert accounts.full_by(late, Severity.SEV1, linden("Pacific/Auckland")) == datetime(
        2026, 12, 10, 13, 0, tzinfo=UTC
    )
    assert accounts.full_by(late, Severity.SEV1, linden("Europe/London")) == datetime(
        2026, 12, 11, 13, 0, tzinfo=UTC
    )


@pytest.mark.parametrize("severity", [Severity.SEV3, Severity.SEV4])
def test_a_mild_incident_owes_none_unless_it_was_promised(severity: Severity) -> None:
    assert accounts.full_by(MONDAY_NOON, severity, linden()) is None

    promised = accounts.full_by(MONDAY_NOON, severity, linden(), promised=date(2026, 12, 1))

    assert promised == datetime(2026, 12, 2, 0, 0, tzinfo=UTC)


@given(moments, OWES, st.sampled_from(["Etc/UTC", "Europe/Paris", "Pacific/Auckland"]))
def test_it_is_due_on_a_working_day_at_the_hour_at_which_it_was_over(
    over_at: datetime, severity: Severity, zone: str
) -> None:
    due_at = accounts.full_by(over_at, severity, linden(zone))

    assert due_at is not None
    there, ended = (at.astimezone(ZoneInfo(zone)) for at in (due_at, over_at))
    assert there.weekday() < 5
    # An hour that a change of clocks leaves out is told as the one after it.
    assert abs((there.hour * 60 + there.minute) - (ended.hour * 60 + ended.minute)) <= 60
    weeks = 2 if severity is Severity.SEV1 else 3
    # From a weekend, whose days do not count, the last of them is a Friday.
    least = timedelta(weeks=weeks) - 2 * DAY - timedelta(hours=1)
    assert least <= due_at - over_at <= timedelta(weeks=weeks, hours=1)


def owed_from(over_at: datetime) -> Due:
    return Due("incident", over_at, over_at + 3 * DAY, over_at + 14 * DAY)


@pytest.mark.parametrize(
    ("after", "step"),
    [
        (2 * DAY - timedelta(seconds=1), None),
        (2 * DAY, "summary-ahead"),
        (3 * DAY, "summary"),
        (13 * DAY - timedelta(seconds=1), "summary"),
        (13 * DAY, "full-ahead"),
        (14 * DAY, "full"),
        (16 * DAY, "late"),
        (28 * DAY, "late"),
        (28 * DAY + timedelta(seconds=1), None),
    ],
)
def test_a_step_lasts_until_the_next(after: timedelta, step: str | None) -> None:
    found = account_nudges.step_of(owed_from(MONDAY_NOON), MONDAY_NOON + after)

    assert (found[0] if found else None) == step


@given(moments, st.lists(st.integers(0, 40 * 24), min_size=1))
def test_steps_go_forward_alone(over_at: datetime, hours: list[int]) -> None:
    order = [None, "summary-ahead", "summary", "full-ahead", "full", "late"]
    seen = [
        account_nudges.step_of(owed_from(over_at), over_at + timedelta(hours=hour))
        for hour in sorted(hours)
        if hour <= 28 * 24
    ]
    places = [order.index(found[0] if found else None) for found in seen]

    assert places == sorted(places)


@pytest.mark.parametrize(
    ("days", "step"),
    [(-8, None), (-7, -7), (-1, -7), (0, 0), (6, 0), (7, 7), (300, 7)],
)
def test_a_promise_is_reminded_of_a_week_before_its_day_on_it_and_a_week_after(
    days: int, step: int | None
) -> None:
    due_on = date(2026, 12, 1)

    found = reminders.step_of(due_on, due_on + timedelta(days=days))

    assert found == (None if step is None else timedelta(days=step))


def test_readers_are_reported_back_to_at_thirty_and_ninety_days() -> None:
    assert [reporting_back.AFTER[cue] for cue in Cue] == [30 * DAY, 90 * DAY]
