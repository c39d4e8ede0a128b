"""The picture of the coach: a word written in haste, and where a careful reader would stop."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.screenshots import Studio

HASTY = (
    "An engineer misconfigured the protection in front of sign-in at 12:45 UTC.\n\n"
    "We should be back shortly, and this will never happen again."
)


def shoot(studio: "Studio", incident: str) -> None:
    """Olu types what he would say to a colleague; the coach answers beside it, as he types."""
    path = f"/console/incidents/{incident}/say?phase=identified&way=free"
    tall = {"width": 1160, "height": 800}
    studio.shoot("coach", path, prepare=_hurried, color_scheme="light", viewport=tall)


def _hurried(tab: "Page") -> None:
    tabs = tab.locator("#composer").get_by_role("tab")
    tabs.filter(has_text="French").first.click()
    tab.get_by_label("Say it in French").uncheck()
    tabs.filter(has_text="English").first.click()
    tab.locator("[name='headline.en']").fill("Sign-in issues caused by a configuration mistake")
    tab.locator("[name='body.en']").fill(HASTY)
    # The words below the bar at the top, with the coach beside them.
    tab.locator("legend", has_text="In your own words").evaluate(
        "it => scrollBy(0, it.getBoundingClientRect().top - 90)"
    )
