"""A scenario played, step by step: each act by the verb that a door would call.

CannotPlay    a step was refused; says in which line of the file, and why
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Protocol

from django.conf import settings

from tocsin.announcements import audience, ledger, progress, readers
from tocsin.announcements.audience import CannotSubscribe, Choice
from tocsin.announcements.ledger import CannotRelease
from tocsin.announcements.progress import Counts
from tocsin.announcements.readers import Standing
from tocsin.catalogue import shelf
from tocsin.incidents import declaration, drafted
from tocsin.incidents.declaration import CannotDeclare
from tocsin.incidents.drafted import CannotSettle
from tocsin.incidents.models import MomentKind
from tocsin.journal.actors import Actor
from tocsin.people.access import NotAllowed
from tocsin.rehearse import scenario as values
from tocsin.rehearse.kinds import IN_BRACES
from tocsin.rehearse.linden import Cast
from tocsin.rehearse.player import Night
from tocsin.rehearse.scenario import Scenario, Spoken, Step, Trouble
from tocsin.statements import answers, drafting, prepared, published, word
from tocsin.statements.clearance import CannotClear
from tocsin.statements.drafting import CannotDraft, Drafted
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.publication import CannotPublish, NotCleared
from tocsin.statements.published import Publication
from tocsin.statements.values import Forecast, Layer
from tocsin.statements.word import Saying
from tocsin.watch import hooks, signals
from tocsin.watch.alerts import Alert
from tocsin.watch.hooks import CannotHook, Door
from tocsin.watch.models import Source

SPEAKING = (values.Declare, values.SayIt, values.Say, values.Clear)
CHECKS = "Linden's own checks"
SOURCE = "a scenario"
REFUSED = (
    NotAllowed,
    CannotDeclare,
    CannotSettle,
    CannotHook,
    CannotDraft,
    NotFitToSay,
    CannotClear,
    NotCleared,
    CannotPublish,
    CannotSubscribe,
)


class CannotPlay(Exception):
    pass


class Staging(Protocol):
    """Who lets things fail for whoever else is there; without one they fail for us alone."""

    def fail(self, trouble: Trouble) -> None: ...
    def mend(self, trouble: Trouble) -> None: ...


@dataclass(frozen=True, slots=True)
class Happened:
    """What a step came to. ``said`` is a word that became official, ``told`` how its telling goes.

    ``by_name`` are some of those who were told; ``waits``: an incident is drafted and not said.
    ``was_held``: so many mails in so little time looked like a storm, and were let go.
    ``asked`` is whose consent a word of the incident waits for.
    """

    step: Step
    at: datetime
    incident_id: str = ""
    said: Publication | None = None
    told: Counts | None = None
    by_name: tuple[str, ...] = ()
    waits: bool = False
    was_held: bool = False
    asked: str = ""


@dataclass
class Play:
    """A scenario on a night. ``by`` stands behind what the machines and the readers do.

    ``incident`` may be given, to go on with one that was left half told. ``machines`` bring alerts
    to the door themselves; without them they come in below it.
    """

    scenario: Scenario
    night: Night
    cast: Cast
    by: Actor
    incident: str = ""
    lets_readers_in: bool = True
    staging: Staging | None = None
    machines: Callable[[values.Alert], None] | None = None
    troubles: set[Trouble] = field(default_factory=set)
    _draft: tuple[Drafted, Saying] | None = field(default=None, init=False)
    _past: int = field(default=0, init=False)  # steps that have happened
    _let_go: set[str] = field(default_factory=set, init=False)  # publications that were held

    def let_in(self) -> list[str]:
        """Subscribe those who asked to be told before; return their ids."""
        at = self.night.now
        return [self._join(reader, at=at) for reader in self.scenario.readers]

    def play(self, *, after: str = "", until: str = "") -> Iterator[Happened]:
        """Play on from the last step, past ``after`` and up to ``until``, each as it is asked for.

        Raises CannotPlay, BackInTime.
        """
        since = self.night.since_opening
        for step in self.scenario.story[self._past :]:
            if until and since(step.at) > since(until):
                return
            self._past += 1
            if not after or since(step.at) > since(after):
                yield self.take(step)

    def whole(self, *, after: str = "", until: str = "") -> str:
        """Play on at once; return the incident's id. Raises CannotPlay, BackInTime."""
        for _ in self.play(after=after, until=until):
            pass
        return self.incident

    def take(self, step: Step) -> Happened:
        """Let one step happen. Raises CannotPlay, BackInTime."""
        match step.act:
            case values.Fail(trouble):
                self._fail(trouble, step)
            case values.Mend(trouble):
                self._mend(trouble)
        with self._in_trouble():
            try:
                said = self._act(step)
            except REFUSED as error:
                place = f"Line {step.line}" if step.line else "A step"
                raise CannotPlay(f"{place}, at {step.at}: {error}") from error
            self._release()
        return self._happened(step, said)

    def _fail(self, trouble: Trouble, step: Step) -> None:
        if self.staging:
            self.staging.fail(trouble)
        elif trouble is Trouble.DATABASE:
            raise CannotPlay(f"Line {step.line}, at {step.at}: a database dies in a drill alone.")
        self.troubles.add(trouble)

    def _mend(self, trouble: Trouble) -> None:
        if self.staging:
            self.staging.mend(trouble)
        self.troubles.discard(trouble)

    def run_lanes(self) -> None:
        """Let the worker do what is due by now, as far as it can."""
        with self._in_trouble():
            self.night.work()
            self._release()

    def _release(self) -> None:
        """Let go what the circuit breaker holds of a night that is made shorter.

        It counts mails by the real time, in which an hour's words are no storm but a minute's are.
        """
        if self.night.speed <= 1 or self.night.is_stalled:
            return
        for held in progress.held(self.night.page.audience_id):
            self._settle_hold(held.publication_id, at=self.night.present)
            self.night.work()

    def _settle_hold(self, publication_id: str, *, at: datetime) -> None:
        try:
            ledger.release_hold(publication_id, by=self.cast.lea, at=at)
            self._let_go.add(publication_id)
        except CannotRelease:
            with suppress(CannotRelease):  # too old to be told, or somebody was quicker
                ledger.drop_hold(publication_id, by=self.cast.lea, at=at)

    def _happened(self, step: Step, said: Publication | None) -> Happened:
        is_by_name = said is not None and self.lets_readers_in
        fates = progress.fates(said.id, fate="delivered", limit=7) if said and is_by_name else ()
        return Happened(
            step=step,
            at=self.night.now,
            incident_id=self.incident,
            said=said,
            told=progress.progress_of(said.id).counts if said else None,
            by_name=tuple(fate.address.partition("@")[0] for fate in fates),
            waits=bool(drafted.open_ones([self.night.page.id], at=self.night.now)),
            was_held=said is not None and said.id in self._let_go,
            asked=self._asked() if said is None and isinstance(step.act, SPEAKING) else "",
        )

    def _asked(self) -> str:
        return next((one.role for one in answers.waiting_of(self.incident)), "")

    def _act(self, step: Step) -> Publication | None:
        who = self.cast.named(step.by)
        match step.act:
            case values.Declare() as told:
                return self._declare(step, told, who)
            case values.SayIt():
                return self._tap(step, who)
            case values.Say() as told:
                return self._say(step, told, who)
            case values.Clear():
                return self._clear(step, who)
        self._act_unseen(step, who, at=self.night.at(step.at))
        self.night.work()
        return None

    def _act_unseen(self, step: Step, who: Actor, *, at: datetime) -> None:
        """What readers see nothing of."""
        match step.act:
            case values.Alert() as told:
                self._notice(told, at=at)
            case values.Dismiss(because):
                drafted.dismiss(self._waiting(at), reason=because, by=who, at=at)
            case values.Learn(fact):
                declaration.learn(self.incident, text=fact, by=who, at=at)
            case values.Mitigated():
                kind = MomentKind.MITIGATED
                declaration.set_moment(self.incident, kind=kind, moment_at=at, by=who, at=at)
            case values.Customer(wrote):
                kind, wrote_at = MomentKind.CUSTOMER_FIRST, self.night.when(wrote)
                declaration.set_moment(self.incident, kind=kind, moment_at=wrote_at, by=who, at=at)
            case values.Draft(saying):
                self._write(saying, who, at=at)
            case values.Reader() as told:
                self._join(told, at=at)
            case values.Leave(name):
                self._leave(name, at=at)

    def _declare(self, step: Step, told: values.Declare, who: Actor) -> Publication | None:
        own = self.night.page.language
        names = {code: filled(text, self.night, code) for code, text in told.name.items()}
        self.incident = self.night.declare(
            step.at,
            names.get(own) or next(iter(names.values())),
            components=told.components,
            severity=told.severity,
            started=told.started,
            detected=told.detected,
            next_word=told.next_word,
            names=names,
            layers=layers_of(told.words, self.night) or None,
            is_security=told.security,
            by=who,
        )
        return self._latest()

    def _tap(self, step: Step, who: Actor) -> Publication | None:
        at = self.night.at(step.at)
        self.incident = prepared.say(self._waiting(at), by=who, at=at).incident_id
        self.night.work()
        return self._latest()

    def _say(self, step: Step, told: values.Say, who: Actor) -> Publication | None:
        spoken = self.night.say(
            step.at, self.incident, lambda night: saying_of(told, night), by=who
        )
        return spoken.said

    def _write(self, told: values.Say, who: Actor, *, at: datetime) -> None:
        saying = saying_of(told, self.night)
        words = word.compose(declaration.known_of(self.incident), saying, at=at)
        draft = drafting.open_draft(self.incident, by=who, at=at)
        self._draft = drafting.revise(draft.id, words, follows=0, by=who, at=at), saying

    def _clear(self, step: Step, who: Actor) -> Publication | None:
        if self._draft is None:
            raise CannotDraft("There is no draft left: it was said already.")
        draft, saying = self._draft
        at = self.night.at(step.at)
        spoken = word.say(
            self.incident,
            saying,
            draft_id=draft.id,
            follows=draft.revision,
            announces=self.night.announces,
            by=who,
            at=at,
        )
        self._draft = None  # only now: what fails may be tried again
        self.night.work()
        return spoken.said

    def _latest(self) -> Publication | None:
        story = published.story(self.night.page.audience_id, self.incident)
        return story.latest if story else None

    def _waiting(self, at: datetime) -> str:
        """The newest of what alerts suggest. Raises CannotSettle."""
        waiting = drafted.open_ones([self.night.page.id], at=at)
        if not waiting:
            raise CannotSettle("No incident is drafted: nothing waits to be said.")
        return max(waiting, key=lambda one: one.opened_at).id

    def _notice(self, told: values.Alert, *, at: datetime) -> None:
        if self.machines:
            self.machines(told)
            return
        alert = Alert(
            name=told.title,
            title=told.title,
            is_firing=not told.over,
            state=told.state,
            labels={"component": told.component},
            happened_at=at,
        )
        signals.receive(self._door(at), [alert], at=at)

    def _door(self, at: datetime) -> Door:
        page_id = self.night.page.id
        for door in hooks.hooks_of(page_id):
            if door.name == CHECKS and door.revoked_at is None:
                return door
        return hooks.create(page_id, Source.GENERIC, name=CHECKS, by=self.by, at=at)[0]

    def _join(self, reader: values.Reader, *, at: datetime) -> str:
        if not self.lets_readers_in:
            return ""
        choice = Choice(components=reader.components, language=reader.language)
        known = readers.at_address(self.night.page.id, address_of(reader.name))
        if known is not None and known.standing is Standing.ACTIVE:  # since an earlier night
            return audience.prefer(known.token, choice, by=self.by, at=at).id
        return audience.subscribe(
            self.night.page.id,
            address=address_of(reader.name),
            choice=choice,
            source=SOURCE,
            confirmed=True,
            by=self.by,
            at=at,
        ).id

    def _leave(self, name: str, *, at: datetime) -> None:
        known = readers.at_address(self.night.page.id, address_of(name))
        if known is not None:
            audience.remove(known.id, by=self.by, at=at)

    @contextmanager
    def _in_trouble(self) -> Iterator[None]:
        """What has failed fails for as long as this lasts, and never past it."""
        self.night.is_stalled = Trouble.WORKER in self.troubles
        if Trouble.MAIL not in self.troubles or self.staging:
            yield
            return
        before = settings.TOCSIN
        with socket.socket() as deaf:  # bound, and listening to nobody: it refuses
            deaf.bind(("127.0.0.1", 0))
            settings.TOCSIN = replace(before, smtp_url=f"smtp://127.0.0.1:{deaf.getsockname()[1]}")
            try:
                yield
            finally:
                settings.TOCSIN = before


