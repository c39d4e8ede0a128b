"""How long an incident kept each component from its users, from published states alone (R-58).

It computes; whether and what is credited, a person decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.incidents import declaration
from tocsin.statements import published
from tocsin.statements.published import Span, Story


class NoDowntime(Exception):
    """There is nothing to count; the message says why."""


@dataclass(frozen=True, slots=True)
class Down:
    """One stretch of one component in one state; ``until`` is None while it lasts."""

    component_id: str
    slug: str
    name: str
    state: State
    since: datetime
    until: datetime | None
    counted_to: datetime

    @property
    def lasted_for(self) -> timedelta:
        return self.counted_to - self.since


def of_incident(incident_id: str, *, at: datetime) -> tuple[Down, ...]:
    """Every stretch of the components that it named, while it lasted, by component and time.

    A page's state is the worst that any open incident says, so trouble that another incident told
    of at the same time is in it too. Raises NoDowntime, UnknownIncident.
    """
    known = declaration.known_of(incident_id)
    page = shelf.seen_by(known.audience_id)
    story = published.story(known.audience_id, incident_id)
    if story is None:
        raise NoDowntime("Nothing was said of this incident, so no state of it was published.")
    nodes = shelf.components_of(page.id, retired=True).by_id()
    spans = published.spans_of(known.audience_id, story.component_ids)
    return tuple(
        Down(
            key,
            nodes[key].slug if key in nodes else "",
            nodes[key].named(page.language) if key in nodes else key,
            span.state,
            *edges,
        )
        for key in story.component_ids
        for span in spans.get(key, ())
        for edges in _within(span, story, at=at)
    )


def _within(
    span: Span, story: Story, *, at: datetime
) -> Iterator[tuple[datetime, datetime | None, datetime]]:
    """The part of a stretch that the incident lasted for: (since, until, counted to)."""
    since = max(span.since, story.started_at)
    ended = min((end for end in (span.until, story.over_at) if end), default=None)
    counted_to = ended or at
    if since < counted_to:
        yield since, ended, counted_to
