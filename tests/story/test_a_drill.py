"""A drill: alerts come, legal is slow, mail bounces, the database dies; no customer hears of it."""

import email
import json
import sqlite3
from contextlib import closing
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings

from tests.cast import NOON, SAM, a_page
from tests.story.telling import mails
from tocsin.announcements import audience
from tocsin.announcements.audience import Choice
from tocsin.announcements.models import Delivery, Subscription
from tocsin.catalogue.shelf import Brand
from tocsin.cli.main import main
from tocsin.incidents.models import Incident
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Note
from tocsin.rehearse.drills import machines, shipped
from tocsin.statements.models import Publication

MARK = "DRILL / EXERCICE"
ROOMS = {
    "slack": "https://hooks.slack.com/services/T0/B0",
    "webhook": "https://machine.reader.example/in",
}


@pytest.fixture
def page(db: None, own_directories: Path) -> Brand:
    """Linden is up, and Sam and Bao are real."""
    page = a_page()
    for address, language in ((SAM, "en"), ("bao@reader.example", "fr")):
        audience.subscribe(
            page.id,
            address=address,
            choice=Choice(language=language),
            confirmed=True,
            by=TERMINAL,
            at=NOON,
        )
    return page


@pytest.fixture
def rooms(page: Brand) -> None:
    """Machines and chat rooms read it as well."""
    for number in range(3):
        for channel, place in ROOMS.items():
            audience.subscribe(
                page.id,
                address=f"{place}/{number}",
                channel=channel,
                choice=Choice(language="en" if number else "fr"),
                confirmed=True,
                by=TERMINAL,
                at=NOON,
            )


def tocsin(*words: str, fails: bool = False) -> str:
    result = CliRunner().invoke(main, words)
    assert (result.exit_code != 0) == fails, (result.output, result.exception)
    return result.output


