"""Many pages in one house: a word goes before what the clock made due."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.cast import a_page, an_incident, later
from tocsin.announcements import ledger
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.statements import circles
from tocsin.worker import lanes

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages() -> list[Brand]:
    made = [a_page(name=name) for name in ("Ash", "Beech", "Cedar", "Oak")]
    lanes.drain((site.compile, site.settle), later(0))
    return made


def watched(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Brand], None]) -> list[str]:
    """The pages in the order in which they are compiled; ``meanwhile`` acts before each."""
    compiled: list[str] = []
    compile_one = site._compile

    def noting(page: Brand, at: object) -> int:
        meanwhile(page)
        compiled.append(page.slug)
        return compile_one(page, at)  # type: ignore[arg-type]

    monkeypatch.setattr(site, "_compile", noting)
    return compiled


def test_a_page_with_news_goes_first(pages: list[Brand], monkeypatch: pytest.MonkeyPatch) -> None:
    order = watched(monkeypatch, lambda page: None)
    an_incident(pages[2], at=later(10))

    site.compile(later(10))

    assert order[0] == "cedar"
    assert sorted(order) == ["ash", "beech", "cedar", "oak"]


def test_news_of_the_meantime_waits_for_one_page_at_most(
    pages: list[Brand], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def speak(page: Brand) -> None:
        if not said:
            said.append(an_incident(pages[3], at=later(10)).incident_id)

    order = watched(monkeypatch, speak)

    site.compile(later(10))  # every page is due to be confirmed

    assert order[1] == "oak"


@pytest.mark.parametrize("count", [3, 10])  # one query for each would be past both bounds
def test_an_idle_turn_asks_no_more_of_many_audiences_than_of_few(
    count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page = a_page()
    an_incident(page, at=later(0))
    for number in range(count - 1):
        circles.open_circle(
            page.id, name=f"Circle {number}", access=Access.NAMED, by=TERMINAL, at=later(1)
        )
    lanes.drain((site.compile, ledger.announce), later(2))

    with django_assert_max_num_queries(6):
        assert site.compile(later(2)) == 0
    with django_assert_max_num_queries(3):
        assert ledger.announce(later(2)) == 0
