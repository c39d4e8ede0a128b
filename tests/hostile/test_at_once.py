"""Two people do one thing at once: the second is told so in a sentence, and nothing doubles."""

import time
from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from tests.cast import NOON, a_page
from tocsin.announcements import importing
from tocsin.announcements.audience import CannotSubscribe
from tocsin.announcements.models import Subscription
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.access import NotAllowed
from tocsin.people.models import Operator, Role

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE = 20.0  # seconds
ROWS = [{"email": "sam@reader.example", "consented_at": "2024-05-01"}]


def at_once(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """Let ``second`` run into ``first`` before its transaction ends; return the refusals."""
    written, over, refused = Event(), Event(), list[str]()

    def theirs() -> None:
        try:
            with transaction.atomic():
                first()
                written.set()
                until = time.monotonic() + DEADLINE
                while not (_somebody_waits() or over.is_set()) and time.monotonic() < until:
                    time.sleep(0.005)
        finally:
            connection.close()

    def ours() -> None:
        written.wait(DEADLINE)
        try:
            second()
        except (CannotSubscribe, NotAllowed) as error:
            refused.append(str(error))
        finally:
            over.set()
            connection.close()

    threads = [Thread(target=theirs), Thread(target=ours)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    return refused


def _somebody_waits() -> bool:
    """Whether somebody waits for our transaction; SQLite lets nobody else begin one, so at once."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_one_file_imported_twice_at_once_brings_each_reader_once() -> None:
    page = a_page()

    def bring() -> object:
        return importing.import_rows(page.id, ROWS, by=TERMINAL, at=NOON)

    refused = at_once(bring, bring)

    assert Subscription.objects.count() == 1
    assert all("try again" in sentence for sentence in refused)
    assert len(refused) == (connection.vendor == "postgresql"), "on SQLite they take turns"


def test_one_address_invited_twice_at_once_is_one_operator() -> None:
    def invite() -> object:
        return access.invite(
            email="olu@linden.example", name="Olu", role=Role.RESPONDER, by=TERMINAL, at=NOON
        )

    refused = at_once(invite, invite)

    assert Operator.objects.count() == 1
    assert all("at this very moment" in sentence for sentence in refused)
    assert len(refused) == (connection.vendor == "postgresql"), "on SQLite they take turns"
