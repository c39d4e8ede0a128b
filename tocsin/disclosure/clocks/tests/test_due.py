"""Each family of clocks against cases that were counted by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure.clocks import counting, reading
from tocsin.disclosure.clocks.due import BEGUN_LATE, CAPPED, WEEKENDS_ONLY, dues, upcoming
from tocsin.disclosure.clocks.values import MOMENTS, Due, Known, Offset, Place, Standing


def utc(told: str) -> datetime:
    return datetime.fromisoformat(told).replace(tzinfo=UTC)


AWARE = utc("2026-11-23 12:00")


def standing(
    clock: str,
    stage: str,
    *,
    submitted: dict[str, list[str]] | None = None,
    set_aside: tuple[str, ...] = (),
    zone: str = "Europe/Paris",
    own: str = "",
    moments: dict[str, str] | None = None,
    **more: str,
) -> Due:
    sent = {(clock, name): [utc(at) for at in told] for name, told in (submitted or {}).items()}
    known = Known(
        {name: utc(at) for name, at in ((moments or {}) | more).items()},
        sent,
        frozenset((clock, name) for name in set_aside),
    )
    told = dues([reading.of(own)[clock]], known, zone=zone)
    return next(due for due in told if due.stage.name == stage)


@pytest.mark.parametrize(
    ("clock", "stage", "moment", "at", "due_at"),
    [
        # Hours pass; no daylight saving moves them, in spring or in autumn.
        ("eu-gdpr-33", "notification", "aware_at", "2026-11-23 12:00", "2026-11-26 12:00"),
        ("eu-gdpr-33", "notification", "aware_at", "2026-03-27 12:00", "2026-03-30 12:00"),
        ("eu-gdpr-33", "notification", "aware_at", "2026-10-23 12:00", "2026-10-26 12:00"),
        ("eu-nis2-23", "early_warning", "aware_at", "2026-12-31 18:00", "2027-01-01 18:00"),
        ("in-certin", "report", "aware_at", "2026-11-23 22:00", "2026-11-24 04:00"),
        ("sg-mas-trm", "notify", "detected_at", "2026-11-23 12:00", "2026-11-23 13:00"),
        ("us-bank-36h", "notification", "determined_at", "2026-11-23 12:00", "2026-11-25 00:00"),
        ("us-nydfs-500-17", "extortion_payment", "paid_at", "2026-11-23 12:00", "2026-11-24 12:00"),
        # Days end at the same hour there: New York goes from UTC-5 to UTC-4 on 8 March 2026.
        ("us-ftc-safeguards", "notice", "detected_at", "2026-03-01 15:00", "2026-03-31 14:00"),
        ("eu-cra-14-vuln", "final", "fix_available_at", "2026-12-20 10:00", "2027-01-03 10:00"),
        # Four business days from Monday 23 November: Thursday 26 is Thanksgiving.
        ("us-sec-8k-105", "form_8k", "material_at", "2026-11-23 17:00", "2026-11-30 17:00"),
        # From a Saturday, Monday is the first; Christmas is a Friday.
        ("us-sec-8k-105", "form_8k", "material_at", "2026-12-19 17:00", "2026-12-24 17:00"),
        ("us-sec-8k-105", "form_8k", "material_at", "2026-12-23 17:00", "2026-12-30 17:00"),
        # Sydney at 10:00 on 18 December: 25 and 1 January are holidays of the whole country; that
        # its states rest on 28, for a Saturday, is not counted on.
        ("au-cps-234", "control_weakness", "aware_at", "2026-12-17 23:00", "2027-01-04 23:00"),
        # Brazil from Thursday 19 November: 20 is Consciência Negra, then Monday to Wednesday.
        ("br-lgpd", "notify", "aware_at", "2026-11-19 15:00", "2026-11-25 15:00"),
        # Sixty days after the year's end is 1 March, or 29 February of a leap year.
        ("us-hipaa", "hhs_small", "determined_at", "2026-06-01 12:00", "2027-03-02 04:59:59"),
        ("us-hipaa", "hhs_small", "determined_at", "2027-06-01 12:00", "2028-03-01 04:59:59"),
    ],
)
def test_a_report_is_due_when_a_person_counts_it(
    clock: str, stage: str, moment: str, at: str, due_at: str
) -> None:
    due = standing(clock, stage, moments={moment: at})

    assert due.standing == Standing.DUE
    assert due.due_at == utc(due_at)


@pytest.mark.parametrize(
    ("notified", "final"),
    [
        ("2026-11-26 09:00", "2026-12-26 09:00"),
        ("2027-01-31 09:00", "2027-02-28 09:00"),  # a month that has no such day
        ("2028-01-31 09:00", "2028-02-29 09:00"),
        ("2026-12-31 09:00", "2027-01-31 09:00"),
        ("2026-03-15 09:00", "2026-04-15 08:00"),  # 10:00 in Paris, before and after the change
    ],
)
def test_a_final_report_is_a_month_after_the_notification(notified: str, final: str) -> None:
    submitted = {"notification": [notified]}

    due = standing("eu-nis2-23", "final_report", submitted=submitted, aware_at="2026-03-01 12:00")

    assert due.due_at == utc(final)


def test_a_stage_waits_until_the_one_before_was_submitted() -> None:
    due = standing("eu-nis2-23", "final_report", aware_at="2026-11-23 12:00")

    assert (due.standing, due.due_at) == (Standing.WAITING, None)


def test_dora_counts_four_hours_from_classification() -> None:
    due = standing(
        "eu-dora-19", "initial", aware_at="2026-11-23 12:00", classified_major_at="2026-11-23 14:00"
    )

    assert due.due_at == utc("2026-11-23 18:00")


def test_dora_ends_a_day_after_awareness_whatever_was_classified_when() -> None:
    due = standing(
        "eu-dora-19", "initial", aware_at="2026-11-23 12:00", classified_major_at="2026-11-24 11:00"
    )

    assert due.due_at == utc("2026-11-24 12:00")
    assert CAPPED in due.remarks


def test_dora_counts_four_hours_again_from_a_classification_past_that_day() -> None:
    due = standing(
        "eu-dora-19", "initial", aware_at="2026-11-23 12:00", classified_major_at="2026-11-25 09:00"
    )

    assert due.due_at == utc("2026-11-25 13:00")
    assert BEGUN_LATE in due.remarks


def test_dora_shows_its_outer_limit_before_anybody_has_classified() -> None:
    due = standing("eu-dora-19", "initial", aware_at="2026-11-23 12:00")

    assert (due.standing, due.latest_at) == (Standing.WAITING, utc("2026-11-24 12:00"))


def test_dora_runs_from_the_first_initial_and_from_the_last_intermediate() -> None:
    told = {
        "initial": ["2026-11-23 16:00", "2026-11-23 20:00"],
        "intermediate": ["2026-11-26 10:00", "2026-12-01 10:00"],
    }

    intermediate = standing("eu-dora-19", "intermediate", submitted={"initial": told["initial"]})
    final = standing("eu-dora-19", "final", submitted=told)

    assert intermediate.due_at == utc("2026-11-26 16:00")
    assert final.due_at == utc("2027-01-01 10:00")


def test_what_was_submitted_is_owed_no_more_and_keeps_its_time() -> None:
    submitted = {"notification": ["2026-11-24 08:00"]}

    due = standing("eu-gdpr-33", "notification", submitted=submitted, aware_at="2026-11-23 12:00")

    assert (due.standing, due.submitted_at) == (Standing.SUBMITTED, utc("2026-11-24 08:00"))
    assert due.due_at == utc("2026-11-26 12:00")


def test_what_was_set_aside_is_owed_no_more() -> None:
    due = standing("us-hipaa", "media", set_aside=("media",), determined_at="2026-11-23 12:00")

    assert (due.standing, due.is_open) == (Standing.SET_ASIDE, False)


def test_without_undue_delay_is_owed_from_its_beginning_on() -> None:
    due = standing("eu-gdpr-34", "tell_people", aware_at="2026-11-23 12:00")

    assert (due.standing, due.begins_at, due.due_at) == (Standing.ASAP, AWARE, None)


def test_what_a_file_says_in_words_is_left_to_people() -> None:
    due = standing("fr-lpm-editeurs", "inform_users", aware_at="2026-11-23 12:00")

    assert due.standing == Standing.WAITING
    assert "P10BD" in due.stage.offset.told


def test_a_law_counts_from_the_day_it_is_in_force() -> None:
    before = standing("eu-cra-14-vuln", "early_warning", aware_at="2026-09-10 12:00")
    after = standing("eu-cra-14-vuln", "early_warning", aware_at="2026-09-11 12:00")

    assert (before.is_in_force, after.is_in_force) == (False, True)


def test_what_is_pending_is_told_last_and_never_next() -> None:
    clocks = reading.of()
    known = Known({"aware_at": AWARE})

    told = dues([clocks["fr-nis2"], clocks["eu-gdpr-33"]], known, zone="UTC")

    assert [due.clock.id for due in told] == ["eu-gdpr-33", "fr-nis2"]
    assert [due.clock.id for due in upcoming(told)] == ["eu-gdpr-33"]


def test_what_is_due_first_stands_in_front() -> None:
    clocks = reading.of()
    chosen = [clocks[key] for key in ("eu-gdpr-33", "eu-nis2-23", "in-certin", "eu-gdpr-34")]

    told = upcoming(dues(chosen, Known({"aware_at": AWARE}), zone="UTC"))

    assert [(due.clock.id, due.stage.name) for due in told] == [
        ("eu-gdpr-34", "tell_people"),
        ("in-certin", "report"),
        ("eu-nis2-23", "early_warning"),
        ("eu-gdpr-33", "notification"),
        ("eu-nis2-23", "notification"),
    ]


OWN = """
clocks:
  - id: acme-contract
    regime: "Contract with Acme, clause 14.2"
    jurisdiction: any
    kind: contract
    source: "contract of 1 March 2026"
    {extra}
    stages:
      - {{name: notice, offset: P2BD, from: aware_at, recipient: "security@acme.example"}}
