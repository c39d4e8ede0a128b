"""A public log of 50,000 publications, checked as anybody does.

Run as ``python -m tests.bench.log`` with TOCSIN_DATA_DIR set: it prints the seconds that checking
took, and how many octets there were.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.bench.table import Row
from tests.serving import ROOT, House, NeverHappened

if TYPE_CHECKING:
    from tocsin.statements.published import Logged

ENTRIES, AT_MOST = 50_000, 5.0  # seconds
AUDIENCE = "everyone0000"
BODY = "Some orders fail when they are paid. We found out why and are putting it right. " * 6


def measure(say: Callable[[str], None]) -> list[Row]:
    """Write a log and check it, in a process of its own; ``say`` is told how it goes along."""
    say(f"Writing a public log of {ENTRIES:,} entries, and checking it …")
    with TemporaryDirectory(prefix="tocsin-bench-") as name:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.log"],
            env=House(Path(name)).environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise NeverHappened(f"The log could not be checked:\n{done.stderr[-2000:]}")
    took, octets = json.loads(done.stdout)
    return [
        Row(
            f"a public log of {ENTRIES:,} entries, {octets / 2**20:.0f} MiB, is checked",
            f"{took:.2f} s",
            f"< {AT_MOST:g} s",
            took < AT_MOST,
        )
    ]


def checked(folder: Path) -> tuple[float, int]:
    """Write a log below a folder and check it; returns (seconds of the check, octets)."""
    from tocsin.page.log import checking

    _write(folder)
    octets = sum(file.stat().st_size for file in (folder / "log").iterdir())
    began = time.perf_counter()
    verdict = checking.check(lambda path: (folder / path).read_bytes())
    took = time.perf_counter() - began
    if verdict.faults or verdict.number != ENTRIES:
        raise AssertionError(verdict)
    return took, octets


def _write(folder: Path) -> None:
    from tocsin.page.log import format, writing

    (folder / "log").mkdir()
    link = format.first_link(AUDIENCE)
    for file in range(1, format.file_of(ENTRIES) + 1):
        first, last = format.bounds_of(file)
        told = [_entry(number) for number in range(first, min(last, ENTRIES) + 1)]
        (folder / format.path_of(file)).write_bytes(writing.entries(link, told))
        for entry in told:
            link = writing.after(link, entry.mark)
    head = writing.head(AUDIENCE, ENTRIES, link, {}, seed=bytes(32))
    (folder / format.HEAD).write_bytes(writing.written(head))


def _entry(number: int) -> "Logged":
    from tocsin.statements import hashing
    from tocsin.statements.published import Logged, Mark

    at, key = "2026-11-23T09:12:00.000Z", f"{number:012}"
    content = {"words": {"layers": {"en": {"body": BODY, "headline": f"No. {number}"}}}}
    digest = hashing.digest_of(key, number, content, salt=key, at=at)
    told = hashing.canonical(key, number, content, at=at)
    return Logged(Mark(number, "word", key, digest), key, told)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.settings")
    import django

    django.setup()
    with TemporaryDirectory(prefix="tocsin-bench-") as place:
        print(json.dumps(checked(Path(place))))