def address_of(name: str) -> str:
    """A reader's mailbox, which exists nowhere."""
    return f"{name}@shop.example"


def filled(text: str, night: Night, language: str) -> str:
    """Words with the times in braces told as readers see them, and components by their names."""
    return IN_BRACES.sub(lambda found: _filled(found[1], night, language), text)


def _filled(inner: str, night: Night, language: str) -> str:
    if inner[0].isdigit():
        return night.told(inner, language)
    node = shelf.components_of(night.page.id).find(inner)
    if node is None:
        return inner
    words = node.words.get(language)
    return (words.function if words else "") or node.named(language)


def spoken_of(told: Spoken, night: Night) -> dict[str, str]:
    return {code: filled(text, night, code) for code, text in told.items()}


def layers_of(told: Mapping[str, values.ToldLayer], night: Night) -> dict[str, Layer]:
    """The words by language, as they are said on this night."""
    return {
        code: Layer(
            **{
                part.name: filled(getattr(layer, part.name), night, code)
                for part in fields(values.ToldLayer)
            }
        )
        for code, layer in told.items()
    }


def saying_of(told: values.Say, night: Night) -> Saying:
    """What somebody says, once it is so late in the night."""

    def moment(clock: str) -> datetime | None:
        return night.when(clock) if clock else None

    return Saying(
        phase=told.phase,
        layers=layers_of(told.words, night),
        next_word_at=moment(told.next_word),
        components=dict(told.components) or None,
        severity=told.severity,
        posture=told.posture,
        certainty=told.certainty,
        since=moment(told.since),
        until=moment(told.until),
        forecast=_forecast(told.forecast, night) if told.forecast else None,
        turn_reason=spoken_of(told.turn_reason, night) or None,
        late_reason=spoken_of(told.late_reason, night) or None,
        long_reason=spoken_of(told.long_reason, night) or None,
        data=told.data,
    )


def _forecast(told: values.ToldForecast, night: Night) -> Forecast:
    return Forecast(
        earliest=night.when(told.earliest),
        latest=night.when(told.latest),
        basis=spoken_of(told.basis, night),
    )
