"""How long a component was up, from published states alone; what was not observed is no data."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ninja import Schema

from tocsin.api.v1.failures import Unread
from tocsin.api.v1.fields import Claim, Moment
from tocsin.api.v1.scene import Scene
from tocsin.api.v1.shapes import Values
from tocsin.catalogue.tree import Node, State
from tocsin.page import uptime
from tocsin.page.statuspage import stamp
from tocsin.page.uptime import Uptime
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
    page = scene.page
    leaves = [below for below in node.walk() if not below.is_group]
    spans_of = {leaf.id: list[Span]() for leaf in leaves}
    for span in published.spans_between(page.audience_id, start, end):
        if span.component_id in spans_of:
            spans_of[span.component_id].append(span)
    came = [
        uptime.over(leaf, spans_of[leaf.id], start, end, zone=page.time_zone) for leaf in leaves
    ]
    share = uptime.mean(came, page.weights)
    answer: Values = {
        "range_start": stamp(start),
        "range_end": stamp(end),
        "uptime_percentage": None if share is None else uptime.percent(share, 4),
        "major_outage": _seconds(came, State.MAJOR),
        "partial_outage": _seconds(came, State.PARTIAL),
        "warnings": _warnings(came),
        "id": node.id,
        "name": node.named(page.language),
    }
    if not told.skip_related_events:
        ids = list(_incidents(scene, set(spans_of), start, end))
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


def _seconds(came: list[Uptime | None], state: State) -> int:
    found = (one.lasted.get(state, timedelta()) for one in came if one)
    return round(sum(found, timedelta()).total_seconds())


def _warnings(came: list[Uptime | None]) -> list[str] | None:
    if None not in came:
        return None
    return ["For some or all of this time nothing was observed yet; it counts as no data."]


def _incidents(
    scene: Scene, component_ids: set[str], start: datetime, end: datetime
) -> Iterator[str]:
    """What was told of these in that time, the newest first."""
    for story in published.stories_between(scene.page.audience_id, start, end):
        if component_ids & set(story.component_ids):
            yield story.incident_id
