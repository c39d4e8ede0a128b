"""Plays a night: the clock is turned by hand, and the worker's lanes run after each word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure import times
from tocsin.journal.actors import Actor
from tocsin.page import site
from tocsin.statements import word
from tocsin.statements.published import Publication
from tocsin.statements.word import Saying
from tocsin.worker import lanes
from tocsin.worker.due import LANES

Word = Callable[["Night"], Saying]


class BackInTime(Exception):
    """The clock of a night only goes forward."""


@dataclass
class Night:
    """A night on one page. ``opens`` on its own clock ("09:47") is the moment ``opens_at``.

    So the same night can be told on any day and at any hour: what it says of times follows.
    ``announces`` is whether readers are told; without ``works``, the lanes stay idle until the end.
    """

    page: Brand
    opens_at: datetime
    opens: str
    announces: bool = True
    works: bool = True
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.opens_at

    def when(self, clock: str) -> datetime:
        """The moment that the night calls ``clock``; before its opening: the next day's."""
        minutes = _minutes(clock) - _minutes(self.opens)
        return self.opens_at + timedelta(minutes=minutes % (24 * 60))

    def at(self, clock: str) -> datetime:
        """Let it be ``clock``. Raises BackInTime."""
        moment = self.when(clock)
        if moment < self.now:
            raise BackInTime(f"It is {self.now:%H:%M} already; {clock} has passed.")
        self.now = moment
        return moment

    def told(self, clock: str, language: str) -> str:
        """A time as readers see it: "09:47 UTC"."""
        zone = self.page.time_zone
        return times.spoken(self.when(clock), zone, language, now=self.now)

    def run_lanes(self) -> int:
        """Let the worker do all that is due by now, lane after lane; return the units done.

        Packing files takes its time and shows nobody anything new: the real worker does it later.
        """
        quick = [
            tuple(entry for entry in lane if entry != site.compress) for lane in LANES.values()
        ]
        done = 0
        while more := sum(lanes.drain(lane, self.now) for lane in quick):
            done += more
        return done

    def declare(
        self,
        clock: str,
        title: str,
        *,
        by: Actor,
        components: Mapping[str, State],
        started: str = "",
        detected: str = "",
        next_word: str = "",
        names: Mapping[str, str] | None = None,
    ) -> str:
        """Somebody declares; the holding statement goes out. Return the incident's id."""
        at = self.at(clock)
        spoken = word.declare(
            self.page.id,
            title=title,
            components=components,
            started_at=self.when(started) if started else None,
            detected_at=self.when(detected) if detected else None,
            next_word_at=self.when(next_word) if next_word else None,
            names=names,
            announces=self.announces,
            by=by,
            at=at,
        )
        self._work()
        return spoken.incident_id

    def say(self, clock: str, incident_id: str, saying: Word, *, by: Actor) -> Publication:
        """Somebody says more; ``saying`` is asked for the words once it is ``clock``."""
        at = self.at(clock)
        spoken = word.say(incident_id, saying(self), by=by, at=at, announces=self.announces)
        self._work()
        return spoken.publication

    def _work(self) -> None:
        if self.works:
            self.run_lanes()


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
