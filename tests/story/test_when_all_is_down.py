"""When everything is down: somebody shouts, the page says it, and the record takes it in later.

The shout is the real command; while it is night, no lane runs and the database is not asked.
"""

import argparse
import json
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings

from tests.cast import SAM
from tests.story.telling import Telling, both, text_of
from tocsin.cli import shout
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.statements import published, shouts, word
from tocsin.statements.models import Clearance, ClearanceKind
from tocsin.statements.word import Saying

DOWN = "Nobody can reach Linden at the moment. We are on our way to the machines."
EN_PANNE = "Linden est inaccessible pour le moment. Nous nous rendons sur place."


@pytest.fixture
def shouting(night: Telling, monkeypatch: pytest.MonkeyPatch) -> Telling:
    """A page that is up, and an operator who has a terminal and nothing else."""
    monkeypatch.setenv("TOCSIN_SITE_DIR", str(settings.TOCSIN.site_dir))
    night.run_lanes()
    return night


def shouted(*words: str, at: datetime) -> dict[str, Any]:
    """`tocsin shout …` at a moment; returns what became of it."""
    told: argparse.Namespace = shout.parser().parse_args(words)
    (said,) = shout.shout(told, at=at)
    return {"incident": said.shout.about, "release": said.release, "notes": said.notes}


def test_1_the_shout_is_on_the_page_at_once(shouting: Telling) -> None:
    said = shouted(DOWN, "--lang", "fr", EN_PANNE, at=shouting.at("09:12"))

    assert shouting.live() == said["release"] == "0.1"
    page = shouting.reads("index.html")
    assert "Nobody can reach Linden at the moment" in page
    assert "Written in an emergency, by hand, at" in page
    assert "2026-11-24, 09:12 UTC" in page
    assert "Everything is working." not in page
    french = shouting.reads("fr/index.html")
    assert "Linden est inaccessible" in french
    assert "Écrit dans l’urgence, à la main" in french
    (incident,) = shouting.summary()["incidents"]
    assert incident["id"] == said["incident"]
    assert incident["metadata"] == {"tocsin": {"shout": True}}
    assert shouting.summary()["status"]["indicator"] == "critical"
    assert "Nobody can reach Linden" in shouting.reads(f"incidents/{said['incident']}")


def test_2_the_record_takes_it_in_once_with_its_own_time(shouting: Telling) -> None:
    said = shouted(DOWN, "--lang", "fr", EN_PANNE, at=shouting.at("09:12"))

    shouting.at("09:31")
    shouting.run_lanes()
    shouting.run_lanes()

    taken = shouting.latest(said["incident"])
    assert (taken.number, taken.published_at) == (1, shouting.night.when("09:12"))
    assert taken.words is not None
    assert taken.words.layers["fr"].body == EN_PANNE
    assert Clearance.objects.get().kind == ClearanceKind.BREAK_GLASS
    (note,) = [
        entry
        for entry in chain.read(("publication", taken.id))
        if entry.verb == "statements:publication:published"
    ]
    assert (note.kind, note.at) == ("break-glass", shouting.night.when("09:12"))
    assert shouts.waiting() == []
    assert shouting.live() == "1.0"
    page = shouting.reads("index.html")
    assert page.count("<h1") == 1
    assert "Written in an emergency, by hand." in page
    (incident,) = shouting.summary()["incidents"]
    assert incident["metadata"] == {"tocsin": {"shout": True}}


def test_3_readers_are_told_then(shouting: Telling) -> None:
    shouted(DOWN, at=shouting.at("09:12"))
    assert shouting.mails_to(SAM) == []

    shouting.at("09:31")
    shouting.run_lanes()

    (mail,) = shouting.mails_to(SAM)
    assert "We are on our way to the machines." in text_of(mail)


def test_3b_nobody_is_told_of_what_has_grown_too_old(shouting: Telling) -> None:
    shouted(DOWN, at=shouting.at("09:12"))

    shouting.at("15:30")
    shouting.run_lanes()

    assert shouting.mails_to(SAM) == []
    assert "Nobody can reach Linden" in shouting.reads("index.html")


def test_4_a_night_of_several_shouts_that_ends_before_the_database_is_back(
    shouting: Telling,
) -> None:
    first = shouted(DOWN, at=shouting.at("09:12"))["incident"]
    shouted("One of two lines is back.", "--about", first, at=shouting.at("09:40"))
    other = shouted("Mails are late.", "--severity", "sev3", at=shouting.at("09:45"))["incident"]
    shouted("Everything answers again.", "--over", first, at=shouting.at("10:05"))

    page = shouting.reads("index.html")
    assert "Everything answers again" in page
    assert page.index("Mails are late") < page.index("Everything answers again")
    unresolved = json.loads(shouting.reads("api/v2/incidents/unresolved.json"))["incidents"]
    assert [incident["id"] for incident in unresolved] == [other]
    assert shouting.summary()["status"]["indicator"] == "minor"

    shouting.at("10:30")
    shouting.run_lanes()

    story = published.story(shouting.page.audience_id, first)
    assert story is not None
    assert [said.words and said.words.phase for said in story.publications] == [
        Phase.INVESTIGATING,
        Phase.INVESTIGATING,
        Phase.RESOLVED,
    ]
    assert story.resolved_at == shouting.night.when("10:05")
    assert not declaration.known_of(first).is_open
    assert declaration.known_of(other).is_open


def test_5_afterwards_it_is_an_incident_like_any_other(shouting: Telling) -> None:
    incident = shouted(DOWN, at=shouting.at("09:12"))["incident"]
    shouting.at("09:31")
    shouting.run_lanes()

    saying = Saying(phase=Phase.RESOLVED, layers=both("Linden is back", "Linden est de retour"))
    word.say(incident, saying, by=shouting.olu, at=shouting.at("09:50"))
    shouting.run_lanes()

    assert shouting.summary()["incidents"] == []
    assert "Everything is working." in shouting.reads("index.html")
    assert "Written in an emergency, by hand." in shouting.reads(f"incidents/{incident}")


def test_6_an_open_incident_is_shouted_on_about(shouting: Telling) -> None:
    incident = shouting.said_first("09:07")
    shouting.run_lanes()

    shouted("Paying works again.", "--over", incident, at=shouting.at("09:20"))

    assert shouting.summary()["incidents"] == []
    page = shouting.reads("index.html")
    assert page.count(f'id="incident-{incident}"') == 1
    shouting.at("09:31")
    shouting.run_lanes()
    assert not declaration.known_of(incident).is_open
    assert shouting.latest(incident).number == 2
    assert shouting.summary()["components"][0]["status"] == "operational"
