"""A history: people act, the clock is turned, the worker does what is due."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests import cast
from tocsin.announcements import audience
from tocsin.announcements.audience import Choice
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import SEVERITY_OF
from tocsin.incidents import declaration, planning
from tocsin.incidents.declaration import CannotDeclare
from tocsin.incidents.plans import Plan
from tocsin.journal.actors import TERMINAL
from tocsin.rehearse.player import Night
from tocsin.statements import (
    circles,
    corrections,
    maintenance,
    publication,
    published,
    redaction,
    retrospective,
    translation,
    word,
)
from tocsin.statements.corrections import Amending, CannotCorrect
from tocsin.statements.drafting import Overtaken
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.notices import Script
from tocsin.statements.publication import CannotPublish
from tocsin.statements.redaction import CannotRedact
from tocsin.statements.translation import CannotTranslate
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

SLUGS = ("checkout", "cart", "sign-in")
TROUBLE = (State.DEGRADED, State.PARTIAL, State.MAJOR)
PLANNED_AS = {
    State.DEGRADED: State.DEGRADED,
    State.PARTIAL: State.OPERATIONAL,
    State.MAJOR: State.MAINTENANCE,
}
REFUSED = (
    CannotCorrect,
    CannotDeclare,
    CannotPublish,
    CannotRedact,
    CannotTranslate,
    NotFitToSay,
    Overtaken,
)
MOST_VIEWS = 3
WAITS = (0, 1, 4, 6, 19, 26, 61, 24 * 60)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens ``after`` so many minutes; the rest is what it is about."""

    act: str
    slug: str
    state: State
    phase: Phase
    after: int


@dataclass
class World:
    """Linden's page and a night on it, with the incidents declared so far."""

    page: Brand
    night: Night
    declared: list[str] = field(default_factory=list)
    said: int = 0
    taken_out: list[str] = field(default_factory=list)

    @property
    def views(self) -> list["World"]:
        """This world as each audience of the page sees it, everyone first."""
        return [replace(self, page=view) for view in shelf.audiences_of(self.page.id)]

    @classmethod
    def new(cls) -> "World":
        """Linden at noon, with Sam and a reader in French."""
        page = cast.a_page()
        for address, language in ((cast.SAM, "en"), ("bao@reader.example", "fr")):
            audience.subscribe(
                page.id,
                address=address,
                choice=Choice(language=language),
                confirmed=True,
                by=TERMINAL,
                at=cast.NOON,
            )
        return cls(shelf.brand(page.id), Night(page, cast.NOON, "12:00"))

    def live(self, step: Step) -> None:
        """Let a step happen, or be refused; and then let the worker do all that is due."""
        self.night.now += timedelta(minutes=step.after)
        with suppress(*REFUSED):  # then nothing changed, and what is seen must agree all the same
            ACTS[step.act](self, step)
        self.night.run_lanes()

    def layers(self) -> dict[str, Layer]:
        """Words that can be told apart from all others."""
        self.said += 1
        return {
            "en": Layer(f"Headline {self.said} of ours", f"It fails for some: {self.secret}."),
            "fr": Layer(f"Titre {self.said} de nous", f"Cela échoue : {self.secret}."),
        }

    @property
    def secret(self) -> str:
        """What the newest words should not have held."""
        return f"k3y-{self.said:04}-x"


def _declare(world: World, step: Step) -> None:
    spoken = word.declare(
        world.page.id,
        title=f"Trouble {len(world.declared) + 1}",
        components={step.slug: step.state},
        layers=world.layers(),
        by=TERMINAL,
        at=world.night.now,
    )
    world.declared.append(spoken.incident_id)


def _say(world: World, step: Step) -> None:
    saying = Saying(
        phase=step.phase,
        layers=world.layers(),
        components={step.slug: step.state},
        turn_reason={"en": "It came back.", "fr": "C’est revenu."},
    )
    _latest(world, saying)


def _resolve(world: World, step: Step) -> None:
    _latest(world, Saying(phase=Phase.RESOLVED, layers=world.layers()))


def _say_in_english(world: World, step: Step) -> None:
    """Say it in one language now; the other one is owed."""
    saying = Saying(
        phase=step.phase,
        layers={"en": world.layers()["en"]},
        components={step.slug: step.state},
        turn_reason={"en": "It came back."},
    )
    _latest(world, saying)


def _translate(world: World, step: Step) -> None:
    for incident in world.declared[-1:]:
        translation.translate(
            incident,
            language="fr",
            layer=world.layers()["fr"],
            by=TERMINAL,
            at=world.night.now,
        )


def _latest(world: World, saying: Saying) -> None:
    """Say something of the newest incident that is open, else of the newest."""
    still = [key for key in world.declared if declaration.known_of(key).is_open]
    for incident in (still or world.declared)[-1:]:
        word.say(incident, saying, by=TERMINAL, at=world.night.now)


def _override(world: World, step: Step) -> None:
    publication.publish_state(
        world.page.id, {step.slug: step.state}, by=TERMINAL, at=world.night.now
    )


def _recover(world: World, step: Step) -> None:
    publication.publish_state(
        world.page.id, {step.slug: State.OPERATIONAL}, by=TERMINAL, at=world.night.now
    )


