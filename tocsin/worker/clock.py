"""What time it is, for the lanes: the database's time, so that machines agree on who holds what.

A claim lasts until a time; were each machine to go by its own clock, one that runs ahead would take
what another still holds. On SQLite there is one machine, and its own clock will do.
"""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection

TRUSTED_FOR = 60.0  # seconds, then the database is asked again


class Clock:
    """Gives the time; asks the database how far apart the clocks are now and then."""

    def __init__(self) -> None:
        self._apart = timedelta()
        self._ask_again_at = 0.0

    def now(self) -> datetime:
        if connection.vendor == "postgresql" and time.monotonic() >= self._ask_again_at:
            self._apart = _apart()
            self._ask_again_at = time.monotonic() + TRUSTED_FOR
        return datetime.now(UTC) + self._apart


def _apart() -> timedelta:
    """How far the database's clock is ahead of ours, halfway through asking."""
    asked = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    return told - (asked + (datetime.now(UTC) - asked) / 2)
