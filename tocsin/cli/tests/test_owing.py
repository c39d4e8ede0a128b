"""The policy, late words, long incidents and repair forecasts, from the terminal."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from tests.cast import NOON, a_page, later
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.statements import published
from tocsin.statements.published import Words

pytestmark = pytest.mark.django_db

FASTER = "cadence:\n  sev1:\n    next_word: 10m\n"


@pytest.fixture
def page() -> Brand:
    return a_page()


def words(page: Brand, incident: str) -> Words:
    story = published.story(page.audience_id, incident)
    assert story is not None
    return story.words


def declared_at_noon() -> str:
    with time_machine.travel(NOON, tick=False):
        told = facts("declare", "Checkout is failing", "--component", "checkout=major_outage")
    return str(told["incident"])


def said(minute: float, incident: str, *more: str, command: str = "update") -> None:
    with time_machine.travel(later(minute), tick=False):
        done = tocsin(command, incident, "--say", "The gateway refuses cards.", *more)
    assert done.exit_code == 0, done.output


def test_what_is_shown_can_be_adopted_as_it_is(page: Brand, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(tocsin("policy", "show").stdout)

    assert tocsin("policy", "check", str(file)).stdout == "It can be adopted.\n"
    done = tocsin("policy", "adopt", str(file))

    assert done.stdout == "Linden holds itself to policy no. 1 from now on.\n"
    assert facts("policy", "show")["policy"]["nudges"] == [50, 80, 100]


def test_an_adopted_policy_gives_the_next_word_its_time(page: Brand) -> None:
    told = facts("policy", "adopt", "-", stdin=FASTER)

    assert (told["number"], told["is_new"]) == (1, True)
    assert told["policy"]["cadence"]["sev1"]["investigating"] == "10m"
    assert words(page, declared_at_noon()).next_word_at == later(10)
    assert facts("policy", "adopt", "-", stdin=FASTER)["is_new"] is False


def test_a_faulty_policy_is_refused_by_line_and_changes_nothing(page: Brand) -> None:
    faulty = "cadence:\n  sev1:\n    next_word: soon\n"

    refused = tocsin("policy", "adopt", "-", stdin=faulty)
    checked = tocsin("policy", "check", "-", "--json", stdin=faulty)

    assert refused.exit_code == checked.exit_code == 1
    assert refused.stderr.startswith("Line 3: “soon” is no length of time.")
    (fault,) = json.loads(checked.stdout)["faults"]
    assert fault["line"] == 3
    assert facts("policy", "show")["number"] == 0


def test_a_policy_is_explained_in_words(page: Brand) -> None:
    usual = tocsin("policy", "explain", "sev1", "--phase", "identified").stdout
    tocsin("policy", "adopt", "-", stdin="clearance:\n  sev1:\n    words: legal\n")

    asking = facts("policy", "explain", "sev1", "--phase", "identified")["sentences"]

    assert "needs nobody’s consent" in usual
    assert "Nobody holds that role today" in " ".join(asking)


def test_a_word_that_waits_is_listed_granted_and_said(page: Brand) -> None:
    tocsin("policy", "adopt", "-", stdin="clearance:\n  sev1:\n    words: legal\n")
    tocsin("invite", "lea@linden.example", "--name", "Lea", "--role", "legal")
    incident = declared_at_noon()

    with time_machine.travel(later(3), tick=False):
        waits = facts("update", incident, "--say", "We know why.")
        (listed,) = facts("clear", "list")
        granted = facts("clear", "grant", listed["clearance"], "--as", "lea@linden.example")

    assert waits["publication"] is None
    assert waits["pending"]["clearance"] == listed["clearance"]
    assert granted["publication"] == 2
    assert tocsin("clear", "list").stdout == "Nothing waits for consent.\n"


def test_a_late_word_says_so_first_and_why(page: Brand) -> None:
    incident = declared_at_noon()  # again by 12:20, and five minutes of grace

    said(31, incident, "--late-because", "we were on the phone with the bank")

    assert words(page, incident).layers["en"].body == (
        "This update is late: we said 12:20 UTC and it is 12:31 UTC. You should not have had to "
        "wait without word. The reason: we were on the phone with the bank.\n\n"
        "The gateway refuses cards."
    )


@pytest.mark.parametrize("command", ["update", "resolve"])
def test_the_opener_can_be_left_out(page: Brand, command: str) -> None:
    incident = declared_at_noon()

    said(31, incident, "--no-late-opener", command=command)

    assert words(page, incident).layers["en"].body == "The gateway refuses cards."


def test_a_word_in_time_says_nothing_of_lateness(page: Brand) -> None:
    incident = declared_at_noon()

    said(24, incident)

    assert words(page, incident).layers["en"].body == "The gateway refuses cards."


def test_a_long_incident_is_declared_carried_and_ended(page: Brand) -> None:
    incident = declared_at_noon()
    why = ("--long", "We rebuild through the night.", "--long-in", "fr", "Nous reconstruisons.")

    said(125, incident, *why, "--next-update", "8h")
    mode = words(page, incident).long_mode
    assert mode is not None
    assert mode.reason == {
        "en": "We rebuild through the night.",
        "fr": "Nous reconstruisons.",
    }
    assert words(page, incident).next_word_at == later(125) + timedelta(hours=8)

    said(600, incident)
    assert words(page, incident).next_word_at == later(660)

    said(650, incident, "--usual-pace")
    assert words(page, incident).long_mode is None
    assert words(page, incident).next_word_at == later(670)


def test_a_long_incident_is_not_declared_in_its_first_hours(page: Brand) -> None:
    incident = declared_at_noon()

    with time_machine.travel(later(60), tick=False):
        refused = tocsin("update", incident, "--say", "Still failing.", "--long", "It is late.")

    assert refused.exit_code == 1
    assert "told of for 2 hours or longer" in refused.stderr
    assert words(page, incident).long_mode is None


def test_what_gets_worse_is_slow_no_longer(page: Brand) -> None:
    with time_machine.travel(NOON, tick=False):
        told = facts("declare", "Slow", "--component", "checkout=degraded_performance")
    incident = str(told["incident"])
    said(130, incident, "--long", "The supplier answers tomorrow.")

    said(140, incident, "--severity", "sev1", "--component", "checkout=major_outage")

    assert words(page, incident).long_mode is None
    assert words(page, incident).next_word_at == later(160)


def test_a_repair_forecast_is_a_range_with_its_basis(page: Brand) -> None:
    incident = declared_at_noon()
    basis = ("--repair-basis", "400 GB at the current rate")

    said(10, incident, "--phase", "identified", "--repair", "30m", "2h", *basis)

    forecast = words(page, incident).forecast
    assert forecast is not None
    assert (forecast.earliest, forecast.latest) == (later(40), later(130))
    assert forecast.basis == {"en": "400 GB at the current rate"}


def test_a_basis_without_a_forecast_is_wrong_usage(page: Brand) -> None:
    incident = declared_at_noon()

    refused = tocsin("update", incident, "--say", "So.", "--repair-basis", "400 GB")

    assert refused.exit_code == 2
