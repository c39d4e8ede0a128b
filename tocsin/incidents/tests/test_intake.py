"""What becomes of signals: grouped, damped, placed; in whatever order they come."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON, a_page, an_incident, later
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration, drafted, intake
from tocsin.incidents.drafted import Drafted
from tocsin.incidents.models import Outcome
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.watch import hooks, signals
from tocsin.watch.alerts import Alert
from tocsin.watch.hooks import Door
from tocsin.watch.models import Signal, Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    return a_page()


def a_door(
    page: Brand, *rules: str, group_for: timedelta = timedelta(minutes=5), at: datetime = NOON
) -> Door:
    return hooks.create(
        page.id, Source.GENERIC, rules=rules, group_for=group_for, by=TERMINAL, at=at
    )[0]


def told(
    door: Door,
    name: str,
    minute: float,
    *,
    component: str = "checkout",
    fires: bool = True,
    state: State | None = State.MAJOR,
    severity: Severity | None = None,
    heard: float | None = None,
) -> int:
    """An alert turns at a minute, and is heard then (or later) and taken up."""
    turned = later(minute)
    at = later(minute if heard is None else heard)
    alert = Alert(
        name=name,
        is_firing=fires,
        title=f"{name} of {component}",
        state=state,
        severity=severity,
        occasion=turned.isoformat(),
        labels={"component": component},
        happened_at=turned,
    )
    signals.receive(door, [alert], at=at)
    return intake.take_up(at)


def waiting(page: Brand, minute: float = 60) -> list[Drafted]:
    return drafted.open_ones([page.id], at=later(minute))


def slugs(page: Brand, ids: Iterable[str]) -> set[str]:
    nodes = shelf.components_of(page.id).by_id()
    return {nodes[key].slug for key in ids}


def test_alerts_of_one_component_are_one_however_far_apart(page: Brand) -> None:
    door = a_door(page)
    told(door, "a", 0)
    told(door, "b", 50)

    (one,) = waiting(page)
    assert one.noticed.alerts == 2


def test_a_storm_asks_the_database_as_often_as_one_alert(page: Brand) -> None:
    door = a_door(page)
    told(door, "opens", 0)
    asked = []
    for count in (2, 60):
        alerts = [
            Alert(
                name=f"{count}-{number}",
                is_firing=True,
                title="Down",
                state=State.MAJOR,
                severity=None,
                occasion="now",
                labels={"component": "checkout"},
                happened_at=later(1),
            )
            for number in range(count)
        ]
        signals.receive(door, alerts, at=later(1))
        with CaptureQueriesContext(connection) as queries:
            assert intake.take_up(later(1)) == count
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_alerts_of_others_join_while_it_is_young_and_stand_alone_afterwards(page: Brand) -> None:
    door = a_door(page)
    told(door, "a", 0)
    told(door, "b", 4, component="cart")
    told(door, "c", 20, component="sign-in")

    younger, older = waiting(page)
    assert slugs(page, older.noticed.impacts) == {"checkout", "cart"}
    assert slugs(page, younger.noticed.impacts) == {"sign-in"}


def test_a_hook_may_group_by_component_alone(page: Brand) -> None:
    door = a_door(page, group_for=timedelta(0))
    told(door, "a", 0)
    told(door, "b", 1, component="cart")

    assert len(waiting(page)) == 2


def test_a_group_s_alert_belongs_to_what_is_below_it(page: Brand) -> None:
    door = a_door(page, group_for=timedelta(0))
    told(door, "a", 0, component="shop")
    told(door, "b", 30, component="cart")

    assert len(waiting(page)) == 1


def test_of_a_group_and_what_is_below_it_the_worst_counts(page: Brand) -> None:
    door = a_door(page)
    told(door, "a", 0, component="shop", state=State.DEGRADED)
    told(door, "b", 1, component="cart", state=State.MAJOR)

    (one,) = waiting(page)
    tree = shelf.components_of(page.id)
    found = drafted.on_leaves(one.noticed.impacts, tree)
    nodes = tree.by_id()
    assert {nodes[key].slug: state for key, state in found.items()} == {
        "checkout": State.DEGRADED,
        "cart": State.MAJOR,
    }


def test_pages_never_mix(page: Brand) -> None:
    other = shelf.open_page(name="Ash", by=TERMINAL, at=NOON)
    told(a_door(page), "a", 0)
    told(a_door(other), "a", 0)

    assert len(waiting(page)) == len(waiting(other)) == 1


def test_the_worst_counts_while_it_fires_and_the_severity_follows(page: Brand) -> None:
    door = a_door(page)
    told(door, "slow", 0, state=State.DEGRADED)
    told(door, "down", 1, state=State.MAJOR)
    (worst,) = waiting(page, 2)
    told(door, "down", 3, fires=False)
    (better,) = waiting(page, 4)
    told(door, "slow", 5, fires=False)
    (over,) = waiting(page, 6)

    assert (set(worst.noticed.impacts.values()), worst.noticed.severity) == (
        {State.MAJOR},
        Severity.SEV1,
    )
    assert (set(better.noticed.impacts.values()), better.noticed.severity) == (
        {State.DEGRADED},
        Severity.SEV3,
    )
    assert over.noticed.impacts == {}
    assert over.noticed.over_since == later(5)
    assert worst.revision < better.revision < over.revision


def test_a_severity_that_is_told_outweighs_that_of_the_state(page: Brand) -> None:
    told(a_door(page), "a", 0, state=State.DEGRADED, severity=Severity.SEV1)

    assert waiting(page)[0].noticed.severity == Severity.SEV1


@pytest.mark.parametrize("state", [None, State.OPERATIONAL, State.MAINTENANCE])
def test_what_is_no_trouble_is_recorded_alone(page: Brand, state: State | None) -> None:
    told(a_door(page), "a", 0, state=state)

    assert waiting(page) == []
    assert Signal.objects.get().taken_up_at is not None


def test_rules_come_before_labels_and_may_leave_out(page: Brand) -> None:
    door = a_door(page, "component=check* -> cart:degraded_performance", "component=staging -> -")
    told(door, "a", 0)
    told(door, "b", 1, component="staging")

    (one,) = waiting(page)
    assert slugs(page, one.noticed.impacts) == {"cart"}
    assert set(one.noticed.impacts.values()) == {State.DEGRADED}
    assert one.noticed.alerts == 1


def test_what_nobody_can_place_is_drafted_without_a_component(page: Brand) -> None:
    told(a_door(page), "a", 0, component="nowhere")

    (one,) = waiting(page)
    assert one.noticed.impacts == {}
    assert one.noticed.has_unplaced
    assert one.noticed.severity == Severity.SEV1


def test_in_whatever_order_turns_arrive_the_last_of_them_holds(page: Brand) -> None:
    """F at 1, R at 2, F at 3, R at 4, F at 5: told in each of the 120 orders."""
    door = a_door(page)
    orders = list(permutations([(1, True), (2, False), (3, True), (4, False), (5, True)]))
    for step in range(5):
        at = later(10 + step)
        alerts = [
            Alert(
                name=f"alert {number}",
                is_firing=fires,
                title="x",
                state=State.MAJOR,
                occasion=str(minute),
                labels={"component": "checkout"},
                happened_at=later(minute),
            )
            for number, order in enumerate(orders)
            for minute, fires in [order[step]]
        ]
        signals.receive(door, alerts, at=at)
        intake.take_up(at)

    (one,) = waiting(page, 60)
    assert len(one.noticed.signs) == 120
    assert [sign.alert for sign in one.noticed.signs if not sign.is_firing] == []


def test_an_end_that_overtook_its_beginning_leaves_nothing_firing(page: Brand) -> None:
    door = a_door(page)
    told(door, "a", 5, fires=False)
    told(door, "a", 1, heard=6)

    assert waiting(page) == []


def test_an_alert_that_comes_and_goes_is_no_news_until_it_is_calm(page: Brand) -> None:
    door = a_door(page)
    for minute in (0, 2, 4):
        told(door, "a", minute)
        told(door, "a", minute + 1, fires=False)

    (still,) = waiting(page, 6)
    (calm,) = waiting(page, 11)

    assert (still.noticed.is_over, still.noticed.flapping) == (False, 1)
    assert (calm.noticed.is_over, calm.noticed.flapping) == (True, 0)


def test_a_dismissed_alert_is_no_news_and_another_one_is(page: Brand) -> None:
    door = a_door(page)
    told(door, "a", 0)
    (one,) = waiting(page, 1)
    drafted.dismiss(one.id, reason="a load test", by=TERMINAL, at=later(1))

    told(door, "a", 2, fires=False)
    told(door, "a", 3)
    assert waiting(page, 4) == []

    told(door, "b", 5)
    (two,) = waiting(page, 6)
    assert [sign.alert for sign in two.noticed.signs] == ["b"]


def test_what_a_closed_circle_alone_was_told_hides_nothing_from_everyone(page: Brand) -> None:
    from tocsin.catalogue.models import Access
    from tocsin.statements import circles, word

    circle = circles.open_circle(page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=NOON)
    word.declare(
        page.id,
        title="Checkout is failing for Acme",
        components={"checkout": State.MAJOR},
        audience=circle.audience,
        by=TERMINAL,
        at=NOON,
    )
    told(a_door(page), "a", 1)

    assert len(waiting(page)) == 1


def test_an_alert_that_comes_back_after_its_incident_is_drafted_anew(page: Brand) -> None:
    door = a_door(page)
    incident = an_incident(page).incident_id
    told(door, "a", 1)
    told(door, "a", 2, fires=False)
    assert waiting(page) == []
    declaration.resolve(incident, by=TERMINAL, at=later(10))

    told(door, "a", 20)

    assert len(waiting(page)) == 1


def test_what_has_long_been_over_is_closed_and_the_journal_says_so(page: Brand) -> None:
    door = a_door(page)
    told(door, "a", 0)
    told(door, "a", 1, fires=False)
    told(door, "b", 0, component="cart")
    (one,) = waiting(page, 2)

    assert intake.lapse(later(26 * 60)) == 0  # the cart's still fires
    told(door, "b", 27 * 60, component="cart", fires=False)
    assert intake.lapse(later(28 * 60)) == 0  # it was heard of an hour ago
    assert intake.lapse(later(52 * 60)) == 1

    settled = drafted.drafted(one.id, at=later(52 * 60))
    assert settled.outcome == Outcome.LAPSED
    assert chain.read(("drafted", one.id))[-1].verb == "incidents:drafted:lapsed"


def test_it_was_not_noticed_before_there_was_a_hook(page: Brand) -> None:
    told(a_door(page, at=later(10)), "a", -3000, heard=11)

    assert waiting(page)[0].noticed.detected_at == later(10)


def test_thousands_at_once_are_one_draft_in_few_steps(page: Brand) -> None:
    door = a_door(page)
    alerts = [
        Alert(
            name=f"{number:016x}",
            is_firing=True,
            title="Instance down",
            state=State.MAJOR,
            occasion="1",
            labels={"component": ("checkout", "cart", "sign-in")[number % 3]},
        )
        for number in range(1500)
    ]
    assert signals.receive(door, alerts, at=NOON).new == 1500

    assert intake.take_up(NOON) + intake.take_up(NOON) == 1500
    assert intake.take_up(NOON) == 0

    (one,) = waiting(page)
    assert one.noticed.alerts == one.noticed.firing == 1500
    assert one.revision == 1
