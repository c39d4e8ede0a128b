"""A long past arrives: ten thousand incidents into the record, and the archive after it."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import look_alikes
from tests.bench.table import Row
from tests.record import Record
from tests.serving import House, NeverHappened, until

INCIDENTS, COMPONENTS = 10_000, 50
AT_MOST = 60.0  # seconds, into the record
COMPILED_WITHIN = 1800


def measure(say: Callable[[str], None]) -> list[Row]:
    """Import beside a page that is being served; ``say`` is told how it goes along."""
    with TemporaryDirectory(prefix="tocsin-bench-") as directory:
        folder, house = Path(directory, "past"), House(Path(directory, "house"))
        house.directory.mkdir()
        updates = write(folder)
        say(f"{INCIDENTS:,} incidents with {updates:,} updates are to come …")
        with house:
            house.start("--no-demo")
            began = time.monotonic()
            told = _imported(house, folder)
            taken = time.monotonic() - began
            assert told["updates"] == updates, told["updates"]
            say(f"In the record after {taken:.1f} s. The archive follows …")
            followed = _follow(house, began, say)
    what = f"{INCIDENTS:,} incidents with {updates:,} updates"
    return [
        Row(f"{what} into the record", f"{taken:.1f} s", f"≤ {AT_MOST:.0f} s", taken <= AT_MOST),
        Row("the archive of all of them, in the background", f"{followed:.0f} s"),
    ]


def write(folder: Path, count: int = INCIDENTS) -> int:
    """A folder with a file for each incident; returns how many updates they have."""
    folder.mkdir()
    updates = 0
    for one in look_alikes.incidents(count, components=COMPONENTS):
        content = json.dumps({"page": look_alikes.PAGE, "incident": one})
        (folder / f"{one['id']}.json").write_text(content, "utf-8")
        updates += len(one["incident_updates"])
    return updates


def _imported(house: House, folder: Path) -> dict[str, int]:
    words = ("import", "statuspage", str(folder))
    done = house.tocsin(*words, "--json", within=600)
    if done.returncode:
        raise NeverHappened(f"The import was refused: {done.stderr.strip()[-2000:]}")
    told: dict[str, int] = json.loads(done.stdout)
    return told


def _follow(house: House, began: float, say: Callable[[str], None]) -> float:
    """Wait for the archive; returns when it was whole, in seconds since the beginning."""
    last = time.monotonic()

    def is_whole() -> bool:
        nonlocal last
        if time.monotonic() - last >= 15:
            last = time.monotonic()
            for behind in house.told_by("status")["archive"]:
                say(f"{behind['incidents_left']:,} of {behind['incidents']:,} left …")
        return record.is_compiled()

    with Record(house.database) as record:
        until(is_whole, "the archive is whole", within=COMPILED_WITHIN, glance=0.2)
    return time.monotonic() - began


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
