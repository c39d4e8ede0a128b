"""A long record is scored: ten thousand incidents with 40,000 updates, read and measured.

Each is what the verbs would have left behind (past.py); none was brought from elsewhere, so that
every measure is taken of every one. Read and measured stand apart: the one is the database's.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.table import Row
from tests.serving import House, NeverHappened

AT_MOST = 2.0  # seconds
ROUNDS = 5
INCIDENTS = 10_000  # of four words each, which are 40,000


def measure(say: Callable[[str], None], incidents: int = INCIDENTS) -> list[Row]:
    """Write a past, and score it some times over."""
    with TemporaryDirectory(prefix="tocsin-bench-") as name:
        house = House(Path(name))
        house.data_dir.mkdir(parents=True)
        say(f"A past of {incidents:,} incidents is written and scored …")
        run(house, "tests.bench.scoring", "write", str(incidents))
        told = json.loads(run(house, "tests.bench.scoring", "score", str(incidents), str(ROUNDS)))
    return rows(told)


def rows(told: dict[str, float]) -> list[Row]:
    """What was seen, as rows of the table."""
    what = f"{told['incidents']:,.0f} incidents with {told['words']:,.0f} updates"
    whole = told["read"] + told["measured"]
    return [
        Row(
            f"the score of {what}, median of {ROUNDS}",
            f"{whole:.2f} s ({told['read']:.2f} s reading, {told['measured']:.2f} s measuring)",
            f"< {AT_MOST:.0f} s",
            whole < AT_MOST,
        ),
        Row("questions to the database", f"{told['questions']:.0f}"),
    ]


def run(house: House, module: str, *words: str) -> str:
    """Run one of our own modules in an installation; its output."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        env=house.environ,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise NeverHappened(f"{module} failed: {done.stderr[-2000:]}")
    return done.stdout
