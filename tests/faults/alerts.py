"""2,000 alerts in a burst, and `kill -9` of who takes them in in the middle: none may be lost.

The senders are 16, and try again as Alertmanager does. Timed is from the first call until the last
alert is taken. Afterwards each alert must be there once, and be drafted within two seconds.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.burst import Burst, a_hook, bodies
from tests.faults.family import family_of, is_whole
from tests.serving import House, NeverHappened, kill, until

ALERTS, EACH = 2000, 10
WITHIN, DRAFTED_WITHIN = 4.0, 2.0  # seconds
# Whoever stands between a call and the disk, and whoever takes up what is on it.
PARTS = ("web's child", "words lane", "front's child")


def measure(say: Callable[[str], None]) -> bool:
    """One burst for each part that is killed; returns whether none was lost, and all in time."""
    is_good = True
    for part in PARTS:
        with tempfile.TemporaryDirectory(prefix="tocsin-faults-") as name:
            house = House(Path(name) / "house")
            house.data_dir.mkdir(parents=True)
            with house:
                house.start("--no-demo")
                is_good = _stormed(house, part, say) and is_good
    return is_good


def _stormed(house: House, part: str, say: Callable[[str], None]) -> bool:
    burst = Burst(house.port, a_hook(house), bodies(ALERTS, each=EACH))
    assert house.process is not None
    serve = house.process.pid
    until(lambda: is_whole(serve), "every process runs", within=60)
    took = burst.run(meanwhile=lambda: kill(family_of(serve)[part]))
    drafted = _until_drafted(house)
    written = _count(house, "SELECT COUNT(*) FROM watch_signal")
    drafts = _count(house, "SELECT COUNT(*) FROM incidents_draftedincident")
    holds = (
        took <= WITHIN
        and drafted is not None
        and drafted <= DRAFTED_WITHIN
        and (written, drafts) == (ALERTS, 1)
    )
    say(
        f"{part:14} killed: {written} of {ALERTS} alerts written down in {took:.2f} s "
        f"(answers {dict(sorted(burst.answers.items()))}), {drafts} drafted incident, "
        f"whole {'never' if drafted is None else f'{drafted:.2f} s later'}  "
        f"{'ok' if holds else 'MISSED'}"
    )
    return holds


def _until_drafted(house: House) -> float | None:
    """The seconds until every alert has found its place; None where that never happens."""
    began = time.monotonic()
    try:
        until(
            lambda: _count(house, "SELECT COUNT(*) FROM incidents_notice") >= ALERTS,
            "every alert is taken up",
            within=30,
        )
    except NeverHappened:
        return None
    return time.monotonic() - began


def _count(house: House, question: str) -> int:
    line = sqlite3.connect(f"file:{house.database}?mode=ro", uri=True, timeout=20)
    try:
        return int(line.execute(question).fetchone()[0])
    finally:
        line.close()
