"""The notice that opens on other people's pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import PHONE, OpenTab, violations
from tests.clients.elsewhere import Elsewhere
from tests.serving import House

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(house: House) -> Iterator[Elsewhere]:
    """Somebody's web site, in English and in French, that asks for the notice."""
    with Elsewhere() as site:
        for path, language in (("/", "en"), ("/fr.html", "fr-FR")):
            site.files[path] = (
                f"<!doctype html><html lang='{language}'><meta name='viewport' "
                "content='width=device-width'><title>Shop</title><h1>Shop</h1>"
                f"<script src='{house.base_url}/embed/script.js' async></script>"
            ).encode()
        yield site


def notice(tab: Page) -> FrameLocator:
    return tab.frame_locator("iframe")


def test_a_notice_opens_on_a_page_of_another_origin(
    shop: Elsewhere, open_tab: OpenTab, incident: str
) -> None:
    tab = open_tab()

    tab.goto(shop.url)

    expect(tab.locator("iframe")).to_be_visible()
    link = notice(tab).get_by_role("link")
    expect(link).to_have_text("The cart is empty")
    assert (link.get_attribute("href") or "").endswith(f"/incidents/{incident}")
    box = tab.locator("iframe").bounding_box()
    assert box
    assert (box["x"], box["width"], box["height"]) == (60, 320, 115)


def test_a_notice_that_was_closed_stays_closed(
    shop: Elsewhere, open_tab: OpenTab, incident: str
) -> None:
    tab = open_tab()
    tab.goto(shop.url)

    notice(tab).get_by_role("button", name="Close this notice").click()

    expect(tab.locator("iframe")).to_be_hidden()
    tab.reload()
    expect(tab.locator("iframe")).to_have_count(1)
    expect(notice(tab).locator("main")).to_have_count(1)
    expect(tab.locator("iframe")).to_be_hidden()


def test_a_notice_speaks_the_language_of_the_page_around_it(
    shop: Elsewhere, open_tab: OpenTab, incident: str
) -> None:
    tab = open_tab()

    tab.goto(f"{shop.url}/fr.html")

    expect(notice(tab).get_by_role("button", name="Fermer cet avis")).to_be_visible()


def test_on_a_phone_it_lies_along_the_bottom(
    shop: Elsewhere, open_tab: OpenTab, incident: str
) -> None:
    tab = open_tab(**PHONE)

    tab.goto(shop.url)

    expect(tab.locator("iframe")).to_be_visible()
    box = tab.locator("iframe").bounding_box()
    assert box
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 360, 740)


def test_everybody_can_read_and_work_the_notice(
    house: House, open_tab: OpenTab, incident: str
) -> None:
    tab = open_tab()

    tab.goto("/embed/frame")

    expect(tab.get_by_role("link")).to_have_text("The cart is empty")
    assert violations(tab) == []