def drilled(scenario: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(tocsin("drill", "run", scenario, "--json"))
    return told


def folder(told: dict[str, Any]) -> Path:
    return settings.TOCSIN.data_dir / "drills" / str(told["drill"])


def received(told: dict[str, Any]) -> list[EmailMessage]:
    """What the drill's mailboxes took."""
    paths = sorted((folder(told) / "mail").glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def test_a_night_alone_is_drilled_scored_kept_and_taken_away(page: Brand) -> None:
    before = Note.objects.count()

    told = drilled("alone")

    score = told["score"]
    assert score["sort"] == "drill"
    assert 300 <= score["first_notice"] < 301, "from the alert at 22:04 to the tap at 22:09"
    assert score["stages"]["seen"] < 60, "a front served it, and it was looked for there"
    assert score["owed_words"] == {"kept": 4, "settled": 4}
    assert 119 < score["lead"] <= 120, "the first customer wrote at 22:11"
    promised = {row["measure"]: row for row in told["promises"]}
    assert promised["first_notice"]["promised_seconds"] == 10 * 60, "as Linden's policy has it"
    assert {row["kept"] for row in told["promises"]} == {True}
    assert told["faults"] == [{"what": "mail", "at": "22:20", "seconds": 15 * 60}]
    assert told["refused"] == told["lost"] == []

    # Of all this the record in earnest has one line; readers, mail and page nothing.
    (note,) = Note.objects.order_by("pk")[before:]
    assert (note.verb, note.page_id) == ("rehearse:drill:run", page.id)
    assert (note.detail["drill"], note.detail["lights"]) == (told["drill"], score["lights"])
    assert Publication.objects.count() == Incident.objects.count() == Delivery.objects.count() == 0
    assert Subscription.objects.count() == 2
    assert mails() == []

    name = str(told["drill"])
    assert name in tocsin("drill", "list")
    assert "First notice" in tocsin("drill", "show", name)
    assert json.loads(tocsin("drill", "show", name, "--json")) == told
    tocsin("drill", "remove", name)
    assert not folder(told).exists()
    tocsin("drill", "show", name, fails=True)


def test_legal_is_slow_mail_bounces_and_readers_are_told_on_time(rooms: None) -> None:
    told = drilled("supplier")

    assert told["asks_besides"], "Linden's own policy asks nobody"
    assert told["consents"]["lapsed"] == 3, "nobody had answered by the deadline"
    assert told["consents"]["granted"] == 3, "and then legal did"
    assert told["score"]["owed_words"]["kept"] == told["score"]["owed_words"]["settled"] == 6
    mail = told["mail"]
    assert mail["refused_for_good"] == 1
    assert mail["refused_for_now"] > 0
    assert mail["still_owed"] == 0
    letters = received(told)
    reached = {str(one["To"]) for one in letters}
    assert any(address.startswith("soft-") for address in reached), "they took it in the end"
    assert not any(address.startswith("hard-") for address in reached)
    _every_word_is_marked(told, letters)
    _machines_and_rooms_are_told_in_a_sink(told)


def _machines_and_rooms_are_told_in_a_sink(told: dict[str, Any]) -> None:
    """As many as the page has, at places of the drill's own, and scored by channel."""
    assert list(told["reach"]) == ["email", "slack", "webhook"]
    assert told["rooms"] == {channel: {"en": 2, "fr": 1} for channel in ROOMS}
    given_up = {channel: row["given_up"] for channel, row in told["reach"].items()}
    assert given_up == {"email": 1, "slack": 1, "webhook": 1}, "one of each is gone"
    assert {row["still_owed"] for row in told["reach"].values()} == {0}
    assert (told["calls"]["refused_for_good"], told["calls"]["refused_for_now"]) == (2, 4)
    assert told["score"]["reach"].keys() == told["reach"].keys()
    taken = [path.read_text("utf-8") for path in (folder(told) / "calls").glob("*.json")]
    arrived = told["reach"]["slack"]["delivered"] + told["reach"]["webhook"]["delivered"]
    assert len(taken) == told["calls"]["taken"] == arrived > 20
    assert all(MARK in one for one in taken)
    shown = tocsin("drill", "show", str(told["drill"]))
    assert f"Slack: {told['reach']['slack']['delivered']} of" in shown
    assert "Machines and rooms refused 2 for good, 4 for the moment." in shown


def _every_word_is_marked(told: dict[str, Any], letters: list[EmailMessage]) -> None:
    """A drill says so first, in each subject, each body and each page, to sinks alone."""
    assert len(letters) > 60
    for letter in letters:
        assert str(letter["Subject"]).startswith(MARK)
        body = letter.get_body(("plain",))
        assert body is not None
        assert body.get_content().startswith(MARK)
        assert str(letter["To"]).endswith("@drill.invalid")
    site = folder(told) / "data" / "site"
    shown = [path.read_text("utf-8").partition("<body")[2] for path in site.rglob("*.html")]
    assert shown
    assert all(MARK in one[:200] for one in shown if "<header" in one)


def test_the_database_dies_mid_way_and_nothing_is_lost(page: Brand) -> None:
    told = drilled("data")

    assert told["faults"] == [{"what": "database", "at": "14:40", "seconds": 7 * 60}]
    tried = [(late["at"], late["seconds"]) for late in told["tried_again"]]
    assert tried == [("14:42", 5 * 60), ("14:43", 4 * 60)], "each when it could be done"
    assert told["reader"]["asked_without_database"] == 7
    assert told["reader"]["failed"] == 0, "readers noticed nothing"
    assert told["consents"]["granted"] == 3
    assert told["lost"] == []
    assert alerts_by_http(told) == [("14:05", 1), ("14:47", 0)]


def alerts_by_http(told: dict[str, Any]) -> list[tuple[str, int]]:
    """When each alert came in at the hook that the drill's machines call, by the night's clock."""
    asked = (
        "SELECT strftime('%H:%M', received_at), is_firing FROM watch_signal"
        " JOIN watch_hook ON watch_hook.id = hook_id WHERE name = ? ORDER BY received_at"
    )
    with closing(sqlite3.connect(folder(told) / "data" / "tocsin.sqlite3")) as base:
        return list(base.execute(asked, (machines.NAME,)))


def test_each_scenario_is_told_in_both_languages() -> None:
    listed = json.loads(tocsin("drill", "scenarios", "--json"))

    assert [one["scenario"] for one in listed] == list(shipped.names())
    assert {"alone", "supplier", "data"} <= {one["scenario"] for one in listed}
    assert all(set(one["name"]) == {"en", "fr"} for one in listed)
