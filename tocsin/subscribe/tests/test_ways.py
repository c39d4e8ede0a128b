"""Signing up a machine or a chat room: asked first, told then, left by the same links."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.cast import a_page
from tests.far_side import FarSide
from tocsin.announcements import accounts, readers
from tocsin.announcements.models import Subscription
from tocsin.announcements.readers import Standing, Subscriber
from tocsin.catalogue.shelf import Brand
from tocsin.channels.registry import channel
from tocsin.post import letters
from tocsin.worker import lanes

pytestmark = pytest.mark.django_db
OPS = "ops@robots.example"


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def outbox(tmp_path: Path, settings: Settings) -> Path:
    settings.TOCSIN = replace(settings.TOCSIN, outbox_dir=tmp_path / "outbox", smtp_url=None)
    return tmp_path / "outbox"


@pytest.fixture
def far(settings: Settings) -> Iterator[FarSide]:
    settings.TOCSIN = replace(settings.TOCSIN, allow_private_targets=True)
    with FarSide() as server:
        yield server
        for name in ("slack", "teams", "discord"):
            channel(name).close()


def asked(way: str, **fields: str) -> Any:
    told = {"follow": "all", "severity": "sev4", **fields}
    answer = Client().post(f"/subscribe?by={way}", told)
    lanes.drain((letters.deliver_due,), datetime.now(UTC))
    return answer


def only_reader() -> Subscriber:
    known = readers.subscriber(Subscription.objects.get().pk)
    assert known is not None
    return known


def confirm_link(told: str) -> str:
    start = told.index("/subscribe/confirm/")
    return told[start : start + len("/subscribe/confirm/") + 32]


def words_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_whoever_answers_for_a_machine_confirms_and_sees_its_secret_once(
    page: Brand, far: FarSide, outbox: Path
) -> None:
    answer = asked("webhook", endpoint=far.url("/hook"), email=OPS, format="statuspage")

    assert (answer.status_code, answer["Location"]) == (
        303,
        "/subscribe/check-your-mail?by=webhook",
    )
    assert not far.calls, "nothing is called before it is confirmed"
    (mail,) = outbox.iterdir()
    assert OPS in mail.read_text("utf-8")
    assert far.url("/hook") not in mail.read_text("utf-8")
    link = confirm_link(mail.read_text("utf-8"))
    assert "127.0.0.1" in words_of(Client().get(link))
    shown = words_of(Client().post(link))
    account = accounts.account_of(only_reader().id, at=datetime.now(UTC))
    assert account is not None
    assert account.secrets[0] in shown
    assert account.format == "statuspage"
    assert account.secrets[0] not in words_of(Client().post(link))
    assert only_reader().standing == Standing.ACTIVE


@pytest.mark.parametrize("way", ["slack", "teams", "discord"])
def test_a_room_is_asked_in_the_room(page: Brand, far: FarSide, way: str) -> None:
    answer = asked(way, endpoint=far.url("/room"))

    assert answer.status_code == 303
    assert "Look into the room" in words_of(Client().get(answer["Location"]))
    (question,) = far.to("/room")
    assert "tell this room" in question.body.decode()
    assert only_reader().standing == Standing.UNCONFIRMED

    Client().post(confirm_link(question.body.decode()))

    assert only_reader().standing == Standing.ACTIVE


def test_a_room_or_a_machine_changes_and_leaves_by_its_link(
    page: Brand, far: FarSide, outbox: Path
) -> None:
    asked("webhook", endpoint=far.url("/hook"), email=OPS)
    reader = only_reader()
    link = f"/subscribe/preferences/{reader.token}"
    assert "127.0.0.1" in words_of(Client().get(link))
    assert "/hook" not in words_of(Client().get(link))

    Client().post(link, {"follow": "all", "severity": "sev1", "format": "statuspage"})
    renewed = words_of(Client().post(link, {"renew": "1"}))
    Client().post(f"/subscribe/unsubscribe/{reader.token}")

    changed = only_reader()
    assert (changed.minimum_severity, changed.format) == ("sev1", "statuspage")
    assert "whsec_" in renewed
    assert changed.standing == Standing.UNSUBSCRIBED


def test_a_refused_address_is_refused_in_the_reader_s_language(page: Brand) -> None:
    answer = Client().post(
        "/subscribe?by=webhook&lang=fr",
        {"endpoint": "https://10.0.0.1/hook", "email": OPS, "follow": "all"},
    )

    assert answer.status_code == 400
    assert "réseau privé" in words_of(answer)
    assert Subscription.objects.count() == 0


def test_the_form_shows_each_way_and_where_its_address_is_to_be_had(page: Brand) -> None:
    shown = words_of(Client().get("/subscribe?by=slack"))

    assert "Incoming Webhooks" in shown
    for way in ("email", "slack", "teams", "discord", "webhook"):
        assert f"?by={way}" in shown


def test_a_program_signs_up_an_endpoint_as_it_does_elsewhere(
    page: Brand, far: FarSide, outbox: Path
) -> None:
    wish = {"subscriber": {"endpoint": far.url("/hook"), "email": OPS}}

    answer = Client().post(
        "/api/v2/subscribers.json", json.dumps(wish), content_type="application/json"
    )

    assert answer.status_code == 201
    assert answer.json()["subscriber"]["mode"] == "webhook"
    assert (only_reader().format, only_reader().contact) == ("statuspage", OPS)


def test_one_mailbox_is_not_asked_for_many_machines(
    page: Brand, far: FarSide, outbox: Path
) -> None:
    for number in range(6):
        asked("webhook", endpoint=far.url(f"/hook{number}"), email=OPS)

    assert Subscription.objects.count() == 3
