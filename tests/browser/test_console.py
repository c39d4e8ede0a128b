import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenTab, invited, join, violations
from tests.serving import House, until

pytestmark = pytest.mark.browser


def test_a_one_time_link_lets_in_once(house: House, open_tab: OpenTab) -> None:
    link = invited(house, "ada")
    first, second = open_tab(), open_tab(java_script_enabled=False)

    join(first, link)

    expect(first.get_by_text("You are Ada.")).to_be_visible()
    answer = second.goto(link)
    assert answer is not None
    assert 400 <= answer.status < 500
    expect(second.locator("main")).to_contain_text("Ask for a new one")


def test_the_console_is_shut_to_strangers(open_tab: OpenTab) -> None:
    tab = open_tab()

    tab.goto("/console/people")

    assert "/console/sign-in" in tab.url


def test_an_operator_declares_says_more_and_resolves(
    house: House, open_tab: OpenTab, signed_in: Any
) -> None:
    tab = open_tab(storage_state=signed_in)

    _declare(tab)
    _shows(house, "We are looking into a problem with the REST API")
    _say_more(tab)
    _shows(house, "Calls are being let in again")
    _resolve(tab)

    until(
        lambda: "Calls are being let in again" not in house.read("/").text,
        "the page no longer shows it as open",
        within=20,
    )


def _declare(tab: Page) -> None:
    tab.goto("/console/")
    tab.get_by_role("link", name="Declare an incident").click()
    tab.locator("#tree").get_by_label("REST API", exact=True).check()
    tab.get_by_role("radio", name="Slow").check()
    expect(tab.locator("#title")).not_to_have_value("")
    expect(tab.locator("#preview")).to_contain_text("Next word by")
    tab.get_by_role("button", name="Publish the holding statement").click()
    tab.wait_for_url(re.compile(r"/console/incidents/[a-z0-9]{12}$"))
    _is_told(tab)


def _is_told(tab: Page) -> None:
    """Everyone has been told; the numbers on the desk move without a hand."""
    here = tab.url
    tab.goto("/console/")
    watch = tab.locator("article.watch", has_text="REST API")
    watch.get_by_role("link", name="each one").click()
    expect(tab.locator("main .great")).to_contain_text(re.compile(r"told (\d+) of \1\b"))
    expect(tab.locator("table tbody tr").first).to_be_visible()
    tab.get_by_role("link", name="Back to the incident").click()
    assert tab.url == here


def _say_more(tab: Page) -> None:
    tab.get_by_role("link", name="Say more").click()
    tab.get_by_role("button", name="Identified").click()
    tab.get_by_role("button", name="Write freely").click()
    publish = tab.get_by_role("button", name=re.compile("^Publish"))
    expect(publish).to_be_disabled()
    _write(tab, "French", "Les appels passent de nouveau", "La porte est **rouverte**.")
    _write(tab, "English", "Calls are being let in again", "The gate is **open again**.")
    tab.get_by_label("How sure are we of the cause?").select_option("suspected")
    preview = tab.locator("#preview")
    expect(preview.get_by_text("Calls are being let in again").first).to_be_visible()
    tab.get_by_role("tab", name="Mail").first.click()
    expect(preview.locator("pre:visible").first).to_contain_text("open again")
    expect(publish).to_be_enabled()
    publish.click()
    tab.wait_for_url(re.compile(r"/console/incidents/[a-z0-9]{12}$"))


def _write(tab: Page, language: str, headline: str, body: str) -> None:
    code = {"English": "en", "French": "fr"}[language]
    tab.locator(f"[name='body.{code}']").wait_for(state="attached")  # the free form has come
    tab.locator("#composer").get_by_role("tab", name=language).first.click()
    tab.locator(f"[name='headline.{code}']").fill(headline)
    tab.locator(f"[name='body.{code}']").fill(body)


def _resolve(tab: Page) -> None:
    tab.get_by_role("link", name="Resolve").click()
    tab.get_by_role("button", name="Write freely").click()
    _write(tab, "French", "L’API REST répond de nouveau", "Chaque appel reçoit une réponse.")
    _write(tab, "English", "The REST API answers again", "Every call is **answered**.")
    publish = tab.get_by_role("button", name=re.compile("^Publish"))
    expect(publish).to_be_enabled()
    publish.click()
    tab.wait_for_url(re.compile(r"/console/incidents/[a-z0-9]{12}$"))


def _shows(house: House, words: str) -> None:
    until(lambda: words in house.read("/").text, f"the page says {words!r}", within=20)


def test_nobody_is_shut_out_of_the_console(
    open_tab: OpenTab, signed_in: Any, screens: list[str]
) -> None:
    tab = open_tab(storage_state=signed_in)

    for screen in screens:
        tab.emulate_media(color_scheme="light")
        tab.goto(screen)
        # A preview is on its way when the screen is there.
        expect(tab.locator(".htmx-request")).to_have_count(0)
        assert violations(tab) == [], (screen, violations(tab))
        tab.emulate_media(color_scheme="dark")  # all that it changes is colours

        assert violations(tab, "color-contrast") == [], screen


def test_the_console_speaks_french(open_tab: OpenTab, signed_in: Any) -> None:
    tab = open_tab(storage_state=signed_in)
    tab.goto("/console/declare")

    tab.get_by_role("button", name="Français").click()

    expect(tab.get_by_role("heading", level=1)).to_have_text("Déclarer un incident")
    tab.get_by_role("button", name="English").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Declare an incident")
