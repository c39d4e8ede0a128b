"""From the shell's `tocsin declare` to the page, and from going live to the first mail."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.table import Row, milliseconds, percentile
from tests.bench.visible import a_past, is_live
from tests.publisher import Publisher
from tests.serving import House, NeverHappened, until
from tests.sink import Sink
from tests.watcher import Watcher

DECLARED, MAILED = 12, 24  # samples
SHELL_AT_MOST, MAIL_AT_MOST = 2.0, 1.0  # seconds
READERS = 200
FAST = {
    # A bench says more in a minute than a year of nights, so what protects readers stands aside.
    "TOCSIN_MAILS_AN_HOUR": "100000",
    "TOCSIN_BREAKER_RATIO": "100000",
}


def measure(say: Callable[[str], None]) -> list[Row]:
    """Measure both in one installation with a relay that takes everything at once."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        directory = Path(name)
        with Sink(directory) as sink:
            house = House(directory / "house", told={**FAST, "TOCSIN_SMTP_URL": sink.url})
            house.data_dir.mkdir(parents=True)
            last = a_past(house, 50)
            readers_of(house, READERS)
            with house:
                house.start("--no-demo")
                until(lambda: is_live(house, last), "the page is compiled", within=60)
                say(f"Declaring {DECLARED} incidents from the shell …")
                shell = [_declared(house, turn) for turn in range(DECLARED)]
                say(f"Saying {MAILED} words to {READERS} readers …")
                mail = _mailed(house, sink)
    return [
        _row("`tocsin declare` in the shell → page", shell, SHELL_AT_MOST),
        _row("going live → first mail handed over", mail, MAIL_AT_MOST),
    ]


def readers_of(house: House, count: int) -> None:
    """Let readers be told who consented elsewhere, by `tocsin subscribers import`."""
    lines = ["email,consented_at,language"]
    lines += [
        f"reader{turn}@reader.example,2026-01-05T09:00:00Z,{'fr' if turn % 4 == 0 else 'en'}"
        for turn in range(count)
    ]
    path = house.directory / "readers.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    done = house.tocsin("subscribers", "import", str(path), "--page", "linden")
    if done.returncode != 0:
        raise NeverHappened(f"Readers could not be imported: {done.stderr.strip()}")


def _declared(house: House, turn: int) -> float:
    """Seconds from starting the command until its incident is on the page; it is resolved again."""
    words = ("declare", f"Search fails, no. {turn}", "--page", "linden")
    began = time.monotonic()
    told = house.told_by(*words, "--component", "search=major_outage")
    link = f"/incidents/{told['incident']}"
    until(lambda: link in house.read("/").text, "it is on the page", within=30, glance=0.01)
    took = time.monotonic() - began
    house.tocsin("resolve", told["incident"], "--say", "Search is quick again.")
    until(lambda: is_live(house, told["publication"] + 1), "it is resolved", within=30)
    return took


def _mailed(house: House, sink: Sink) -> list[float]:
    """Seconds from each word's going live to the first mail about it that a relay took."""
    waits = []
    until(lambda: sink.count() >= 2 * DECLARED * READERS, "all mail is out", within=120)
    with Watcher(house.port) as watcher, Publisher(house.environ) as publisher:
        for _ in range(MAILED):
            before = sink.count()
            said = publisher.say()
            live_at = watcher.await_word("/events", said.number)
            until(
                lambda before=before: sink.count() >= before + READERS,  # type: ignore[misc]
                f"no. {said.number} is told to everyone",
                within=60,
            )
            waits.append(sink.mails()[before][0] - live_at)
    return waits


def _row(measure: str, seconds: list[float], at_most: float) -> Row:
    median, worst = percentile(seconds, 0.5), max(seconds)
    seen = f"{milliseconds(worst)} at worst, {milliseconds(median)} median of {len(seconds)}"
    return Row(measure, seen, f"≤ {at_most:g} s", worst <= at_most)
