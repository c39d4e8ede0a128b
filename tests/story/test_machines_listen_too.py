"""A machine, a Slack room, a Teams and a Discord channel hear the same night as Sam.

Each of them signs up at the page's own door and is asked first. The far sides are servers on this
machine; what signs each call is read by a library that others wrote.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook

from tests.cast import SAM
from tests.far_side import Answer, Call, FarSide
from tests.story.telling import Telling, both, mails, read, text_of
from tocsin.announcements import progress, readers
from tocsin.announcements.readers import Standing
from tocsin.catalogue.tree import State
from tocsin.channels.registry import channel
from tocsin.disclosure.phases import Phase
from tocsin.journal import chain
from tocsin.statements import publication, published
from tocsin.statements.published import Publication
from tocsin.statements.word import Saying

ROOMS = ("slack", "teams", "discord")
OPS = "ops@robots.example"


@dataclass
class Town:
    """Everybody outside who listens, and what each of them heard."""

    night: Telling
    far: FarSide
    secret: str = ""

    def signs_up(self, way: str) -> None:
        """Somebody fills in the form, and answers what is asked."""
        fields = {"endpoint": self.far.url(f"/{way}"), "email": OPS, "follow": "all"}
        with time_machine.travel(self.night.night.now, tick=False):
            assert Client().post(f"/subscribe?by={way}", fields).status_code == 303
            self.night.run_lanes()
            shown = Client().post(self._asked(way)).content.decode()
        if way == "webhook":
            start = shown.index("whsec_")
            self.secret = shown[start : shown.index('"', start)]

    def _asked(self, way: str) -> str:
        if way == "webhook":
            told = next(text_of(read(path)) for path in mails() if f"--{OPS}--" in path.name)
        else:
            told = self.far.to(f"/{way}")[-1].body.decode()
        start = told.index("/subscribe/confirm/")
        return told[start : start + len("/subscribe/confirm/") + 32]

    def heard(self, way: str) -> list[Call]:
        """What a far side was told of the night: the question before it left out."""
        calls = list(self.far.to(f"/{way}"))
        return calls if way == "webhook" else calls[1:]

    def events(self, *, at: datetime) -> list[Any]:
        """What the machine makes of its calls: those that verify at this time."""
        with time_machine.travel(at, tick=False):
            reader = Webhook(self.secret)
            return [reader.verify(c.body, dict(c.headers)) for c in self.heard("webhook")[-1:]]


@pytest.fixture
def town(night: Telling, settings: Settings) -> Iterator[Town]:
    """At nine, a machine and three rooms join Sam."""
    settings.TOCSIN = replace(settings.TOCSIN, allow_private_targets=True)
    with FarSide() as far:
        everybody = Town(night, far)
        for way in ("webhook", *ROOMS):
            everybody.signs_up(way)
        yield everybody
        for way in ("webhook", *ROOMS):
            channel(way).close()


def test_everybody_was_asked_first_and_nothing_else_was_sent(town: Town) -> None:
    (page_id,) = {town.night.page.id}

    told = {reader.channel: reader.standing for reader in readers.subscribers(page_id)}

    assert told == dict.fromkeys(("email", "webhook", *ROOMS), Standing.ACTIVE)
    assert town.heard("webhook") == []
    assert all(town.heard(way) == [] for way in ROOMS)


def test_the_first_word_reaches_everybody(town: Town) -> None:
    incident = town.night.said_first("09:07")
    town.night.run_lanes()

    (mail,) = town.night.mails_to(SAM)
    said = "We are looking into a problem with checkout."
    assert said in text_of(mail)
    (event,) = town.events(at=town.night.night.now)
    assert event["type"] == "incident.created"
    assert event["data"]["update"]["en"]["headline"] == said.rstrip(".") or said in json.dumps(
        event
    )
    assert event["data"]["incident"]["next_word_by"] == "2026-11-24T09:25:00.000Z"
    for way in ROOMS:
        (call,) = town.heard(way)
        words = json.dumps(call.told, ensure_ascii=False)
        assert said.rstrip(".") in words
        assert "Next word by" in words
        assert f"/incidents/{incident}" in words
    assert town.heard("discord")[0].told["allowed_mentions"] == {"parse": []}
    counts = progress.progress_of(town.night.latest(incident).id).counts
    assert (counts.delivered, counts.total) == (6, 6)


def test_the_night_goes_on_and_each_hears_it_to_the_end_in_order(town: Town) -> None:
    incident = town.night.said_first("09:07")
    town.night.run_lanes()
    said(town, "09:22", incident, town.night.identified("We know why", "09:42"))
    said(town, "09:40", incident, town.night.watching("10:40"))

    said(town, "10:12", incident, it_is_over(town))

    types = [call.told["type"] for call in town.heard("webhook")]
    assert types == [
        "incident.created",
        "incident.updated",
        "incident.updated",
        "incident.resolved",
    ]
    headlines = [call.told["blocks"][0]["text"]["text"] for call in town.heard("slack")]
    assert headlines[1:] == ["We know why", "A repair is in place", "Checkout works again"]
    assert (
        len(town.heard("teams")) == len(town.heard("discord")) == len(town.night.mails_to(SAM)) == 4
    )


def test_a_machine_that_is_down_is_told_later_and_holds_nobody_up(town: Town) -> None:
    town.far.answers["/webhook"] = [Answer(503), Answer(fault="reset")]
    incident = town.night.said_first("09:07")
    town.night.run_lanes()
    assert len(town.night.mails_to(SAM)) == 1
    assert all(len(town.heard(way)) == 1 for way in ROOMS)

    said(town, "09:22", incident, town.night.identified("We know why", "09:42"))
    town.night.at("09:30")
    town.night.run_lanes()

    numbers = [call.told["data"]["publication"]["number"] for call in town.heard("webhook")]
    assert numbers == [1, 1, 1, 2], "again until it is taken, and only then what came after"
    ids = {call.headers["webhook-id"] for call in town.heard("webhook")}
    assert len(ids) == 2, "a repeat is known by its id"


def test_a_change_without_words_is_for_the_machine_alone(town: Town) -> None:
    publication.publish_state(
        town.night.page.id, {"cart": State.DEGRADED}, by=town.night.olu, at=town.night.at("09:05")
    )
    town.night.run_lanes()

    (call,) = town.heard("webhook")
    assert call.told["type"] == "component.updated"
    assert call.told["data"]["components"][0]["new_status"] == "degraded_performance"
    assert all(town.heard(way) == [] for way in ROOMS)
    assert town.night.mails_to(SAM) == []


def test_a_room_that_is_gone_is_left_alone_and_the_others_are_told(town: Town) -> None:
    town.far.answers["/slack"] = [Answer(410, body=b"channel_is_archived")]
    incident = town.night.said_first("09:07")
    town.night.run_lanes()

    said(town, "09:22", incident, town.night.identified("We know why", "09:42"))

    assert len(town.heard("slack")) == 1
    assert len(town.heard("teams")) == 2
    fates = {fate.channel: fate for fate in progress.fates(incident_first(town, incident).id)}
    assert "channel_is_archived" in fates["slack"].reason


def test_no_address_and_no_secret_is_written_down_where_it_must_not_be(town: Town) -> None:
    incident = town.night.said_first("09:07")
    town.night.run_lanes()

    told = json.dumps(
        [fate.__repr__() for fate in progress.fates(incident_first(town, incident).id)]
    )
    for reader in readers.subscribers(town.night.page.id):
        told += repr(chain.read(("subscription", reader.id)))
    assert town.secret not in told
    for way in ("webhook", *ROOMS):
        assert town.far.url(f"/{way}") not in told
    assert chain.verify().faults == []


def said(town: Town, clock: str, incident: str, saying: Saying) -> Publication:
    made = town.night.said(clock, incident, saying, by=town.night.olu)
    town.night.run_lanes()
    return made


def it_is_over(town: Town) -> Saying:
    return Saying(
        phase=Phase.RESOLVED,
        layers=both("Checkout works again", "Le paiement fonctionne de nouveau"),
        until=town.night.night.when("10:05"),
    )


def incident_first(town: Town, incident: str) -> Publication:
    story = published.story(town.night.page.audience_id, incident)
    assert story is not None
    return story.first
