"""`kill -9` of any process at random moments of publish, compile and fan-out.

Words go out all the time, to readers whose relay writes down every Message-ID it takes. Before
each kill the installation must have moved on since the last one; after it everything must come to
rest by itself: each committed word live, and told to each reader, at most MOST_TWICE of them twice.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.shell import FAST, readers_of
from tests.bench.visible import a_past, live_number
from tests.faults.family import PARTS, SERVE, family_of, is_whole
from tests.publisher import Publisher
from tests.record import Record
from tests.serving import House, NeverHappened, kill, until
from tests.sink import Sink

KILLS, READERS = 20, 2000
MOST_TWICE = 50  # mails sent twice by one kill
PAUSE = 0.002  # seconds that the relay takes for each mail, on each connection
REST_WITHIN = 120  # seconds
PUBLISHER = "publisher"
MOMENTS = ("publish", "compile", "fan-out")


@dataclass(frozen=True, slots=True)
class Blow:
    """One kill to come: which part, at which moment, and how far into it (0 to 1)."""

    part: str
    moment: str
    depth: float


def blows(seed: int, count: int) -> list[Blow]:
    """``count`` kills in random order: every part at least once, every moment about as often."""
    chance = random.Random(seed)
    parts = [PARTS[turn % len(PARTS)] for turn in range(count)]
    moments = [MOMENTS[turn % len(MOMENTS)] for turn in range(count)]
    parts[-1] = PUBLISHER
    chance.shuffle(parts)
    chance.shuffle(moments)
    told = [
        Blow(part, "publish" if part == PUBLISHER else moment, chance.random())
        for part, moment in zip(parts, moments, strict=True)
    ]
    # The two lanes that carry the words are hit in mid-work at least once each.
    return [*told[:-2], Blow("words lane", "compile", 0.5), Blow("network lane", "fan-out", 0.5)]


@dataclass
class Siege:
    """One installation under fire, and what has been seen of it."""

    house: House
    sink: Sink
    record: Record
    publisher: Publisher
    baseline: int
    twice: int = 0

    def expected(self) -> int:
        """How many different mails there must be by now."""
        return self.record.to_be_told(after=self.baseline) * READERS

    def mails(self) -> Counter[str]:
        return Counter(name for _, _, name in self.sink.mails())

    def serve(self) -> int:
        assert self.house.process is not None
        return self.house.process.pid

    def rest(self) -> float:
        """Wait until every word is live and every reader told of it; return the seconds."""
        began = time.monotonic()
        until(lambda: is_whole(self.serve()), "every process runs again", within=REST_WITHIN)
        until(self._is_live, f"no. {self.record.last_number()} is live", within=REST_WITHIN)
        until(
            lambda: self.sink.count() >= self.expected() and len(self.mails()) >= self.expected(),
            f"{self.expected()} mails are out (there are {len(self.mails())})",
            within=REST_WITHIN,
            glance=0.1,
        )
        until(self._nothing_pending, "nothing is pending in the ledger", within=REST_WITHIN)
        return time.monotonic() - began

    def _is_live(self) -> bool:
        return live_number(self.house) >= self.record.last_number()

    def _nothing_pending(self) -> bool:
        told = self.house.told_by("status")["deliveries"]
        return bool(told["pending"] == told["retrying"] == 0)


def besiege(seed: int, say: Callable[[str], None], *, count: int = KILLS) -> bool:
    """Run the whole siege; returns whether nothing was lost and little was repeated."""
    say(f"Seed {seed}: {count} kills, {READERS} readers, a relay of {8 / PAUSE:.0f} mails/s.")
    with tempfile.TemporaryDirectory(prefix="tocsin-faults-") as name:
        directory = Path(name)
        with Sink(directory, pause=PAUSE) as sink:
            told = {**FAST, "TOCSIN_SMTP_URL": sink.url}
            house = House(directory / "house", told=told)
            house.data_dir.mkdir(parents=True)
            baseline = a_past(house, 50)
            readers_of(house, READERS)
            with house:
                house.start("--no-demo")
                return _under_fire(house, sink, baseline, blows(seed, count), say)


def _under_fire(
    house: House, sink: Sink, baseline: int, planned: list[Blow], say: Callable[[str], None]
) -> bool:
    is_good = True
    with Record(house.database) as record:
        siege = Siege(house, sink, record, Publisher(house.environ), baseline)
        try:
            siege.publisher.say()
            siege.rest()
            for turn, blow in enumerate(planned, 1):
                is_good = _round(siege, turn, blow, say) and is_good
            return _summed_up(siege, say) and is_good
        finally:
            siege.publisher.end()


def _round(siege: Siege, turn: int, blow: Blow, say: Callable[[str], None]) -> bool:
    _progress(siege)
    seen = _strike(siege, blow)
    _recover(siege, blow)
    took = siege.rest()
    twice = sum(siege.mails().values()) - len(siege.mails()) - siege.twice
    siege.twice += twice
    verdict = "ok" if twice <= MOST_TWICE else "TOO MANY TWICE"
    say(
        f"{turn:3}. {blow.part:18} {blow.moment:8} {seen:44} "
        f"at rest after {took:4.1f} s, {twice:3} twice  {verdict}"
    )
    return twice <= MOST_TWICE


def _progress(siege: Siege) -> None:
    """Move on: another word, live and with its first mails out, before anything is killed."""
    before, pages = siege.sink.count(), live_number(siege.house)
    said = siege.publisher.say()
    until(lambda: live_number(siege.house) >= said.number > pages, "the page moves on", within=30)
    until(lambda: siege.sink.count() > before, "mail moves on", within=30)


def _strike(siege: Siege, blow: Blow) -> str:
    """Kill at the moment that is asked for; returns what stood when it fell."""
    family = family_of(siege.serve()) | {PUBLISHER: siege.publisher.process.pid}
    if blow.part not in family:
        raise NeverHappened(f"{blow.part} doesn't run. Its log ends:\n{siege.house.tail()}")
    if blow.moment == "publish":
        siege.publisher.begin()
        time.sleep(blow.depth * 0.03)
    else:
        said = siege.publisher.say()
        if blow.moment == "compile":
            time.sleep(blow.depth * 0.12)
        else:
            mails = siege.expected() - READERS + int(blow.depth * READERS * 0.9) + 1
            until(
                lambda: siege.sink.count() >= mails, "mail gets that far", within=60, glance=0.001
            )
    kill(family[blow.part])
    if blow.moment == "publish":
        return _published_or_not(siege, blow)
    left = siege.expected() - siege.sink.count()
    is_live = "live" if live_number(siege.house) >= said.number else "not yet live"
    return f"no. {said.number} {is_live}, {left} mails to go"


def _published_or_not(siege: Siege, blow: Blow) -> str:
    before = siege.record.last_number()
    if blow.part == PUBLISHER:
        return f"{blow.depth * 30:.0f} ms into a word; the last committed is no. {before}"
    return f"{blow.depth * 30:.0f} ms into no. {siege.publisher.outcome().number}"


def _recover(siege: Siege, blow: Blow) -> None:
    if blow.part == PUBLISHER:
        siege.publisher.end()
        siege.publisher = Publisher(siege.house.environ)
    if blow.part == SERVE:
        assert siege.house.process is not None
        siege.house.process.wait(10)
        siege.house.start("--no-demo")


def _summed_up(siege: Siege, say: Callable[[str], None]) -> bool:
    mails, expected = siege.mails(), siege.expected()
    words = siege.record.to_be_told(after=siege.baseline)
    is_exact = len(mails) == expected
    say(
        f"{words} words to {READERS} readers: {expected} mails wanted, {len(mails)} different ones "
        f"taken, {siege.twice} of them twice."
    )
    told = siege.house.told_by("status")["deliveries"]
    are_told = told["delivered"] == expected and told["given_up"] == 0
    say(f"The ledger: {told['delivered']} delivered, {told['given_up']} given up.")
    done = siege.house.tocsin("verify")
    say(f"`tocsin verify` says: {' '.join((done.stdout + done.stderr).split())}")
    return is_exact and are_told and done.returncode == 0
