"""Ten thousand readers have the page open: how soon all hear, and at what cost."""

import http.client
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.table import Row, milliseconds, percentile
from tests.bench.visible import a_past, is_live
from tests.crowd import Crowd
from tests.publisher import Publisher
from tests.serving import House, descendants, process_table, until

STREAMS, WORDS, GLANCES = 10_000, 10, 200
TOLD_WITHIN = 1.0  # seconds
EACH_AT_MOST = 24.0  # KiB
SLOWER_AT_MOST = 1.25  # the console's median, with over without
PAUSE = 1.0  # seconds between two words: each finds the house at rest


def measure(say: Callable[[str], None]) -> list[Row]:
    """Open the streams, say words, and look at the console before and meanwhile."""
    with TemporaryDirectory(prefix="tocsin-bench-") as name, ExitStack() as stack:
        house = House(Path(name))
        house.data_dir.mkdir()
        last = a_past(house, 50)
        stack.enter_context(house)
        house.start("--no-demo")
        until(lambda: is_live(house, last), "the page is compiled", within=60)
        publisher = stack.enter_context(Publisher(house.environ))
        said = publisher.say()  # warms up
        until(lambda: is_live(house, said.number), "the first word is live", within=60)
        alone, before = _console(house), _front_memory(house)
        say(f"Opening {STREAMS:,} streams …")
        crowd = stack.enter_context(Crowd(house.port, STREAMS))
        time.sleep(PAUSE)  # what opening them took is given back
        grown = (_front_memory(house) - before) / STREAMS
        beside = _console(house)
        say(f"Saying {WORDS} words …")
        waits = [_told(publisher, crowd) for _ in range(WORDS)]
        return _judged(waits, grown, alone, beside)


def _told(publisher: Publisher, crowd: Crowd) -> tuple[float, float]:
    """Seconds from a commit until the last of all heard of it, and from the first to the last."""
    time.sleep(PAUSE)
    said = publisher.say()
    first, last = crowd.await_all(said.number)
    return last - said.at, last - first


def _front_memory(house: House) -> float:
    """What the front's processes hold, in KiB."""
    assert house.process is not None
    table, family = process_table(), descendants(house.process.pid)
    return sum(_resident(pid) for pid in family if " front " in f"{table[pid].command} ")


def _resident(pid: int) -> float:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return float(next(line.split()[1] for line in told.splitlines() if line.startswith("Pss:")))


def _console(house: House) -> list[float]:
    """Seconds that the console's door takes to be shown, one glance after the other."""
    line, seconds = http.client.HTTPConnection("127.0.0.1", house.port, timeout=30), []
    for _ in range(GLANCES):
        began = time.monotonic()
        line.request("GET", "/console/login/")
        answer = line.getresponse()
        answer.read()
        assert answer.status in (200, 301, 302), answer.status
        seconds.append(time.monotonic() - began)
    line.close()
    return seconds


def _judged(
    waits: list[tuple[float, float]], grown: float, alone: list[float], beside: list[float]
) -> list[Row]:
    whole, spread = max(wait for wait, _ in waits), max(spread for _, spread in waits)
    slower = percentile(beside, 0.5) / percentile(alone, 0.5)
    tails = (
        f"p99 {milliseconds(percentile(beside, 0.99))} and {milliseconds(percentile(alone, 0.99))}"
    )
    return [
        Row(
            f"commit → all of {STREAMS:,} streams told, at worst of {len(waits)}",
            milliseconds(whole),
            f"≤ {TOLD_WITHIN:g} s",
            whole <= TOLD_WITHIN,
        ),
        Row("from the first told to the last", milliseconds(spread)),
        Row(
            "the front's memory for each stream",
            f"{grown:.1f} KiB",
            f"≤ {EACH_AT_MOST:g} KiB",
            grown <= EACH_AT_MOST,
        ),
        Row(
            "the console's door beside them, median over that without",
            f"{slower:.2f} × ({tails})",
            f"≤ {SLOWER_AT_MOST} ×",
            slower <= SLOWER_AT_MOST,
        ),
    ]
