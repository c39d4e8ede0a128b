"""A live drill: people answer in their own time; alerts and faults come by the scenario's clock.

Front, web and worker run as in earnest, each in a process of its own. While the database is dead,
those that need it are stopped, and its files are out of reach; the front goes on.
"""

import http.client
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

from django.conf import settings

from tocsin.cli import places
from tocsin.cli.addresses import LOOPBACK, url
from tocsin.cli.drilling import Inside, Set, is_shown, tell
from tocsin.cli.supervision import STOP_WITHIN, Child, program
from tocsin.incidents.models import Incident
from tocsin.journal.actors import TERMINAL
from tocsin.rehearse import scenario as values
from tocsin.rehearse.drills import answering, owing, verdict
from tocsin.rehearse.drills.company import NAMED
from tocsin.rehearse.drills.course import Course, clock_of
from tocsin.rehearse.drills.machines import Machines, NotTaken
from tocsin.rehearse.drills.outage import Outage
from tocsin.rehearse.player import since_midnight
from tocsin.rehearse.scenario import Step, Trouble
from tocsin.rehearse.telling import sentence

LISTENERS = (sys.executable, "-I", "-m", "tocsin.cli.listeners")
WORKER = (sys.executable, "-I", "-m", "tocsin.cli", "worker")
BEAT = 0.25  # seconds between two looks
READ_EVERY = 2.0  # seconds between two looks of a reader
UP_WITHIN = 60.0  # seconds
AT_MOST = timedelta(hours=6)  # of the night, after its last step
DAY = timedelta(days=1)


