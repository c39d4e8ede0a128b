"""A page's component tree as frozen values, and the roll-up that never contradicts itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class State(StrEnum):
    """A component's state, in the Statuspage vocabulary that clients already read."""

    OPERATIONAL = "operational"
    MAINTENANCE = "under_maintenance"
    DEGRADED = "degraded_performance"
    PARTIAL = "partial_outage"
    MAJOR = "major_outage"


MOST_INDENTED = 6
DEEPEST = 32  # far past what customers follow; drawing recurses, and a loop of it must end

# From well to worst; planned work weighs less than any trouble.
ORDER = [State.OPERATIONAL, State.MAINTENANCE, State.DEGRADED, State.PARTIAL, State.MAJOR]


def worst(states: Sequence[State]) -> State:
    """The worst of several states; of none, operational."""
    return max(states, key=ORDER.index, default=State.OPERATIONAL)


@dataclass(frozen=True, slots=True)
class Words:
    """A component in customers' words. ``function`` carries its article in French."""

    name: str
    function: str = ""
    can_do: str = ""

    @property
    def are_complete(self) -> bool:
        return bool(self.function and self.can_do)


@dataclass(frozen=True, slots=True)
class Node:
    """A component, its words by language, and its children in order."""

    id: str
    slug: str
    name: str
    description: str
    words: Mapping[str, Words]
    position: int
    showcase: bool
    only_show_if_degraded: bool
    start_date: date | None
    created_at: datetime
    changed_at: datetime
    parent_id: str | None
    children: tuple["Node", ...] = ()

    @property
    def is_group(self) -> bool:
        return bool(self.children)

    def named(self, language: str) -> str:
        """The name that readers of a language see."""
        return self.words[language].name if language in self.words else self.name

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the page."""
        yield self
        for child in self.children:
            yield from child.walk()

    def rolled_up(self, states: Mapping[str, State]) -> State:
        """The worst of its own state and all below; unknown ids count as operational."""
        return worst([states.get(node.id, State.OPERATIONAL) for node in self.walk()])


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything a page runs, in order."""

    roots: tuple[Node, ...]

    def __iter__(self) -> Iterator[Node]:
        for root in self.roots:
            yield from root.walk()

    def by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self}

    def find(self, ref: str) -> Node | None:
        """A component by id or slug."""
        return next((node for node in self if ref in (node.id, node.slug)), None)

    def path_to(self, component_id: str) -> tuple[Node, ...]:
        """The nodes from the top down to a component; empty when it isn't in the tree."""
        nodes, path = self.by_id(), []
        current = nodes.get(component_id)
        while current is not None:
            path.append(current)
            current = nodes.get(current.parent_id) if current.parent_id else None
        return tuple(reversed(path))

    def indent_of(self, component_id: str) -> int:
        """How far in a list draws a component: its depth, to where a phone has no room left."""
        return min(len(self.path_to(component_id)), MOST_INDENTED)

    def leaves_of(self, component_id: str) -> list[Node]:
        """The components without children at or below one: what an impact lands on."""
        node = self.by_id().get(component_id)
        return [below for below in node.walk() if not below.is_group] if node else []

    def rolled_up(self, states: Mapping[str, State]) -> State:
        """The whole page's state: the worst of every top node."""
        return worst([root.rolled_up(states) for root in self.roots])