def _plan(world: World, step: Step) -> None:
    """Work that begins in half an hour and lasts for one; daily for three days, now and then."""
    starts_at = world.night.now + timedelta(minutes=30)
    plan = Plan(
        title=f"Work {world.said}",
        effects={step.slug: PLANNED_AS[step.state]},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        ends_itself=step.phase == Phase.MONITORING,
    )
    rule = "FREQ=DAILY;COUNT=3" if step.phase == Phase.IDENTIFIED else ""
    maintenance.announce(world.page.id, plan, Script(), rule=rule, by=TERMINAL, at=world.night.now)


def _change(world: World, step: Step) -> None:
    """Move, extend, begin, look over, end or cancel the work that comes next."""
    for work in planning.upcoming(world.page.id)[:1]:
        turn = CHANGES[step.state, work.begun_at is not None]
        turn(work.id, world.night.now)


def _end(work: str, at: datetime) -> None:
    maintenance.end(work, by=TERMINAL, at=at)


def _check(work: str, at: datetime) -> None:
    maintenance.check(work, by=TERMINAL, at=at)


def _extend(work: str, at: datetime) -> None:
    maintenance.extend(work, ends_at=at + timedelta(minutes=45), by=TERMINAL, at=at)


def _cancel(work: str, at: datetime) -> None:
    maintenance.cancel(work, by=TERMINAL, at=at)


def _begin(work: str, at: datetime) -> None:
    maintenance.begin(work, by=TERMINAL, at=at)


def _move(work: str, at: datetime) -> None:
    start, end = at + timedelta(minutes=45), at + timedelta(minutes=105)
    maintenance.move(work, starts_at=start, ends_at=end, by=TERMINAL, at=at)


# By a step's state, and whether the work has begun.
CHANGES: dict[tuple[State, bool], Callable[[str, datetime], None]] = {
    (State.DEGRADED, True): _end,
    (State.PARTIAL, True): _check,
    (State.MAJOR, True): _extend,
    (State.DEGRADED, False): _cancel,
    (State.PARTIAL, False): _begin,
    (State.MAJOR, False): _move,
}


def _correct(world: World, step: Step) -> None:
    """The newest incident was graver, or less so, than was said; and began a little earlier."""
    for incident in world.declared[-1:]:
        amending = Amending(
            severity=SEVERITY_OF[step.state],
            since=world.night.now - timedelta(minutes=step.after + 1),
        )
        corrections.correct(incident, amending, by=TERMINAL, at=world.night.now)


def _correct_a_state(world: World, step: Step) -> None:
    """What the newest incident's first word said of a component was not so."""
    for incident in world.declared[-1:]:
        told = published.story(world.page.audience_id, incident)
        number = told.first.number if told else None
        amending = Amending(number=number, components={step.slug: step.state})
        corrections.correct(incident, amending, by=TERMINAL, at=world.night.now)


def _redact(world: World, step: Step) -> None:
    """Take out what the newest words should not have held."""
    why = {"en": "A key stood here."}
    redaction.redact(world.page.id, world.secret, reason=why, by=TERMINAL, at=world.night.now)
    world.taken_out.append(world.secret)


def _tell_afterwards(world: World, step: Step) -> None:
    """Something was found that had begun an hour ago, and had ended twenty minutes ago."""
    now = world.night.now
    retrospective.tell(
        world.page.id,
        title=f"Found {world.said}",
        components={step.slug: step.state},
        since=now - timedelta(minutes=60),
        until=now - timedelta(minutes=20),
        layers=world.layers(),
        by=TERMINAL,
        at=now,
    )


def _open_circle(world: World, step: Step) -> None:
    """A closed circle joins, told from the start all that everyone was; a few at the most."""
    name = f"Circle {1 + len(shelf.audiences_of(world.page.id))}"
    if len(shelf.audiences_of(world.page.id)) < MOST_VIEWS:
        circles.open_circle(
            world.page.id, name=name, access=Access.NAMED, by=TERMINAL, at=world.night.now
        )


def _wait(world: World, step: Step) -> None:
    """Nobody does anything."""


ACTS: dict[str, Callable[[World, Step], None]] = {
    "declare": _declare,
    "say": _say,
    "say in English": _say_in_english,
    "translate": _translate,
    "resolve": _resolve,
    "override": _override,
    "plan": _plan,
    "change": _change,
    "recover": _recover,
    "correct": _correct,
    "correct a state": _correct_a_state,
    "redact": _redact,
    "tell afterwards": _tell_afterwards,
    "open a circle": _open_circle,
    "wait": _wait,
}
PHASES = (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING)


BESIDE_A_CIRCLE = [
    Step(act, "checkout", State.MAJOR, Phase.IDENTIFIED, 4)
    for act in ("declare", "correct", "plan", "open a circle", "say in English", "redact")
]


def histories() -> st.SearchStrategy[list[Step]]:
    """Up to ten steps, of which each is as likely as the others."""
    return st.lists(
        st.builds(
            Step,
            act=st.sampled_from(sorted(ACTS)),
            slug=st.sampled_from(SLUGS),
            state=st.sampled_from(TROUBLE),
            phase=st.sampled_from(PHASES),
            after=st.sampled_from(WAITS),
        ),
        min_size=1,
        max_size=10,
    )
