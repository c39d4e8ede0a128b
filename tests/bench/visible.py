"""From the commit of a publication until readers see it, with a short past and with a long one."""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.load import CONNECTIONS, Meanwhile
from tests.bench.table import Row, aligned, milliseconds, percentile
from tests.publisher import Publisher, Said
from tests.record import Record
from tests.serving import ROOT, House, NeverHappened, until
from tests.watcher import PLACES, Watcher

FEW, MANY = 50, 5000
SAMPLES = 200
AT_MOST, RATIO = 0.300, 1.5  # seconds; p99 with many over p99 with few
COMPILED_WITHIN = 600  # seconds, for a long past from nothing


@dataclass(frozen=True, slots=True)
class Seen:
    """Seconds from commit to each place, one of each for every word."""

    past: int
    seconds: dict[str, list[float]]
    rate: float
    compiled_in: float


def measure(say: Callable[[str], None], *, samples: int = SAMPLES) -> list[Row]:
    """Measure both pasts; ``say`` is told how it goes along."""
    seen = [_with_past(past, samples, say) for past in (FEW, MANY)]
    say(_detailed(seen))
    return _judged(*seen)


def _with_past(past: int, samples: int, say: Callable[[str], None]) -> Seen:
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as directory:
        house = House(Path(directory))
        say(f"Writing a past of {past} incidents …")
        house.data_dir.mkdir()
        a_past(house, past)
        with house:
            began = time.monotonic()
            house.start("--no-demo")
            with Record(house.database) as record:
                until(
                    record.is_compiled,
                    f"the past of {past} incidents is compiled",
                    within=COMPILED_WITHIN,
                )
            compiled_in = time.monotonic() - began
            say(f"Its whole page was compiled in {compiled_in:.1f} s. Saying {samples} words …")
            seconds, rate = _timed(house, samples)
    return Seen(past, seconds, rate, compiled_in)


def a_past(house: House, count: int) -> int:
    """Write a past into an installation that isn't running; return its last number."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.past", str(count)],
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


def _timed(house: House, samples: int) -> tuple[dict[str, list[float]], float]:
    seconds: dict[str, list[float]] = {place: [] for place in PLACES}
    chance = random.Random(samples)
    with Watcher(house.port) as watcher, Publisher(house.environ) as publisher:
        warm_up = [publisher.say() for _ in range(3)]
        _await(watcher, warm_up[-1])
        with Meanwhile(f"{house.base_url}/", at_most=samples * 3) as load:
            while min(map(len, seconds.values())) < samples:
                said = publisher.say()
                for place, at in _await(watcher, said).items():
                    seconds[place].append(at - said.at)
                time.sleep(chance.uniform(0.02, 0.4))  # meets every moment of every loop
    return seconds, load.rate


def _await(watcher: Watcher, said: Said) -> dict[str, float]:
    """When each place showed a word; a closing word leaves what is open, so only its event is."""
    told = {"/events": watcher.await_word("/events", said.number)}
    if said.phase != "resolved":
        for place in ("/", "/api/v2/summary.json"):
            told[place] = watcher.await_word(place, said.sample)
    return told


def _detailed(seen: list[Seen]) -> str:
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


def _judged(few: Seen, many: Seen) -> list[Row]:
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
