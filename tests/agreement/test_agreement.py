"""Head, API, feed and mails never contradict each other, whatever was said and whenever."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from dateutil.rrule import rrulestr
from django.conf import settings as installed
from django.test import override_settings
from hypothesis import example, given, settings
from hypothesis.extra.django import TestCase

from tests import cast
from tests.agreement.history import BESIDE_A_CIRCLE, Step, World, histories
from tests.agreement.shown import LETTER_OF, Page, mailed_to
from tocsin.catalogue import shelf
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Indicator, worst_indicator
from tocsin.journal import chain
from tocsin.page import badge, labels, memory
from tocsin.page.statuspage import stamp
from tocsin.statements import cadence, publication, published
from tocsin.statements.published import Kind

PLANNED = "scheduled_maintenances"
SAID_TO_ALL = (
    ("components", "components"),
    ("incidents", "incidents"),
    ("scheduled-maintenances", PLANNED),
)
BAO = "bao@reader.example"
# Where each notice of a status.txt leads to.
ADDRESSES = re.compile(r"^  http\S+/(?:incidents|maintenance)/([a-z0-9]{12})$", re.MULTILINE)
LETTERS = {told.value: letter for told, letter in labels.LETTERS.items()}


class WhateverHappens(TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-agreement-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    @settings(max_examples=8, deadline=None)
    @example(BESIDE_A_CIRCLE)
    @given(histories())
    def test_no_two_surfaces_say_otherwise(self, steps: list[Step]) -> None:
        own = Path(tempfile.mkdtemp(dir=self.folder))
        told = replace(
            installed.TOCSIN,
            data_dir=own,
            site_dir=own / "site",
            private_dir=own / "private",
            outbox_dir=own / "outbox",
            smtp_url=None,
        )
        with override_settings(TOCSIN=told):
            memory.forget()
            world = World.new()
            for step in steps:
                world.live(step)
                _agree(world)
            assert publication.faults() == []
            assert chain.verify().faults == []


def _agree(world: World) -> None:
    for seen in world.views:
        page = Page(seen.page)
        _one_state_of_things(seen, page)
        _one_set_of_incidents(page)
        _one_set_of_planned_work(page)
        _the_calendar_says_when(seen, page)
        _the_same_words_in_the_feed(page)
        _the_same_in_a_terminal_and_on_a_badge(page)
        _overdue_everywhere_or_nowhere(seen, page)
        _no_language_is_forgotten(seen, page)
        _nothing_that_was_taken_out(seen, page)
        _as_everyone_is_told(world, page)
    _every_word_in_the_mail(world)


def _as_everyone_is_told(world: World, page: Page) -> None:
    """A circle that is told nothing of its own reads what everyone does, whenever it was opened."""
    everyone = Page(world.page)
    for name, told in SAID_TO_ALL:
        assert [facts(one) for one in page.api(name)[told]] == [
            facts(one) for one in everyone.api(name)[told]
        ]


def facts(told: dict[str, Any]) -> tuple[Any, ...]:
    """What does not differ between audiences: ids of updates, and addresses, are each one's own."""
    said = [
        (one["status"], one["body"], one["display_at"]) for one in told.get("incident_updates", [])
    ]
    return told["id"], told["status"], told.get("impact"), told.get("scheduled_for"), said


def _one_state_of_things(world: World, page: Page) -> None:
    summary, record = page.api("summary"), page.record()
    indicator = summary["status"]["indicator"]
    rows = {row["id"]: row for row in summary["components"]}

    assert page.api("status")["status"] == summary["status"]
    assert page.api("components")["components"] == summary["components"]
    assert record["indicator"] == indicator
    for language in ("en", "fr"):
        front = page.front(language)
        assert front.letter == LETTERS[indicator]
        assert front.letters == {
            node.named(language): LETTER_OF[rows[node.id]["status"]]
            for node in shelf.components_of(world.page.id)
        }
    heaviest = worst_indicator([Indicator(told["impact"]) for told in summary["incidents"]])
    is_red = indicator in ("major", "critical")
    all_green = all(row["status"] == "operational" for row in rows.values())
    assert not (is_red and all_green), "a red headline over components that all work"
    assert worst_indicator([heaviest, Indicator(indicator)]) == Indicator(indicator)


def _one_set_of_incidents(page: Page) -> None:
    unresolved = page.api("incidents/unresolved")["incidents"]
    everything = page.api("incidents")["incidents"]
    keys = {told["id"] for told in unresolved}

    assert page.api("summary")["incidents"] == unresolved
    assert unresolved == [told for told in everything if told["resolved_at"] is None]
    assert {told["id"] for told in page.record()["open"]} == keys
    under_way = {told["id"] for told in page.api("scheduled-maintenances/active")[PLANNED]}
    for language in ("en", "fr"):
        assert page.front(language).open == keys | under_way
    for told in everything:
        alone = page.api(f"incidents/{told['id']}")["incident"]
        assert alone["incident_updates"] == told["incident_updates"]
        assert (alone["status"], alone["impact"]) == (told["status"], told["impact"])


