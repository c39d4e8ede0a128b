"""Letting the database's own files forget what was taken out (redaction.py).

Old copies of a row stay in free pages, in the write-ahead log, and on PostgreSQL in the table until
nobody can look back at them: the files are written anew. That has to wait for others, and must keep
nobody waiting in turn: it gives up after a moment, keeps in the row what is done, and comes back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import OperationalError, connection
from django.db.models import Q, QuerySet

from tocsin.statements.models import Redaction

PATIENCE = timedelta(seconds=1)  # whoever comes behind us in the queue for a table waits as long
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
LOCKED, DEADLOCK = "55P03", "40P01"
# A copy of a row is kept in the new file too while a transaction might still look back at it.
LOOKS_BACK = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity other
    WHERE other.datname = current_database() AND other.pid <> pg_backend_pid()
      AND other.backend_type = 'client backend' AND other.backend_xmin IS NOT NULL
      AND age(other.backend_xmin) >= (
          SELECT min(age(p.xmin)) FROM statements_publication p
          JOIN statements_redaction r ON r.publication_id = p.id
          WHERE r.act = ANY(%s) AND r.scrubbed_at IS NULL))
"""


def scrub(at: datetime) -> int:
    """Write anew what is due; answers how many acts are done.

    Not inside anybody's transaction; killed at any line, or kept out by somebody, it is done again,
    what is left of it.
    """
    if connection.in_atomic_block:
        return 0
    acts = sorted(set(_waiting().filter(_due(at)).values_list("act", flat=True)))
    if not acts:
        return 0
    rows = _waiting().filter(act__in=acts)
    if _written_anew(rows, acts):
        rows.update(scrubbed_at=at)
        return len(acts)
    for row in rows:
        wait = min(max(at - row.at, SHORTEST_WAIT), LONGEST_WAIT)  # twice as long each time
        rows.filter(pk=row.pk).update(scrub_at=at + wait)
    return 0


def waits() -> bool:
    """Whether the database's files still hold something that was taken out."""
    return _waiting().exists()


def _waiting() -> "QuerySet[Redaction]":
    return Redaction.objects.filter(scrubbed_at=None)


def _due(at: datetime) -> Q:
    return Q(scrub_at=None) | Q(scrub_at__lte=at)


def _written_anew(rows: "QuerySet[Redaction]", acts: list[str]) -> bool:
    """Whether nothing is left of it; else somebody was in the way."""
    tables = sorted({name for told in rows.values_list("tables", flat=True) for name in told})
    sqlite = connection.vendor == "sqlite"
    try:
        with _patience():
            return _sqlite(rows, tables) if sqlite else _postgresql(rows, acts, tables)
    except OperationalError as fault:
        if _is_in_the_way(fault):
            return False
        raise


def _sqlite(rows: "QuerySet[Redaction]", tables: list[str]) -> bool:
    with connection.cursor() as cursor:
        if tables:
            cursor.execute("VACUUM")
            rows.update(tables=[])  # what is left to do is the log
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(cursor.fetchone()[0]) == 0


def _postgresql(rows: "QuerySet[Redaction]", acts: list[str], tables: list[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LOOKS_BACK, [acts])
        if cursor.fetchone()[0]:
            return False
        for place, table in enumerate(tables, 1):
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(table)}")
            rows.update(tables=tables[place:])
    return True


@contextmanager
def _patience() -> Iterator[None]:
    """Wait for others no longer than that: whoever waits for a whole table stops all who follow."""
    milliseconds = int(PATIENCE / timedelta(milliseconds=1))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout")
            before = int(cursor.fetchone()[0])
            cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
        else:
            cursor.execute(f"SET lock_timeout = {milliseconds}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f"PRAGMA busy_timeout = {before}")
            else:
                cursor.execute("RESET lock_timeout")


def _is_in_the_way(fault: OperationalError) -> bool:
    if connection.vendor == "sqlite":
        return "locked" in str(fault)
    return getattr(fault.__cause__, "sqlstate", None) in (LOCKED, DEADLOCK)
