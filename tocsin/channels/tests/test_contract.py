"""What every channel promises, whatever carries it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from tests.hostile_smtp import HostileSmtp
from tocsin.channels.message import BadAddress, ChannelError, Message, Receipt
from tocsin.channels.registry import CHANNELS, Channel

WIRE = b"Subject: Checkout is failing\r\n\r\nCard payments are refused.\r\n"
REACHED = {"email": "sam@linden.example"}
CARRIERS = ["email over SMTP", "email in the outbox"]


@pytest.fixture(params=CARRIERS)
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Channel]:
    """Each channel once for each thing that may carry it."""
    plain = replace(settings.TOCSIN, smtp_url=None, outbox_dir=tmp_path / "outbox")
    if request.param == "email in the outbox":
        yield CHANNELS["email"](plain)
        return
    with HostileSmtp() as server:
        opened = CHANNELS["email"](replace(plain, smtp_url=f"smtp://127.0.0.1:{server.port}"))
        yield opened
        opened.close()


def a_message(channel: Channel, key: str = "k1") -> Message:
    return Message(key, REACHED[channel.name], WIRE, "status@linden.example")


def test_every_channel_is_held_to_the_contract() -> None:
    assert set(REACHED) == set(CHANNELS)


def test_an_address_is_spelled_one_way(channel: Channel) -> None:
    spelled = channel.check_address(f"  {REACHED[channel.name].upper()} ")

    assert spelled == channel.check_address(spelled)


@pytest.mark.parametrize("told", ["", " ", "x\r\ny", "\x00", "x" * 3000])
def test_an_address_that_cannot_be_is_refused(channel: Channel, told: str) -> None:
    with pytest.raises(BadAddress):
        channel.check_address(told)


def test_there_is_one_answer_for_each_message_in_order(channel: Channel) -> None:
    messages = [a_message(channel, f"k{number}") for number in range(12)]

    answers = channel.send_batch(messages)

    assert len(answers) == 12
    assert all(isinstance(answer, Receipt) and answer.detail for answer in answers)


def test_nothing_to_send_is_nothing_to_answer(channel: Channel) -> None:
    assert channel.send_batch([]) == []


def test_no_answer_holds_the_address(channel: Channel) -> None:
    (answer,) = channel.send_batch([a_message(channel)])

    assert isinstance(answer, Receipt)
    assert REACHED[channel.name] not in answer.detail


def test_a_channel_that_was_closed_opens_again(channel: Channel) -> None:
    channel.send_batch([a_message(channel)])
    channel.close()

    (answer,) = channel.send_batch([a_message(channel, "k2")])

    assert isinstance(answer, Receipt)


def test_trouble_is_answered_and_not_raised(tmp_path: Path) -> None:
    with HostileSmtp() as server:
        url = f"smtp://127.0.0.1:{server.port}?timeout=1"
    closed = CHANNELS["email"](replace(settings.TOCSIN, smtp_url=url))

    (answer,) = closed.send_batch([a_message(closed)])
    closed.close()

    assert isinstance(answer, ChannelError)
    assert not answer.permanent
