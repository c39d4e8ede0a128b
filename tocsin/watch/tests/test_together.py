"""Many calls in one commit: none is answered before its own is through, nor by another's fault."""

import threading
from collections.abc import Sequence

import pytest
from django.db import connection

from tests.cast import NOON, a_page
from tocsin.journal.actors import TERMINAL
from tocsin.watch import hooks, signals
from tocsin.watch.alerts import Alert
from tocsin.watch.models import Signal, Source
from tocsin.watch.together import Together

THREADS, EACH = 6, 15


@pytest.mark.django_db(transaction=True)
def test_what_threads_tell_at_once_is_each_written_once() -> None:
    door, _ = hooks.create(a_page().id, Source.GENERIC, by=TERMINAL, at=NOON)
    found: list[int] = []

    def tell(thread: int) -> None:
        try:
            for number in range(EACH):
                alerts = [
                    Alert(name=name, is_firing=True, title="x", state=None, occasion="1")
                    for name in (f"own {thread} {number}", f"shared {number}")
                ]
                signals.receive(door, alerts, at=NOON)
                found.append(Signal.objects.filter(alert=f"own {thread} {number}").count())
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=[thread]) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert found == [1] * (THREADS * EACH), "it is there once it is answered"
    assert Signal.objects.count() == (THREADS + 1) * EACH


class Disk:
    """Stands where the database begins: holds the first write until others have gathered."""

    def __init__(self) -> None:
        self.began, self.go_on = threading.Event(), threading.Event()
        self.written: list[list[str]] = []

    def write(self, brought: Sequence[str]) -> list[str]:
        self.began.set()
        self.go_on.wait(20)
        if "poison" in brought:
            raise ValueError("that cannot be written")
        self.written.append(list(brought))
        return [f"{name} is written" for name in brought]


def brought(disk: Disk, *names: str) -> dict[str, str]:
    """Each brought by a thread of its own, the first of them alone; what each was told."""
    together, told = Together(disk.write), dict[str, str]()

    def bring(name: str) -> None:
        try:
            told[name] = together.add(name)
        except ValueError as error:
            told[name] = str(error)
        finally:
            connection.close()

    first, *others = [threading.Thread(target=bring, args=[name]) for name in names]
    first.start()
    disk.began.wait(20)
    for thread in others:
        thread.start()
    while len(together._waiting) < len(others):
        threading.Event().wait(0.001)
    disk.go_on.set()
    for thread in (first, *others):
        thread.join(20)
    return told


def test_those_that_come_meanwhile_share_the_next_commit() -> None:
    disk = Disk()

    told = brought(disk, "first", "second", "third", "fourth")

    assert told == {name: f"{name} is written" for name in told}
    assert len(told) == 4
    assert disk.written[0] == ["first"]
    assert sorted(disk.written[1]) == ["fourth", "second", "third"]


def test_one_that_cannot_be_written_spoils_no_other() -> None:
    disk = Disk()

    told = brought(disk, "first", "poison", "third")

    assert told == {
        "first": "first is written",
        "poison": "that cannot be written",
        "third": "third is written",
    }
