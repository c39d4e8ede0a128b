"""A year later somebody asks what was said, when, by whose leave, and who was told."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.architecture.house import ROOT
from tests.cast import SAM, an_operator
from tests.story.telling import Telling
from tests.story.test_owed_words import turned
from tocsin.cli.main import main
from tocsin.followup.evidence import bundling
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Role
from tocsin.statements import answers, coaching, policies, word

KNOWN_INSIDE = "The vendor's keys expired; we had been warned twice"


def tocsin(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def a_night(night: Telling) -> str:
    """Said, identified with an objection set aside, watched and resolved; a fact stays inside."""
    incident = night.said_first("09:07")
    night.run_lanes()
    known = declaration.known_of(incident)
    declaration.learn(incident, text=KNOWN_INSIDE, by=night.olu, at=night.at("09:12"))
    coaching.wave(
        known,
        rule="en-bla-01",
        phrase="a colleague's change",
        reason="It names nobody, and readers asked.",
        by=night.lea,
        at=night.at("09:20"),
    )
    night.said("09:22", incident, night.identified("We know why", "09:45"), by=night.olu)
    night.run_lanes()
    night.said("10:05", incident, night.watching("10:25"), by=night.olu)
    night.run_lanes()
    return incident


def elsewhere(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A machine of its own: an empty directory, no settings, no data, only the installed code."""
    folder.mkdir()
    return subprocess.run(
        [sys.executable, "-m", "tocsin.cli", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_bundle_is_verified_where_there_is_nothing_else(night: Telling, tmp_path: Path) -> None:
    incident = a_night(night)
    file = tmp_path / "evidence.zip"
    made = bundling.bundle(incident, file, by=night.lea, at=night.at("10:30"))

    told = elsewhere(tmp_path / "empty", "verify", str(file), "--seal", made.seal)

    assert told.returncode == 0, told.stderr
    assert f"evidence.zip is whole: {made.parts} parts" in told.stdout
    assert made.seal in told.stdout
    assert list((tmp_path / "empty").iterdir()) == [], "it makes no data directory of its own"


def test_it_tells_the_story_in_order(night: Telling, tmp_path: Path) -> None:
    incident = a_night(night)
    file = tmp_path / "evidence.zip"
    bundling.bundle(incident, file, by=night.lea, at=night.at("10:30"))

    with zipfile.ZipFile(file) as parts:
        english, french = (parts.read(f"story.{code}.html").decode() for code in ("en", "fr"))

    told = (
        *("No. 1", "An objection was set aside", "a colleague’s change", "It names nobody"),
        *("No. 2", "We know why", "Olu", "the policy", "missed by 20 minutes", "No. 3"),
    )
    places = [english.replace("&#x27;", "’").find(text) for text in told]
    assert -1 not in places, dict(zip(told, places, strict=True))
    assert places[0] < places[1] < places[4] < places[-1]
    assert "Nous savons pourquoi le paiement échoue" in french
    assert "Une objection a été écartée" in french
    assert "la politique, 24 novembre 2026" in french


def test_outsiders_learn_nothing_that_is_known_inside(night: Telling, tmp_path: Path) -> None:
    incident = a_night(night)
    outside, inside = tmp_path / "outside.zip", tmp_path / "inside.zip"
    bundling.bundle(incident, outside, by=night.lea, at=night.at("10:30"))
    bundling.bundle(incident, inside, by=night.lea, at=night.at("10:31"), with_internal=True)

    assert KNOWN_INSIDE.encode() not in outside.read_bytes()
    assert KNOWN_INSIDE.encode() in inside.read_bytes()
    assert SAM.encode() not in outside.read_bytes()
    assert SAM.encode() not in inside.read_bytes()
    assert b"leaves out what was known inside" in outside.read_bytes()
    for file in (outside, inside):
        assert tocsin("verify", str(file)).exit_code == 0


def test_the_same_incident_gives_the_same_bytes(night: Telling, tmp_path: Path) -> None:
    incident = a_night(night)
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    night.at("10:30")
    night.run_lanes()
    made = bundling.bundle(incident, first, by=night.lea, at=night.at("10:30"))
    night.run_lanes()

    again = bundling.bundle(incident, second, by=TERMINAL, at=night.at("11:00"))

    assert second.read_bytes() == first.read_bytes()
    assert again.seal == made.seal
    seals = [entry.detail["seal"] for entry in bundling.exports_of(incident)]
    assert seals == [made.seal, made.seal], "the journal says who took it out, each time"


def test_the_house_says_whether_it_made_it(night: Telling, tmp_path: Path) -> None:
    incident = a_night(night)
    file = tmp_path / "evidence.zip"
    bundling.bundle(incident, file, by=night.lea, at=night.at("10:30"))

    told = tocsin("verify", str(file), "--here")

    assert told.exit_code == 0, told.output
    assert "holds each of its notes" in told.output


@pytest.mark.parametrize("word", ["SEAL", "SHA256SUMS"])
def test_it_is_checked_by_hand_too(night: Telling, tmp_path: Path, word: str) -> None:
    incident = a_night(night)
    file, folder = tmp_path / "evidence.zip", tmp_path / "unpacked"
    bundling.bundle(incident, file, by=night.lea, at=night.at("10:30"))
    with zipfile.ZipFile(file) as parts:
        parts.extractall(folder)

    told = subprocess.run(["sha256sum", "-c", word], cwd=folder, capture_output=True, check=False)

    assert told.returncode == 0, told.stdout


def test_it_tells_that_nobody_answered_and_what_was_said_meanwhile(
    night: Telling, tmp_path: Path
) -> None:
    asks = "clearance:\n  sev1:\n    words: legal\n    within: 15m\n"
    policies.adopt(night.page.id, asks, by=TERMINAL, at=night.at("09:00"))
    mara = an_operator("Mara", Role.LEGAL)
    incident = night.said_first("09:07")
    turned(night, "09:08")
    waits = night.identified("A change of ours broke it", "09:44")
    assert word.say(incident, waits, by=night.olu, at=night.at("09:14")).pending is not None
    turned(night, "09:15", "09:24", "09:25")
    (waiting,) = answers.waiting_of(incident)
    answers.grant(waiting.clearance_id, by=mara.actor, at=night.at("09:41"))
    turned(night, "09:42")
    file = tmp_path / "evidence.zip"

    bundling.bundle(incident, file, by=night.lea, at=night.at("10:30"))

    with zipfile.ZipFile(file) as parts:
        leaves = parts.read("clearances.jsonl").decode()
        notes = parts.read("journal.jsonl").decode()
        english, french = (parts.read(f"story.{code}.html").decode() for code in ("en", "fr"))
    kinds = [json.loads(line)["kind"] for line in leaves.splitlines()]
    assert kinds.count("holding") == 1, "what went out by itself, as what it was"
    assert kinds.count("review") == 1, "and what was consented to later"
    for verb in ("requested", "lapsed", "granted"):
        assert f"statements:clearance:{verb}" in notes
    told = ("Nobody answered", "work continues", "A change of ours broke it", "Mara")
    places = [english.find(text) for text in told]
    assert -1 not in places, dict(zip(told, places, strict=True))
    assert "Personne n" in french
    assert tocsin("verify", str(file), "--here").exit_code == 0
