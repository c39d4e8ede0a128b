"""One loop per lane: do what is due, wait until something changes, do what is due."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType

import structlog
from django.db import connection

from tocsin.worker import wake
from tocsin.worker.clock import Clock
from tocsin.worker.due import (
    ENDINGS,
    LANES,
    MOMENTS,
    PACES,
    SELDOM,
    UNPACED,
    Entry,
    Lane,
    Moment,
    Pace,
)

log = structlog.get_logger("tocsin.worker")
BREATH = 0.5  # seconds, after the database could not be asked


def turn(
    lane: Lane,
    now: Callable[[], datetime],
    *,
    is_over: Callable[[], bool] = lambda: False,
    faults: "Faults | None" = None,
) -> int:
    """Run a lane's entries once, in order; return the units done.

    Each is told the time afresh: the one before may have waited for a slow network. A raised
    exception is recorded and the next entry has its turn; what was pending stays pending.
    """
    faults = faults or Faults()
    done = 0
    for entry in lane:
        if is_over():
            break
        with faults.noting(entry):
            done += entry(now())
    return done


def drain(lane: Lane, at: datetime, *, turns: int = 1000) -> int:
    """Take turns at one and the same time until nothing is left to do; return the units done.

    For whoever holds the clock: exceptions come through. Raises RuntimeError past ``turns``.
    """
    total = 0
    for _ in range(turns):
        done = sum(entry(at) for entry in lane)
        total += done
        if not done:
            return total
    raise RuntimeError(f"Still not done after {turns} turns; some entry counts what it did not do.")


def run(name: str, *, is_over: Callable[[], bool]) -> None:
    """Run one lane until it is over: the unit in hand is finished, the next is not begun."""
    loop = _Loop(LANES[name], PACES.get(name, Pace()), is_over, MOMENTS.get(name, ()))
    log.debug("lane started", lane=name)
    while not is_over():
        with loop.faults.noting(run):  # the database may be away; then so is whatever wakes us
            loop.run()
        if not is_over():
            time.sleep(BREATH)
    for ending in ENDINGS.get(name, ()):
        with loop.faults.noting(ending):
            ending(Clock().now())
    log.debug("lane stopped", lane=name)


class _Loop:
    """Turn upon turn of one lane at its pace, with what wakes it in between."""

    def __init__(
        self,
        lane: Lane,
        pace: Pace,
        is_over: Callable[[], bool],
        moments: tuple[Moment, ...] = (),
    ) -> None:
        self._paced = tuple(entry for entry in lane if entry not in UNPACED)
        self._unpaced = tuple(entry for entry in lane if entry in UNPACED)
        self._pace, self._is_over, self.faults = pace, is_over, Faults()
        self._moments = moments
        self._goes_on = False  # the turn before found something to do
        self._asked_at: dict[Entry, float] = {}  # those that are asked seldom

    def run(self) -> None:
        waker, clock = wake.waker(), Clock()
        try:
            while not self._is_over():
                looked_at = clock.now()
                while self._turn(clock):
                    waker.tell()
                    looked_at = clock.now()
                waker.wait(self._is_over, at_most=self._idle(clock, since=looked_at))
        finally:
            waker.close()

    def _idle(self, clock: Clock, *, since: datetime) -> float:
        """Seconds until the next moment to be met, of those after the last look."""
        until = clock.now() + timedelta(seconds=wake.IDLE_FOR)
        met = [moment(since) for moment in self._moments]
        first = min([until, *(one for one in met if one is not None)])
        return max(0.0, (first - clock.now()).total_seconds())

    def _turn(self, clock: Clock) -> bool:
        """Take one turn, and rest as the pace says; whether anything was done."""
        began = time.monotonic()
        done = turn(self._in_turn(began), clock.now, is_over=self._is_over, faults=self.faults)
        more = turn(self._unpaced, clock.now, is_over=self._is_over, faults=self.faults)
        if done or not more:
            self._rest(began, is_again=bool(done) and self._goes_on)
        self._goes_on = bool(done)
        return bool(done or more)

    def _in_turn(self, now: float) -> Lane:
        """The entries that are asked this time."""
        asked = tuple(entry for entry in self._paced if self._is_in_turn(entry, now))
        self._asked_at |= {entry: now for entry in asked if entry in SELDOM}
        return asked

    def _is_in_turn(self, entry: Entry, now: float) -> bool:
        before = self._asked_at.get(entry)
        return before is None or now - before >= SELDOM[entry]

    def _rest(self, began: float, *, is_again: bool) -> None:
        ended = time.monotonic()
        rest = min(ended - began, self._pace.most) if is_again else 0.0
        until = max(began + self._pace.least, ended + rest)
        while (left := until - time.monotonic()) > 0 and not self._is_over():
            time.sleep(min(left, wake.GLANCE))


class Faults:
    """Records what entries raise: the first of a row, and then at every doubling of their count."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    @contextmanager
    def noting(self, entry: Entry | Callable[..., None]) -> Iterator[None]:
        name = f"{entry.__module__}.{getattr(entry, '__qualname__', entry)}"
        try:
            yield
        except Exception as error:
            count = self._counts[name] = self._counts.get(name, 0) + 1
            if count.bit_count() == 1:  # a power of two: a broken entry must not fill the disk
                log.exception("entry failed", entry=name, times=count, reason=str(error))
            if not connection.in_atomic_block:
                connection.close()  # it may be the connection that broke; the next use opens one
        else:
            self._counts.pop(name, None)


@contextmanager
def stopping_on_signals() -> Iterator[Callable[[], bool]]:
    """Give a claim that turns true at SIGTERM or SIGINT."""
    told: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        told.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(told)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
