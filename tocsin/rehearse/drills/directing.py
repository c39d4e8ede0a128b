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

from tocsin.announcements.models import Delivery
from tocsin.journal.actors import Actor
from tocsin.page import seen
from tocsin.people.models import Role
from tocsin.rehearse import scenario as values
from tocsin.rehearse.drills.outage import Outage
from tocsin.rehearse.drills.sink import Sink
from tocsin.rehearse.player import since_midnight
from tocsin.rehearse.playing import CannotPlay, Play
from tocsin.rehearse.scenario import Asked, Scenario, Step, Trouble
from tocsin.rehearse.telling import sentence, telling
from tocsin.statements import answers
from tocsin.statements.answers import CannotAnswer
from tocsin.statements.drafting import CannotDraft

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
USUALLY_AFTER = timedelta(minutes=5)  # how long whoever is asked takes, where nothing is told
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
class Course:
    """How it went. ``refused`` are steps that the rules refused, each with why."""

    faults: list[dict[str, object]] = field(default_factory=list)
    tried_again: list[dict[str, object]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    too_late: list[str] = field(default_factory=list)  # consent to what had been overtaken
    alerts: int = 0
    asked: int = 0  # times that a reader asked for the page
    failed: int = 0
    asked_without_database: int = 0


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
    _begun: dict[Trouble, tuple[str, datetime]] = field(default_factory=dict)

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
        last = night.since_opening(story[-1].at)
        try:
            while passed <= last + AFTERWARDS:
                while story and night.since_opening(story[0].at) <= passed:
                    self._happen(story.popleft())
                night.at(clock_of(night.opens, passed))
                self._turn()
                if not story and self._is_over():
                    break
                passed += MINUTE
        finally:
            for trouble in list(self._begun):
                self._note_end(trouble, at=self.now)
            self.staged.mend_all()
        return self.course

    def _happen(self, step: Step) -> None:
        is_fault = isinstance(step.act, values.Fail | values.Mend)
        if self._late and not is_fault:  # people and machines wait for their turn
            self._late.append((step, self.play.night.when(step.at)))
            return
        try:
            self._take(step)
        except OperationalError:
            if not self.staged.outage.is_on:
                raise
            self._late.append((step, self.now))
            self.say(step.at, f"{self._sentence(step)}: no database, so it is tried again")

    def _take(self, step: Step) -> None:
        if isinstance(step.act, values.Mend):
            self._note_end(step.act.trouble, at=self.play.night.when(step.at))
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
        self._begun[trouble] = step.at, self.play.night.at(step.at)
        self.say(step.at, self._sentence(step))
        with suppress(OperationalError):  # as soon as it fails, the worker meets it
            self.play.take(step)

    def _note_end(self, trouble: Trouble, *, at: datetime) -> None:
        if trouble not in self._begun:
            return
        clock, since = self._begun.pop(trouble)
        lasted = (max(at, since) - since).total_seconds()
        self.course.faults.append({"what": trouble.value, "at": clock, "seconds": lasted})

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
            waited = (self.now - since).total_seconds()
            self.course.tried_again.append(
                {"what": self._sentence(step), "at": step.at, "seconds": waited}
            )

    def _answer(self) -> None:
        for waiting in answers.waiting(self.play.night.page.id):
            role = Role(waiting.role)
            after = answers_after(self.play.scenario.consent, role)
            if after is None or self.now < waiting.requested_at + after:
                continue
            by = self.reviewers[role]
            try:
                answers.grant(waiting.clearance_id, by=by, at=self.now)
                self.say(self.clock, f"{by.name} consents: {waiting.words.phase}")
            except (CannotAnswer, CannotDraft) as error:
                answers.withdraw(waiting.clearance_id, by=self.play.cast.lea, at=self.now)
                self.course.too_late.append(str(error).splitlines()[0])
                self.say(self.clock, f"{by.name} would consent, and it was said otherwise by then")

    def _work(self) -> None:
        try:
            self.play.run_lanes()
            if not self.play.night.is_stalled and seen.await_looks(within=LOOKED_WITHIN):
                self.play.run_lanes()
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
        is_asked = any(
            answers_after(self.play.scenario.consent, Role(one.role)) is not None
            for one in answers.waiting(self.play.night.page.id)
        )
        return not is_asked and not Delivery.objects.filter(next_at__isnull=False).exists()


def answers_after(asked: Asked | None, role: Role) -> timedelta | None:
    """How long whoever holds a role takes to consent; None: they never do."""
    is_slow = asked is not None and asked.of.value == role.value
    return asked.after if asked is not None and is_slow else USUALLY_AFTER


def clock_of(opens: str, since: timedelta) -> str:
    """The time of the night so long after its opening: "09:47:00"."""
    seconds = int((since_midnight(opens) + since).total_seconds()) % int(DAY.total_seconds())
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def opening(scenario: Scenario, zone: str, *, before: datetime) -> datetime:
    """The last time that it was so late in a zone, with the whole night over by ``before``."""
    length = (since_midnight(scenario.story[-1].at) - since_midnight(scenario.opens)) % DAY
    latest = before - length - AFTERWARDS
    there = latest.astimezone(ZoneInfo(zone))
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0)
    opens = midnight + since_midnight(scenario.opens)
    found = opens if opens <= there else opens - DAY
    return found.astimezone(before.tzinfo)
