"""The public API v2 in the shapes that existing clients read. Pure: a snapshot to JSON values."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tocsin.catalogue.tree import Node, State
from tocsin.disclosure.phases import STATUSPAGE, scheduled_status
from tocsin.disclosure.severity import Indicator
from tocsin.page import verbatim
from tocsin.page.address import path_of
from tocsin.page.keeping import Kept
from tocsin.page.snapshot import Snapshot
from tocsin.page.standing import DESCRIPTIONS
from tocsin.statements.published import Change, Publication, Story

Json = dict[str, Any]
RECENT = 50
# What clients may tell an incident by that began, or went on, as an emergency notice.
SHOUTED: Json = {"metadata": {"tocsin": {"shout": True}}}


@lru_cache(maxsize=8192)
def stamp(at: datetime | None) -> str | None:
    """RFC 3339 in UTC with three digits, as clients' parsers want it."""
    if at is None:
        return None
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def written(told: Json) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def files(snapshot: Snapshot) -> dict[str, bytes]:
    """Every API file of the head, open incidents included, by relative path."""
    page, status = page_of(snapshot), status_of(snapshot)
    rows = components(snapshot)
    told = {story.incident_id: incident(snapshot, story) for story in _named(snapshot)}
    unresolved = [told[story.incident_id] for story in _newest_first(snapshot.open)]
    recent = [told[story.incident_id] for story in _newest_first(snapshot.recent[:RECENT])]
    planned = {story.incident_id: scheduled(snapshot, story) for story in _scheduled(snapshot)}
    open_planned = [planned[story.incident_id] for story in _still_to_do(snapshot)]
    upcoming = [work for work in open_planned if work["status"] == "scheduled"]
    active = [work for work in open_planned if work["status"] in {"in_progress", "verifying"}]
    lately = [planned[story.incident_id] for story in snapshot.recent_planned[:RECENT]]
    answers: dict[str, Json] = {
        "summary": {
            "page": page,
            "components": rows,
            "incidents": unresolved,
            "scheduled_maintenances": open_planned,
            "status": status,
        },
        "status": {"page": page, "status": status},
        "components": {"page": page, "components": rows},
        "incidents": {"page": page, "incidents": recent},
        "incidents/unresolved": {"page": page, "incidents": unresolved},
        "scheduled-maintenances": {"page": page, "scheduled_maintenances": lately},
        "scheduled-maintenances/upcoming": {"page": page, "scheduled_maintenances": upcoming},
        "scheduled-maintenances/active": {"page": page, "scheduled_maintenances": active},
    }
    for story in snapshot.open:
        key = story.incident_id
        answers[f"incidents/{key}"] = {"page": page, "incident": told[key]}
    for story in snapshot.planned:
        if _answers_as_incident(story):
            key = f"incidents/{story.incident_id}"
            answers[key] = {"page": page, "incident": incident(snapshot, story)}
    for work in open_planned:
        key = f"scheduled-maintenances/{work['id']}"
        answers[key] = {"page": page, "scheduled_maintenance": work}
    return {f"api/v2/{name}.json": written(answer) for name, answer in answers.items()}


def archived(snapshot: Snapshot, story: Story) -> dict[str, bytes]:
    """A closed incident's files, with the page and its components as of its last publication."""
    page = page_of(snapshot) | {"updated_at": stamp(story.updated_at(snapshot.page.language))}
    answers: dict[str, Json] = {}
    if _answers_as_incident(story):
        told = incident(snapshot, story, as_of_then=True)
        answers[f"incidents/{story.incident_id}"] = {"page": page, "incident": told}
    if story.window:
        told = scheduled(snapshot, story, as_of_then=True)
        key = f"scheduled-maintenances/{story.incident_id}"
        answers[key] = {"page": page, "scheduled_maintenance": told}
    return {f"api/v2/{name}.json": written(answer) for name, answer in answers.items()}


