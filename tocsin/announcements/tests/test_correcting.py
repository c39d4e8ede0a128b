"""Machines are told of every correction, with what was and what is."""

from dataclasses import replace

import pytest

from tests.cast import a_page, an_incident, later
from tests.far_side import FarSide
from tests.hostile_smtp import HostileSmtp
from tocsin.announcements import (
    events,
)
from tocsin.announcements.tests.machines import a_machine, read, secret_of
from tocsin.announcements.tests.readers import a_reader, a_word, mails, tell
from tocsin.journal.actors import TERMINAL
from tocsin.statements import corrections
from tocsin.statements.corrections import Amending

pytestmark = pytest.mark.django_db


def test_a_correction_that_no_mail_goes_out_for_is_told_to_machines_alone(
    far: FarSide, server: HostileSmtp
) -> None:
    page = a_page()
    a_reader(page)
    robot = a_machine(page, far.url("/hook"))
    spoken = an_incident(page)
    said = a_word(spoken, "One in ten is affected.", at=later(1))
    tell(page, said, at=later(1))
    assert said.words
    wrong = said.words.layers
    right = {
        code: replace(layer, body=layer.body.replace("ten", "three"))
        for code, layer in wrong.items()
    }
    amending = Amending(layers=right, since=later(-9), learned_at=later(2))

    corrected = corrections.correct(spoken.incident_id, amending, by=TERMINAL, at=later(3))
    tell(page, corrected.publication)

    assert not corrected.publication.announces
    assert len(mails(server)) == 2, "of the two words before"
    event = read(far.to("/hook")[-1], secret_of(robot), at=later(3))
    assert event["type"] == "incident.corrected"
    told = event["data"]["correction"]
    assert told["number"] == event["data"]["publication"]["corrects"] == said.number
    assert told["was"]["en"]["body"] == wrong["en"].body
    assert told["now"]["fr"]["body"] == right["fr"].body
    assert told["started_at"] == {
        "was": "2026-11-23T12:00:00.000Z",
        "now": "2026-11-23T11:51:00.000Z",
    }
    assert (told["severity"], told["ended_at"], told["data"]) == (None, None, None)
    first = read(far.to("/hook")[0], secret_of(robot))
    assert first["data"]["correction"] is None


def test_a_long_correction_stays_within_what_machines_take(far: FarSide) -> None:
    page = a_page()
    robot = a_machine(page, far.url("/hook"))
    spoken = an_incident(page)
    said = a_word(spoken, f"Ten. {'And so on. ' * 2000}", at=later(1))
    assert said.words
    right = {
        code: replace(layer, body=layer.body.replace("Ten.", "Three."))
        for code, layer in said.words.layers.items()
    }

    amending = Amending(layers=right)
    corrected = corrections.correct(spoken.incident_id, amending, by=TERMINAL, at=later(3))
    tell(page, corrected.publication)

    call = far.to("/hook")[-1]
    event = read(call, secret_of(robot), at=later(3))
    assert event["type"] == "incident.corrected"
    assert event["data"]["is_shortened"]
    assert len(call.body) <= events.MOST_BYTES
    assert event["data"]["correction"]["now"]["en"]["body"].startswith("Three.")
