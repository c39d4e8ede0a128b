import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenTab, wait_for_number
from tests.serving import House

pytestmark = pytest.mark.browser
TOKYO = ZoneInfo("Asia/Tokyo")


def test_the_page_is_whole_without_a_script(open_tab: OpenTab, incident: str) -> None:
    tab = open_tab(java_script_enabled=False)

    tab.goto("/")

    expect(tab.get_by_role("heading", level=1)).to_have_text("The cart is empty")
    expect(tab.get_by_text("Next word by").first).to_be_visible()
    expect(tab.get_by_role("heading", name="Everything we run")).to_be_visible()
    tab.locator("summary", has_text="Timeline").first.click()
    expect(tab.get_by_text("The cart loses what you put in it.").last).to_be_visible()
    tab.get_by_role("link", name="Link to this incident").click()
    assert tab.url.endswith(f"/incidents/{incident}")
    expect(tab.get_by_role("heading", level=1)).to_have_text("The cart is empty")


def test_the_next_word_counts_down(open_tab: OpenTab, incident: str) -> None:
    tab = open_tab()

    tab.goto("/")

    expect(tab.locator("[data-due]").first).to_have_text(re.compile(r"^in \d+ minutes?$"))


def test_a_time_that_is_pointed_at_tells_itself_in_full(open_tab: OpenTab, incident: str) -> None:
    tab = open_tab(timezone_id="Asia/Tokyo")
    tab.goto("/")
    time = tab.locator(".next time").first
    at = datetime.fromisoformat(time.get_attribute("datetime") or "").astimezone(TOKYO)

    time.hover()

    expect(time).to_have_attribute("title", re.compile(f"{at.year} at {at:%-I:%M}"))
    expect(tab.locator(".next").first).to_contain_text(f"({at:%H:%M}, your time)")


def test_a_new_word_arrives_without_a_reload(
    house: House, open_tab: OpenTab, incident: str
) -> None:
    tab = open_tab()
    tab.goto("/#c-cart")
    of_cart = tab.locator("details.c[open]", has_text=re.compile("^Cart"))
    expect(of_cart).to_have_count(1)
    tab.evaluate("window.isStillHere = true")
    tab.locator("summary", has_text="Timeline").first.click()

    said = house.told_by("update", incident, "--say", "We put the contents back, shop by shop.")

    expect(tab.get_by_text("We put the contents back").first).to_be_visible()
    expect(tab.locator("footer")).to_contain_text(f"no. {said['publication']}")
    expect(tab.get_by_role("status").filter(has_text="just updated")).to_have_count(1)
    assert tab.evaluate("window.isStillHere")
    expect(of_cart).to_have_count(1)
    assert (
        tab.locator("summary", has_text="Timeline").first.locator("..").get_attribute("open") == ""
    )


def test_french_readers_are_met_in_french(house: House, open_tab: OpenTab) -> None:
    words = ("--component", "search=partial_outage", "--say", "Search is slow.")
    french = ("--say-in", "fr", "La recherche est lente.", "--headline-in", "fr", "Recherche lente")
    told = house.told_by("declare", "Search is slow", *words, *french)
    wait_for_number(house, told["publication"])
    tab = open_tab(locale="fr-FR")

    tab.goto("/")
    tab.get_by_role("link", name="Français").click()

    assert tab.url.endswith("/fr/")
    assert tab.locator("html").get_attribute("lang") == "fr"
    expect(tab.get_by_text("Recherche lente").first).to_be_visible()
    expect(tab.get_by_role("heading", name="Everything we run")).to_have_count(0)
    house.tocsin("resolve", told["incident"], "--say", "Search is quick again.")


def test_words_of_one_language_are_marked_in_the_other(open_tab: OpenTab, incident: str) -> None:
    tab = open_tab()

    tab.goto(f"/fr/incidents/{incident}")

    assert tab.locator("html").get_attribute("lang") == "fr"
    foreign = tab.locator("[lang=en]", has_text="The cart loses what you put in it.")
    expect(foreign.first).to_be_visible()


PATHS = ("/", "/fr/", "/history", "/incidents/{incident}", "/c/checkout", "/subscribe")


def test_a_phone_needs_no_sideways_scroll(open_tab: OpenTab, incident: str) -> None:
    tab = open_tab(**PHONE)

    for path in PATHS:
        tab.goto(path.format(incident=incident))

        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_letters_of_twice_the_size_need_none_either(open_tab: OpenTab, incident: str) -> None:
    tab = open_tab(**PHONE)

    for path in PATHS:
        tab.goto(path.format(incident=incident))
        tab.evaluate("document.documentElement.style.fontSize = '200%'")
        tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_hostile_words_are_shown_and_never_run(house: House, open_tab: OpenTab) -> None:
    hostile = (
        "<script>window.wasRun = true</script><img src=x onerror='window.wasRun = true'> "
        "[here](javascript:window.wasRun=true) <style>body{display:none}</style>"
    )
    words = ("--component", "cart=degraded_performance", "--say", hostile)
    told = house.told_by("declare", "<script>window.wasRun = true</script>", *words)
    wait_for_number(house, told["publication"])
    tab = open_tab()

    for path in ("/", f"/incidents/{told['incident']}", "/history"):
        tab.goto(path)

        expect(tab.locator("main")).to_be_visible()
        assert tab.evaluate("window.wasRun") is None
        assert tab.locator("main script, main style, main img, [onerror]").count() == 0
        assert tab.locator("a[href^='javascript']").count() == 0
    assert json.loads(house.read("/api/v2/summary.json").body)["incidents"]
    house.tocsin("resolve", told["incident"], "--say", "It is over.")
