"""YAML that people write, as nodes that know their lines. Pure.

Unreadable    the text is no YAML, or too much of it; ``faults`` say in which line, and why

Nothing is constructed: no tag can do anything, and a scalar is the very text that was typed. Files
that others made for other programs are read as those do, to values; what aliases repeat is counted
each time, for one line of them can stand for more than any machine holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, SequenceNode

MOST_VALUES = 100_000  # more than any file has to say
SHOWN = 30  # faults; whoever mends these sees the next ones
TOO_MUCH = "Here it says too much at once: an alias in a circle?"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line of a file, counted from 1."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}"


class Unreadable(Exception):
    """The text cannot be used; nothing of it is taken over."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        more = len(faults) - SHOWN
        told = [*map(str, self.faults[:SHOWN]), *([f"… and {more:,} more."] if more > 0 else [])]
        super().__init__("\n".join(told))


class _Bounded(yaml.SafeLoader):
    """Stops at more values than any file has to say, before it has taken long."""

    _composed = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        self._composed += 1
        if self._composed > MOST_VALUES:
            raise Unreadable([Fault(self.line + 1, TOO_MUCH)])
        node: Node | None = super().compose_node(parent, index)
        return node


def composed(text: str, *, kind: str, longest: int) -> Node | None:
    """The file's nodes; None for an empty one. ``kind`` is what it should be. Raises Unreadable."""
    if len(text) > longest:
        raise Unreadable([Fault(1, f"The file is longer than {longest // 1024} KiB.")])
    try:
        node: Node | None = yaml.compose(text, Loader=_Bounded)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = error.problem or "this cannot be read"
        raise Unreadable([Fault(line, f"This is no YAML: {problem}.")]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        fault = Fault(line, "A character that no text file has. Take it out.")
        raise Unreadable([fault]) from None
    except RecursionError:
        raise Unreadable([Fault(1, f"It is nested far too deeply to be a {kind}.")]) from None
    return node


def valued(text: str, *, kind: str, longest: int) -> Any:
    """The file's values by YAML's own rules; None for an empty one. Raises Unreadable."""
    root = composed(text, kind=kind, longest=longest)
    if root is None:
        return None
    if _weight(root, {}) > MOST_VALUES:
        raise Unreadable([Fault(line_of(root), TOO_MUCH)])
    try:
        return SafeConstructor().construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else line_of(root)
        raise Unreadable([Fault(line, f"This cannot be read: {error.problem}.")]) from None
    except ValueError as error:  # a thirteenth month
        raise Unreadable([Fault(line_of(root), f"A value cannot be read: {error}.")]) from None


def _weight(node: Node, known: dict[int, float]) -> float:
    """How many values a node stands for, once everything that it repeats is written out."""
    if id(node) not in known:
        known[id(node)] = inf  # until it is counted: a circle has no end
        known[id(node)] = 1 + sum(_weight(part, known) for part in _parts(node))
    return known[id(node)]


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, SequenceNode):
        yield from node.value


def line_of(node: Node) -> int:
    """The line on which a node begins, counted from 1."""
    return int(node.start_mark.line) + 1


def listed(names: tuple[str, ...]) -> str:
    """Names in a sentence: “a”, “b” and “c”."""
    quoted = [f"“{name}”" for name in names]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}" if len(quoted) > 1 else quoted[0]
