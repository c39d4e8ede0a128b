"""A page's policy: how soon and how often it speaks, and who lets it. Pure: text in, values out.

BadPolicy    the text cannot be used; ``faults`` say in which line, why, and what would do

What a file leaves out is table 1.1 of the playbook.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from typing import TypeVar

from yaml.nodes import Node, ScalarNode, SequenceNode

from tocsin.disclosure import closing, consent, layering, lined
from tocsin.disclosure.closing import Closings
from tocsin.disclosure.consent import ASKS_NOBODY, Consent, Consents
from tocsin.disclosure.layering import AS_USUAL, Layering
from tocsin.disclosure.lined import Unreadable
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.policy_lines import Lines, shown
from tocsin.disclosure.severity import Severity

__all__ = ["USUAL", "BadPolicy", "Pace", "Policy", "read", "shown", "written"]

LONGEST_TEXT = 64 * 1024
PARTS = (
    *("cadence", "long_incident", "nudges", "languages", "layers", "closing"),
    *("clearance", "holding"),
)
# While a cause is sought or a repair is made; watching the repair has a pace of its own.
AT_WORK = (Phase.HOLDING, Phase.INVESTIGATING, Phase.IDENTIFIED)

T = TypeVar("T")


class BadPolicy(Unreadable):
    """The text is no policy; nothing of it is taken over."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon and how often a severity speaks. ``next_word`` is by phase.

    ``long_incident`` holds in place of it once somebody declared long-incident mode.
    """

    first_notice: timedelta
    next_word: Mapping[Phase, timedelta]
    long_incident: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """What a page holds itself to.

    ``nudges`` are percent of the time until a word is owed; ``long_after`` is how long an incident
    is open before it may be called long; ``translations`` say how soon another language follows;
    ``consents`` say, by severity and for security, whose consent a word needs; ``layering``, how
    far a word goes along into mails and rooms; ``closings``, what a last word must not lack.
    """

    paces: Mapping[Severity, Pace]
    long_after: timedelta
    nudges: tuple[int, ...]
    translations: Mapping[Severity, timedelta]
    consents: Consents = field(default_factory=lambda: ASKS_NOBODY)
    layering: Layering = AS_USUAL
    closings: Closings = field(default_factory=lambda: closing.USUALLY)

    def consent(self, severity: Severity, *, is_security: bool) -> Consent:
        """Whose consent the words of such an incident need."""
        return self.consents[consent.case_of(self.consents, severity, is_security=is_security)]

    @property
    def asks_anybody(self) -> bool:
        """Whether there is any word that needs somebody's consent."""
        return any(asked.asks_anybody for asked in self.consents.values())

    @property
    def names_closing(self) -> bool:
        """Whether it says what a last word must not lack: then the terminal insists, too."""
        return self.closings is not closing.USUALLY

    def first_notice(self, severity: Severity) -> timedelta:
        """How long until the first word, from when we knew."""
        return self.paces[severity].first_notice

    def next_word(
        self, severity: Severity, phase: Phase, *, is_long: bool = False
    ) -> timedelta | None:
        """How long until the next word after one of this phase; None after a last one.

        Slower than usual only once somebody said so (R-11): time alone changes nothing.
        """
        pace = self.paces[severity]
        if is_long and phase in AT_WORK:
            return pace.long_incident
        return pace.next_word.get(phase)

    def translated_within(self, severity: Severity) -> timedelta:
        """How soon the other languages follow the first (R-28)."""
        return self.translations[severity]


def _pace(first: int, next_word: int, monitoring: int, long: int) -> Pace:
    minutes = dict.fromkeys(AT_WORK, next_word) | {Phase.MONITORING: monitoring}
    waits = {phase: timedelta(minutes=told) for phase, told in minutes.items()}
    return Pace(timedelta(minutes=first), waits, timedelta(minutes=long))


# Table 1.1. SEV4 owes nothing of itself; once something is said of it, it keeps SEV3's pace.
USUAL = Policy(
    paces={
        Severity.SEV1: _pace(10, 20, 60, 60),
        Severity.SEV2: _pace(20, 30, 60, 90),
        Severity.SEV3: _pace(60, 120, 240, 240),
        Severity.SEV4: _pace(60, 120, 240, 240),
    },
    long_after=timedelta(hours=2),
    nudges=(50, 80, 100),
    translations={
        Severity.SEV1: timedelta(minutes=15),
        Severity.SEV2: timedelta(minutes=30),
        Severity.SEV3: timedelta(minutes=60),
        Severity.SEV4: timedelta(minutes=240),
    },
)


@lru_cache(maxsize=64)
def read(text: str) -> Policy:
    """The policy that a text says. Raises BadPolicy with every fault, by line."""
    try:
        root = lined.composed(text, kind="policy", longest=LONGEST_TEXT)
    except Unreadable as unreadable:
        raise BadPolicy(list(unreadable.faults)) from None
    reader = _Reader()
    policy = reader.policy(root)
    if reader.faults:
        raise BadPolicy(reader.faults)
    return policy


