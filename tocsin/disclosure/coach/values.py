"""What the coach is told, and what it answers: plain frozen values."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import PLANNED, Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.disclosure.severity import Severity


class Level(StrEnum):
    """How much a finding weighs, the heaviest first."""

    BLOCK = "block"  # not without a reason
    REVIEW = "review"  # somebody named has to pass it
    WARN = "warn"
    HINT = "hint"

    @property
    def lowered(self) -> "Level | None":
        """One step down: what was a block is a warning, a hint is nothing (coach 3.1)."""
        return {Level.BLOCK: Level.WARN, Level.REVIEW: Level.WARN, Level.WARN: Level.HINT}.get(self)


LEVELS = list(Level)
PASS = "pass"


class Kind(StrEnum):
    """What a text is about."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"
    SECURITY = "security"


class Strictness(StrEnum):
    """Who reads the page: how far jargon is in place."""

    PUBLIC = "public"
    DEVELOPERS = "developers"
    INTERNAL = "internal"


class Register(StrEnum):
    """In which voice something is said (R-31)."""

    FACT = "fact"
    OWNERSHIP = "ownership"
    LIABILITY = "liability"


class Allowed(StrEnum):
    """How far a page's policy lets its people go (R-31)."""

    FACTS_ONLY = "facts_only"
    FACTS_AND_OWNERSHIP = "facts_and_ownership"
    FULL_APOLOGY = "full_apology"


@dataclass(frozen=True, slots=True)
class Component:
    """A component by its own name, and by what customers call it; ``state`` where it is known."""

    name: str
    function: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that the coach knows beside the text.

    ``filled`` names the checks whose own field says it already, ``unasked`` those of which nobody
    waits for an answer here. ``previous`` are the two posts
    before this one. ``dismissed`` are pairs of an entry and its phrase that somebody waved through
    with a reason. ``own`` is the page's own lexicon, as its file says it. ``is_detail``: the text
    is the layer that is folded away, where jargon is in its place.
    """

    language: str
    phase: Phase | None = None
    kind: Kind = Kind.INCIDENT
    severity: Severity | None = None
    audience: Strictness = Strictness.PUBLIC
    allowed: Allowed = Allowed.FACTS_AND_OWNERSHIP
    posture: Posture | None = None
    certainty: Certainty | None = None
    title: str | None = None
    components: tuple[Component, ...] = ()
    filled: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()
    previous: tuple[str, ...] = ()
    dismissed: frozenset[tuple[str, str]] = frozenset()
    own: str = ""
    staff: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    is_detail: bool = False

    @property
    def moments(self) -> frozenset[str]:
        """The names by which entries and checks ask for this moment: phase and kind."""
        return _moments(self.phase, self.kind)

    @property
    def states(self) -> tuple[State, ...]:
        """The states of the components that are known."""
        return tuple(one.state for one in self.components if one.state is not None)


@cache
def _moments(phase: Phase | None, kind: Kind) -> frozenset[str]:
    told = set() if phase is None else {phase.value}
    if kind is Kind.SECURITY:
        told.add("security")
    if kind is Kind.MAINTENANCE or phase in PLANNED:
        told.add("maintenance")
    return frozenset(told)


@dataclass(frozen=True, slots=True)
class Finding:
    """One phrase that a careful reader would stop at; offsets are those of the text as typed."""

    rule: str
    group: str
    level: Level
    start: int
    end: int
    text: str
    why: str
    fix: str
    sentence: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that readers of such a word wait for, and the question that asks for it."""

    check: str
    level: Level
    prompt: str


@dataclass(frozen=True, slots=True)
class Apology:
    """How whole an apology is (R-32): a sum of weights, and what is not there."""

    score: int
    of: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What the coach has to say: every finding, in the order of the text.

    ``waved`` are those that somebody let pass with a reason; they weigh nothing any more.
    """

    findings: tuple[Finding, ...]
    missing: tuple[Missing, ...]
    apology: Apology | None = None
    registers: frozenset[Register] = frozenset()
    waved: tuple[Finding, ...] = field(default=())

    @property
    def verdict(self) -> str:
        """The heaviest level of both lists, or ``pass``."""
        levels = {one.level for one in self.findings} | {one.level for one in self.missing}
        return min(levels, key=LEVELS.index).value if levels else PASS
