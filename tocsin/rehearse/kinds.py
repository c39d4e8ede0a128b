"""What may stand in a place of a scenario's file: read, with its line in every fault, or described.

Each kind has ``read(node, faults)``, which gives a value or adds faults, and ``schema()``, the same
as JSON Schema: so what editors are told and what is read cannot part.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tocsin.disclosure.lined import Fault, line_of, listed

CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
IN_BRACES = re.compile(r"\{([^{}]*)\}")
# What no database takes: NUL, other control characters, halves of surrogate pairs.
UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LONGEST = 20_000
MISSING = object()  # a value that could not be read

Faults = list[Fault]
Schema = dict[str, Any]


class Kind(Protocol):
    def read(self, node: Node, faults: Faults) -> Any: ...
    def schema(self) -> Schema: ...


def wrong(node: Node, faults: Faults, sentence: str) -> Any:
    """Add a fault at a node's line."""
    faults.append(Fault(line_of(node), sentence))
    return MISSING


def text_at(node: Node) -> str:
    """The very text that was typed; empty for what is none."""
    return str(node.value).strip() if isinstance(node, ScalarNode) else ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words. ``tells_times``: a time in braces becomes that time as readers see it, and a name of
    ``names`` what the page calls it."""

    longest: int = LONGEST
    tells_times: bool = False
    names: tuple[str, ...] = ()

    def read(self, node: Node, faults: Faults) -> Any:
        text = text_at(node)
        if not text:
            return wrong(node, faults, "Words belong here.")
        if len(text) > self.longest:
            return wrong(node, faults, f"This is longer than {self.longest:,} characters.")
        if UNKEEPABLE.search(text):
            return wrong(node, faults, "This holds a character that cannot be kept. Take it out.")
        if self.tells_times:
            for inner in IN_BRACES.findall(text):
                if not re.fullmatch(CLOCK, inner) and inner not in self.names:
                    told = "Braces hold a time of the night, such as {09:47}, or a component"
                    return wrong(node, faults, f"{told}; “{inner}” is none.")
        return text

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the night, to the minute or the second."""

    def read(self, node: Node, faults: Faults) -> Any:
        text = text_at(node)
        if re.fullmatch(CLOCK, text):
            return text
        named = f"“{text}” is no time of day" if text else "A time of day is missing"
        return wrong(node, faults, f'{named}. Say it as "09:47", or "09:47:30".')

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^{CLOCK}$"}


@dataclass(frozen=True, slots=True)
class Minutes:
    """So many minutes ("25m"), or never, which is None."""

    def read(self, node: Node, faults: Faults) -> Any:
        text = text_at(node)
        if text == "never":
            return None
        if found := re.fullmatch(r"([1-9]\d{0,2})m", text):
            return timedelta(minutes=int(found[1]))
        return wrong(node, faults, f"“{text}” is no length of time. Say it as 25m, or never.")

    def schema(self) -> Schema:
        return {"type": "string", "pattern": r"^(never|[1-9]\d{0,2}m)$"}


@dataclass(frozen=True, slots=True)
class Percent:
    """A whole number from 0 to 100."""

    def read(self, node: Node, faults: Faults) -> Any:
        text = text_at(node)
        if re.fullmatch(r"\d{1,3}", text, re.ASCII) and int(text) <= 100:
            return int(text)
        return wrong(node, faults, f"“{text}” is no whole number from 0 to 100.")

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": 0, "maximum": 100}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the names that are known; the value is made of it."""

    names: tuple[str, ...]
    make: Callable[[str], Any] = str

    def read(self, node: Node, faults: Faults) -> Any:
        text = text_at(node)
        if text in self.names:
            return self.make(text)
        return wrong(node, faults, f"“{text}” is none of {listed(self.names)}.")

    def schema(self) -> Schema:
        return {"enum": list(self.names)}


def one_of(members: type[StrEnum]) -> OneOf:
    """One of an enumeration's members."""
    return OneOf(tuple(str(member.value) for member in members), members)


