"""Letters into a chat: fitted when they are owed, sent while the lane goes on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from tests.cast import NOON
from tests.far_side import Answer, FarSide
from tocsin.channels.message import BadAddress
from tocsin.channels.registry import channel
from tocsin.channels.sheet import Link, Sheet, paragraph
from tocsin.post import letters
from tocsin.post.models import Letter
from tocsin.worker import lanes

pytestmark = pytest.mark.django_db
LANE = (letters.deliver_due,)


@pytest.fixture
def far(settings: Settings) -> Iterator[FarSide]:
    settings.TOCSIN = replace(settings.TOCSIN, allow_private_targets=True)
    with FarSide() as server:
        yield server
        channel("slack").close()


def a_nudge() -> Sheet:
    return Sheet(
        language="en",
        sender="Linden",
        eyebrow="In ten minutes",
        headline="A word is owed by 09:50",
        preview="",
        blocks=[paragraph("Nothing was said since 09:20.")],
        action=Link("Say something", "https://status.linden.example/console/"),
    )


def owe(to: str, key: str = "nudge:1") -> bool:
    return letters.owe_sheet(key, a_nudge(), to=to, subject="", at=NOON, by_channel="slack")


def test_a_letter_reaches_a_chat_once(far: FarSide) -> None:
    assert owe(far.url("/ops"))
    assert not owe(far.url("/ops"))

    lanes.drain(LANE, NOON)

    (call,) = far.to("/ops")
    assert call.told["blocks"][0]["text"]["text"] == "A word is owed by 09:50"
    letter = Letter.objects.get()
    assert (letter.outcome, letter.to, letter.text) == ("delivered", "", "")


def test_an_address_of_another_vendor_is_refused() -> None:
    assert not settings.TOCSIN.allow_private_targets

    with pytest.raises(BadAddress, match=r"hooks\.slack\.com"):
        owe("https://chat.evil.example/services/x")


def test_a_chat_that_says_later_is_asked_later(far: FarSide) -> None:
    far.answers["/ops"] = [Answer(429, {"Retry-After": "30"})]
    owe(far.url("/ops"))

    lanes.drain(LANE, NOON)
    assert letters.pending() == 1
    lanes.drain(LANE, NOON + timedelta(seconds=29))
    assert len(far.calls) == 1
    lanes.drain(LANE, NOON + timedelta(minutes=1))

    assert letters.pending() == 0
    assert len(far.calls) == 2


def test_mail_does_not_wait_for_a_chat_that_hangs(far: FarSide, settings: Settings) -> None:
    far.always["/ops"] = Answer(fault="hang")
    owe(far.url("/ops"))
    letters.owe("mail:1", to="olu@linden.example", subject="Look", text="x", html="x", at=NOON)

    letters.deliver_due(NOON)

    told = dict(Letter.objects.values_list("channel", "outcome"))
    assert told == {"email": "delivered", "slack": ""}
    channel("slack").close()
    lanes.drain(LANE, NOON)
    assert letters.pending() == 1, "what was given up on is owed still"
