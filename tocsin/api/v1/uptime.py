"""How long a component was up, from published states alone; what was not observed is no data."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from math import floor
from zoneinfo import ZoneInfo

from ninja import Schema

from tocsin.api.v1.failures import Unread
from tocsin.api.v1.fields import Claim, Moment
from tocsin.api.v1.scene import Scene
from tocsin.api.v1.shapes import Values
from tocsin.catalogue.tree import Node, State
from tocsin.page import bars
from tocsin.page.statuspage import stamp
from tocsin.statements import published
from tocsin.statements.published import Span

USUAL, LONGEST = timedelta(days=90), timedelta(days=184)


class Range(Schema):
    """From when to when; half a year at most."""

    start: Moment = None
    end: Moment = None
    skip_related_events: Claim = None


def of(scene: Scene, node: Node, told: Range) -> Values:
    """What came of a component, or of all that a group holds. Raises Unread."""
    start, end = _bounds(told, scene.at)
    leaves = [below for below in node.walk() if not below.is_group]
    told_of = {leaf.id: list[Span]() for leaf in leaves}
    for span in published.spans_between(scene.page.audience_id, start, end):
        if span.component_id in told_of:
            told_of[span.component_id].append(span)
    lasted = [_lasted(scene, leaf, told_of[leaf.id], start, end) for leaf in leaves]
    answer: Values = {
        "range_start": stamp(start),
        "range_end": stamp(end),
        "uptime_percentage": _percentage([one for one in lasted if one]),
        "major_outage": _seconds(lasted, State.MAJOR),
        "partial_outage": _seconds(lasted, State.PARTIAL),
        "warnings": _warnings(lasted),
        "id": node.id,
        "name": node.named(scene.page.language),
    }
    if not told.skip_related_events:
        ids = list(_incidents(scene, set(told_of), start, end))
        answer["related_events"] = {"id": ids[0] if ids else None, "ids": ids}
    return answer


def _bounds(told: Range, at: datetime) -> tuple[datetime, datetime]:
    end = min(told.end or at, at)
    try:
        start = told.start or end - USUAL
    except OverflowError:
        raise Unread(["end: that is beyond the calendar."]) from None
    if start >= end:
        raise Unread(["start: it is not before the end, or is still to come."])
    if end - start > LONGEST:
        raise Unread(["start: six months are the most that can be asked for."])
    return start, end


Lasted = tuple[timedelta, dict[State, timedelta]]  # how long it was observed, and in what trouble


def _lasted(
    scene: Scene, leaf: Node, spans: list[Span], start: datetime, end: datetime
) -> Lasted | None:
    """None where it was not observed at all."""
    there = ZoneInfo(scene.page.time_zone)
    since = leaf.start_date
    begins = datetime.combine(since, time.min, there) if since else leaf.created_at
    observed_from = max(start, begins)
    if observed_from >= end:
        return None
    return end - observed_from, bars.time_in(spans, observed_from, end)


def _percentage(lasted: list[Lasted]) -> float | None:
    """The mean of all that was observed, cut and not rounded: an outage must not read as 100."""
    if not lasted:
        return None
    shares = [
        1
        - sum(
            bars.WEIGHTS.get(state, 0) / 1000 * spent.total_seconds() for state, spent in t.items()
        )
        / observed.total_seconds()
        for observed, t in lasted
    ]
    return floor(max(sum(shares) / len(shares), 0) * 1_000_000) / 10_000


def _seconds(lasted: list[Lasted | None], state: State) -> int:
    found = (one[1].get(state, timedelta()) for one in lasted if one)
    return round(sum(found, timedelta()).total_seconds())


def _warnings(lasted: list[Lasted | None]) -> list[str] | None:
    if None not in lasted:
        return None
    return ["For some or all of this time nothing was observed yet; it counts as no data."]


def _incidents(
    scene: Scene, component_ids: set[str], start: datetime, end: datetime
) -> Iterator[str]:
    """What was told of these in that time, the newest first."""
    for story in published.stories_between(scene.page.audience_id, start, end):
        if component_ids & set(story.component_ids):
            yield story.incident_id
