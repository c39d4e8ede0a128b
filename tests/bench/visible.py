"""From the commit of a publication until readers see it, with a short past and with a long one."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.load import CONNECTIONS, Meanwhile
from tests.bench.table import Row, aligned, milliseconds, percentile
from tests.publisher import Publisher, Said
from tests.record import Record
from tests.serving import ROOT, House, NeverHappened, until
from tests.watcher import PLACES, Watcher

FEW, MANY = 50, 5000
SAMPLES, ROUNDS = 200, 8
AT_MOST, RATIO = 0.300, 1.5  # seconds; p99 with many over p99 with few
COMPILED_WITHIN = 1800  # seconds, for a long past from nothing


@dataclass
class Subject:
    """One installation with its past, and the seconds from commit to each place, so far."""

    past: int
    house: House
    publisher: Publisher
    compiled_in: float
    seconds: dict[str, list[float]] = field(default_factory=lambda: {at: [] for at in PLACES})
    rates: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return sum(self.rates) / len(self.rates)


def measure(say: Callable[[str], None], *, samples: int = SAMPLES) -> list[Row]:
    """Measure a short past and a long one; ``say`` is told how it goes along."""
    few, many = compared(say, (FEW, MANY), samples=samples)
    return _judged(few, many)


def compared(
    say: Callable[[str], None], pasts: Sequence[int], *, samples: int = SAMPLES
) -> list[Subject]:
    """Measure several pasts in turns, the others at rest while one works, so that they meet the
    same machine; ``samples`` at each place or more."""
    with ExitStack() as stack:
        subjects = [_subject(past, stack, say) for past in pasts]
        say(f"Saying {samples} words and more to each, in {ROUNDS} rounds …")
        for turn in range(ROUNDS):
            for subject in subjects if turn % 2 else reversed(subjects):
                subject.house.wake()
                _timed(subject, samples * (turn + 1) // ROUNDS)
                subject.house.rest()
        say(_detailed(subjects))
        return subjects


def _subject(past: int, stack: ExitStack, say: Callable[[str], None]) -> Subject:
    house = House(Path(stack.enter_context(TemporaryDirectory(prefix="tocsin-bench-"))))
    say(f"Writing a past of {past} incidents …")
    house.data_dir.mkdir()
    a_past(house, past)
    stack.enter_context(house)
    began = time.monotonic()
    house.start("--no-demo")
    with Record(house.database) as record:
        what = f"the past of {past} incidents is compiled"
        until(record.is_compiled, what, within=COMPILED_WITHIN)
    compiled_in = time.monotonic() - began
    say(f"Its whole page was compiled in {compiled_in:.1f} s.")
    publisher = stack.enter_context(Publisher(house.environ))
    for _ in range(3):
        publisher.say()  # warms up
    house.rest()
    return Subject(past, house, publisher, compiled_in)


def a_past(house: House, count: int, *more: int) -> int:
    """Write a past into an installation that isn't running; return its last number.

    ``more`` is over how many pages, and of how many components each.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.past", *map(str, (count, *more))],
        env=house.environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NeverHappened(f"The past could not be written:\n{done.stderr[-2000:]}")
    return int(done.stdout)


def live_number(house: House) -> int:
    """The number of the publication that the page shows; 0 before there is a page."""
    for pointer in (house.data_dir / "site").glob("*/live"):
        return int(pointer.read_text().partition(".")[0])
    return 0


def is_live(house: House, number: int) -> bool:
    return live_number(house) >= number


def _timed(subject: Subject, samples: int) -> None:
    """Go on until each place has so many samples, under load."""
    chance, house = random.Random(samples), subject.house
    # A new reader each round: the front closes connections that were idle for long.
    with Watcher(house.port) as watcher, Meanwhile(f"{house.base_url}/", at_most=600) as load:
        _await(watcher, subject.publisher.say())
        while min(map(len, subject.seconds.values())) < samples:
            said = subject.publisher.say()
            for place, at in _await(watcher, said).items():
                subject.seconds[place].append(at - said.at)
            time.sleep(chance.uniform(0.02, 0.4))  # meets every moment of every loop
    subject.rates.append(load.rate)


def _await(watcher: Watcher, said: Said) -> dict[str, float]:
    """When each place showed a word; a closing word leaves what is open, so only its event is."""
    told = {"/events": watcher.await_word("/events", said.number)}
    if said.phase != "resolved":
        for place in ("/", "/api/v2/summary.json"):
            told[place] = watcher.await_word(place, said.sample)
    return told


def _detailed(seen: list[Subject]) -> str:
    lines: list[tuple[str, ...]] = [
        ("past incidents", "place", "samples", "p50", "p95", "p99", "worst", "load")
    ]
    for one in seen:
        for place, seconds in one.seconds.items():
            shares = [percentile(seconds, share) for share in (0.5, 0.95, 0.99)]
            cells = [milliseconds(value) for value in (*shares, max(seconds))]
            load = f"{one.rate:.0f} req/s"
            lines.append((str(one.past), place, str(len(seconds)), *cells, load))
    return aligned(lines)


def _judged(few: Subject, many: Subject) -> list[Row]:
    rows = []
    for place in PLACES:
        least, most = percentile(few.seconds[place], 0.99), percentile(many.seconds[place], 0.99)
        rows.append(
            Row(
                f"commit → {place}, p99 with {MANY} past incidents",
                milliseconds(most),
                f"≤ {milliseconds(AT_MOST)}",
                most <= AT_MOST,
            )
        )
        rows.append(
            Row(
                f"commit → {place}, p99 with {MANY} over p99 with {FEW}",
                f"{most / least:.2f} ×",
                f"≤ {RATIO} ×",
                most <= RATIO * least,
            )
        )
    rows.append(Row(f"the load meanwhile: wrk -t1 -c{CONNECTIONS} on /", f"{many.rate:.0f} req/s"))
    rows.append(Row(f"a whole page with {MANY} past incidents", f"{many.compiled_in:.1f} s"))
    return rows
