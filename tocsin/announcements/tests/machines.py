"""Machines that are told, and what an independent reader makes of it: builders for these tests."""

from datetime import datetime
from typing import Any

import time_machine
from standardwebhooks import Webhook

from tests.cast import NOON
from tests.far_side import Call
from tocsin.announcements import (
    accounts,
    audience,
)
from tocsin.announcements.readers import Subscriber
from tocsin.announcements.tests.readers import BEFORE
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL


def a_machine(page: Brand, url: str, **more: Any) -> Subscriber:
    return audience.subscribe(
        page.id,
        address=url,
        channel=more.pop("channel", "webhook"),
        confirmed=True,
        by=TERMINAL,
        at=BEFORE,
        **more,
    )


def secret_of(reader: Subscriber, *, at: datetime = NOON) -> str:
    account = accounts.account_of(reader.id, at=at)
    assert account is not None
    return account.secrets[0]


def read(call: Call, secret: str, *, at: datetime = NOON) -> Any:
    """What an independent reader makes of a call; raises WebhookVerificationError."""
    with time_machine.travel(at, tick=False):
        return Webhook(secret).verify(call.body, dict(call.headers))