@dataclass
class Live:
    """One live drill. ``speed``: so much of the night passes in the time of one. ``stays``: once
    nothing is open any more, it stays for what is owed afterwards, until told to stop."""

    inside: Inside
    stage: Set
    speed: float = 1.0
    stays: bool = False
    course: Course = field(default_factory=Course)
    _stopped: bool = False
    _late: deque[Step] = field(default_factory=deque)
    _read_at: float = 0.0
    _has_stayed: bool = False

    def __post_init__(self) -> None:
        environ = dict(os.environ)
        listening = {"front": self.inside.port, "web": self.inside.web}
        self._front, self._web = (
            Child(role, program((*LISTENERS, role, LOOPBACK, str(port)), environ))
            for role, port in listening.items()
        )
        self._worker = Child("worker", program(WORKER, environ))
        self._down: dict[Trouble, tuple[Child, ...]] = {}  # which are stopped, and why
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        self._outage = Outage(self.inside.ground.database)
        self._machines = Machines(
            self.stage.page.id, self.inside.port, by=TERMINAL, at=datetime.now(UTC)
        )

    def whole(self) -> dict[str, Any]:
        """Serve it until the scenario is over and nothing is open, or until told to stop."""
        former = {name: signal.signal(name, self._stop) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            self._get_up()
            self._greet()
            self.began = datetime.now(UTC)
            self._play()
        finally:
            self._mend_all()
            self._end()
            for name, handler in former.items():
                signal.signal(name, handler)
        return self._judged()

    # Time

    @property
    def _passed(self) -> timedelta:
        """How far into the night we are."""
        return (datetime.now(UTC) - self.began) * self.speed

    @property
    def _clock(self) -> str:
        return clock_of(self.stage.scenario.opens, self._passed)

    def _since(self, clock: str) -> timedelta:
        return (since_midnight(clock) - since_midnight(self.stage.scenario.opens)) % DAY

    # What happens

    def _play(self) -> None:
        story = deque(self.stage.scenario.story)
        last = self._since(story[-1].at)
        while not self._stopped:
            while story and self._since(story[0].at) <= self._passed:
                self._happen(story.popleft())
            self._look_after()
            if self._passed > last + AT_MOST or (not story and self._may_end()):
                return
            time.sleep(BEAT)

    def _may_end(self) -> bool:
        """Whether it is over, and nobody wanted to go on; says so once where somebody did."""
        if self._has_stayed or not self._is_over():
            return False
        if self.stays:
            self._has_stayed = True
            tell(self._clock, "Nothing is open any more. Give the account, and promise what")
            tell("", "changes, as long as you like. Ctrl-C ends and scores it.")
        return not self.stays

    def _happen(self, step: Step) -> None:
        match step.act:
            case values.Alert():
                self._late.append(step)
            case values.Fail(trouble):
                tell(step.at, sentence(step))
                self._fail(trouble, step.at)
            case values.Mend(trouble):
                tell(step.at, sentence(step))
                self._mend(trouble)
            case values.Customer(wrote):
                tell(step.at, f"A customer wrote at {wrote}")

    def _look_after(self) -> None:
        self._keep_up()
        while self._late and self._sent(self._late[0]):
            self._late.popleft()
        if not self._outage.is_on:
            answering.answer(
                self.stage.page.id,
                self.stage.scenario.consent,
                {role: actor for role, (actor, _) in self.stage.there.items()},
                self.course,
                speed=self.speed,
                usually=None,
                say=lambda line: tell(self._clock, line),
                at=datetime.now(UTC),
            )
        self._read()

    def _read(self) -> None:
        """A reader who asks for the page now and then."""
        if time.monotonic() - self._read_at < READ_EVERY:
            return
        self._read_at = time.monotonic()
        self.course.asked += 1
        self.course.asked_without_database += self._outage.is_on
        self.course.failed += not is_shown(self.inside.port)

    def _sent(self, step: Step) -> bool:
        """Let a machine tell; what is not taken in is tried again."""
        assert isinstance(step.act, values.Alert)
        try:
            self._machines.tell(step.act)
        except NotTaken:
            return False
        self.course.alerts += 1
        tell(self._clock, sentence(step))
        late = (self._passed - self._since(step.at)) / self.speed
        if late > timedelta(seconds=5):
            self.course.note_tried_again(sentence(step), step.at, late)
        return True

    def _is_over(self) -> bool:
        """Whether something was said, and nothing is open any more."""
        if self._late or self._outage.is_on:
            return False
        rows = Incident.objects.filter(page_id=self.stage.page.id)
        is_told = rows.exists() and not rows.filter(resolved_at=None).exists()
        asked = self.stage.scenario.consent
        is_settled = answering.is_settled(self.stage.page.id, asked, usually=None)
        return is_told and is_settled and not any(owing.owed(self.stage.page))

    # What fails

    def _fail(self, trouble: Trouble, clock: str) -> None:
        self.course.begin(trouble, clock, at=datetime.now(UTC))
        if trouble is Trouble.MAIL:
            self.inside.sink.fall_silent()
            return
        without = (self._worker,) if trouble is Trouble.WORKER else (self._web, self._worker)
        self._down[trouble] = without
        self._stop_all(without)
        if trouble is Trouble.DATABASE:
            self._outage.begin()

    def _mend(self, trouble: Trouble) -> None:
        self.course.end(trouble, at=datetime.now(UTC))
        self._down.pop(trouble, None)
        if trouble is Trouble.MAIL:
            self.inside.sink.hear()
        elif trouble is Trouble.DATABASE:
            self._outage.end()

    def _mend_all(self) -> None:
        for trouble in Trouble:
            self._mend(trouble)

    # The processes

    def _get_up(self) -> None:
        by = time.monotonic() + UP_WITHIN
        while not self._stopped and not (is_shown(self.inside.port) and self._is_web_up()):
            if time.monotonic() > by:
                raise SystemExit(f"The drill is not up within {UP_WITHIN:g} s.")
            self._keep_up()
            time.sleep(BEAT)

    def _keep_up(self) -> None:
        """Start what is not running and ought to."""
        down = [child for stopped in self._down.values() for child in stopped]
        for child in (self._front, self._web, self._worker):
            if child not in down:
                child.look()

    def _is_web_up(self) -> bool:
        asked = http.client.HTTPConnection(LOOPBACK, self.inside.port, timeout=2)
        try:
            asked.request("GET", "/console/sign-in")
            return asked.getresponse().status == 200
        except OSError:
            return False
        finally:
            asked.close()

    def _greet(self) -> None:
        scenario = self.stage.scenario
        here = url(LOOPBACK, self.inside.port)
        tell("", f"The page:  {here}/")
        tell("", f"Console:   {here}/console/")
        tell("", f"Mail:      {self.inside.ground.mail}")
        if self.inside.ground.read("drill")["rooms"]:
            tell("", f"Calls:     {self.inside.ground.calls}")
        tell("", "Each way in works once:")
        for role, (_, token) in self.stage.there.items():
            tell("", f"  {NAMED[role].ljust(24)} {places.sign_in_url(token)}")
        ends = "It ends by Ctrl-C." if self.stays else "It ends when nothing is open, or by Ctrl-C."
        tell(scenario.opens, f"It begins. {ends}")

    def _stop_all(self, children: Sequence[Child]) -> None:
        by = time.monotonic() + STOP_WITHIN
        for child in children:
            child.stop()
        for child in children:
            child.end(by=by)
            child.process = None

    def _end(self) -> None:
        self._stop_all((self._front, self._web, self._worker))

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopped = True

    def _judged(self) -> dict[str, Any]:
        rows = Incident.objects.filter(page_id=self.stage.page.id).order_by("declared_at", "pk")
        first = rows.values_list("pk", flat=True).first() or ""
        at = datetime.now(UTC)
        sinks = self.inside.sink, self.inside.rooms
        told = verdict.judged(self.stage.page, first, self.course, *sinks, at=at)
        return {"mode": "live", "opened_at": self.began.isoformat(), **told}
