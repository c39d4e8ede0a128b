"""A page's policy: how soon and how often it speaks. Pure: text in, values or faults out.

BadPolicy    the text cannot be used; ``faults`` say in which line, why, and what would do

What a file leaves out is table 1.1 of the playbook.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tocsin.disclosure import lined
from tocsin.disclosure.lined import Fault, Unreadable, listed
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity

LONGEST_TEXT = 64 * 1024
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=14)
SPAN = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?")
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
    is open before it may be called long; ``translations`` say how soon another language follows.
    """

    paces: Mapping[Severity, Pace]
    long_after: timedelta
    nudges: tuple[int, ...]
    translations: Mapping[Severity, timedelta]

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


class _Reader:
    """One reading of one file: collects faults instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def policy(self, root: Node | None) -> Policy:
        if root is None:
            return USUAL  # an empty file leaves everything as it is usual
        told = dict(
            self._parts(root, "A policy", ("cadence", "long_incident", "nudges", "languages"))
        )
        return Policy(
            paces=self._by_severity(told.get("cadence"), "cadence", USUAL.paces, self._paced),
            long_after=self._long_after(told.get("long_incident")),
            nudges=self._nudges(told.get("nudges")),
            translations=self._by_severity(
                told.get("languages"), "languages", USUAL.translations, self._span
            ),
        )

    def _parts(self, node: Node, name: str, known: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
        """The parts of a mapping by name; what is not known is a fault, and so is a second one."""
        if not isinstance(node, MappingNode):
            self._fault(node, f"{name} has parts: {listed(known)}.")
            return
        seen: set[str] = set()
        for key, value in node.value:
            called = key.value if isinstance(key, ScalarNode) else "this"
            if called not in known:
                self._fault(key, f"{name} has no part “{called}”. It has {listed(known)}.")
            elif called in seen:
                self._fault(key, f"“{called}” is said twice.")
            else:
                seen.add(called)
                yield called, value

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
        told = {Severity(key): value for key, value in self._parts(node, f"“{name}”", known)}
        return {
            severity: take(told[severity], before) if severity in told else before
            for severity, before in usual.items()
        }

    def _paced(self, node: Node, usual: Pace) -> Pace:
        phases = (*AT_WORK, Phase.MONITORING)
        known = ("first_notice", "next_word", *(phase.value for phase in phases), "long_incident")
        told = dict(self._parts(node, "A severity’s cadence", known))
        waits = dict(usual.next_word)
        if "next_word" in told:
            wait = self._span(told["next_word"], waits[Phase.INVESTIGATING])
            waits |= dict.fromkeys(AT_WORK, wait)
        waits |= {
            phase: self._span(told[phase.value], waits[phase])
            for phase in phases
            if phase.value in told
        }
        pace = replace(usual, next_word=waits)
        if "first_notice" in told:
            pace = replace(pace, first_notice=self._span(told["first_notice"], usual.first_notice))
        return self._checked_long(node, told.get("long_incident"), pace)

    def _checked_long(self, node: Node, told: Node | None, pace: Pace) -> Pace:
        quickest = max(pace.next_word[phase] for phase in AT_WORK)
        if told is None:
            # A page that speaks less often than usual does not speak more often on a long night.
            return replace(pace, long_incident=max(pace.long_incident, quickest))
        before, faults = pace.long_incident, len(self.faults)
        pace = replace(pace, long_incident=self._span(told, before))
        if len(self.faults) == faults and pace.long_incident < quickest:
            self._fault(
                told,
                f"On a long incident the page speaks less often, not more: {shown(quickest)} or "
                "longer.",
            )
        return pace

    def _long_after(self, node: Node | None) -> timedelta:
        told = dict(self._parts(node, "“long_incident”", ("after",))) if node else {}
        return self._span(told["after"], USUAL.long_after) if "after" in told else USUAL.long_after

    def _nudges(self, node: Node | None) -> tuple[int, ...]:
        if node is None:
            return USUAL.nudges
        if not isinstance(node, SequenceNode):
            self._fault(node, "“nudges” is a list of percentages, such as [50, 80, 100].")
            return USUAL.nudges
        told = [number for item in node.value if (number := self._percent(item)) is not None]
        if told != sorted(set(told)):
            self._fault(node, "The nudges go up, each once: [50, 80, 100].")
        return tuple(told)

    def _percent(self, node: Node) -> int | None:
        text = node.value if isinstance(node, ScalarNode) else ""
        if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 100:
            return int(text)
        self._fault(node, "A nudge is a whole number of percent, from 1 to 100.")
        return None

    def _span(self, node: Node, usual: timedelta) -> timedelta:
        text = node.value.strip() if isinstance(node, ScalarNode) else ""
        match = SPAN.fullmatch(text)
        if not match or not any(match.groups()):
            named = f"“{text}” is no length of time" if text else "A length of time is missing"
            self._fault(node, f"{named}. Say it as 20m, 2h or 1h30m.")
            return usual
        days, hours, minutes = (int(part or 0) for part in match.groups())
        span = timedelta(days=days, hours=hours, minutes=minutes)
        if not SHORTEST <= span <= LONGEST:
            self._fault(
                node,
                f"“{text}” is too {'short' if span < SHORTEST else 'long'}: "
                f"from {shown(SHORTEST)} to {shown(LONGEST)}.",
            )
            return usual
        return span

    def _fault(self, node: Node, sentence: str) -> None:
        self.faults.append(Fault(lined.line_of(node), sentence))


def shown(span: timedelta) -> str:
    """A length of time as a policy has it: "20m", "1h30m", "3d"."""
    minutes = int(span.total_seconds()) // 60
    counts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m"))
    return "".join(f"{count}{unit}" for count, unit in counts if count) or "0m"


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


def _pace_lines(pace: Pace) -> Iterator[str]:
    yield f"first_notice: {shown(pace.first_notice)} # from when we knew to the first word"
    waits = {phase: pace.next_word[phase] for phase in AT_WORK}
    if len(set(waits.values())) == 1:
        yield f"next_word: {shown(waits[Phase.INVESTIGATING])} # until a repair is in place"
    else:
        yield from (f"{phase}: {shown(wait)}" for phase, wait in waits.items())
    yield f"monitoring: {shown(pace.next_word[Phase.MONITORING])} # while a repair is watched"
    yield f"long_incident: {shown(pace.long_incident)} # instead of next_word, once declared"
