"""A scenario's file: what it may say, read with the line of every fault, and its JSON Schema."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, Node

from tocsin.catalogue.tree import State
from tocsin.disclosure import lined
from tocsin.disclosure.consent import Reviewer
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.lined import Fault, Unreadable, listed
from tocsin.disclosure.phases import OF_INCIDENTS, Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.disclosure.severity import Severity
from tocsin.rehearse import linden
from tocsin.rehearse import scenario as values
from tocsin.rehearse.kinds import (
    MISSING,
    By,
    Claim,
    Clock,
    Each,
    Faults,
    Kind,
    Minutes,
    OneOf,
    Part,
    Parts,
    Percent,
    Schema,
    Text,
    one_of,
    text_at,
    wrong,
)
from tocsin.rehearse.player import since_midnight
from tocsin.rehearse.scenario import BadScenario, NoScenario, Scenario, Step

LONGEST_FILE = 256 * 1024
SHIPPED = Path(__file__).parent / "scenarios"
USUAL = "checkout"

LANGUAGE = OneOf(linden.LANGUAGES)
NAME = Text(longest=200)
COMPONENT = OneOf(tuple(shown.slug for shown in linden.TREE))
TOLD = Text(tells_times=True, names=COMPONENT.names)
PROSE = By(linden.LANGUAGES, TOLD)
STATES = By(COMPONENT.names, one_of(State))
CAST = OneOf(linden.CAST)
READER = OneOf(linden.READERS)
TROUBLE = one_of(values.Trouble)

LAYER = Parts(
    "A language’s words",
    {
        "headline": Part(replace(TOLD, longest=200), "One line.", needed=True),
        "body": Part(TOLD, "One paragraph.", needed=True),
        "details": Part(TOLD, "The full story, in Markdown."),
        "effect": Part(TOLD, "What does not work."),
        "who": Part(TOLD, "Whom it concerns."),
        "still_works": Part(TOLD, "What works meanwhile."),
        "workaround": Part(TOLD, "What to do meanwhile."),
        "cause": Part(TOLD, "What is behind it."),
        "total": Part(TOLD, "Of a last word: the whole effect in numbers."),
        "lingering": Part(TOLD, "Of a last word: what may still be felt."),
        "customer_action": Part(TOLD, "Of a last word: what readers must do."),
    },
    values.ToldLayer,
)
WORDS = By(linden.LANGUAGES, LAYER)
FORECAST = Parts(
    "A forecast",
    {
        "earliest": Part(Clock(), needed=True),
        "latest": Part(Clock(), needed=True),
        "basis": Part(PROSE, "What it rests on.", needed=True),
    },
    values.ToldForecast,
)
SAY = Parts(
    "A word",
    {
        "phase": Part(OneOf(tuple(map(str, OF_INCIDENTS)), Phase), needed=True),
        "words": Part(WORDS, "By language.", needed=True),
        "next_word": Part(Clock(), "By when readers hear again."),
        "components": Part(STATES, "What has changed: {component: state}."),
        "severity": Part(one_of(Severity)),
        "posture": Part(one_of(Posture), "What we take the cause to be."),
        "certainty": Part(one_of(Certainty)),
        "since": Part(Clock()),
        "until": Part(Clock()),
        "forecast": Part(FORECAST, "When it may be repaired; no promise."),
        "turn_reason": Part(PROSE, "Why the phase goes back."),
        "late_reason": Part(PROSE, "Why this word comes late."),
        "long_reason": Part(PROSE, "Why words come less often from now on."),
        "data": Part(one_of(DataStatement), "What is told of data."),
    },
    values.Say,
    "Somebody says more of the incident.",
)
ACTS: dict[str, Kind] = {
    "alert": Parts(
        "An alert",
        {
            "title": Part(NAME, "What the machine calls it.", needed=True),
            "component": Part(COMPONENT, needed=True),
            "state": Part(one_of(State)),
            "over": Part(Claim(), "Whether it ceases."),
        },
        values.Alert,
        "A machine notices.",
    ),
    "declare": Parts(
        "What is declared",
        {
            "name": Part(PROSE, "The incident’s name, by language.", needed=True),
            "components": Part(STATES, "{component: state}", needed=True),
            "severity": Part(one_of(Severity)),
            "started": Part(Clock()),
            "detected": Part(Clock()),
            "next_word": Part(Clock(), "By when readers hear again."),
            "words": Part(WORDS, "Instead of the holding statement."),
            "security": Part(Claim(), "Whether confidentiality or integrity is in question."),
        },
        values.Declare,
        "Somebody declares, and the first word goes out.",
    ),
    "tap": Parts("A tap", {}, values.SayIt, "Somebody says what the alerts suggest."),
    "dismiss": Parts(
        "What is dismissed",
        {"because": Part(NAME, needed=True)},
        values.Dismiss,
        "Nobody need be told of what the alerts suggest.",
    ),
    "learn": Parts(
        "What is learned", {"fact": Part(NAME, needed=True)}, values.Learn, "For our own eyes."
    ),
    "mitigated": Parts("This", {}, values.Mitigated, "The effect is held off."),
    "customer": Parts(
        "A customer",
        {"wrote": Part(Clock(), needed=True)},
        values.Customer,
        "When the first customer wrote of it.",
    ),
    "say": SAY,
    "draft": replace(
        SAY,
        make=lambda **told: values.Draft(values.Say(**told)),
        about="Somebody writes a word down; readers do not see it yet.",
    ),
    "clear": Parts("This", {}, values.Clear, "Somebody has read the draft, and it is said."),
    "join": Parts(
        "A reader",
        {
            "name": Part(READER, needed=True),
            "language": Part(LANGUAGE),
            "components": Part(Each(COMPONENT), "Nothing else; without it, everything."),
        },
        values.Reader,
        "A reader asks to be told.",
    ),
    "leave": Parts(
        "A reader who leaves",
        {"name": Part(READER, needed=True)},
        values.Leave,
        "A reader wants to hear no more.",
    ),
    "fail": Parts(
        "What fails", {"what": Part(TROUBLE, needed=True)}, lambda what: values.Fail(what)
    ),
    "mend": Parts(
        "What is mended", {"what": Part(TROUBLE, needed=True)}, lambda what: values.Mend(what)
    ),
    "wait": Parts("Waiting", {}, values.Wait, "Nothing happens; the time goes on."),
}


@dataclass(frozen=True, slots=True)
class StepKind:
    """A step: when, by whom, and one act."""

    def read(self, node: Node, faults: Faults) -> Any:
        acts = [name for name in self._names(node) if name in ACTS]
        if len(acts) != 1:
            told = "A step has a time and one act" if not acts else "A step has one act, not two"
            return wrong(node, faults, f"{told}. The acts: {listed(tuple(ACTS))}.")
        (act,) = acts
        parts = {"at": Part(Clock(), needed=True), "by": Part(CAST), act: Part(ACTS[act])}
        told = Parts("A step", parts, dict).told(node, faults)
        if told is MISSING:
            return MISSING
        told["act"] = told.pop(act)
        return Step(**told, line=lined.line_of(node))

    @staticmethod
    def _names(node: Node) -> Iterator[str]:
        if isinstance(node, MappingNode):
            yield from (text_at(key) for key, _ in node.value)

    def schema(self) -> Schema:
        properties = {"at": Clock().schema(), "by": CAST.schema()}
        properties |= {name: kind.schema() for name, kind in ACTS.items()}
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["at"],
            "properties": properties,
            "oneOf": [{"required": [name]} for name in ACTS],
        }


CONSENT = Parts(
    "A consent",
    {
        "of": Part(one_of(Reviewer), "Where the page’s own policy asks nobody.", needed=True),
        "within": Part(Minutes(), "Until the policy decides without them."),
        "after": Part(Minutes(), "How long they take to answer."),
    },
    values.Asked,
)
MAILBOXES = Parts(
    "What mailboxes do",
    {
        "for_good": Part(Percent(), "Refuse for good."),
        "for_now": Part(Percent(), "Refuse twice, and then take it."),
    },
    values.Refused,
)
SCENARIO = Parts(
    "A scenario",
    {
        "name": Part(By(linden.LANGUAGES, NAME), "What the night is called.", needed=True),
        "about": Part(Text(), "What it is told from, and what was added.", needed=True),
        "opens": Part(Clock(), "The night’s first moment.", needed=True),
        "midway": Part(Clock(), "Where the demo leaves it half told."),
        "readers": Part(Each(ACTS["join"]), "Who asked to be told before."),
        "consent": Part(CONSENT, "For drills: who is slow to consent."),
        "mailboxes": Part(MAILBOXES, "For drills: how many mailboxes of a hundred refuse."),
        "story": Part(Each(StepKind()), "What happens at which minute.", needed=True),
    },
    Scenario,
    "A night, told on the page of a fictional brand.",
)


def schema() -> Schema:
    """The JSON Schema of a scenario's file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tocsin scenario",
    } | SCENARIO.schema()