class _Reader(Lines):
    """One reading of one policy."""

    def policy(self, root: Node | None) -> Policy:
        if root is None:
            return USUAL  # an empty file leaves everything as it is usual
        told = dict(self.parts(root, "A policy", PARTS))
        consent.check_holding(self, told.get("holding"))
        return Policy(
            paces=self._by_severity(told.get("cadence"), "cadence", USUAL.paces, self._paced),
            long_after=self._long_after(told.get("long_incident")),
            nudges=self._nudges(told.get("nudges")),
            translations=self._by_severity(
                told.get("languages"), "languages", USUAL.translations, self.span
            ),
            consents=consent.read(self, told.get("clearance")),
            layering=layering.read(self, told.get("layers")),
            closings=closing.read(self, told.get("closing")),
        )

    def _by_severity(
        self,
        node: Node | None,
        name: str,
        usual: Mapping[Severity, T],
        take: Callable[[Node, T], T],
    ) -> Mapping[Severity, T]:
        if node is None:
            return usual
        known = tuple(severity.value for severity in Severity)
        told = {Severity(key): value for key, value in self.parts(node, f"“{name}”", known)}
        return {
            severity: take(told[severity], before) if severity in told else before
            for severity, before in usual.items()
        }

    def _paced(self, node: Node, usual: Pace) -> Pace:
        phases = (*AT_WORK, Phase.MONITORING)
        known = ("first_notice", "next_word", *(phase.value for phase in phases), "long_incident")
        told = dict(self.parts(node, "A severity’s cadence", known))
        waits = dict(usual.next_word)
        if "next_word" in told:
            wait = self.span(told["next_word"], waits[Phase.INVESTIGATING])
            waits |= dict.fromkeys(AT_WORK, wait)
        waits |= {
            phase: self.span(told[phase.value], waits[phase])
            for phase in phases
            if phase.value in told
        }
        pace = replace(usual, next_word=waits)
        if "first_notice" in told:
            pace = replace(pace, first_notice=self.span(told["first_notice"], usual.first_notice))
        return self._checked_long(node, told.get("long_incident"), pace)

    def _checked_long(self, node: Node, told: Node | None, pace: Pace) -> Pace:
        quickest = max(pace.next_word[phase] for phase in AT_WORK)
        if told is None:
            # A page that speaks less often than usual does not speak more often on a long night.
            return replace(pace, long_incident=max(pace.long_incident, quickest))
        before, faults = pace.long_incident, len(self.faults)
        pace = replace(pace, long_incident=self.span(told, before))
        if len(self.faults) == faults and pace.long_incident < quickest:
            self.fault(
                told,
                f"On a long incident the page speaks less often, not more: {shown(quickest)} or "
                "longer.",
            )
        return pace

    def _long_after(self, node: Node | None) -> timedelta:
        told = dict(self.parts(node, "“long_incident”", ("after",))) if node else {}
        return self.span(told["after"], USUAL.long_after) if "after" in told else USUAL.long_after

    def _nudges(self, node: Node | None) -> tuple[int, ...]:
        if node is None:
            return USUAL.nudges
        if not isinstance(node, SequenceNode):
            self.fault(node, "“nudges” is a list of percentages, such as [50, 80, 100].")
            return USUAL.nudges
        told = [number for item in node.value if (number := self._percent(item)) is not None]
        if told != sorted(set(told)):
            self.fault(node, "The nudges go up, each once: [50, 80, 100].")
        return tuple(told)

    def _percent(self, node: Node) -> int | None:
        text = node.value if isinstance(node, ScalarNode) else ""
        if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 100:
            return int(text)
        self.fault(node, "A nudge is a whole number of percent, from 1 to 100.")
        return None


def written(policy: Policy) -> str:
    """A policy as a file that says the same: :func:`read` gives it back."""
    return "\n".join(_lines(policy)) + "\n"


def _lines(policy: Policy) -> Iterator[str]:
    yield "# How soon and how often this page speaks. What is left out is as usual."
    yield "# A length of time is 20m, 2h, 1h30m or 3d."
    yield "cadence:"
    for number, (severity, pace) in enumerate(policy.paces.items()):
        yield f"  {severity}:"
        for line in _pace_lines(pace):
            # What a line means is said once; a file that is read at night is short.
            yield f"    {line if number == 0 else line.partition(' #')[0]}"
    yield "long_incident: # declared by somebody, with a reason that readers see"
    yield f"  after: {shown(policy.long_after)}"
    yield "# In percent of the time until a word is owed: its owner is reminded."
    yield f"nudges: [{', '.join(map(str, policy.nudges))}]"
    yield "languages: # how soon the others follow the first"
    for severity, span in policy.translations.items():
        yield f"  {severity}: {shown(span)}"
    yield from layering.written(policy.layering)
    yield from closing.written(policy.closings)
    yield from consent.written(policy.consents)


def _pace_lines(pace: Pace) -> Iterator[str]:
    yield f"first_notice: {shown(pace.first_notice)} # from when we knew to the first word"
    waits = {phase: pace.next_word[phase] for phase in AT_WORK}
    if len(set(waits.values())) == 1:
        yield f"next_word: {shown(waits[Phase.INVESTIGATING])} # until a repair is in place"
    else:
        yield from (f"{phase}: {shown(wait)}" for phase, wait in waits.items())
    yield f"monitoring: {shown(pace.next_word[Phase.MONITORING])} # while a repair is watched"
    yield f"long_incident: {shown(pace.long_incident)} # instead of next_word, once declared"
