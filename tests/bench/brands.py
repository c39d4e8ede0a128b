"""From a commit until readers see it, where ten brands share one house."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.load import Meanwhile
from tests.bench.table import Row, milliseconds, percentile
from tests.bench.visible import AT_MOST, COMPILED_WITHIN, a_past
from tests.publisher import Publisher
from tests.record import Record
from tests.serving import House, until
from tests.watcher import PLACES, Watcher

BRANDS, COMPONENTS, INCIDENTS = 10, 100, 2000
SAMPLES_EACH = 20


def measure(say: Callable[[str], None], *, samples: int = SAMPLES_EACH) -> list[Row]:
    """Say words on each brand in turn, under load; ``say`` is told how it goes along."""
    with TemporaryDirectory(prefix="tocsin-bench-") as directory:
        house = House(Path(directory))
        house.data_dir.mkdir()
        say(f"Writing {INCIDENTS} incidents over {BRANDS} brands of {COMPONENTS} components …")
        a_past(house, INCIDENTS, BRANDS, COMPONENTS)
        with house:
            began = time.monotonic()
            house.start("--no-demo")
            with Record(house.database) as record:
                until(
                    lambda: record.are_compiled(BRANDS),
                    "all brands are compiled",
                    within=COMPILED_WITHIN,
                )
            compiled_in = time.monotonic() - began
            say(f"Compiled in {compiled_in:.1f} s. Saying {samples} words on each …")
            seconds: dict[str, list[float]] = {place: [] for place in PLACES}
            for turn in range(BRANDS):
                _timed(house, f"linden-{turn + 1}" if turn else "linden", samples, seconds)
    return [*_judged(seconds), Row(f"{BRANDS} brands from nothing", f"{compiled_in:.1f} s")]


def _timed(house: House, slug: str, samples: int, seconds: dict[str, list[float]]) -> None:
    """Add the seconds from commit to each place of one brand, a sample for each word."""
    chance, host = random.Random(slug), f"{slug}.localhost"
    with (
        Publisher(house.environ, page=slug) as publisher,
        Watcher(house.port, host=host) as watcher,
        Meanwhile(f"{house.base_url}/", at_most=600),
    ):
        watcher.await_word("/events", publisher.say().number)  # warms up
        for _turn in range(samples):
            said = publisher.say()
            told = {"/events": watcher.await_word("/events", said.number)}
            if said.phase != "resolved":  # a closing word leaves what is open
                for place in ("/", "/api/v2/summary.json"):
                    told[place] = watcher.await_word(place, said.sample)
            for place, at in told.items():
                seconds[place].append(at - said.at)
            time.sleep(chance.uniform(0.02, 0.4))  # meets every moment of every loop


def _judged(seconds: dict[str, list[float]]) -> list[Row]:
    rows = []
    for place, taken in seconds.items():
        most = percentile(taken, 0.99)
        rows.append(
            Row(
                f"commit → {place}, p99 with {BRANDS} brands of {COMPONENTS} components",
                milliseconds(most),
                f"≤ {milliseconds(AT_MOST)}",
                most <= AT_MOST,
            )
        )
        rows.append(Row("… of these the middle one", milliseconds(percentile(taken, 0.5))))
    return rows
