"""A drill's night, minute by minute: what happens, what fails, who answers, and who looks on.

Scripted people do what people do: what cannot be done now, because the database is away, they try
again every minute, in their order.
"""

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import OperationalError

from tocsin.journal.actors import Actor
from tocsin.page import seen
from tocsin.people.models import Role
from tocsin.rehearse import scenario as values
from tocsin.rehearse.drills import answering, owing
from tocsin.rehearse.drills.course import DAY, Course, clock_of
from tocsin.rehearse.drills.machines import NotTaken
from tocsin.rehearse.drills.outage import Outage
from tocsin.rehearse.drills.sink import Sink
from tocsin.rehearse.player import since_midnight
from tocsin.rehearse.playing import CannotPlay, Play
from tocsin.rehearse.scenario import Scenario, Step, Trouble
from tocsin.rehearse.telling import sentence, telling

MINUTE = timedelta(minutes=1)
AFTERWARDS = timedelta(hours=3)  # how long what is still owed is waited for
LOOKED_WITHIN = 10.0  # seconds

Say = Callable[[str, str], None]  # a time of the night, and a line


@dataclass
class Staged:
    """What fails in a drill: the relay falls silent, the database dies."""

    sink: Sink
    outage: Outage

    def fail(self, trouble: Trouble) -> None:
        if trouble is Trouble.MAIL:
            self.sink.fall_silent()
        elif trouble is Trouble.DATABASE:
            self.outage.begin()

    def mend(self, trouble: Trouble) -> None:
        if trouble is Trouble.MAIL:
            self.sink.hear()
        elif trouble is Trouble.DATABASE:
            self.outage.end()

    def mend_all(self) -> None:
        for trouble in Trouble:
            self.mend(trouble)


@dataclass
class Direction:
    """One drill. ``reader`` asks for the page and says whether it was there; ``say`` tells on."""

    play: Play
    staged: Staged
    reviewers: Mapping[Role, Actor]
    reader: Callable[[], bool]
    say: Say = lambda clock, line: None
    course: Course = field(default_factory=Course)
    _late: deque[tuple[Step, datetime]] = field(default_factory=deque)

    @property
    def now(self) -> datetime:
        return self.play.night.now

    @property
    def clock(self) -> str:
        """What time of the night it is."""
        since = self.now - self.play.night.opens_at
        return clock_of(self.play.scenario.opens, since)

    def _sentence(self, step: Step) -> str:
        cast = self.play.cast
        return sentence(step, {"olu": cast.olu.name, "lea": cast.lea.name})

    def whole(self) -> Course:
        """Play it to its end, and on until nothing is owed any more. Everything works after it."""
        story = deque(self.play.scenario.story)
        night, passed = self.play.night, timedelta()
        end = min(night.since_opening(story[-1].at) + AFTERWARDS, DAY - MINUTE)
        try:
            while passed <= end:
                while story and night.since_opening(story[0].at) <= passed:
                    self._happen(story.popleft())
                night.at(clock_of(night.opens, passed))
                self._turn()
                if not story and self._is_over():
                    break
                passed += MINUTE
        finally:
            for trouble in Trouble:
                self.course.end(trouble, at=self.now)
            self.staged.mend_all()
        return self.course

    def _happen(self, step: Step) -> None:
        is_fault = isinstance(step.act, values.Fail | values.Mend)
        if self._late and not is_fault:  # people and machines wait for their turn
            self._late.append((step, self.play.night.when(step.at)))
            return
        try:
            self._take(step)
        except (OperationalError, NotTaken):
            if not self.staged.outage.is_on:
                raise
            self._late.append((step, self.now))
            self.say(step.at, f"{self._sentence(step)}: no database, so it is tried again")

    def _take(self, step: Step) -> None:
        if isinstance(step.act, values.Mend):
            self.course.end(step.act.trouble, at=self.play.night.when(step.at))
        if isinstance(step.act, values.Fail):
            self._begin(step, step.act.trouble)
            return
        try:
            happened = self.play.take(step)
        except CannotPlay as error:
            self.course.refused.append(str(error))
            self.say(step.at, str(error))
            return
        self.course.alerts += isinstance(step.act, values.Alert)
        self.say(self.clock, self._sentence(step))
        for line in telling(happened):
            self.say("", line)

    def _begin(self, step: Step, trouble: Trouble) -> None:
        self.course.begin(trouble, step.at, at=self.play.night.at(step.at))
        self.say(step.at, self._sentence(step))
        with suppress(OperationalError):  # as soon as it fails, the worker meets it
            self.play.take(step)

    def _turn(self) -> None:
        """One minute: what was put off, whoever is asked, the worker, and a reader who looks."""
        self._try_again()
        with_database = not self.staged.outage.is_on
        if with_database:
            self._answer()
        self._work()
        self._look(with_database=with_database)

    def _try_again(self) -> None:
        while self._late and not self.staged.outage.is_on:
            step, since = self._late.popleft()
            self._take(replace(step, at=self.clock))
            self.course.note_tried_again(self._sentence(step), step.at, self.now - since)

    def _answer(self) -> None:
        answering.answer(
            self.play.night.page.id,
            self.play.scenario.consent,
            self.reviewers,
            self.course,
            say=lambda line: self.say(self.clock, line),
            at=self.now,
        )

    def _work(self) -> None:
        try:
            self.play.run_lanes()
            if seen.is_looking() and seen.await_looks(within=LOOKED_WITHIN):
                self.play.run_lanes()  # takes up what was seen
        except OperationalError:
            if not self.staged.outage.is_on:
                raise  # all that was due is a row, and is done once it is back

    def _look(self, *, with_database: bool) -> None:
        self.course.asked += 1
        self.course.asked_without_database += not with_database
        if not self.reader():
            self.course.failed += 1

    def _is_over(self) -> bool:
        """Whether nothing is owed any more: no step, no consent, no mail."""
        if self._late or self.staged.outage.is_on:
            return False
        is_settled = answering.is_settled(self.play.night.page.id, self.play.scenario.consent)
        return is_settled and not any(owing.owed(self.play.night.page))


def opening(scenario: Scenario, zone: str, *, before: datetime) -> datetime:
    """The last time that it was so late in a zone, with the whole night over by ``before``."""
    length = (since_midnight(scenario.story[-1].at) - since_midnight(scenario.opens)) % DAY
    latest = before - length - AFTERWARDS
    there = latest.astimezone(ZoneInfo(zone))
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0)
    opens = midnight + since_midnight(scenario.opens)
    found = opens if opens <= there else opens - DAY
    return found.astimezone(before.tzinfo)
