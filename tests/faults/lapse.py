"""Nobody consents, and workers are killed: is the holding statement out in time, and once?

On PostgreSQL three workers run, as on three machines; at each third deadline none of them is
killed, at another one of them in that instant, and at the last the very one that is saying it, in
the middle of its transaction. On SQLite there is one worker; it is killed at each deadline and
must start again.
Timed is from the deadline until the statement is committed, as another process reads it.
"""

import random
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.asker import Asked, Asker
from tests.postgresql import PostgreSQL
from tests.serving import TOCSIN, descendants, kill, process_table, scratch_environ, until

EACH = 5  # deadlines of each kind with three workers
ALONE = 10  # deadlines with one
WORKERS = 3
AHEAD = 3.0  # seconds from writing a word to its deadline
STEADY = 10.5  # seconds after which a child that ends is started again at once
WITHIN = 1.0
LOOK = 0.002

CALM, KILLED, STRUCK = "nobody is killed", "one is killed", "the one that says it is killed"
HELD = (
    "SELECT COUNT(*) FROM statements_publication JOIN statements_clearance"
    " ON statements_clearance.id = statements_publication.clearance_id"
    " WHERE statements_clearance.kind = 'holding' AND statements_publication.incident_id = '{}'"
)
ASKED = (
    "SELECT COUNT(*) FROM statements_request JOIN statements_clearance"
    " ON statements_clearance.id = clearance_id"
    " JOIN statements_revision ON statements_revision.id = revision_id"
    " JOIN statements_draft ON statements_draft.id = draft_id"
    " WHERE ended_at IS NULL AND incident_id = '{}'"
)
Count = Callable[[str], int]


@dataclass
class Ground:
    """Workers on one database, and somebody whose words wait."""

    asker: Asker
    workers: list[subprocess.Popen[bytes]]
    count: Count
    url: str = ""

    def lanes(self) -> dict[int, int]:
        """{worker's number: process id of its lane of words} of those that run."""
        table, found = process_table(), {}
        for number, worker in enumerate(self.workers):
            for pid in descendants(worker.pid):
                if pid in table and table[pid].name == "words":
                    found[number] = pid
        return found

    def is_whole(self) -> bool:
        return len(self.lanes()) == len(self.workers)


def measure(say: Callable[[str], None]) -> bool:
    """Deadlines with three workers, then with one; returns whether all were kept, each once."""
    with tempfile.TemporaryDirectory(prefix="tocsin-faults-") as name:
        three = _measured(_on_postgresql(Path(name) / "three"), [CALM, KILLED, STRUCK] * EACH, say)
        return _measured(_on_sqlite(Path(name) / "one"), [KILLED] * ALONE, say) and three


def _measured(ground: Any, kinds: list[str], say: Callable[[str], None]) -> bool:
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    incidents = []
    with ground as there:
        _settled(there)
        for kind in kinds:
            asked = there.asker.ask(AHEAD)
            incidents.append(asked.incident)
            seconds[kind].append(_lapsed(there, asked, kind))
            _settled(there, anew=kind != CALM)
        once = all(there.count(HELD.format(key)) == 1 for key in incidents)
        anew = all(there.count(ASKED.format(key)) == 1 for key in incidents)
    worst = max(max(took) for took in seconds.values())
    holds = once and anew and worst <= WITHIN
    told = "; ".join(
        f"{kind}: {len(took)} deadlines, {min(took):.2f} to {max(took):.2f} s"
        for kind, took in seconds.items()
    )
    database = "PostgreSQL" if there.url else "SQLite"
    said = "each said once and asked anew" if once and anew else "NOT ONCE"
    say(
        f"{len(there.workers)} worker(s) on {database}: {told}; {said}, worst {worst:.2f} s  "
        f"{'ok' if holds else 'MISSED'}"
    )
    return holds


def _settled(ground: Ground, *, anew: bool = True) -> None:
    """Wait until every lane runs, and long enough to be started again at once."""
    until(ground.is_whole, "every lane of words runs", within=60)
    if anew:
        time.sleep(STEADY if len(ground.workers) == 1 else AHEAD)