"""


@pytest.mark.parametrize(
    ("extra", "due_at", "is_weekends_only"),
    [
        ("note: none", "2026-12-28 12:00", True),
        ("country: FR", "2026-12-29 12:00", False),
        ("holidays: [2026-12-28]", "2026-12-29 12:00", False),
        ("country: GB-ENG", "2026-12-30 12:00", False),  # Boxing Day on a Saturday moves
    ],
)
def test_an_own_clock_counts_the_business_days_of_its_place(
    extra: str, due_at: str, is_weekends_only: bool
) -> None:
    own = OWN.format(extra=extra)

    # Two of them from Thursday 24 December on.
    due = standing("acme-contract", "notice", own=own, aware_at="2026-12-24 12:00")

    assert due.due_at == utc(due_at)
    assert (WEEKENDS_ONLY in due.remarks) == is_weekends_only


def test_a_time_of_day_that_a_change_of_clocks_leaves_out_moves_on() -> None:
    paris = Place("France", "FR", "Europe/Paris")

    due = counting.after(utc("2026-02-28 01:30"), Offset("P29D", days=29), paris, zone="UTC")

    assert due == utc("2026-03-29 01:30")  # 02:30 does not exist that night: 03:30 in Paris


times = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1))  # noqa: DTZ001
zones = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Australia/Sydney"])
offsets = st.builds(
    lambda months, days, business, hours: Offset(
        "P", months=months, days=days, business_days=business, elapsed=timedelta(hours=hours)
    ),
    st.integers(0, 24),
    st.integers(0, 400),
    st.integers(0, 30),
    st.integers(0, 200),
)
places = st.sampled_from([Place("any"), Place("US", "US"), Place("France", "FR")])


@given(times, offsets, places, zones)
def test_a_count_goes_forward_and_lands_where_it_says(
    begins: datetime, offset: Offset, place: Place, zone: str
) -> None:
    begins_at = begins.replace(tzinfo=UTC)

    due = counting.after(begins_at, offset, place, zone=zone)

    hour = timedelta(hours=1)  # a change of clocks
    least = timedelta(days=28 * offset.months + offset.days + offset.business_days)
    assert due >= begins_at + least + offset.elapsed - hour
    landed = (due - offset.elapsed).astimezone(ZoneInfo(zone))
    if offset.business_days:
        assert counting.is_business_day(landed.date(), place)
    later = counting.after(begins_at + timedelta(days=1), offset, place, zone=zone)
    assert later >= due - hour


@given(st.dictionaries(st.sampled_from(MOMENTS), times))
def test_every_clock_of_ours_answers_whatever_is_known(moments: dict[str, datetime]) -> None:
    known = Known({name: at.replace(tzinfo=UTC) for name, at in moments.items()})

    told = dues(reading.of().values(), known, zone="Europe/Paris")

    assert len(told) == sum(len(clock.stages) for clock in reading.of().values())
    for due in told:
        assert due.clock.source
        assert (due.standing == Standing.DUE) == (due.due_at is not None)
        assert due.due_at is None or due.begins_at is None or due.due_at >= due.begins_at
