"""The API's answers with shouted incidents in them, in the shapes that existing clients read."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tocsin.page.emergency.known import RECORD, Known, answer
from tocsin.page.emergency.phrases import Phrases
from tocsin.statements.shouted import Shout, Thread, headline_of, stamp

Json = dict[str, Any]
INDICATORS = ("none", "maintenance", "minor", "major", "critical")
IMPACTS = {"sev1": "critical", "sev2": "major", "sev3": "minor", "sev4": "none"}
DESCRIPTIONS = {
    "none": "All Systems Operational",
    "maintenance": "Service Under Maintenance",
    "minor": "Minor Service Outage",
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
}
RECENT = 50
# What readers and clients may tell a shouted word by.
MARK: Json = {"tocsin": {"shout": True}}


def answers(
    files: dict[str, bytes], told: Sequence[Thread], known: Known, say: Phrases, *, live: str
) -> dict[str, bytes]:
    """Every answer that speaks of open incidents or of how things stand, by relative path."""
    page = _page(known, told)
    shouted = {thread.id: _incident(files, thread, known, say) for thread in told}
    open_ids = {thread.id for thread in told if thread.is_open}
    status = _status(known, told)
    names = ("summary", "status", "incidents", "incidents/unresolved")
    kept = {name: answer(files, f"api/v2/{name}.json") for name in names}
    summary = {"components": [], "scheduled_maintenances": [], **kept["summary"]}
    unresolved = [one for key, one in shouted.items() if key in open_ids]
    made: dict[str, Json] = {
        "summary": summary
        | {
            "page": page,
            "incidents": [*unresolved, *_others(kept["summary"], shouted)],
            "status": status,
        },
        "status": kept["status"] | {"page": page, "status": status},
        "incidents/unresolved": {
            "page": page,
            "incidents": [*unresolved, *_others(kept["incidents/unresolved"], shouted)],
        },
        "incidents": {
            "page": page,
            "incidents": [*shouted.values(), *_others(kept["incidents"], shouted)][:RECENT],
        },
    }
    made |= {f"incidents/{key}": {"page": page, "incident": one} for key, one in shouted.items()}
    written = {f"api/v2/{name}.json": _written(value) for name, value in made.items()}
    return written | {RECORD: _written(_record(known, told, page, status, live=live))}


def _page(known: Known, told: Sequence[Thread]) -> Json:
    said = [thread.latest.at for thread in told]
    return {
        "id": known.id,
        "name": known.name,
        "url": known.url,
        "time_zone": known.zone,
        "updated_at": stamp(max(said)),
    }


def _status(known: Known, told: Iterable[Thread]) -> Json:
    impacts = [IMPACTS[thread.latest.severity] for thread in told if thread.is_open]
    before = known.indicator if known.indicator in INDICATORS else "none"
    indicator = max([before, *impacts], key=INDICATORS.index)
    return {"indicator": indicator, "description": DESCRIPTIONS[indicator]}


def _others(told: Json, shouted: Json) -> list[Json]:
    """The incidents that an answer held before, less those that the shouted ones stand for."""
    listed = told.get("incidents")
    rows = listed if isinstance(listed, list) else []
    return [row for row in rows if isinstance(row, dict) and row.get("id") not in shouted]


def _incident(files: dict[str, bytes], thread: Thread, known: Known, say: Phrases) -> Json:
    updates = [_update(word, thread, known) for word in reversed(thread.words)]
    before = _before(files, thread.id)
    ended = stamp(thread.latest.at) if thread.latest.is_over else None
    fresh: Json = {
        "id": thread.id,
        "name": headline_of(thread.first.layer(known.languages[0])[1]) or say["kick"],
        "created_at": stamp(thread.first.at),
        "monitoring_at": None,
        "impact": IMPACTS[thread.first.severity],
        "shortlink": f"{known.url}/incidents/{thread.id}",
        "started_at": stamp(thread.first.at),
        "page_id": known.id,
        "components": [],
        "reminder_intervals": None,
    }
    ours = {update["id"] for update in updates}
    theirs = [one for one in before.get("incident_updates", []) if one.get("id") not in ours]
    return {
        **fresh,
        **before,
        "status": "resolved" if ended else "investigating",
        "updated_at": stamp(thread.latest.at),
        "resolved_at": ended,
        "incident_updates": [*updates, *theirs],
        "metadata": MARK,
    }


def _before(files: dict[str, bytes], key: str) -> Json:
    """What was published of an incident that is shouted on about."""
    told = answer(files, f"api/v2/incidents/{key}.json").get("incident")
    return told if isinstance(told, dict) and not _is_shouted(told) else {}


def _is_shouted(incident: Json) -> bool:
    return bool(incident.get("metadata") == MARK)


def _update(word: Shout, thread: Thread, known: Known) -> Json:
    at = stamp(word.at)
    return {
        "id": word.id,
        "status": "resolved" if word.is_over else "investigating",
        "body": word.layer(known.languages[0])[1],
        "incident_id": thread.id,
        "created_at": at,
        "updated_at": at,
        "display_at": at,
        "affected_components": None,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _record(known: Known, told: Sequence[Thread], page: Json, status: Json, *, live: str) -> Json:
    number, _, revision = live.partition(".")
    kept = {
        "page": {**page, "slug": known.slug, "languages": list(known.languages)},
        "compiled_at": None,
        "open": [],
        **known.record,
    }
    kept["page"].pop("updated_at", None)
    return kept | {
        "number": int(number),
        "revision": int(revision),
        "indicator": status["indicator"],
        "indicator_unshouted": known.indicator,
        "shouts": [_told(thread, known) for thread in told],
    }


def _told(thread: Thread, known: Known) -> Json:
    latest = thread.latest
    due: datetime | None = latest.next_word_at
    return {
        "id": thread.id,
        "url": f"{known.url}/incidents/{thread.id}",
        "is_open": thread.is_open,
        "severity": latest.severity,
        "since": stamp(thread.first.at),
        "said_at": stamp(latest.at),
        "next_word_at": stamp(due) if due and thread.is_open else None,
        "layers": dict(latest.layers),
    }


def _written(told: Json) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
