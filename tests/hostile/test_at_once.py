"""Two people do one thing at once: the second is told so in a sentence, and nothing doubles."""

import time
from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from tests.cast import NOON, a_page
from tests.machine import a_machine
from tocsin.announcements import importing
from tocsin.announcements.audience import CannotSubscribe
from tocsin.announcements.models import Subscription
from tocsin.catalogue.tree import State
from tocsin.incidents import drafted, intake
from tocsin.incidents.drafted import CannotSettle
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.access import NotAllowed
from tocsin.people.models import Operator, Role
from tocsin.statements import prepared, published
from tocsin.watch import hooks, signals
from tocsin.watch.alerts import Alert
from tocsin.watch.models import Source

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
        except (CannotSubscribe, NotAllowed, CannotSettle) as error:
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
    """Whether somebody waits for our transaction; SQLite lets nobody else begin one, so at once.

    Only whoever waits for us counts: the tests beside this one share its PostgreSQL, and somebody
    waits there too. (``pg_stat_activity`` would be read once in a transaction; the locks are not.)
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
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


def test_two_workers_draft_one_incident_of_what_both_see() -> None:
    page = a_page()
    door, _ = hooks.create(page.id, Source.GENERIC, by=TERMINAL, at=NOON)
    alert = Alert(
        name="a", is_firing=True, title="x", state=State.MAJOR, labels={"component": "checkout"}
    )
    signals.receive(door, [alert], at=NOON)

    assert at_once(lambda: intake.take_up(NOON), lambda: intake.take_up(NOON)) == []

    (one,) = drafted.open_ones([page.id], at=NOON)
    assert len(one.noticed.signs) == 1


def test_two_who_tap_at_once_say_it_once() -> None:
    page = a_page()
    door, _ = hooks.create(page.id, Source.GENERIC, by=TERMINAL, at=NOON)
    alert = Alert(
        name="a", is_firing=True, title="x", state=State.MAJOR, labels={"component": "checkout"}
    )
    signals.receive(door, [alert], at=NOON)
    intake.take_up(NOON)
    (one,) = drafted.open_ones([page.id], at=NOON)

    def say() -> object:
        return prepared.say(one.id, by=TERMINAL, at=NOON)

    (refused,) = at_once(say, say)

    assert "said it already" in refused
    assert published.last_number(page.audience_id) == 1


def test_one_call_sent_twice_at_once_does_it_once() -> None:
    machine = a_machine(a_page())
    told = {"component": {"name": "Search"}}

    def add() -> object:
        return machine.post("components", told, **{"Idempotency-Key": "one"})

    at_once(add, add)

    assert [row["name"] for row in machine.get("components")].count("Search") == 1
