"""What other people's clients make of us, unmodified, over HTTP."""

import json
from datetime import UTC, datetime, timedelta

import feedparser
import icalendar
import pytest
from playwright.sync_api import Browser, expect

from tests.clients.conftest import CLIENTS, Town
from tests.clients.elsewhere import Elsewhere
from tests.serving import until

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("clients")]

WIDGET = CLIENTS / "node_modules" / "@statuspage" / "status-widget" / "dist" / "index.js"


def test_an_npm_reader_reads_the_whole_public_api(town: Town) -> None:
    told = town.runs("read.js", town.url)

    assert told["areTimes"]
    assert told["summary"]["page"]["id"] == town.page_id
    assert told["status"]["status"]["indicator"] in {"major", "critical"}
    assert town.incident in [one["id"] for one in told["unresolvedIncidents"]["incidents"]]
    assert town.incident in [one["id"] for one in told["allIncidents"]["incidents"]]
    assert sum(told["children"]) > 0
    for name in ("all", "active", "upcoming"):
        assert "scheduled_maintenances" in told[f"{name}ScheduledMaintenances"]


def test_the_official_widget_shows_it_on_a_page_of_another_origin(
    town: Town, chromium: Browser, elsewhere: Elsewhere
) -> None:
    elsewhere.files["/widget.js"] = WIDGET.read_bytes()
    widget = f"<statuspage-widget src='{town.url}' %s></statuspage-widget>"
    elsewhere.files["/"] = (
        "<!doctype html><title>Shop</title><script src='/widget.js'></script>"
        f"{widget % ''}{widget % 'appearance=badge title=Linden'}"
    ).encode()
    tab = chromium.new_page()

    tab.goto(elsewhere.url)

    shown = town.house.summary()["status"]
    expect(tab.locator(".status-text").first).to_have_text(shown["description"])
    mark = tab.locator(".status-indicator").first
    expect(mark).to_have_class(f"status-indicator {shown['indicator']}")
    expect(tab.locator("statuspage-widget").last).to_contain_text("Linden")
    tab.close()


def test_feed_readers_read_atom_and_rss(town: Town) -> None:
    for path in ("/history.atom", "/history.rss", "/fr/history.atom", "/fr/history.rss"):
        answer = town.house.read(path)
        parsed = feedparser.parse(answer.body, response_headers=dict(answer.headers))

        assert not parsed.bozo, path
        links = [entry.link for entry in parsed.entries]
        assert any(link.endswith(f"/incidents/{town.incident}") for link in links), path


def test_calendars_read_what_is_planned(town: Town) -> None:
    starts_at = datetime.now(UTC) + timedelta(days=2)
    words = ("--component", "cart=under_maintenance", "--from", starts_at.isoformat())
    town.house.told_by("maintenance", "plan", "We move the cart", *words, "--for", "30m")

    def found() -> list[str]:
        calendar = icalendar.Calendar.from_ical(town.house.read("/maintenance.ics").body)
        return [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]

    until(lambda: any("We move the cart" in name for name in found()), "it is planned", within=20)


def test_the_history_is_paged_through_to_its_end(town: Town) -> None:
    def codes() -> list[str]:
        found: list[str] = []
        for page in range(1, 41):
            told = json.loads(town.house.read(f"/history.json?page={page}").body)
            if not told["months"]:
                return found
            found += [one["code"] for month in told["months"] for one in month["incidents"]]
        raise AssertionError("the history has no end")

    # The archive follows the head.
    until(lambda: town.incident in codes(), "the incident is in the history", within=60)

    told = codes()
    assert len(told) == len(set(told))
