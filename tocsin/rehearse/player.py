"""Plays a night: the clock is turned by hand, and the worker's lanes run after each word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure import times
from tocsin.disclosure.severity import Severity
from tocsin.incidents import intake
from tocsin.journal.actors import Actor
from tocsin.page import site
from tocsin.statements import word
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying
from tocsin.worker import lanes
from tocsin.worker.due import LANES

Word = Callable[["Night"], Saying]
ZERO, DAY = timedelta(), timedelta(days=1)


class BackInTime(Exception):
    """The clock of a night only goes forward."""


@dataclass
class Night:
    """A night on one page. ``opens`` on its own clock ("09:47") is the moment ``opens_at``.

    So the same night can be told on any day and at any hour: what it says of times follows.
    ``announces`` is whether readers are told; without ``works``, the lanes stay idle until the end.

    With ``speed``, so much of the night passes in the time of one: at 60, an hour in a minute. It
    is then told by ``real`` time, and every time it says is one that really was, or will be.
    """

    page: Brand
    opens_at: datetime
    opens: str
    announces: bool = True
    works: bool = True
    is_stalled: bool = False  # the worker is away
    speed: float = 1.0
    real: Callable[[], datetime] | None = None
    now: datetime = field(init=False)
    _lived: list[tuple[timedelta, datetime]] = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.opens_at
        self._lived = [(ZERO, self.opens_at)]

    def since_opening(self, clock: str) -> timedelta:
        """How far into the night ``clock`` is; before its opening: the next day's."""
        return (since_midnight(clock) - since_midnight(self.opens)) % DAY

    def when(self, clock: str) -> datetime:
        """The moment that the night calls ``clock``: when it was, or when it will be."""
        since = self.since_opening(clock)
        before = [lived for lived in self._lived if lived[0] <= since]
        after = [lived for lived in self._lived if lived[0] > since]
        known, moment = before[-1]
        if not after:
            return moment + (since - known) / self.speed
        until, then = after[0]
        return moment + (then - moment) * ((since - known) / (until - known))

    def at(self, clock: str) -> datetime:
        """Let it be ``clock``. Raises BackInTime."""
        moment = self.when(clock)
        if moment < self.now:
            raise BackInTime(f"It is {self.now:%H:%M} already; {clock} has passed.")
        if self.real is not None:  # what took longer than its share makes all that follows later
            moment = max(moment, self.real())
        self._lived.append((self.since_opening(clock), moment))
        self.now = moment
        return moment

    @property
    def present(self) -> datetime:
        """What time it is, also between two things that happen."""
        return self.now if self.real is None else self.real()

    def told(self, clock: str, language: str) -> str:
        """A time as readers see it: "09:47 UTC"."""
        zone = self.page.time_zone
        return times.spoken(self.when(clock), zone, language, now=self.now)

    def run_lanes(self) -> int:
        """Let the worker do all that is due by now, lane after lane; return the units done.

        Packing files takes its time and shows nobody anything new: the real worker does it later.
        """
        at = self.present
        quick = [
            tuple(entry for entry in lane if entry != site.compress) for lane in LANES.values()
        ]
        done = 0
        while more := sum(lanes.drain(lane, at) for lane in quick):
            done += more
        return done

    def declare(
        self,
        clock: str,
        title: str,
        *,
        by: Actor,
        components: Mapping[str, State],
        severity: Severity | None = None,
        started: str = "",
        detected: str = "",
        next_word: str = "",
        names: Mapping[str, str] | None = None,
        layers: Mapping[str, Layer] | None = None,
        is_security: bool = False,
    ) -> str:
        """Somebody declares; without ``layers`` the holding statement goes out. Return its id."""
        at = self.at(clock)
        spoken = word.declare(
            self.page.id,
            title=title,
            components=components,
            severity=severity,
            is_security=is_security,
            layers=layers,
            started_at=self.when(started) if started else None,
            detected_at=self.when(detected) if detected else None,
            next_word_at=self.when(next_word) if next_word else None,
            names=names,
            announces=self.announces,
            by=by,
            at=at,
        )
        self.work()
        return spoken.incident_id

    def say(self, clock: str, incident_id: str, saying: Word, *, by: Actor) -> Spoken:
        """Somebody says more; ``saying`` is asked for the words once it is ``clock``."""
        at = self.at(clock)
        spoken = word.say(incident_id, saying(self), by=by, at=at, announces=self.announces)
        self.work()
        return spoken

    def work(self) -> None:
        """Let the worker do what is due; where the lanes stay idle, alerts are taken up all the
        same: later they would be news of what is long over."""
        if self.is_stalled:
            return
        if self.works:
            self.run_lanes()
        else:
            intake.take_up(self.now)


def since_midnight(clock: str) -> timedelta:
    """A time of day as a length: "09:47", "09:47:30"."""
    hours, minutes, seconds = (int(part) for part in f"{clock}:00".split(":")[:3])
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
