"""The public page while the database is locked, and while it and all that needs it are gone.

Rounds with and without the fault take turns; each is compared with its neighbour, and the median
of those changes counts, so that a noisy machine is noisy for both.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median

from tests.bench.load import Load, measured
from tests.bench.visible import a_past, is_live
from tests.faults.family import family_of, is_whole
from tests.serving import House, kill, until

ROUNDS, SECONDS = 11, 2
WITHIN = 0.10  # share of requests a second, and of p99
CONNECTIONS = 16
LANES = ("words lane", "network lane", "housekeeping lane")


def measure(say: Callable[[str], None]) -> bool:
    """Compare the page with and without each fault; returns whether both stay within 10 %."""
    with tempfile.TemporaryDirectory(prefix="tocsin-faults-") as name:
        house = House(Path(name))
        house.data_dir.mkdir()
        last = a_past(house, 50)
        with house:
            house.start("--no-demo")
            until(lambda: is_live(house, last), "the page is compiled", within=60)
            measured(f"{house.base_url}/", seconds=2)  # warms up
            held = _compared("locked", house, locked(house), say)
            return _compared("stopped", house, stopped(house), say) and held


def _compared(
    fault: str,
    house: House,
    while_faulty: Callable[[], AbstractContextManager[None]],
    say: Callable[[str], None],
) -> bool:
    well: list[Load] = []
    ill: list[Load] = []
    for turn in range(ROUNDS):
        # Which of the two goes first changes too: what warms up in a round serves both alike.
        for is_faulty in (turn % 2 == 1, turn % 2 == 0):
            if is_faulty:
                with while_faulty():
                    ill.append(_load(house))
            else:
                well.append(_load(house))
    return _judged(fault, well, ill, say)


def _load(house: House) -> Load:
    return measured(f"{house.base_url}/", seconds=SECONDS, connections=CONNECTIONS)


def _judged(fault: str, well: list[Load], ill: list[Load], say: Callable[[str], None]) -> bool:
    pairs = list(zip(well, ill, strict=True))
    rate = median(after.rate / before.rate for before, after in pairs)
    p99 = median(after.p99 / before.p99 for before, after in pairs)
    refused = sum(load.refused for load in ill)
    holds = rate >= 1 - WITHIN and p99 <= 1 + WITHIN and refused == 0
    before = median(load.rate for load in well), median(load.p99 for load in well) * 1000
    say(
        f"database {fault:8} {before[0]:.0f} req/s {rate - 1:+.1%}, p99 {before[1]:.2f} ms "
        f"{p99 - 1:+.1%}, {refused} refused; median change over {len(pairs)} pairs of rounds  "
        f"{'ok' if holds else 'MISSED'}"
    )
    return holds


def locked(house: House) -> Callable[[], AbstractContextManager[None]]:
    """Somebody else holds the whole SQLite file for writing, as a stuck backup would."""

    @contextmanager
    def held() -> Iterator[None]:
        line = sqlite3.connect(house.data_dir / "tocsin.sqlite3", timeout=20, isolation_level=None)
        line.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            line.execute("ROLLBACK")
            line.close()

    return held


def stopped(house: House) -> Callable[[], AbstractContextManager[None]]:
    """The database is gone: Django and the worker start anew, and nothing can be opened."""

    @contextmanager
    def gone() -> Iterator[None]:
        away = house.directory / "away"
        away.mkdir()
        for file in house.data_dir.glob("tocsin.sqlite3*"):
            shutil.move(file, away / file.name)
        in_its_place = house.data_dir / "tocsin.sqlite3"
        in_its_place.mkdir()
        _start_anew(house)
        try:
            yield
        finally:
            in_its_place.rmdir()
            for file in away.iterdir():
                shutil.move(file, house.data_dir / file.name)
            away.rmdir()
            until(lambda: house.read("/readyz").status == 200, "Django is back", within=60)

    return gone


def _start_anew(house: House) -> None:
    """Kill whatever may still hold the file open, and wait until its successors run."""
    assert house.process is not None
    serve, complaints = house.process.pid, _complaints(house)
    for part, pid in family_of(serve).items():
        if part in ("web's child", *LANES):
            kill(pid)
    until(lambda: is_whole(serve), "every process runs again", within=60)
    until(lambda: _complaints(house) >= complaints + len(LANES), "each lane complains", within=60)
    until(lambda: house.read("/readyz").status == 503, "Django finds nothing", within=60)


def _complaints(house: House) -> int:
    return house.log.read_bytes().count(b'"reason": "unable to open database file"')