@dataclass(frozen=True, slots=True)
class Claim:
    """True or false."""

    def read(self, node: Node, faults: Faults) -> Any:
        told = {"true": True, "false": False}.get(text_at(node))
        return wrong(node, faults, "Say true or false.") if told is None else told

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Each:
    """A list of one kind."""

    kind: Kind
    most: int = 500

    def read(self, node: Node, faults: Faults) -> Any:
        if not isinstance(node, SequenceNode):
            return wrong(node, faults, "A list belongs here: a line with “- ” for each.")
        if len(node.value) > self.most:
            return wrong(node, faults, f"A list has at most {self.most} lines.")
        told = [self.kind.read(item, faults) for item in node.value]
        return tuple(value for value in told if value is not MISSING)

    def schema(self) -> Schema:
        return {"type": "array", "maxItems": self.most, "items": self.kind.schema()}


@dataclass(frozen=True, slots=True)
class By:
    """A value for each of some known names: by language, by component."""

    names: tuple[str, ...]
    kind: Kind

    def read(self, node: Node, faults: Faults) -> Any:
        if not isinstance(node, MappingNode) or not node.value:
            return wrong(node, faults, f"Say it by name: {listed(self.names)}.")
        return {
            name: value
            for name, _, inner in _named(node, self.names, "This", faults)
            if (value := self.kind.read(inner, faults)) is not MISSING
        }

    def schema(self) -> Schema:
        return {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {name: self.kind.schema() for name in self.names},
        }


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of something. ``about`` is what editors show."""

    kind: Kind
    about: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """A thing with named parts, made by ``make`` once all that is needed is there."""

    called: str
    parts: Mapping[str, Part]
    make: Callable[..., Any]
    about: str = ""

    def read(self, node: Node, faults: Faults) -> Any:
        told = self.told(node, faults)
        return MISSING if told is MISSING else self.make(**told)

    def told(self, node: Node, faults: Faults) -> Any:
        """The parts by name; MISSING where one is wrong, or needed and not there."""
        if not isinstance(node, MappingNode) and not _is_bare(node):
            known = f"has parts: {listed(tuple(self.parts))}" if self.parts else "is left empty"
            return wrong(node, faults, f"{self.called} {known}.")
        before, told = len(faults), dict[str, Any]()
        pairs = _named(node, tuple(self.parts), self.called, faults)
        for name, key, inner in pairs if isinstance(node, MappingNode) else ():
            if _is_bare(inner) and not _may_be_bare(self.parts[name].kind):
                wrong(key, faults, f"“{name}” says nothing. Fill it in, or leave it out.")
                continue
            told[name] = self.parts[name].kind.read(inner, faults)
        lacking = tuple(name for name, part in self.parts.items() if part.needed)
        missing = tuple(name for name in lacking if name not in told)
        if missing and len(faults) == before:
            wrong(node, faults, f"{self.called} needs {listed(missing)}.")
        return MISSING if len(faults) > before else told

    def schema(self) -> Schema:
        shown: Schema = {"type": "object" if self.parts else ["object", "null"]}
        if self.about:
            shown["description"] = self.about
        properties = {name: _described(part) for name, part in self.parts.items()}
        needed = [name for name, part in self.parts.items() if part.needed]
        shown |= {"additionalProperties": False, "properties": properties}
        return shown | ({"required": needed} if needed else {})


def _is_bare(node: Node) -> bool:
    """Whether nothing was typed, or null."""
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _may_be_bare(kind: Kind) -> bool:
    return isinstance(kind, Parts) and not kind.parts


def _described(part: Part) -> Schema:
    return part.kind.schema() | ({"description": part.about} if part.about else {})


def _named(
    node: Node, known: tuple[str, ...], called: str, faults: Faults
) -> Iterator[tuple[str, Node, Node]]:
    """The pairs of a mapping; what is not known is a fault, and so is a second one."""
    seen: set[str] = set()
    for key, value in node.value:
        name = text_at(key)
        if name not in known:
            rest = f"It may have {listed(known)}." if known else "It has none: leave it empty."
            wrong(key, faults, f"{called} has no “{name}”. {rest}")
        elif name in seen:
            wrong(key, faults, f"“{name}” is said twice.")
        else:
            seen.add(name)
            yield name, key, value
