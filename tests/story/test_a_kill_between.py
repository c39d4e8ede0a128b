"""A crash between two stages loses nothing: what is pending is a row."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction

from tests.cast import SAM
from tests.story.telling import Telling, text_of
from tocsin.incidents import declaration
from tocsin.incidents.models import Incident
from tocsin.journal import chain
from tocsin.statements import published
from tocsin.statements.fitness import NotFitToSay
from tocsin.worker.due import HOUSEKEEPING, NETWORK, WORDS

Stage = Callable[[datetime], int]
STAGES: tuple[Stage, ...] = (*WORDS, *NETWORK, *HOUSEKEEPING)


class Killed(BaseException):
    """Not an Exception: nothing may catch it on the way."""


@pytest.mark.parametrize("stages", range(len(STAGES) + 1))
def test_after_any_stage_the_next_worker_does_the_rest(night: Telling, stages: int) -> None:
    incident = night.said_first("09:07")
    for stage in STAGES[:stages]:
        stage(night.at("09:07"))

    night.at("09:08")
    night.run_lanes()

    (mail,) = night.mails_to(SAM)
    assert incident in text_of(mail)
    assert "We are looking into" in night.reads("index.html")
    assert chain.unsealed() == 0


def test_killed_while_publishing_nothing_was_said_and_nothing_opened(night: Telling) -> None:
    with pytest.raises(Killed):
        killed_in_mid_word(night)

    night.run_lanes()

    assert published.last_number(night.page.audience_id) == 0
    assert not Incident.objects.exists()
    assert night.mails_to(SAM) == []


@transaction.atomic
def killed_in_mid_word(night: Telling) -> None:
    night.said_first("09:07")
    raise Killed


def test_a_refused_word_leaves_nothing_half_done(night: Telling) -> None:
    incident = night.said_first("09:07")
    before = declaration.known_of(incident)
    saying = night.identified("x" * 91, "09:42")

    with pytest.raises(NotFitToSay, match="91 characters"):
        night.said("09:22", incident, saying, by=night.olu)

    assert declaration.known_of(incident) == before
    assert night.latest(incident).number == 1


def test_a_second_worker_tells_nobody_twice(night: Telling) -> None:
    night.said_first("09:07")
    night.run_lanes()

    night.run_lanes()
    for stage in STAGES:
        stage(night.at("09:09"))

    assert len(night.mails_to(SAM)) == 1
