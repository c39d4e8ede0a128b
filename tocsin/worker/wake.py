"""Waiting for something to change: at most ``IDLE_FOR``, so that timed work is hardly late.

Whoever knows of a moment that comes sooner waits until then (due.MOMENTS).

SQLite counts the changes of other connections (``PRAGMA data_version``), which costs microseconds
to ask. PostgreSQL tells (LISTEN): the journal notifies in the transaction of each act, and a lane
that did something notifies the others.
"""

import time
from collections.abc import Callable
from typing import Any, Protocol

from django.db import connection

IDLE_FOR = (
    0.5  # seconds; timed work (a head's changes_at, a mail's next_at) is looked at this often
)
GLANCE = 0.01
CHANNEL = "tocsin"


class Waker(Protocol):
    def wait(self, is_over: Callable[[], bool], *, at_most: float = IDLE_FOR) -> bool:
        """Wait for a change; returns whether one came, before ``at_most`` seconds or the end."""

    def tell(self) -> None:
        """Let the other lanes know that there may be work for them."""

    def close(self) -> None: ...


def waker() -> Waker:
    """The one that suits the database."""
    return Listener() if connection.vendor == "postgresql" else Glancer()


class Glancer:
    """Polls SQLite's change counter on the connection that the lane keeps open.

    The lane's own writes do not count there, and those of others that came while it worked do.
    """

    def __init__(self) -> None:
        self._seen = self._version()

    def wait(self, is_over: Callable[[], bool], *, at_most: float = IDLE_FOR) -> bool:
        until = time.monotonic() + at_most
        while (left := until - time.monotonic()) > 0 and not is_over():
            if (version := self._version()) != self._seen:
                self._seen = version
                return True
            time.sleep(min(left, GLANCE))
        return False

    def tell(self) -> None:
        """Nothing to do: the counter told them."""

    def close(self) -> None:
        """Nothing to close: the connection is the lane's."""

    def _version(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])


class Listener:
    """Waits on PostgreSQL's LISTEN, on a connection that does nothing else."""

    def __init__(self) -> None:
        self._ear: Any = connection.get_new_connection(connection.get_connection_params())
        self._ear.autocommit = True
        self._ear.execute(f"LISTEN {CHANNEL}")

    def wait(self, is_over: Callable[[], bool], *, at_most: float = IDLE_FOR) -> bool:
        if is_over():
            return False
        # The generator must be run to its end, or what arrives meanwhile is lost with it.
        return bool(list(self._ear.notifies(timeout=at_most, stop_after=1)))

    def tell(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])

    def close(self) -> None:
        self._ear.close()
