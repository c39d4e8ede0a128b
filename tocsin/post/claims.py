"""Claiming what is due and settling it, on SQLite and PostgreSQL with the same code.

A claim pushes ``next_at`` forward by a lease: whoever dies while holding it needs no reaper, the
row is simply due again. Settling compares ``next_at`` with what the claim wrote, so that a row
which somebody else has claimed since is left alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction

from tocsin.post.models import Outcome

LEASE = timedelta(seconds=10)  # renewed while a send is under way, so only the dead let it lapse
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=30)
MOST_ATTEMPTS = 40  # about eight hours: longer than a relay is usually down
# What Standard Webhooks 1.0.0 suggests after each failure: machines are mended by people.
FOR_MACHINES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
SPREAD = 0.2  # of a wait: so that what failed together does not come back together


@dataclass(frozen=True, slots=True)
class Queue:
    """A table of owed messages. ``columns`` come back with each claim; ``only`` is a condition on
    the row ``d``, in SQL that this program wrote itself, with ``values`` for its marks."""

    table: str
    columns: tuple[str, ...] = ()
    only: str = "1 = 1"
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed row; ``held`` is the ``next_at`` that the claim wrote."""

    id: int
    attempts: int
    held: datetime
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a claimed row becomes: pending again at ``next_at``, or settled with an outcome."""

    id: int
    held: datetime
    attempts: int
    next_at: datetime | None = None
    outcome: str = ""
    reason: str = ""
    receipt: str = ""


def claim(queue: Queue, *, at: datetime, limit: int, lease: timedelta = LEASE) -> list[Claim]:
    """Take up to ``limit`` due rows for the length of the lease, the longest due first."""
    held = at + lease
    lock = "FOR UPDATE OF d SKIP LOCKED" if connection.vendor == "postgresql" else ""
    columns = "".join(f", {name}" for name in queue.columns)
    sql = f"""
        WITH due AS MATERIALIZED (
            SELECT d.id FROM {queue.table} d
            WHERE d.next_at IS NOT NULL AND d.next_at <= %s AND {queue.only}
            ORDER BY d.next_at, d.id LIMIT %s {lock}
        )
        UPDATE {queue.table} SET next_at = %s, attempts = attempts + 1
        WHERE id IN (SELECT id FROM due)
        RETURNING id, attempts{columns}
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [stamp(at), *queue.values, limit, stamp(held)])
        rows = cursor.fetchall()
    return sorted((Claim(row[0], row[1], held, row[2:]) for row in rows), key=lambda row: row.id)


def renew(queue: Queue, ids: Sequence[int], *, held: datetime, until: datetime) -> frozenset[int]:
    """Hold on to claimed rows for longer; answers those that are still ours."""
    if not ids:
        return frozenset()
    marks = ", ".join(["%s"] * len(ids))
    sql = (
        f"UPDATE {queue.table} SET next_at = %s WHERE next_at = %s AND id IN ({marks}) RETURNING id"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [stamp(until), stamp(held), *ids])
        return frozenset(row[0] for row in cursor.fetchall())


def settle(queue: Queue, settlements: Iterable[Settlement], *, at: datetime) -> int:
    """Write what became of claimed rows, in one transaction; answers how many were still ours."""
    sql = f"""
        UPDATE {queue.table}
        SET next_at = %s, attempts = %s, settled_at = %s, outcome = %s, reason = %s, receipt = %s
        WHERE id = %s AND next_at = %s
    """
    stamped = cache(stamp)
    rows = [
        [
            stamped(row.next_at),
            row.attempts,
            stamped(at) if row.outcome else None,
            row.outcome,
            row.reason[:400],
            row.receipt[:400],
            row.id,
            stamped(row.held),
        ]
        for row in settlements
    ]
    if not rows:
        return 0
    with _unsynced(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.executemany(sql, rows)
        return int(cursor.rowcount)


@contextmanager
def _unsynced() -> Iterator[None]:
    """Let a settlement's commit outlive our death, but not wait for the disk.

    It tells of something already done: were it lost with the machine's power, a message would be
    sent twice, not forgotten. The next claim's commit waits for the disk, and takes along all that
    was written before it, so that no more than a claim's worth is ever at stake.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    pragma = connection.connection.execute  # beside Django's cursors, which cost more than it does
    pragma("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        pragma("PRAGMA synchronous = FULL")


def failed(
    row: Claim,
    *,
    reason: str,
    permanent: bool,
    retry_after: float | None,
    at: datetime,
    luck: float,
    waits: Sequence[timedelta] = (),
) -> Settlement:
    """What a failure makes of a claimed row: later again, or given up with its reason.

    ``waits`` are those after each failure, where there is a plan; else doubling limits.
    """
    most = len(waits) + 1 if waits else MOST_ATTEMPTS
    if permanent or row.attempts >= most:
        return Settlement(row.id, row.held, row.attempts, outcome=Outcome.GIVEN_UP, reason=reason)
    planned = waits[max(row.attempts, 1) - 1] * (1 + SPREAD * luck) if waits else None
    wait = max(
        planned or backoff(row.attempts, luck=luck),
        timedelta(seconds=min(retry_after or 0, 3600)),
    )
    return Settlement(row.id, row.held, row.attempts, next_at=at + wait, reason=reason)


def is_at_the_end(row: Claim) -> bool:
    """Whether a machine's claimed row was tried for the last time."""
    return row.attempts > len(FOR_MACHINES)


def put_back(row: Claim, *, next_at: datetime, reason: str = "") -> Settlement:
    """What was claimed and not tried: the attempt that the claim counted is given back."""
    return Settlement(row.id, row.held, row.attempts - 1, next_at=next_at, reason=reason)


def backoff(attempts: int, *, luck: float) -> timedelta:
    """Full jitter: anything between a second and the doubling limit; ``luck`` is in [0, 1)."""
    doubled: int = 2 ** (min(max(attempts, 1), 30) - 1)
    limit = min(FIRST_WAIT * doubled, LONGEST_WAIT)
    return max(timedelta(seconds=1), limit * luck)


def stamp(at: datetime | None) -> Any:
    """A time as the database at hand compares it."""
    return connection.ops.adapt_datetimefield_value(at)
