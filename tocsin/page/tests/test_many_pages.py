"""Many pages in one house: a word goes before what the clock made due."""

from collections.abc import Callable

import pytest

from tests.cast import a_page, an_incident, later
from tocsin.catalogue.shelf import Brand
from tocsin.page import site
from tocsin.worker import lanes

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages() -> list[Brand]:
    made = [a_page(name=name) for name in ("Ash", "Beech", "Cedar", "Oak")]
    lanes.drain((site.compile,), later(0))
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