def _answers_as_incident(story: Story) -> bool:
    """Elsewhere planned work was found among the incidents too: its clients ask for it there."""
    return story.is_incident or story.source is not None


def page_of(snapshot: Snapshot) -> Json:
    page = snapshot.page
    return {
        "id": page.id,
        "name": page.name,
        "url": snapshot.url,
        "time_zone": page.time_zone,
        "updated_at": stamp(snapshot.updated_at),
    }


def status_of(snapshot: Snapshot) -> Json:
    indicator = snapshot.standing.indicator
    return {"indicator": indicator.value, "description": DESCRIPTIONS[indicator]}


def components(snapshot: Snapshot) -> list[Json]:
    """The tree as rows: a top node with children is a group, all below it are its children."""
    rows: list[Json] = []
    for position, root in enumerate(snapshot.tree.roots, start=1):
        below = list(root.walk())[1:]
        rows.append(_row(snapshot, root, position))
        if below:
            rows[-1]["components"] = [node.id for node in below]
        rows += [_row(snapshot, node, place) for place, node in enumerate(below, start=1)]
    return rows


def incident(snapshot: Snapshot, story: Story, *, as_of_then: bool = False) -> Json:
    """An incident with its updates, newest first, in the page's own language.

    Planned work is one from the moment on when it outlasted its window.
    """
    story = story.as_incident()
    told = _told(snapshot, story, as_of_then=as_of_then) | {
        "status": STATUSPAGE[story.phase],
        "incident_updates": [
            _update(snapshot, said, STATUSPAGE[said.words.phase])
            for said in reversed(story.publications)
            if said.words
        ],
    }
    return verbatim.incident(story, told)


def scheduled(snapshot: Snapshot, story: Story, *, as_of_then: bool = False) -> Json:
    """Planned work as its clients know it; one that outlasted its window is still in progress."""
    window = story.window
    assert window is not None, "planned work has a window"
    told = _told(snapshot, story, as_of_then=as_of_then) | {
        "status": scheduled_status(story.phase),
        "impact": Indicator.MAINTENANCE.value,
        "shortlink": f"{snapshot.url}/{path_of(story)}",
        "started_at": stamp(story.opened_at),  # its creation, not its window
        "incident_updates": [
            _update(snapshot, said, scheduled_status(said.words.phase))
            for said in reversed(story.publications)
            if said.words
        ],
        "scheduled_for": stamp(window.starts_at),
        "scheduled_until": stamp(window.ends_at),
    }
    return verbatim.incident(story, told)


def _told(snapshot: Snapshot, story: Story, *, as_of_then: bool) -> Json:
    """What incidents and planned work have in common, in the order that clients know."""
    then = _as_of_then(story) if as_of_then else None
    return {
        "id": story.incident_id,
        "name": story.name(snapshot.page.language)[1],
        "status": "",
        "created_at": stamp(story.opened_at),
        "updated_at": stamp(story.updated_at(snapshot.page.language)),
        "monitoring_at": stamp(story.monitoring_at),
        "resolved_at": stamp(story.over_at if story.is_retrospective else story.resolved_at),
        "impact": story.impact.value,
        "shortlink": f"{snapshot.url}/incidents/{story.incident_id}",
        "started_at": stamp(story.started_at),
        "page_id": snapshot.page.id,
        "incident_updates": [],
        "components": [
            _row(snapshot, path[-1], _position(snapshot, path), then)
            for path in map(snapshot.paths.get, story.component_ids)
            if path
        ],
        "reminder_intervals": None,
        **(SHOUTED if any(_is_shouted(said) for said in story.publications) else {}),
    }


def _is_shouted(said: Publication) -> bool:
    return said.words is not None and said.words.is_shouted


def _named(snapshot: Snapshot) -> Iterable[Story]:
    return {story.incident_id: story for story in (*snapshot.recent, *snapshot.open)}.values()


def _scheduled(snapshot: Snapshot) -> Iterable[Story]:
    told = (*snapshot.recent_planned, *_still_to_do(snapshot))
    return {story.incident_id: story for story in told}.values()


