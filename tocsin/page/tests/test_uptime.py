import itertools
from datetime import date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalogue.tree import ORDER, State
from tocsin.catalogue.weights import USUAL, WHOLE, Weights
from tocsin.page import bars, uptime
from tocsin.page.tests.telling import NOON, a_node, later
from tocsin.statements.published import Span

ZONE = "Europe/Paris"
LENGTH = 100 * 24 * 60  # minutes: a hundred days, with the night on which clocks go back
FIRST = NOON - timedelta(minutes=LENGTH)

MINUTES = st.integers(0, LENGTH)
SPANS = st.lists(
    st.tuples(MINUTES, MINUTES, st.sampled_from(list(State)), st.booleans()), max_size=8
)
WEIGHTS = (
    st.lists(st.integers(0, WHOLE), min_size=3, max_size=3)
    .map(sorted)
    .map(lambda told: Weights(degraded=told[0], partial=told[1], major=told[2]))
)


def moment(minute: int) -> datetime:
    return FIRST + timedelta(minutes=minute)


def spans_of(told: list[tuple[int, int, State, bool]]) -> list[Span]:
    return [
        Span("checkout", state, moment(min(a, b)), None if is_open else moment(max(a, b)))
        for a, b, state, is_open in told
        if state != State.OPERATIONAL
    ]


def counted(
    told: list[tuple[int, int, State, bool]], first: int, last: int, weights: Weights
) -> Fraction:
    """The same by another way: minute for minute, and each by its worst state."""
    worst = [0] * (last - first)
    for a, b, state, is_open in told:
        end = last if is_open else max(a, b)
        for minute in range(max(min(a, b), first), min(end, last)):
            worst[minute - first] = max(worst[minute - first], ORDER.index(state))
    down = sum(worst.count(n) * weights.of(state) for n, state in enumerate(ORDER))
    return 1 - Fraction(down, WHOLE * (last - first))


@given(SPANS, MINUTES, MINUTES, MINUTES, WEIGHTS)
def test_any_window_agrees_with_a_count_of_its_minutes(
    told: list[tuple[int, int, State, bool]], a: int, b: int, began: int, weights: Weights
) -> None:
    node = a_node("Checkout", created_at=moment(began))
    start, end = min(a, b), max(a, b)

    found = uptime.over(node, spans_of(told), moment(start), moment(end), zone=ZONE)

    first = max(start, began)
    if first >= end:
        assert found is None
        return
    assert found is not None
    assert found.observed == timedelta(minutes=end - first)
    assert found.share(weights) == counted(told, first, end, weights)
    assert 0 <= found.share(weights) <= 1


@given(SPANS, MINUTES, WEIGHTS)
def test_a_window_is_the_weighted_mean_of_its_days(
    told: list[tuple[int, int, State, bool]], began: int, weights: Weights
) -> None:
    node, spans = a_node("Checkout", created_at=moment(began)), spans_of(told)
    edges = [*bars.midnights(NOON, ZONE)[:-1], NOON]

    days = [
        uptime.over(node, spans, since, until, zone=ZONE)
        for since, until in itertools.pairwise(edges)
    ]
    whole = uptime.over(node, spans, edges[0], NOON, zone=ZONE)

    seen = [(day.observed // uptime.MICROSECOND, day.share(weights)) for day in days if day]
    if not seen:
        assert whole is None
        return
    assert whole is not None
    mean = sum(length * share for length, share in seen) / sum(length for length, _share in seen)
    assert whole.share(weights) == mean
    assert all(0 <= share <= 1 for _length, share in seen)


@given(SPANS, MINUTES, WEIGHTS)
def test_the_bars_say_the_same_of_ninety_days(
    told: list[tuple[int, int, State, bool]], began: int, weights: Weights
) -> None:
    node, spans = a_node("Checkout", created_at=moment(began)), spans_of(told)

    drawn = bars.bars(node, spans, at=NOON, zone=ZONE, weights=weights)
    whole = uptime.over(node, spans, bars.midnights(NOON, ZONE)[0], NOON, zone=ZONE)

    assert drawn.uptime == (uptime.percent(whole.share(weights)) if whole else None)


def test_a_group_is_the_mean_of_what_was_observed() -> None:
    down = uptime.Uptime(timedelta(hours=10), {State.MAJOR: timedelta(hours=1)})
    well = uptime.Uptime(timedelta(hours=1), {})

    assert uptime.mean([down, None, well], USUAL) == Fraction(95, 100)
    assert uptime.mean([None], USUAL) is None


def test_a_figure_is_cut_and_never_rounded() -> None:
    assert uptime.percent(Fraction(999_999, 1_000_000)) == 99.99
    assert uptime.percent(Fraction(999_999, 1_000_000), 4) == 99.9999
    assert uptime.percent(Fraction(1)) == 100
    assert uptime.percent(Fraction(0)) == 0


def test_before_its_start_date_a_component_was_not_observed() -> None:
    node = a_node("Checkout", created_at=later(-90 * 24 * 60), start_date=date(2026, 11, 20))

    found = uptime.over(node, (), later(-90 * 24 * 60), NOON, zone="Etc/UTC")

    assert found is not None
    assert found.observed == timedelta(days=3, hours=12)
    assert uptime.over(node, (), later(-90 * 24 * 60), later(-80 * 24 * 60), zone=ZONE) is None


@given(SPANS, MINUTES, MINUTES)
def test_a_chronicle_leaves_out_nothing_that_touched_a_stretch(
    told: list[tuple[int, int, State, bool]], a: int, b: int
) -> None:
    spans = spans_of(told)
    start, end = moment(min(a, b)), moment(max(a, b))

    found = uptime.Chronicle(reversed(spans)).between(start, end)

    assert uptime.time_in(found, start, end) == uptime.time_in(spans, start, end)


def test_a_chronicle_does_not_look_through_ten_thousand_for_those_of_a_day() -> None:
    hours = [FIRST + timedelta(hours=4 * number) for number in range(10_000)]
    spans = [Span("checkout", State.MAJOR, at, at + timedelta(minutes=30)) for at in hours]

    found = uptime.Chronicle(spans).between(hours[5000], hours[5006])

    assert list(found) == spans[5000:5006]
