"""Repair forecasts, kept apart from promises and scored apart (R-08, metrics 6.2). Pure.

A forecast is hit if the effect was over by its later end; how wide it was and how often it was
changed tell the rest: a range from now to next week is always hit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.disclosure.keeping import percentile
from tocsin.statements.published import Forecast, Kind, Story


@dataclass(frozen=True, slots=True)
class Estimate:
    """One forecast as it was first said. ``is_hit`` is None while the effect lasts."""

    incident_id: str
    number: int
    made_at: datetime
    forecast: Forecast
    is_hit: bool | None

    @property
    def width(self) -> timedelta:
        return self.forecast.latest - self.forecast.earliest


@dataclass(frozen=True, slots=True)
class Score:
    """How forecasts did. ``revisions`` holds, for each incident with one, how often it changed."""

    hit: int
    failed: int
    open: int
    width_median: timedelta | None
    revisions: tuple[int, ...]

    @property
    def settled(self) -> int:
        """How many were hit or failed by now."""
        return self.hit + self.failed

    @property
    def changes(self) -> int:
        """How often any forecast was changed."""
        return sum(self.revisions)

    @property
    def eta_hit(self) -> float | None:
        """The share that was hit; None before any effect was over."""
        return self.hit / self.settled if self.settled else None


def estimates_of(story: Story) -> tuple[Estimate, ...]:
    """Each forecast of a story once, oldest first; one said again unchanged is the same."""
    ended = _effect_ended_at(story)
    found: list[Estimate] = []
    before: tuple[datetime, datetime] | None = None
    for said in story.publications:
        forecast = said.words.forecast if said.words and said.kind == Kind.WORD else None
        if forecast is None:
            continue
        ends = (forecast.earliest, forecast.latest)
        if ends != before:
            is_hit = None if ended is None else ended <= forecast.latest
            found.append(
                Estimate(story.incident_id, said.number, said.published_at, forecast, is_hit)
            )
        before = ends
    return tuple(found)


def _effect_ended_at(story: Story) -> datetime | None:
    """When the effect was over, as told last; None while the incident is open."""
    return story.over_at


def score(stories: Iterable[Story]) -> Score:
    """Score every forecast in some stories."""
    by_story: Sequence[tuple[Estimate, ...]] = [
        found for story in stories if (found := estimates_of(story))
    ]
    told = [estimate for found in by_story for estimate in found]
    return Score(
        hit=sum(estimate.is_hit is True for estimate in told),
        failed=sum(estimate.is_hit is False for estimate in told),
        open=sum(estimate.is_hit is None for estimate in told),
        width_median=percentile([estimate.width for estimate in told], 50),
        revisions=tuple(len(found) - 1 for found in by_story),
    )
