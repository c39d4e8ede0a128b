"""Reading a file by its schema: values that know their lines, or every fault with its own. Pure.

Nothing of YAML is constructed: no tag can do anything, and an alias is its value once more.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tocsin.disclosure.lined import MOST_VALUES, TOO_MUCH, Fault, Unreadable, composed, line_of
from tocsin.moving.applying.schema import Schema

LONGEST_TEXT = 1024 * 1024
DEEPEST = 40
PLAIN = "tag:yaml.org,2002:"  # what YAML itself gives to a value that bears no tag
NAMES = {
    "object": "parts",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
}
NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
BOOLEANS = {"true": True, "false": False}


class BadFile(Unreadable):
    """The file cannot be understood; nothing was changed."""


@dataclass(slots=True)
class Given:
    """The parts of a mapping that the file gives, and where each stands."""

    line: int
    parts: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.parts

    def __getitem__(self, name: str) -> Any:
        return self.parts[name]

    def get(self, name: str, usual: Any = None) -> Any:
        return self.parts.get(name, usual)

    def all_of(self, name: str) -> "list[Given]":
        """The entries of a list, none where it is not given."""
        return list(self.parts.get(name, ()))

    def line_of(self, name: str) -> int:
        return self.lines.get(name, self.line)


def read(text: str, schema: Schema) -> Given:
    """What a file says. Raises BadFile with every fault, by line."""
    try:
        root = composed(text, kind="file of pages", longest=LONGEST_TEXT)
    except Unreadable as error:
        raise BadFile(list(error.faults)) from None
    if root is None:
        raise BadFile([Fault(1, "The file says nothing. It begins with “pages:”.")])
    reader = _Reader(schema)
    found = reader.value(root, schema, "The file", depth=0)
    if reader.faults:
        raise BadFile(reader.faults)
    assert isinstance(found, Given)
    return found


class _Reader:
    """One reading of one file: collects faults instead of stopping at the first."""

    def __init__(self, schema: Schema) -> None:
        self.faults: list[Fault] = []
        self._defs: dict[str, Schema] = schema.get("$defs", {})
        self._values = 0

    def value(self, node: Node, schema: Schema, name: str, *, depth: int) -> Any:
        """A value as the schema wants it; None where it is not, which is a fault."""
        if "$ref" in schema:
            schema = self._defs[schema["$ref"].rpartition("/")[2]]
        self._values += 1
        if self._values > MOST_VALUES or depth > DEEPEST:
            self._fault(node, TOO_MUCH)
            raise BadFile(self.faults)
        if not node.tag.startswith(PLAIN) or "/" in node.tag:
            tag = node.tag.removeprefix(PLAIN)
            self._fault(node, f"{name} bears the tag “{tag[:40]}”, which says nothing here.")
            return None
        match schema["type"], node:
            case "object", MappingNode():
                return self._object(node, schema, name, depth)
            case "array", SequenceNode():
                found = (
                    self.value(one, schema["items"], name, depth=depth + 1) for one in node.value
                )
                return [one for one in found if one is not None]
            case (("string" | "boolean" | "number"), ScalarNode()):
                return self._scalar(node, schema, name)
        self._fault(node, f"{name} is to be {NAMES[schema['type']]}.")
        return None

    def _object(self, node: MappingNode, schema: Schema, name: str, depth: int) -> Given:
        known, given = schema["properties"], Given(line_of(node))
        for key, value in node.value:
            called = key.value if isinstance(key, ScalarNode) else "this"
            if called not in known:
                listed = ", ".join(known)
                self._fault(key, f"{name} has no part “{str(called)[:40]}”. It has {listed}.")
            elif called in given.lines:
                self._fault(key, f"“{called}” is said twice, first in line {given.lines[called]}.")
            else:
                given.lines[called] = line_of(key)
                read = self.value(value, known[called], f"“{called}”", depth=depth + 1)
                if read is not None:
                    given.parts[called] = read
        for missing in schema["required"]:
            if missing not in given.lines:
                self._fault(node, f"{name} needs “{missing}”.")
        return given

    def _scalar(self, node: ScalarNode, schema: Schema, name: str) -> Any:
        kind = node.tag.rpartition(":")[2]
        if schema["type"] == "boolean":
            if kind != "bool" or node.value.lower() not in BOOLEANS:
                self._fault(node, f"{name} is to be true or false.")
                return None
            return BOOLEANS[node.value.lower()]
        if schema["type"] == "number":
            return self._number(node, schema, name)
        if kind == "null":
            self._fault(node, f"{name} is empty. Say it, or take the line out; “” is no text.")
            return None
        if kind not in ("str", "timestamp"):
            self._fault(node, f'{name} is to be text. Put it in quotes: "{node.value[:40]}".')
            return None
        return self._text(node, schema, name)

    def _number(self, node: ScalarNode, schema: Schema, name: str) -> str | None:
        """A number as the file writes it: its digits are the caller's to read."""
        least, most = schema["minimum"], schema["maximum"]
        if not NUMBER.fullmatch(node.value) or not least <= float(node.value) <= most:
            told = f"{name} is to be a number from {least} to {most}"
            self._fault(node, f"{told}, not “{node.value[:40]}”.")
            return None
        return str(node.value)

    def _text(self, node: ScalarNode, schema: Schema, name: str) -> str | None:
        text = str(node.value)
        if not _is_keepable(text):
            self._fault(node, f"{name} holds a character that cannot be kept. Take it out.")
        elif "enum" in schema and text not in schema["enum"]:
            self._fault(node, f"{name} is one of {', '.join(schema['enum'])}, not “{text[:40]}”.")
        elif "pattern" in schema and not re.fullmatch(schema["pattern"], text):
            self._fault(node, f"“{text[:40]}” does not do for {name}: {schema['pattern']}")
        elif len(text) > schema.get("maxLength", len(text)):
            most = schema["maxLength"]
            self._fault(node, f"{name} has {len(text)} characters; {most} is the most.")
        elif len(text.strip()) < schema.get("minLength", 0):
            self._fault(node, f"{name} is empty.")
        else:
            return text
        return None

    def _fault(self, node: Node, sentence: str) -> None:
        self.faults.append(Fault(line_of(node), sentence))


def _is_keepable(text: str) -> bool:
    """Whether a database can keep it: YAML can write a NUL, and half of a character."""
    try:
        return "\x00" not in text and text.encode() is not None
    except UnicodeEncodeError:
        return False
