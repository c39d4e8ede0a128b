"""A component's past on disk: every link leads somewhere, and what was taken off is gone."""

import re
from datetime import timedelta

import pytest

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.incidents.plans import Plan
from tocsin.journal.actors import TERMINAL
from tocsin.page.tests.compiling import archived, compiled, resolve, served
from tocsin.statements import maintenance
from tocsin.statements.notices import Script

pytestmark = pytest.mark.django_db
LINK = re.compile(r'href="/((?:fr/)?history/[^"]+/[^"]+)"')


@pytest.fixture
def page() -> Brand:
    page = cast.a_page()
    for days, component in ((0, "checkout"), (40, "checkout"), (41, "sign-in")):
        spoken = cast.an_incident(page, component=component, at=NOON + timedelta(days=days))
        resolve(spoken.incident_id, at=NOON + timedelta(days=days, minutes=30))
    compiled(NOON + timedelta(days=42))
    return page


def test_every_month_of_a_components_page_leads_to_its_incidents(page: Brand) -> None:
    for path in ("c/checkout", "c/shop", "fr/c/checkout"):
        links = LINK.findall(served(page, path).decode())

        assert len(links) == 2
        for link in links:
            assert b"checkout" in served(page, link)
            assert served(page, link).count(b'class="entries"') == 1


def test_a_month_leads_to_each_component_that_was_named_in_it(page: Brand) -> None:
    told = served(page, "history/2027-01").decode()

    assert LINK.findall(told) == [f"history/2027-01/{name}" for name in
                                  ("shop", "checkout", "sign-in")]  # fmt: skip


def test_incidents_of_long_ago_are_named_though_many_came_since(page: Brand) -> None:
    for minutes in range(60):
        spoken = cast.an_incident(page, component="cart", at=later(60 * 24 * 42 + minutes))
        resolve(spoken.incident_id, at=later(60 * 24 * 42 + minutes + 1))
    compiled(NOON + timedelta(days=43))

    told = served(page, "c/sign-in").decode()

    assert "1 incident" in told
    assert 'class="entries"' in told


def test_a_component_that_was_taken_off_leaves_no_page(page: Brand) -> None:
    assert "history/2027-01/sign-in/index.html" in archived(page)
    node = shelf.components_of(page.id).find("sign-in")
    assert node

    shelf.retire_component(node.id, by=TERMINAL, at=NOON + timedelta(days=43))
    compiled(NOON + timedelta(days=43))

    assert not [path for path in archived(page) if "/sign-in/" in path]
    assert "history/2027-01/checkout/index.html" in archived(page)


def test_work_that_was_moved_to_another_month_leaves_no_component_behind(page: Brand) -> None:
    before, moved, two_hours = (timedelta(days=days) for days in (70, 110, 1 / 12))
    plan = Plan(
        title="Moving the orders",
        effects={"cart": State.MAINTENANCE},
        starts_at=NOON + before,
        ends_at=NOON + before + two_hours,
    )
    at = NOON + timedelta(days=43)
    (said,) = maintenance.announce(page.id, plan, Script(), by=TERMINAL, at=at)
    compiled(at)
    assert "history/2027-02/cart/index.html" in archived(page)

    starts_at = NOON + moved
    maintenance.move(
        said.incident_id, starts_at=starts_at, ends_at=starts_at + two_hours, by=TERMINAL, at=at
    )
    compiled(at)

    assert [path for path in archived(page) if "2027-02/cart" in path] == []
    assert "history/2027-03/cart/index.html" in archived(page)