def _lapsed(ground: Ground, asked: Asked, kind: str) -> float:
    """Let a deadline come and whoever is to fall; the seconds until its statement is there."""
    lanes = ground.lanes()
    if kind == STRUCK:
        _strike(ground, asked, lanes)
    else:
        _await(asked.due_at)
        if kind == KILLED:
            kill(random.choice(list(lanes.values())))
    question = HELD.format(asked.incident)
    until(lambda: ground.count(question) > 0, "it is said", within=30, glance=LOOK)
    return (datetime.now(UTC) - asked.due_at).total_seconds()


def _await(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def _strike(ground: Ground, asked: Asked, lanes: dict[int, int]) -> None:
    """Keep whoever takes the deadline up waiting within its transaction, and kill it there."""
    with psycopg.connect(ground.url) as held, psycopg.connect(ground.url, autocommit=True) as eye:
        _await(asked.due_at - timedelta(milliseconds=50))
        held.execute("SELECT id FROM catalogue_audience FOR UPDATE")
        number = -1

        def is_caught() -> bool:
            nonlocal number
            row = eye.execute(
                "SELECT application_name FROM pg_stat_activity WHERE backend_xid IS NOT NULL"
                " AND wait_event_type = 'Lock' AND application_name LIKE 'worker %'"
            ).fetchone()
            number = int(row[0].split()[1]) if row else -1
            return number >= 0

        until(is_caught, "a worker is about to say it", within=30, glance=LOOK)
        kill(lanes[number])


@contextmanager
def _on_postgresql(directory: Path) -> Iterator[Ground]:
    directory.mkdir(parents=True)
    server = PostgreSQL(directory, starts=True)
    try:
        told = {"TOCSIN_DATABASE_URL": server.url, "TOCSIN_SECRET_KEY": "as on each of them" * 3}
        environ = scratch_environ(directory / "data", **told)
        with ExitStack() as stack:
            line = stack.enter_context(psycopg.connect(server.url, autocommit=True))

            def count(question: str) -> int:
                row = line.execute(question.encode()).fetchone()
                assert row is not None
                return int(row[0])

            yield _manned(environ, WORKERS, count, stack, url=server.url)
    finally:
        server.stop()


@contextmanager
def _on_sqlite(directory: Path) -> Iterator[Ground]:
    environ = scratch_environ(directory / "data")
    with ExitStack() as stack:

        def count(question: str) -> int:
            uri = f"file:{directory / 'data' / 'tocsin.sqlite3'}?mode=ro"
            line = sqlite3.connect(uri, uri=True, timeout=20)
            try:
                return int(line.execute(question).fetchone()[0])
            finally:
                line.close()

        yield _manned(environ, 1, count, stack)


def _manned(
    environ: dict[str, str], workers: int, count: Count, stack: ExitStack, *, url: str = ""
) -> Ground:
    Path(environ["TOCSIN_DATA_DIR"]).mkdir(parents=True)
    asker = stack.enter_context(Asker(environ))  # it makes the database first
    ground = Ground(asker, [], count, url)
    for number in range(workers):
        ground.workers.append(_worker(_machine(environ, number), number))
        stack.callback(_end, ground.workers[-1])
    return ground


def _machine(environ: dict[str, str], number: int) -> dict[str, str]:
    """The settings of one machine of several: the first compiles the page, the others copies."""
    if number == 0:
        return environ
    place = f"place-{number}"
    directory = Path(environ["TOCSIN_DATA_DIR"]).parent / place
    directory.mkdir()
    return {**environ, "TOCSIN_DATA_DIR": str(directory), "TOCSIN_PLACE": place}


def _worker(environ: dict[str, str], number: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*TOCSIN, "worker"],
        env={**environ, "PGAPPNAME": f"worker {number}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _end(worker: subprocess.Popen[bytes]) -> None:
    family = descendants(worker.pid)
    worker.terminate()
    try:
        worker.wait(timeout=15)
    except subprocess.TimeoutExpired:
        for pid in (worker.pid, *family):
            kill(pid)
        worker.wait()
