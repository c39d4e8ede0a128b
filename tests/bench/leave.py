"""A long record leaves in one file, comes back from it, and leaves again: the same bytes.

Ten thousand incidents go in, and out by `tocsin export`; an installation that holds nothing takes
the file in, and its own export is laid beside it. Of each step the time, the processor's time and
the most memory that it took are told.
"""

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import arrive
from tests.bench.table import Row
from tests.serving import TOCSIN, House, NeverHappened

AT_MOST = 60.0  # seconds, into the record
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took: seconds, those of the processor, and MB of memory at most."""

    seconds: float
    processor: float
    memory: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s ({self.processor:.1f} s of processor, {self.memory:.0f} MB)"


def measure(say: Callable[[str], None], incidents: int = arrive.INCIDENTS) -> list[Row]:
    """Import, export, begin with nothing, import that, export again."""
    with TemporaryDirectory(prefix="tocsin-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        first = stack.enter_context(House(folder / "first"))
        updates = arrive.write(folder / "past", incidents)
        first.start("--no-demo")
        first.stop()  # nothing but the command itself is to be measured
        second = House(folder / "second")
        second.data_dir.mkdir(parents=True)
        say(f"{incidents:,} incidents with {updates:,} updates come in …")
        arrived = ran(first, "import", "statuspage", str(folder / "past"))
        before, after = folder / "before.zip", folder / "after.zip"
        say("They leave …")
        left = ran(first, "export", str(before))
        say("They come back, in another place …")
        returned = ran(second, "import", "tocsin", str(before))
        ran(second, "export", str(after))
        size, same = before.stat().st_size, are_same(before, after)
    return [
        Row(
            f"{incidents:,} incidents with {updates:,} updates into the record, nobody served",
            str(arrived),
            f"≤ {AT_MOST:.0f} s",
            arrived.seconds <= AT_MOST,
        ),
        Row(f"all of it exported ({size / 1e6:.0f} MB)", str(left)),
        Row("the export imported where nothing is", str(returned)),
        Row("exported again", "the same bytes" if same else "OTHER BYTES", "the same bytes", same),
    ]


def ran(house: House, *words: str) -> Ran:
    """Run a command to its end; NeverHappened where it is refused."""
    log = house.directory / "command.log"
    began = time.monotonic()
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*TOCSIN, *words],
            env=house.environ,
            cwd=house.directory,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise NeverHappened(f"`tocsin {words[0]}` was refused: {log.read_text('utf-8')[-2000:]}")
    processor = used.ru_utime + used.ru_stime
    return Ran(time.monotonic() - began, processor, used.ru_maxrss / 1024)


def are_same(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes; read in pieces, for they may be large."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while piece := left.read(CHUNK):
            if piece != right.read(CHUNK):
                return False
    return True
