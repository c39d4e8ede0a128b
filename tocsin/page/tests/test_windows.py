from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalogue.tree import Node, State
from tocsin.catalogue.weights import USUAL
from tocsin.page import uptime, windows
from tocsin.page.tests.telling import LONG_AGO, NOON, a_node, later
from tocsin.page.windows import Past
from tocsin.statements.published import Span

ZONE = "Europe/Paris"
YEAR = 400 * 24 * 60  # minutes
MOMENTS = st.integers(0, YEAR).map(lambda minutes: NOON - timedelta(minutes=minutes))
STATES = st.sampled_from([State.MAJOR, State.PARTIAL, State.DEGRADED, State.MAINTENANCE])


def past(
    node: Node,
    *spans: Span,
    placed_at: tuple[datetime, ...] = (),
    planned_at: tuple[datetime, ...] = (),
    zone: str = "Etc/UTC",
) -> Past:
    spans_of = {span.component_id: [one for one in spans if one.component_id == span.component_id]
                for span in spans}  # fmt: skip
    return windows.past(
        node, spans_of, placed_at, (), planned_at=planned_at, at=NOON, zone=zone, weights=USUAL
    )


def down(since: datetime, until: datetime | None, component: str = "checkout") -> Span:
    return Span(component, State.MAJOR, since, until)


def figures(told: Past) -> list[float | None]:
    shares = (window.share for window in told.windows)
    return [None if share is None else uptime.percent(share) for share in shares]


def test_windows_are_days_of_the_calendar_the_last_of_them_today() -> None:
    midnight = datetime(2026, 10, 25, tzinfo=UTC)  # thirty days, today being the last
    before = down(midnight - timedelta(hours=1), midnight)
    within = down(midnight, midnight + timedelta(hours=1))

    assert figures(past(a_node("Checkout"), before))[0] == 100
    assert figures(past(a_node("Checkout"), within))[0] == 99.85
    assert [window.days for window in past(a_node("Checkout")).windows] == [30, 90, 365]


def test_what_was_not_observed_is_no_data_and_never_a_hundred() -> None:
    node = a_node("Checkout", start_date=date(2026, 11, 20))

    month, quarter, year = past(node, down(later(-60), NOON)).windows

    assert month.share == quarter.share == year.share == 1 - Fraction(1, 84)
    assert year.observed_on == date(2026, 11, 20)
    assert figures(past(a_node("Checkout", start_date=date(2026, 12, 1)))) == [None, None, None]


def test_months_go_back_to_the_first_that_was_observed_or_had_an_incident() -> None:
    node = a_node("Checkout", start_date=date(2026, 10, 15))
    told = (datetime(2026, 8, 3, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))

    months = past(node, placed_at=told).months

    assert [(f"{month.on:%m}", month.share, month.incidents) for month in months] == [
        ("11", 1, 1),
        ("10", 1, 0),
        ("09", None, 0),
        ("08", None, 1),
    ]


def test_planned_work_of_a_month_to_come_is_listed_without_a_figure() -> None:
    months = past(a_node("Checkout"), planned_at=(datetime(2026, 12, 5, tzinfo=UTC),)).months

    assert (months[0].on, months[0].share, months[0].is_ahead) == (date(2026, 12, 1), None, True)
    assert (months[0].incidents, months[0].planned) == (0, 1)
    assert not months[1].is_ahead


def test_a_month_is_one_of_the_pages_zone() -> None:
    evening = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # half past midnight in Paris

    months = past(a_node("Checkout"), placed_at=(evening,), zone=ZONE).months

    assert [(month.on.month, month.incidents) for month in months[:2]] == [(11, 1), (10, 0)]


def test_a_group_is_the_mean_of_its_components_whoever_of_them_was_observed() -> None:
    shop = a_node(
        "Shop", a_node("Checkout"), a_node("Cart"), a_node("New", start_date=date(2026, 12, 1))
    )
    half = down(NOON - timedelta(days=400), None)

    month, *_longer = past(shop, half).windows

    assert month.share == Fraction(1, 2)
    assert month.lasted == {}


@given(st.lists(st.tuples(MOMENTS, MOMENTS, STATES), max_size=6), MOMENTS)
def test_the_months_together_are_the_whole_time(
    told: list[tuple[datetime, datetime, State]], began: datetime
) -> None:
    node = a_node("Checkout", created_at=began)
    spans = [Span("checkout", state, min(a, b), max(a, b)) for a, b, state in told]

    found = past(node, *spans, zone=ZONE)

    whole = uptime.over(node, spans, LONG_AGO - timedelta(days=9), NOON, zone=ZONE)
    edges = {month.on: windows.midnight(month.on, ZONE) for month in found.months}
    total = Fraction()
    end = NOON
    for month in found.months:
        start = max(edges[month.on], began)
        if month.share is not None:
            assert 0 <= month.share <= 1
            total += month.share * ((end - start) // uptime.MICROSECOND)
        end = start
    if whole is None:
        assert total == 0
    else:
        assert total == whole.share(USUAL) * (whole.observed // uptime.MICROSECOND)