def read(text: str) -> Scenario:
    """The scenario that a text tells. Raises BadScenario with every fault, by line."""
    faults: Faults = []
    try:
        root = lined.composed(text, kind="scenario", longest=LONGEST_FILE)
    except Unreadable as unreadable:
        raise BadScenario(list(unreadable.faults)) from None
    if root is None:
        raise BadScenario([Fault(1, "The file is empty.")])
    told = SCENARIO.read(root, faults)
    if not faults:
        faults += _out_of_order(told)
    if faults:
        raise BadScenario(faults)
    assert isinstance(told, Scenario)
    return told


def shipped() -> tuple[str, ...]:
    """The names of the scenarios that come along, the usual one first."""
    names = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
    return tuple(sorted(names, key=lambda name: name != USUAL))


@lru_cache
def named(name: str) -> Scenario:
    """A scenario that comes along. Raises NoScenario."""
    if name not in shipped():
        known = listed(shipped())
        raise NoScenario(
            f"No scenario “{name}” comes along; {known} do. A file of your own ends in .yaml."
        )
    return read((SHIPPED / f"{name}.yaml").read_text("utf-8"))


def _out_of_order(told: Scenario) -> Iterator[Fault]:
    """What each step needs to have happened before it."""
    before, clock, seen = timedelta(), told.opens, set[str]()
    if not told.story:
        yield Fault(1, "Nothing happens. A story has at least one step.")
    for step in told.story:
        since = (since_midnight(step.at) - since_midnight(told.opens)) % timedelta(days=1)
        if since < before:
            yield Fault(
                step.line,
                f"{step.at} comes before {clock}. A night goes forward from {told.opens} on, for "
                "less than 24 hours.",
            )
        before, clock = max(before, since), step.at if since >= before else clock
        for is_met, sentence in _needs(step.act, seen):
            if not is_met:
                yield Fault(step.line, sentence)
        seen |= {_mark(step.act)}


def _needs(act: values.Act, seen: set[str]) -> Iterator[tuple[bool, str]]:
    opened = bool(seen & {"Declare", "SayIt"})
    match act:
        case (
            values.Say() | values.Draft() | values.Learn() | values.Mitigated() | values.Customer()
        ):
            yield opened, "Nothing is declared by then. Let somebody “declare” or “tap” first."
        case values.Clear():
            yield "Draft" in seen, "There is no draft by then. Let somebody “draft” one first."
        case values.SayIt() | values.Dismiss():
            yield "Alert" in seen, "No alert has come by then. Let an “alert” come first."
        case values.Mend(trouble):
            yield f"fail {trouble}" in seen, f"“{trouble}” works by then. Let it “fail” first."


def _mark(act: values.Act) -> str:
    return f"fail {act.trouble}" if isinstance(act, values.Fail) else type(act).__name__
