"""A page at one moment, as values: all that its files are made of. Pure."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node, State, Tree
from tocsin.disclosure.phases import Phase
from tocsin.page import bars, changes
from tocsin.page.bars import Bars
from tocsin.page.reviews import Reviews
from tocsin.page.standing import Standing, standing
from tocsin.statements.published import Span, Story
from tocsin.watch.shown import Chart


@dataclass(frozen=True)
class Snapshot:
    """What was said and what is run, at ``at``.

    ``tree`` is what the page shows, ``everything`` also holds what was taken off, and ``paths``
    leads to each of its nodes from the top. ``recent`` are the newest incidents, newest first;
    ``spans`` touch the last ninety days; ``touched`` says when a component's state was last
    published. ``planned`` is work to come or under way, by its window, and ``recent_planned`` the
    newest planned work of any kind; ``series`` holds what the rule of a series tells otherwise,
    however old, and its newest window; ``charts`` are what is measured; ``has_promises``: something
    was promised in public; ``reviews`` tell how readers were told, beside accounts. ``url`` has no
    slash at its end.
    """

    page: Brand
    url: str
    tree: Tree
    everything: Tree
    open: tuple[Story, ...]
    recent: tuple[Story, ...]
    spans: tuple[Span, ...]
    states: Mapping[str, State]
    touched: Mapping[str, datetime]
    number: int
    revision: int
    said_at: datetime | None
    at: datetime
    planned: tuple[Story, ...] = ()
    recent_planned: tuple[Story, ...] = ()
    series: tuple[Story, ...] = ()
    charts: tuple[Chart, ...] = ()
    has_promises: bool = False
    reviews: Reviews = field(default_factory=dict)
    _spans_of: dict[str, tuple[Span, ...]] = field(init=False, repr=False)
    _bars_of: dict[str, Bars] = field(init=False, repr=False)
    # For whoever tells the same of it in several places: the front, an incident's page, a frame.
    told: dict[Hashable, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_component: dict[str, list[Span]] = {}
        for span in self.spans:
            by_component.setdefault(span.component_id, []).append(span)
        derived = {
            "_spans_of": {key: tuple(spans) for key, spans in by_component.items()},
            "_bars_of": {},
            "told": {},
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @cached_property
    def standing(self) -> Standing:
        """How the page stands."""
        return standing(self.tree, self.states, (*self.open, *self.under_way))

    @cached_property
    def changes_at(self) -> datetime:
        """When what the page says changes by itself."""
        # A closed incident changes too: its last word may wait for a translation.
        stories = (*self.recent, *self.open, *self.recent_planned, *self.planned)
        each = {story.incident_id: story for story in stories}
        return changes.changes_at(each.values(), at=self.at, zone=self.page.time_zone)

    @cached_property
    def paths(self) -> Mapping[str, tuple[Node, ...]]:
        """The way to each component from the top."""
        return dict(_paths(self.everything.roots, ()))

    @property
    def under_way(self) -> tuple[Story, ...]:
        """Planned work that has begun."""
        return tuple(story for story in self.planned if story.phase != Phase.ANNOUNCED)

    @property
    def dropped(self) -> tuple[Story, ...]:
        """Cancelled work, until what would have been its end."""
        return tuple(
            story
            for story in self.recent_planned
            if story.is_cancelled and story.window and story.window.ends_at > self.at
        )

    @property
    def stamp(self) -> str:
        """Publication and revision, as the pointer says them: ``412.3``."""
        return f"{self.number}.{self.revision}"

    @property
    def updated_at(self) -> datetime:
        """When what the page says last changed: a word, or the catalogue."""
        return max(filter(None, (self.said_at, self.page.changed_at)))

    def bars_of(self, node: Node) -> Bars:
        """A component's ninety days, counted once for every language."""
        if node.id not in self._bars_of:
            spans, page = self._spans_of.get(node.id, ()), self.page
            self._bars_of[node.id] = bars.bars(
                node, spans, at=self.at, zone=page.time_zone, weights=page.weights
            )
        return self._bars_of[node.id]

    def open_span_of(self, component_id: str) -> Span | None:
        """The trouble that a component is in, if any."""
        spans = self._spans_of.get(component_id, ())
        return next((span for span in spans if span.until is None), None)


def _paths(
    nodes: Iterable[Node], above: tuple[Node, ...]
) -> Iterator[tuple[str, tuple[Node, ...]]]:
    for node in nodes:
        path = (*above, node)
        yield node.id, path
        yield from _paths(node.children, path)
