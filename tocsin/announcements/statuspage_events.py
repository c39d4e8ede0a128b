"""What a machine is told that was built for Statuspage: its bodies, one event a call.

A word about an incident is an ``incident`` event with every update so far; each component whose
state changed is a ``component`` event of its own.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tocsin.announcements import asking, events
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.stencil import Holes
from tocsin.page import statuspage
from tocsin.page.address import host_url_of, url_of
from tocsin.page.snapshot import Snapshot
from tocsin.page.statuspage import stamp
from tocsin.statements import published
from tocsin.statements.published import Change, Kind, Publication, Story

MOST_BYTES = 200_000  # an incident of many updates is told without the oldest
Json = dict[str, Any]
# What Statuspage's own payloads carry of features that a page here does not have.
NOT_HERE: Json = {
    "postmortem_ignored": False,
    "postmortem_body": None,
    "postmortem_body_last_updated_at": None,
    "postmortem_published_at": None,
    "postmortem_notified_subscribers": False,
    "postmortem_notified_twitter": False,
    "backfilled": False,
    "scheduled_for": None,
    "scheduled_until": None,
    "scheduled_remind_prior": False,
    "scheduled_reminded_at": None,
    "impact_override": None,
    "scheduled_auto_in_progress": False,
    "scheduled_auto_completed": False,
}
ROW_ONLY = ("group", "start_date", "only_show_if_degraded", "components")


def bodies(said: Publication, page: Brand, gaps: Holes) -> list[bytes]:
    """Every event of one publication, in the order in which they are to be sent."""
    snapshot = _snapshot(said, page)
    above = _above(said, snapshot, gaps.stand_in("token"))
    found = [events.written(above | part) for part in _components(said, snapshot)]
    if story := _so_far(said, snapshot):
        found.insert(0, _incident(above, story, snapshot))
    return found


def _snapshot(said: Publication, page: Brand) -> Snapshot:
    """The page as it stood with this publication, as far as these bodies tell of it."""
    states = published.states_now(said.audience_id)
    states |= {change.component_id: change.new for change in said.changes}
    return Snapshot(
        page=page,
        url=url_of(page),
        tree=shelf.components_of(page.id),
        everything=shelf.components_of(page.id, retired=True),
        open=published.open_stories(said.audience_id),
        recent=(),
        spans=(),
        states=states,
        touched={change.component_id: said.published_at for change in said.changes},
        number=said.number,
        revision=0,
        said_at=said.published_at,
        at=said.published_at,
        planned=published.planned_stories(said.audience_id),
    )


def _so_far(said: Publication, snapshot: Snapshot) -> Story | None:
    """The incident up to this word: what came later is told by its own event."""
    story = published.story(said.audience_id, said.incident_id) if said.incident_id else None
    if story is None or said.words is None:
        return None
    if said.kind == Kind.TRANSLATION and snapshot.page.language not in said.words.layers:
        return None  # these bodies speak the page's own language alone
    told = tuple(one for one in story.publications if one.number <= said.number)
    return replace(story, publications=told)


def _above(said: Publication, snapshot: Snapshot, token: str) -> Json:
    status = statuspage.status_of(snapshot)
    return {
        "meta": {
            "unsubscribe": asking.own_url(snapshot.page, "unsubscribe", token),
            "documentation": f"{host_url_of(snapshot.page)}/subscribe",
            "generated_at": stamp(said.published_at),
        },
        "page": {
            "id": snapshot.page.id,
            "status_indicator": status["indicator"],
            "status_description": status["description"],
        },
    }


def _incident(above: Json, story: Story, snapshot: Snapshot) -> bytes:
    shape = statuspage.scheduled if story.window else statuspage.incident
    told = NOT_HERE | _by_itself(story) | shape(snapshot, story)
    told["components"] = [_component(row) for row in told["components"]]
    told["incident_updates"] = [
        update | {"wants_twitter_update": False, "twitter_updated_at": None}
        for update in told["incident_updates"]
    ]
    while len(body := events.written(above | {"incident": told})) > MOST_BYTES:
        if len(told["incident_updates"]) == 1:
            break
        told["incident_updates"].pop()
    return body


def _by_itself(story: Story) -> Json:
    """What the clock says of planned work."""
    if story.window is None:
        return {}
    return {
        "scheduled_auto_in_progress": True,
        "scheduled_auto_completed": story.window.ends_itself,
    }


def _components(said: Publication, snapshot: Snapshot) -> Iterator[Json]:
    rows = {row["id"]: row for row in statuspage.components(snapshot)}
    for change in said.changes:
        if change.new != change.old and change.component_id in rows:
            yield {
                "component_update": _update(said, change),
                "component": _component(rows[change.component_id]),
            }


def _update(said: Publication, change: Change) -> Json:
    return {
        "old_status": change.old.value,
        "new_status": change.new.value,
        "created_at": stamp(said.published_at),
        "component_type": "Component",
        "id": said.id,
        "component_id": change.component_id,
    }


def _component(row: Json) -> Json:
    return {name: value for name, value in row.items() if name not in ROW_ONLY}
