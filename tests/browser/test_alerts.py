"""From an alert to a published word, in a real browser: the desk shows it, one tap says it."""

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab, violations
from tests.serving import House

pytestmark = pytest.mark.browser

WITHIN = 10_000  # milliseconds: the desk asks every five seconds


def alerted(house: House, name: str, component: str) -> None:
    """A machine calls, at the public address."""
    url = house.told_by("hook", "create", "--source", "generic")["url"]
    path = url[url.index("/hooks/") :]
    body = {"status": "firing", "id": name, "title": name, "component": component}
    call = urllib.request.Request(
        house.base_url + path,
        json.dumps({**body, "severity": "warning"}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(call, timeout=10) as answer:
        assert answer.status == 200


def test_the_desk_shows_what_alerts_drafted_and_one_tap_says_it(
    house: House, open_tab: OpenTab, signed_in: Any
) -> None:
    tab = open_tab(storage_state=signed_in)
    tab.goto("/console/")
    alerted(house, "SlowSearch", "search")

    draft = tab.locator("article.drafted")
    expect(draft).to_contain_text("Product search is slow", timeout=WITHIN)
    assert violations(tab) == []
    draft.get_by_role("button", name="Say it").click()

    tab.wait_for_url("**/console/incidents/*")
    expect(tab.locator("h1")).to_contain_text("Product search is slow")
    expect(tab.locator("main")).to_contain_text("Published as no.")
    incident = tab.url.rpartition("/")[2]
    tab.goto("/console/")
    expect(tab.locator("article.drafted")).to_have_count(0)
    house.told_by("resolve", incident, "--say", "Searching works again.")


def test_a_drafted_incident_is_dismissed_with_a_reason_on_a_telephone(
    house: House, open_tab: OpenTab, signed_in: Any
) -> None:
    alerted(house, "SlowTracking", "tracking")
    tab = open_tab(storage_state=signed_in, viewport={"width": 360, "height": 740})
    tab.goto("/console/")
    tab.locator("article.drafted").get_by_role("link", name="Dismiss").click(timeout=WITHIN)
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360

    tab.get_by_label("Why").fill("a load test")
    tab.get_by_role("button", name="Dismiss").click()

    tab.wait_for_url("**/console/")
    expect(tab.locator("main")).to_contain_text("Dismissed.")


def test_a_hook_s_address_is_shown_once(house: House, open_tab: OpenTab, signed_in: Any) -> None:
    tab = open_tab(storage_state=signed_in)
    tab.goto("/console/hooks")
    tab.get_by_label("Who sends the alerts").select_option("grafana")
    tab.get_by_role("button", name="Make its address").click()

    expect(tab.get_by_label("Address", exact=True)).to_have_value(
        re.compile(r"/hooks/grafana/\S{20,}")
    )
    assert violations(tab) == []
    tab.goto("/console/hooks")
    expect(tab.get_by_label("Address", exact=True)).to_have_count(0)