def _one_set_of_planned_work(page: Page) -> None:
    summary, everything = page.api("summary"), page.api("scheduled-maintenances")[PLANNED]
    upcoming = page.api("scheduled-maintenances/upcoming")[PLANNED]
    active = page.api("scheduled-maintenances/active")[PLANNED]
    indicator = summary["status"]["indicator"]

    assert {told["status"] for told in upcoming} <= {"scheduled"}
    assert {told["status"] for told in active} <= {"in_progress", "verifying"}
    not_over = [told for told in everything if told["status"] != "completed"]
    assert _by_window(summary[PLANNED]) == _by_window(not_over) == _by_window([*upcoming, *active])
    assert not active or indicator != "none", "work under way is never well and good"
    for told in upcoming:
        assert told["scheduled_for"] > summary["page"]["updated_at"], "its window is still to come"
    for told in everything:
        alone = page.api(f"scheduled-maintenances/{told['id']}")["scheduled_maintenance"]
        assert alone["incident_updates"] == told["incident_updates"]
        assert f"{told['id']}" in page.bytes(f"maintenance/{told['id']}/index.html").decode()
    fronts = [page.front(language).planned for language in ("en", "fr")]
    assert fronts[0] == fronts[1]
    assert bool(upcoming) <= bool(fronts[0])
    assert fronts[0] <= {told["id"] for told in everything} - {told["id"] for told in active}


def _by_window(told: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return sorted((work["scheduled_for"], work["id"], work["status"]) for work in told)


def _the_calendar_says_when(world: World, page: Page) -> None:
    """Each window once, at its time, and of a series no time that the API does not have too."""
    everything = {told["id"]: told for told in page.api("scheduled-maintenances")[PLANNED]}
    events = page.events()
    windows = [event for event in events if "RRULE" not in event]
    told = {str(event["URL"]).rpartition("/")[2]: event for event in windows}

    assert len(told) == len(windows)
    assert set(told) == set(everything)
    for key, event in told.items():
        window = everything[key]
        assert stamp(event["DTSTART"].dt) == window["scheduled_for"]
        assert stamp(event["DTEND"].dt) == window["scheduled_until"]
        assert (event["STATUS"] == "CANCELLED") == (_last_phase(world, key) == Phase.CANCELLED)
        assert event["SEQUENCE"] >= 0
        assert str(event["UID"]).partition("@")[2]
    for master in (event for event in events if "RRULE" in event):
        own = [event for event in windows if event["UID"] == master["UID"]]
        ruled = rrulestr(
            master["RRULE"].to_ical().decode(), dtstart=master["DTSTART"].dt.astimezone(UTC)
        )
        assert {event["RECURRENCE-ID"].dt.astimezone(UTC) for event in own} <= set(ruled)


def _last_phase(world: World, key: str) -> Phase:
    story = published.story(world.page.audience_id, key)
    assert story is not None
    return story.phase


def _the_same_words_in_the_feed(page: Page) -> None:
    everything = page.api("incidents")["incidents"]
    planned = page.api("scheduled-maintenances")[PLANNED]
    outlasted = {told["id"] for told in everything} & {told["id"] for told in planned}
    feed = page.feed()

    assert set(feed) == {told["id"] for told in (*everything, *planned)}
    for told in (*everything, *planned):
        if told["id"] not in outlasted:
            # Clients of the API know no correction: to them it is an update.
            told_labels = [
                "Update" if label == "Correction" else label for label in feed[told["id"]]
            ]
            assert told_labels == list(_labels(told["incident_updates"]))


def _the_same_in_a_terminal_and_on_a_badge(page: Page) -> None:
    indicator = Indicator(page.api("status")["status"]["indicator"])

    for language, prefix, late in (("en", "", "word overdue"), ("fr", "fr/", "point en retard")):
        front, told = page.front(language), page.bytes(f"{prefix}status.txt").decode()
        assert set(ADDRESSES.findall(told)) == front.open | front.planned
        assert " ".join(told.split()).count(late) == len(front.overdue)  # lines end where they may
        assert badge.COLOURS[indicator].encode() in page.bytes(f"{prefix}badge.svg")
    items = json.loads(page.bytes("feed.json"))["items"]
    assert {item["id"].rpartition("/")[2] for item in items} == set(page.feed())


def _labels(updates: list[dict[str, str]]) -> Iterable[str]:
    """What status readers call each update, newest first: a repeated status is an update."""
    statuses = [update["status"] for update in updates]
    for status, before in pairwise([*statuses, ""]):
        yield "Update" if status == before else status.replace("_", " ").capitalize()


def _overdue_everywhere_or_nowhere(world: World, page: Page) -> None:
    at = world.night.now
    late = {owed.incident_id for owed in cadence.owed_words() if owed.is_overdue(at)}

    for language in ("en", "fr"):
        assert page.front(language).overdue == late


def _no_language_is_forgotten(world: World, page: Page) -> None:
    """French readers see by when theirs follows, or that it is late, as long as it is owed."""
    stories = published.open_stories(world.page.audience_id)
    dues = [due for story in stories if (due := story.translation_due("fr"))]
    late = [due for due in dues if world.night.now > due + timedelta(minutes=5)]
    french = page.bytes("fr/index.html").decode()

    assert french.count("traduction en retard") == len(late)
    assert french.count("traduction au plus tard") == len(dues) - len(late)
    assert "translation" not in page.bytes("index.html").decode(), "all is there in English"


def _every_word_in_the_mail(world: World) -> None:
    announced = {
        said.id: said
        for said in published.numbered(world.page.audience_id, after=0)
        if said.announces
    }
    told = mailed_to(cast.SAM)
    in_french = {key for key, said in announced.items() if said.kind == Kind.TRANSLATION}

    assert set(mailed_to(BAO)) == set(announced)
    assert set(told) == set(announced) - in_french
    announced = {key: said for key, said in announced.items() if key in told}
    for key, said in announced.items():
        assert said.words is not None
        assert said.words.layers["en"].headline in told[key]


def _nothing_that_was_taken_out(world: World, page: Page) -> None:
    held = b"".join(path.read_bytes() for path in page.files()) if world.taken_out else b""
    assert [secret for secret in world.taken_out if secret.encode() in held] == []
