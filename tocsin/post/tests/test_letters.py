from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from tests.hostile_smtp import HostileSmtp
from tocsin.channels.message import BadAddress
from tocsin.channels.registry import channel
from tocsin.post import claims, letters
from tocsin.post.models import Letter

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def owe(key: str = "held:1", to: str = "olu@linden.example") -> bool:
    return letters.owe(
        key,
        to=to,
        subject="Nobody was told",
        text="Look at it.\n",
        html="<p>Look at it.</p>",
        at=NOON,
        sender_name="Société Linden",
    )


@pytest.fixture
def outbox(tmp_path: Path, settings: Settings) -> Path:
    settings.TOCSIN = replace(settings.TOCSIN, outbox_dir=tmp_path, smtp_url=None)
    return tmp_path


@pytest.fixture
def server(settings: Settings) -> Iterator[HostileSmtp]:
    with HostileSmtp() as hostile:
        url = f"smtp://127.0.0.1:{hostile.port}?timeout=2"
        settings.TOCSIN = replace(settings.TOCSIN, smtp_url=url)
        yield hostile
        channel("email").close()


def test_a_letter_is_owed_once_for_its_key(outbox: Path) -> None:
    assert owe()
    assert not owe()

    assert letters.deliver_due(NOON) == 1
    assert letters.deliver_due(NOON) == 0
    (path,) = outbox.iterdir()
    assert "Look at it." in path.read_text("utf-8")


def test_a_letter_to_an_address_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadAddress):
        owe(to="olu@linden.example\r\nBcc: eve@evil.example")


def test_a_settled_letter_keeps_neither_address_nor_words(outbox: Path) -> None:
    owe()

    letters.deliver_due(NOON)

    letter = Letter.objects.get()
    assert (letter.outcome, letter.to, letter.text, letter.html) == ("delivered", "", "", "")


def test_a_letter_that_cannot_leave_stays_owed(server: HostileSmtp) -> None:
    server.replies[("RCPT", "olu@linden.example")] = "451 4.7.1 later"
    owe()

    letters.deliver_due(NOON)

    letter = Letter.objects.get()
    assert letter.next_at is not None
    assert letter.to == "olu@linden.example"
    assert letters.pending() == 1


def test_a_letter_says_that_a_machine_wrote_it_and_is_the_same_each_time(
    server: HostileSmtp,
) -> None:
    server.on_body["olu@linden.example"] = [None]
    owe()

    letters.deliver_due(NOON)
    letters.deliver_due(NOON + timedelta(hours=1))

    ((_, body),) = server.bodies
    assert b"Auto-Submitted: auto-generated" in body
    address = settings.TOCSIN.mail_from
    assert letters.message_id("held:1", address).encode() in body


def test_many_letters_leave_each_once(
    server: HostileSmtp,
) -> None:
    for number in range(60):
        owe(f"k{number}", f"r{number}@linden.example")

    assert letters.deliver_due(NOON) == 60
    assert len(server.bodies) == 60


def test_a_dead_worker_s_letters_are_sent_by_the_next(server: HostileSmtp) -> None:
    owe()
    claims.claim(letters.MAILS, at=NOON, limit=10)

    assert letters.deliver_due(NOON) == 0
    assert letters.deliver_due(NOON + claims.LEASE) == 1
    assert len(server.bodies) == 1


def test_a_letter_that_no_mail_can_carry_is_given_up_and_the_others_leave(outbox: Path) -> None:
    owe("bad:1")
    owe("good:1")
    # As a program of another time might have left it.
    Letter.objects.filter(key="bad:1").update(subject="Two\r\nlines")

    assert letters.deliver_due(NOON) == 2

    told = dict(Letter.objects.values_list("key", "outcome"))
    assert told == {"bad:1": "given_up", "good:1": "delivered"}
    assert set(Letter.objects.values_list("to", flat=True)) == {""}
    assert len(list(outbox.iterdir())) == 1
