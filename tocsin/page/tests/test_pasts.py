from dataclasses import replace
from datetime import date, timedelta

import pytest

from tocsin.catalogue.tree import State
from tocsin.catalogue.weights import Weights
from tocsin.page import html, named
from tocsin.page.pasts import lifetime_of
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import (
    NOON,
    a_brand,
    a_closed_story,
    a_node,
    a_past,
    a_snapshot,
    a_story,
    a_tree,
    a_word,
    later,
)
from tocsin.statements.published import Span

NIGHT = a_closed_story(incident="night0000000", at=NOON - timedelta(days=3))
LAST_NIGHT = Span("checkout", State.MAJOR, NIGHT.started_at, NIGHT.resolved_at)


def component(snapshot: Snapshot, key: str, language: str = "en") -> str:
    node = snapshot.tree.by_id()[key]
    return html.component(snapshot, language, node, a_past(snapshot, node))


def test_a_day_names_its_incidents_with_links() -> None:
    page = component(a_snapshot(NIGHT, spans=(LAST_NIGHT,)), "checkout")

    link = '<a href="/incidents/night0000000">Checkout is failing</a>'
    assert f"<li>20 November: failing, 30 min · {link}</li>" in page


def test_a_day_does_not_name_the_incident_of_another() -> None:
    other = a_closed_story(incident="other0000000", at=NOON - timedelta(days=5))

    page = component(a_snapshot(NIGHT, other, spans=(LAST_NIGHT,)), "checkout")

    (day,) = [line for line in page.splitlines() if 'class="days"' in line]
    assert "other0000000" not in day


@pytest.mark.parametrize(
    ("start", "end", "is_touched"),
    [(-60, 0, False), (-60, 1, True), (29, 60, True), (30, 60, False), (0, 30, True)],
)
def test_an_incident_touches_the_days_between_its_start_and_its_end(
    start: float, end: float, is_touched: bool
) -> None:
    lifetime = lifetime_of(a_closed_story())

    assert lifetime
    assert lifetime.touches(later(start), later(end)) == is_touched


def test_an_open_incident_touches_every_day_since_it_began() -> None:
    lifetime = lifetime_of(a_story())

    assert lifetime
    assert lifetime.touches(later(5000), later(6000))
    assert not lifetime.touches(later(-60), later(0))


def test_uptime_is_told_for_each_window_and_month() -> None:
    page = component(a_snapshot(NIGHT, spans=(LAST_NIGHT,)), "checkout")

    assert "<dt>30 days</dt><dd>99.92\N{NO-BREAK SPACE}% · failing, 30 minutes</dd>" in page
    assert "<dt>365 days</dt>" in page
    month = '<a href="/history/2026-11/checkout">November 2026</a>'
    assert f'{month}<br><span class="soft">99.90\N{NO-BREAK SPACE}% · 1 incident</span>' in page
    october = "<span>October 2026"
    assert f'{october}<br><span class="soft">100\N{NO-BREAK SPACE}% · no incident</span>' in page


def test_before_it_was_observed_there_is_no_data() -> None:
    tree = a_tree(a_node("Checkout", start_date=date(2026, 11, 20)))
    told = component(a_snapshot(tree=tree), "checkout")
    ahead = a_tree(a_node("Checkout", start_date=date(2026, 12, 1)))

    assert "100\N{NO-BREAK SPACE}% · no data before 20 November 2026" in told
    assert "<dt>30 days</dt><dd>no data</dd>" in component(a_snapshot(tree=ahead), "checkout")
    assert "October 2026" not in told


def test_what_counts_as_down_is_said_in_words() -> None:
    usual = component(a_snapshot(), "checkout")
    page = replace(a_brand(), weights=Weights(partial=125, degraded=125))
    chosen = component(a_snapshot(page=page), "checkout", "fr")

    assert (
        "What counts as down: failing (in full), failing for some "
        "(30\N{NO-BREAK SPACE}% of the time), slow (not at all). "
        "Planned maintenance never counts."
    ) in usual
    assert "panne partielle (12,5\N{NO-BREAK SPACE}% du temps)" in chosen


def test_a_group_is_told_as_the_mean_of_what_it_holds() -> None:
    page = component(a_snapshot(NIGHT, spans=(LAST_NIGHT,)), "shop")

    told = "99.96\N{NO-BREAK SPACE}% · the mean of what belongs to it"
    assert f"<dt>30 days</dt><dd>{told}</dd>" in page
    assert '<a href="/history/2026-11/shop">' in page


def test_the_history_leads_to_the_months_of_each_component() -> None:
    page = html.history(a_snapshot(NIGHT), "en", {"2026-11": 1})

    assert '<a href="/c/checkout#months">Checkout</a>' in page
    assert "By component" not in html.history(a_snapshot(), "en", {})


def test_a_month_can_be_narrowed_down_to_a_component_or_a_group() -> None:
    other = a_story(a_word(incident="sign00000000", impacts={"sign-in": State.PARTIAL}))
    snapshot = a_snapshot(NIGHT, other)

    choices = named.choices(snapshot, [other, NIGHT])

    assert [(choice.node.id, len(choice.stories)) for choice in choices] == [
        ("shop", 1),
        ("checkout", 1),
        ("sign-in", 1),
    ]
    of = date(2026, 11, 1)
    whole = html.month(snapshot, "en", of, [other, NIGHT], choices)
    narrow = html.month(snapshot, "en", of, [other, NIGHT], choices, choice=choices[1])
    assert '<a href="/history/2026-11/checkout">Checkout</a>' in whole
    assert "night0000000" in narrow
    assert "sign00000000" not in narrow
    assert '<a href="/history/2026-11">The whole month</a>' in narrow
