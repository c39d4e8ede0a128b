import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from pytest_django.fixtures import Settings

from tests.cast import a_page
from tocsin.announcements import progress
from tocsin.catalogue import shelf
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.statements import published

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NIGHT = """\
name: {en: A short night}
about: A test.
opens: "22:00"
readers: [{name: sam}]
story:
  - at: "22:02"
    alert: {title: 5xx, component: checkout}
  - at: "22:04"
    declare: {name: {en: Checkout fails}, components: {checkout: major_outage}}
  - at: "22:34"
    say: {phase: resolved, words: {en: {headline: Over, body: "It failed from {22:02} on."}}}
"""

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_directories")]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """Nine in the morning, and whoever sleeps moves the clock on."""
    with time_machine.travel(NINE, tick=False) as traveller:
        monkeypatch.setattr(time, "sleep", traveller.shift)
        yield traveller


@pytest.fixture
def night(tmp_path: Path) -> str:
    file = tmp_path / "night.yaml"
    file.write_text(NIGHT, "utf-8")
    return str(file)


def test_a_night_is_told_quicker_than_it_was_at_times_that_really_are(
    clock: time_machine.Traveller, night: str
) -> None:
    result = tocsin("demo", "play", night, "--speed", "120")

    assert result.exit_code == 0, result.output
    assert (
        "22:04     Olu declares: Checkout fails\n          No. 1 tells 1 of 1: Sam" in result.output
    )
    page = shelf.brand("linden")
    (story,) = published.recent_stories(page.audience_id)
    assert story.resolved_at is not None
    assert (story.resolved_at - story.opened_at).total_seconds() == pytest.approx(15, abs=1)
    assert "It failed from 09:00 UTC on." in story.words.layers["en"].body
    assert progress.counts(page.id).delivered == 2
    assert chain.verify().faults == []


def test_scripts_are_told_what_happened(clock: time_machine.Traveller, night: str) -> None:
    told = facts("demo", "play", night, "--speed", "3600")

    assert [(one["clock"], one["publication"]) for one in told] == [
        ("22:02", None),
        ("22:04", 1),
        ("22:34", 2),
    ]
    assert told[2]["told"] == {"delivered": 1, "of": 1}


def test_a_night_plays_beside_the_demo_s_own(clock: time_machine.Traveller, night: str) -> None:
    tocsin("demo", "play", night, "--speed", "3600")
    tocsin("demo", "play", night, "--speed", "3600")

    page = shelf.brand("linden")
    assert len(published.recent_stories(page.audience_id)) == 2
    assert declaration.open_incidents(page.id) == []


def test_stopped_half_way_it_says_what_stays_open(
    clock: time_machine.Traveller, night: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(seconds: float) -> None:
        if declaration.open_incidents():
            raise KeyboardInterrupt
        clock.shift(seconds)

    monkeypatch.setattr(time, "sleep", sleep)

    result = tocsin("demo", "play", night)

    (left,) = declaration.open_incidents()
    assert result.exit_code == 1
    assert result.stderr.strip() == f"Stopped at 22:34. Close it: tocsin resolve {left.id}."


def test_a_page_in_earnest_is_never_played_on(night: str) -> None:
    a_page(name="Our firm")

    result = tocsin("demo", "play", night)

    assert result.exit_code == 1
    assert "TOCSIN_DATA_DIR=demo tocsin demo play" in result.stderr
    assert published.last_number(shelf.pages()[0].audience_id) == 0


def test_where_mail_really_leaves_nobody_is_told_of_a_fiction(
    night: str, settings: Settings
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, smtp_url="smtp://relay.invalid:25")

    result = tocsin("demo", "play", night)

    assert result.exit_code == 1
    assert "people who do not exist" in result.stderr
    assert shelf.pages() == []


def test_the_nights_that_come_along_are_listed() -> None:
    assert [one["scenario"] for one in facts("demo", "list")] == [
        "checkout",
        "sign-in",
        "transfers",
    ]
    assert "Checkout refuses orders" in tocsin("demo", "list").output


def test_a_file_is_checked_before_it_is_played(tmp_path: Path, night: str) -> None:
    assert "3 steps, from 22:00 to 22:34." in tocsin("demo", "check", night).output
    broken = tmp_path / "broken.yaml"
    broken.write_text(NIGHT.replace("checkout:", "chekout:"), "utf-8")

    for act in ("check", "play"):
        result = tocsin("demo", act, str(broken))
        assert result.exit_code == 1
        assert result.stderr.startswith("Line 9: This has no “chekout”.")
    assert shelf.pages() == []


def test_editors_are_given_a_schema() -> None:
    told = json.loads(tocsin("demo", "schema").output)

    assert told["title"] == "Tocsin scenario"
    assert "story" in told["required"]
