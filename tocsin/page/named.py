"""Incidents by what they named: how a reader narrows a month down without a script. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tocsin.catalogue.tree import Node
from tocsin.page.snapshot import Snapshot
from tocsin.statements.published import Story


@dataclass(frozen=True, slots=True)
class Choice:
    """A component or group of the page, and the incidents that named it or one below it."""

    node: Node
    stories: tuple[Story, ...]


def choices(snapshot: Snapshot, stories: Sequence[Story]) -> tuple[Choice, ...]:
    """What some incidents can be narrowed down to, in the order of the page."""
    found: dict[str, list[Story]] = {}
    for story in stories:
        above = {node.id for key in ids_in(story) for node in snapshot.paths.get(key, ())}
        for key in above:
            found.setdefault(key, []).append(story)
    return tuple(Choice(node, tuple(found[node.id])) for node in snapshot.tree if node.id in found)


def ids_in(story: Story) -> set[str]:
    """Every component that any word of it named."""
    told: set[str] = set()
    for said in story.publications:
        told.update(change.component_id for change in said.changes)
        told.update(said.words.impacts if said.words else ())
        told.update(said.overrides)
    return told


def path(of: date, choice: Choice | None = None) -> str:
    """Where a month stands, whole or narrowed down."""
    return f"history/{of:%Y-%m}" + (f"/{choice.node.slug}" if choice else "")


def ids_below(snapshot: Snapshot, node: Node) -> tuple[str, ...]:
    """A component or group and all that is or was below it, what was taken off included."""
    return tuple(
        key for key, above in snapshot.paths.items() if any(one.id == node.id for one in above)
    )