def _still_to_do(snapshot: Snapshot) -> list[Story]:
    """Planned work that is not over, whether or not its window is, by its window."""
    outlasted = [story for story in snapshot.open if story.window]
    return sorted((*snapshot.planned, *outlasted), key=lambda story: story.placed_at)


def _newest_first(stories: Iterable[Story]) -> list[Story]:
    """By when each was told of as an incident; of one moment, the one said last leads."""
    return sorted(stories, key=_told_of_at, reverse=True)


def _told_of_at(story: Story) -> tuple[datetime, int]:
    return story.as_incident().opened_at, story.publications[0].number


Then = tuple[Mapping[str, State], datetime]


def _as_of_then(story: Story) -> Then:
    changed = {
        change.component_id: change for said in story.publications for change in said.changes
    }
    states = {key: change.new for key, change in changed.items()}
    return states, story.latest.published_at


def _row(snapshot: Snapshot, node: Node, position: int, then: Then | None = None) -> Json:
    path = snapshot.paths[node.id]
    names = [above.named(snapshot.page.language) for above in path]
    states, touched_at = then or (snapshot.states, snapshot.touched.get(node.id))
    told = [moment for moment in (node.changed_at, touched_at) if moment]
    return {
        "id": node.id,
        "name": " - ".join(names[1:] or names),
        "status": node.rolled_up(states).value,
        "created_at": stamp(node.created_at),
        "updated_at": stamp(touched_at if then else max(told)),
        "position": position,
        "description": node.description or None,
        "showcase": node.showcase,
        "start_date": node.start_date.isoformat() if node.start_date else None,
        "group_id": path[0].id if len(path) > 1 else None,
        "page_id": snapshot.page.id,
        "group": node.is_group and len(path) == 1,
        "only_show_if_degraded": node.only_show_if_degraded,
    }


def _position(snapshot: Snapshot, path: tuple[Node, ...]) -> int:
    siblings = list(path[0].walk())[1:] if len(path) > 1 else snapshot.everything.roots
    return [sibling.id for sibling in siblings].index(path[-1].id) + 1


def _update(snapshot: Snapshot, said: Publication, status: str) -> Json:
    of = said, snapshot.everything
    name = said.id, status, snapshot.page.language
    # A copy: the manage API adds what it alone tells, and what is kept must stay as it was drawn.
    return dict(_updates.get(name, of, _update_anew, snapshot, said, status))


_updates: Kept[Json] = Kept()
forget = _updates.forget


def _update_anew(snapshot: Snapshot, said: Publication, status: str) -> Json:
    at = stamp(said.published_at)
    told = {
        "id": said.id,
        "status": status,
        "body": _body(snapshot, said),
        "incident_id": said.incident_id,
        "created_at": at,
        "updated_at": stamp(_updated_at(snapshot, said)),
        "display_at": at,
        "affected_components": [_affected(snapshot, change) for change in said.changes] or None,
        "deliver_notifications": said.announces,
        "custom_tweet": None,
        "tweet_id": None,
    }
    return verbatim.update(said, told)


def _updated_at(snapshot: Snapshot, said: Publication) -> datetime:
    taken_out = (gone.at for gone in said.redactions)
    return max([said.said_at(snapshot.page.language), *taken_out])


def _body(snapshot: Snapshot, said: Publication) -> str:
    """The paragraph as it was written: clients compare it, so nothing is put before it.

    What a correction corrects stands in its headline, which clients do not read.
    """
    _, layer = said.layer(snapshot.page.language)
    return f"{layer.headline}. {layer.body}" if said.is_correction else layer.body


def _affected(snapshot: Snapshot, change: Change) -> Json:
    language = snapshot.page.language
    path = snapshot.paths.get(change.component_id, ())
    return {
        "code": change.component_id,
        "name": " - ".join(node.named(language) for node in path) or change.component_id,
        "old_status": change.old.value,
        "new_status": change.new.value,
    }
