"""The greatest rush: all read the page while an incident is published and all are told."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.load import Meanwhile
from tests.bench.shell import FAST, readers_of
from tests.bench.table import Row, milliseconds
from tests.bench.visible import a_past, is_live
from tests.publisher import Publisher
from tests.serving import House, until
from tests.sink import Sink
from tests.watcher import Watcher

READERS, CONNECTIONS, RATE = 20_000, 64, 2000
LULL = 3.0  # seconds of rush before the word, and after the last mail
PAGE_AT_MOST, SEEN_WITHIN = 0.050, 1.0  # seconds
RUSHING = Path(__file__).with_name("rush.lua")


def measure(say: Callable[[str], None]) -> list[Row]:
    """Read at 2,000 a second, say a word to 20,000 readers, and wait for the last mail."""
    with TemporaryDirectory(prefix="tocsin-bench-") as name, ExitStack() as stack:
        directory = Path(name)
        sink = stack.enter_context(Sink(directory))
        house = House(directory / "house", told={**FAST, "TOCSIN_SMTP_URL": sink.url})
        house.data_dir.mkdir(parents=True)
        last = a_past(house, 50)
        say(f"Letting {READERS:,} readers in …")
        readers_of(house, READERS)
        stack.enter_context(house)
        house.start("--no-demo")
        until(lambda: is_live(house, last), "the page is compiled", within=60)
        publisher = stack.enter_context(Publisher(house.environ))
        watcher = stack.enter_context(Watcher(house.port))
        say("The rush begins …")
        with Meanwhile(
            f"{house.base_url}/",
            at_most=300,
            connections=CONNECTIONS,
            script=RUSHING,
            headers={"Accept-Encoding": "gzip"},
        ) as rush:
            time.sleep(LULL)
            said = publisher.say()
            seen = watcher.await_word("/", said.sample) - said.at
            until(lambda: sink.count() >= READERS, "everybody is told", within=240)
            told_in = time.monotonic() - said.at
            time.sleep(LULL)
        return _judged(rush, seen, told_in)


def _judged(rush: Meanwhile, seen: float, told_in: float) -> list[Row]:
    load = rush.load
    return [
        Row(
            f"rush: requests a second on / ({CONNECTIONS} readers)",
            f"{load.rate:,.0f}",
            f"{RATE:,}",
            load.rate >= RATE * 0.95,
        ),
        Row("rush: errors", str(load.refused), "none", load.refused == 0),
        Row(
            "rush: the page's p99",
            milliseconds(load.p99),
            f"< {milliseconds(PAGE_AT_MOST)}",
            load.p99 < PAGE_AT_MOST,
        ),
        Row("rush: commit → page", milliseconds(seen), f"< {SEEN_WITHIN:g} s", seen < SEEN_WITHIN),
        Row(f"rush: {READERS:,} readers told", f"{told_in:.1f} s after the commit"),
    ]
