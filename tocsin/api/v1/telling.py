"""Incidents as clients read them: the public API's rows, and what only this API tells."""

from collections.abc import Iterable, Sequence

from tocsin.api.v1 import remarks
from tocsin.api.v1.remarks import Kept
from tocsin.api.v1.scene import Scene
from tocsin.api.v1.shapes import Values
from tocsin.disclosure.phases import STATUSPAGE, Phase
from tocsin.incidents import declaration
from tocsin.page import statuspage
from tocsin.page.statuspage import stamp
from tocsin.statements.asking import Pending
from tocsin.statements.published import Publication, Story

UPDATES = {"wants_twitter_update": False, "twitter_updated_at": None}


def incidents(scene: Scene, stories: Sequence[Story]) -> list[Values]:
    """Some incidents, in this order."""
    kept = remarks.of([story.incident_id for story in stories])
    return [_told(scene, story, kept.get(story.incident_id, remarks.NONE)) for story in stories]


def incident(scene: Scene, story: Story) -> Values:
    """One incident, or one planned work."""
    return incidents(scene, [story])[0]


def _told(scene: Scene, story: Story, kept: Kept) -> Values:
    tell = statuspage.scheduled if story.window else statuspage.incident
    row = tell(scene.snapshot, story)
    for update, said in updates(row, story):
        update |= {name: value for name, value in UPDATES.items() if name not in update}
        if story.corrections_of(said):
            update["body"] = body_of(scene, story, said)
    window = story.window
    return {
        "scheduled_for": stamp(window.starts_at) if window else None,
        "scheduled_until": stamp(window.ends_at) if window else None,
        "scheduled_reminded_at": None,
        "backfilled": story.is_retrospective,
        **_account(scene, story),
        **row,
        **_kept(story, row, kept, ends_itself=bool(window and window.ends_itself)),
    }


def with_pending(row: Values, pending: Pending) -> Values:
    """The same incident, and that a word about it waits for somebody's consent."""
    told = {
        "clearance": pending.clearance_id,
        "role": pending.role,
        "due_at": stamp(pending.due_at),
        "status": STATUSPAGE[pending.words.phase],
    }
    metadata = dict(row.get("metadata") or {})
    ours = dict(metadata.get("tocsin") or {}) | {"pending": told}
    return {**row, "metadata": metadata | {"tocsin": ours}}


def unsaid(scene: Scene, pending: Pending) -> Values:
    """An incident of which nothing was said yet: its first word waits for somebody's consent."""
    language = scene.page.language
    words = pending.words
    row: Values = {
        "id": pending.incident_id,
        "name": words.name.get(language) or next(iter(words.name.values()), ""),
        "status": STATUSPAGE[words.phase],
        "impact": words.impact.value,
        "created_at": stamp(pending.requested_at),
        "updated_at": stamp(pending.requested_at),
        "started_at": stamp(words.since or pending.requested_at),
        "monitoring_at": None,
        "resolved_at": None,
        "shortlink": None,
        "page_id": pending.page_id,
        "incident_updates": [],
        "components": [],
    }
    return with_pending(row, pending)


def updates(row: Values, story: Story) -> list[tuple[Values, Publication]]:
    """Each update as told, and what it tells; what was brought from elsewhere has its own ids."""
    said = [one for one in reversed(story.publications) if one.words]
    # Of what outlasted its window the newest part alone is an incident.
    return list(zip(row["incident_updates"], said, strict=False))


def body_of(scene: Scene, story: Story, said: Publication) -> str:
    """What an update says, as corrected since: a client that mends one reads it so."""
    language, layer = said.layer(scene.page.language)
    return story.as_corrected(said).get(language, layer).body


def _kept(story: Story, row: Values, kept: Kept, *, ends_itself: bool) -> Values:
    told = {name: row.get(name, usual) for name, usual in remarks.KEPT.items()} | dict(kept.told)
    if ends_itself:
        told["scheduled_auto_completed"] = True
    told["metadata"] = dict(row.get("metadata") or {}) | _as_it_is(story, told["metadata"] or {})
    return told


def _as_it_is(story: Story, metadata: Values) -> Values:
    """Metadata whose ``tocsin.security`` is what holds now, whoever changed it since."""
    ours = metadata.get("tocsin")
    if not isinstance(ours, dict) or "security" not in ours:
        return dict(metadata)
    kind = declaration.known_of(story.incident_id).is_security
    return {**metadata, "tocsin": {**ours, "security": kind}}


def _account(scene: Scene, story: Story) -> Values:
    said = account_of(story)
    return {
        "postmortem_body": body_of(scene, story, said) if said else None,
        "postmortem_body_last_updated_at": stamp(said.published_at) if said else None,
        "postmortem_ignored": False,
        "postmortem_notified_subscribers": bool(said and said.announces),
        "postmortem_notified_twitter": False,
        "postmortem_published_at": stamp(said.published_at) if said else None,
    }


def account_of(story: Story) -> Publication | None:
    """The account in force: the newest word, if it is one."""
    return story.last_word if story.phase == Phase.ACCOUNT else None


def matching(stories: Iterable[Story], text: str) -> Iterable[Story]:
    """Those whose name, status or words hold a text."""
    sought = text.casefold()
    for story in stories:
        held = [*story.words.name.values(), STATUSPAGE[story.phase]]
        held += [
            part
            for said in story.publications
            if said.words
            for layer in said.words.layers.values()
            for part in (layer.headline, layer.body, layer.details)
        ]
        if any(sought in part.casefold() for part in held):
            yield story
