from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalogue.tree import State
from tocsin.page.bars import DAYS, bars, midnights
from tocsin.page.tests.telling import NOON, a_node, later
from tocsin.statements.published import Span

MOMENTS = st.integers(0, 100 * 24 * 60).map(lambda minutes: NOON - timedelta(minutes=minutes))


def a_span(since: datetime, until: datetime | None, state: State = State.MAJOR) -> Span:
    return Span("checkout", state, since, until)


def test_a_component_without_trouble_was_up_all_the_time() -> None:
    told = bars(a_node("Checkout"), (), at=NOON, zone="Etc/UTC")

    assert (told.first, told.days, told.uptime) == (0, (), 100)


def test_days_before_a_component_existed_are_no_data_and_never_count_as_up() -> None:
    node = a_node("Checkout", created_at=NOON - timedelta(days=1))
    span = a_span(NOON - timedelta(hours=12), NOON)

    told = bars(node, (span,), at=NOON, zone="Etc/UTC")

    assert told.first == DAYS - 2
    assert told.uptime == 50


def test_a_start_date_says_since_when_a_component_is_observed() -> None:
    node = a_node("Checkout", created_at=NOON, start_date=date(2026, 11, 14))

    told = bars(node, (), at=NOON, zone="Etc/UTC")

    assert told.first == DAYS - 10
    assert told.uptime == 100


def test_a_component_that_has_only_just_begun_has_no_uptime() -> None:
    told = bars(a_node("Checkout", created_at=NOON), (), at=NOON, zone="Etc/UTC")

    assert (told.first, told.uptime) == (DAYS, None)


def test_a_major_outage_counts_whole_a_partial_one_for_three_tenths_slowness_not() -> None:
    node = a_node("Checkout", created_at=NOON - timedelta(hours=10))

    def uptime(state: State) -> float | None:
        return bars(node, (a_span(later(-60), NOON, state),), at=NOON, zone="Etc/UTC").uptime

    assert uptime(State.MAJOR) == 90
    assert uptime(State.PARTIAL) == 97
    assert uptime(State.DEGRADED) == 100


def test_a_short_outage_never_reads_as_a_hundred() -> None:
    told = bars(a_node("Checkout"), (a_span(later(-1), NOON),), at=NOON, zone="Etc/UTC")

    assert told.uptime == 99.99


def test_trouble_over_midnight_marks_both_days() -> None:
    night = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)

    told = bars(a_node("C"), (a_span(night, night + timedelta(hours=1)),), at=NOON, zone="Etc/UTC")

    assert [(day.on, day.place) for day in told.days] == [
        (date(2026, 11, 20), DAYS - 4),
        (date(2026, 11, 21), DAYS - 3),
    ]
    assert [day.lasted[State.MAJOR] for day in told.days] == [timedelta(minutes=30)] * 2


def test_a_day_is_a_day_of_the_pages_zone() -> None:
    evening = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # half past midnight in Paris

    told = bars(a_node("C"), (a_span(evening, evening + timedelta(hours=1)),), at=NOON,
                zone="Europe/Paris")  # fmt: skip

    assert [day.on for day in told.days] == [date(2026, 11, 21)]


def test_the_day_on_which_clocks_go_back_has_twenty_five_hours() -> None:
    edges = midnights(datetime(2026, 10, 26, 12, tzinfo=UTC), "Europe/Paris")

    assert edges[-2] - edges[-3] == timedelta(hours=25)


def test_where_spans_overlap_the_worst_counts_once() -> None:
    node = a_node("Checkout", created_at=later(-600))
    spans = (a_span(later(-60), NOON, State.PARTIAL), a_span(later(-60), later(-30)))

    told = bars(node, spans, at=NOON, zone="Etc/UTC")

    assert told.days[0].lasted == {
        State.MAJOR: timedelta(minutes=30),
        State.PARTIAL: timedelta(minutes=30),
    }


@given(st.lists(st.tuples(MOMENTS, MOMENTS, st.sampled_from(list(State))), max_size=8))
def test_time_in_trouble_is_never_more_than_the_day_and_uptime_stays_within_bounds(
    told: list[tuple[datetime, datetime, State]],
) -> None:
    spans = [a_span(min(a, b), max(a, b), state) for a, b, state in told]

    drawn = bars(a_node("Checkout"), spans, at=NOON, zone="Europe/Paris")

    assert drawn.uptime is not None
    assert 0 <= drawn.uptime <= 100
    for day in drawn.days:
        assert sum(day.lasted.values(), timedelta()) <= timedelta(hours=25)
        assert drawn.first <= day.place < DAYS
