"""Incidents as Statuspage's API tells them, made up: with every habit that real ones have.

First updates that are `resolved` already, chains of states that do not join, components that only
old updates name, groups known by id alone, HTML and Markdown in one body, times in another zone.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

Json = dict[str, Any]
PAGE_ID = "n0rthw1nd0aa"
PAGE: Json = {
    "id": PAGE_ID,
    "name": "Northwind",
    "url": "https://status.northwind.example",
    "time_zone": "Etc/UTC",
    "updated_at": "2026-08-10T08:09:51.596Z",
}
NAMES = ("Storefront", "Payments", "Search", "Webhooks", "Partner API", "Exports & Reports")
GROUP_ID, GONE = "gr0upgr0up01", ("g0neg0neg001", "Fax Gateway")
STATES = ("operational", "degraded_performance", "partial_outage", "major_outage")
IMPACTS = ("none", "minor", "minor", "minor", "major", "critical")
WORDS = "orders cards parcels labels reports sign-ins searches exports webhooks carts".split()
BODIES = (
    "We are investigating reports of slow {word}.",
    "A fix has been implemented and we are monitoring the results.\r\n\r\nThank you.",
    "<ul><li><strong>15:14</strong> - Slow {word}.</li><li>16:02 - Over.</li></ul>",
    "We are continuing to investigate {word}.<br />More in **one hour**, see https://n.example/x.",
    "Everything operating normally. `{word}` caught up & nobody lost anything <3",
)
COURSE = ("investigating", "investigating", "identified", "monitoring", "resolved")
PER_INCIDENT = (1, 2, 3, 4, 5, 5, 5, 5, 6, 6)  # 4.2 on average


def incidents(count: int, *, seed: int = 7, components: int = len(NAMES)) -> Iterator[Json]:
    """So many incidents, the oldest first, always the same for one seed."""
    chance = random.Random(seed)
    at = datetime(2018, 4, 27, 16, 23, 56, 711_000, tzinfo=UTC)
    for turn in range(count):
        at += timedelta(minutes=chance.randrange(20, 600), milliseconds=chance.randrange(1000))
        yield _incident(chance, turn, at, components)


def maintenance(
    *,
    begins_at: datetime,
    said: tuple[str, ...] = ("scheduled", "in_progress", "completed"),
    seed: int = 11,
) -> Json:
    """One planned work of two hours, as far as it has come."""
    chance = random.Random(seed)
    ends_at, created = begins_at + timedelta(hours=2), begins_at - timedelta(days=3)
    times = {
        "scheduled": created,
        "in_progress": begins_at,
        "verifying": begins_at + timedelta(minutes=80),
        "completed": ends_at,
    }
    component = _component(chance, 1)
    key = _id(chance)
    updates = [
        _update(
            chance,
            key,
            status,
            times[status],
            [_affected(component, "under_maintenance" if status == "in_progress" else None)],
        )
        for status in reversed(said)
    ]
    return {
        "id": key,
        "name": "Database upgrade",
        "status": said[-1],
        "created_at": stamp(created),
        "updated_at": stamp(times[said[-1]]),
        "monitoring_at": None,
        "resolved_at": stamp(ends_at) if said[-1] == "completed" else None,
        "impact": "maintenance",
        "shortlink": "https://stspg.io/m41nt",
        "started_at": stamp(created),
        "page_id": PAGE_ID,
        "incident_updates": updates,
        "components": [component],
        "reminder_intervals": None,
        "scheduled_for": stamp(begins_at),
        "scheduled_until": stamp(ends_at),
    }


def stamp(at: datetime, *, offset: int = 0) -> str:
    """A time in the vendor's spelling: always three digits, Z or the page's own offset."""
    there = at.astimezone(timezone(timedelta(hours=offset)))
    zone = f"{offset:+03d}:00" if offset else "Z"
    return f"{there:%Y-%m-%dT%H:%M:%S}.{there.microsecond // 1000:03d}{zone}"


def a_component(turn: int = 0) -> Json:
    """A row of a component as the API lists it."""
    return _component(random.Random(turn), turn)


def component_id(turn: int) -> str:
    return f"c0mp{turn:04d}aaaa"


def _id(chance: random.Random) -> str:
    return "".join(chance.choices("0123456789bcdfghjklmnpqrstvwxyz", k=12))


def _component(chance: random.Random, turn: int) -> Json:
    is_in_group = turn % 3 == 2
    return {
        "id": component_id(turn),
        "name": NAMES[turn % len(NAMES)] + (f" {turn}" if turn >= len(NAMES) else ""),
        "status": "operational",
        "created_at": "2017-01-31T20:01:46.621Z",
        "updated_at": f"2026-0{chance.randrange(1, 9)}-10T01:31:06.821Z",
        "position": turn + 1,
        "description": None if turn % 2 else "Orders from click to door",
        "showcase": turn % 2 == 0,
        "start_date": None if turn % 4 else "2017-02-01",
        "group_id": GROUP_ID if is_in_group else None,
        "page_id": PAGE_ID,
        "group": False,
        "only_show_if_degraded": False,
    }


def _affected(component: Json, after: str | None, before: str = "operational") -> Json:
    name = component["name"]
    return {
        "code": component["id"],
        "name": f"For partners - {name}" if component["group_id"] else name,
        "old_status": before,
        "new_status": after or "operational",
    }


def _incident(chance: random.Random, turn: int, at: datetime, components: int) -> Json:
    key, count = _id(chance), chance.choice(PER_INCIDENT)
    offset = -6 if turn % 19 == 7 else 0
    touched = [
        _component(chance, number)
        for number in sorted(chance.sample(range(components), k=chance.randrange(0, 3)))
    ]
    course = ("resolved",) if count == 1 else (*COURSE[: count - 1], "resolved")
    course = course if turn % 41 else (*course, "postmortem")
    times = [at + timedelta(minutes=17 * step) for step in range(len(course))]
    updates = [
        _update(chance, key, status, moment, _all_affected(chance, touched, status), offset=offset)
        for status, moment in zip(course, times, strict=True)
    ]
    resolved = times[course.index("resolved")]
    watched = times[course.index("monitoring")] if "monitoring" in course else None
    told = {
        "id": key,
        "name": f"Delayed {chance.choice(WORDS)}" if turn % 5 else f"Incident on {at:%F %T} UTC",
        "status": course[-1],
        "created_at": stamp(at, offset=offset),
        "updated_at": stamp(times[-1] + timedelta(seconds=9), offset=offset),
        "monitoring_at": stamp(watched, offset=offset) if watched else None,
        "resolved_at": stamp(resolved, offset=offset),
        "impact": chance.choice(IMPACTS),
        "shortlink": f"http://stspg.io/{key[:9]}",
        # Some say that it began after it was created.
        "started_at": stamp(at + timedelta(seconds=4 if turn % 8 == 3 else -90), offset=offset),
        "page_id": PAGE_ID,
        "incident_updates": updates[::-1],
        "components": touched,
    }
    return told | ({"reminder_intervals": "[3,6]"} if turn % 13 == 5 else {})


def _all_affected(chance: random.Random, touched: list[Json], status: str) -> list[Json] | None:
    if not touched:
        return None
    is_over = status in {"resolved", "postmortem"}
    found = [
        _affected(one, None if is_over else chance.choice(STATES), chance.choice(STATES))
        for one in touched
    ]
    if chance.random() < 0.05:
        found.append({"code": GONE[0], "name": GONE[1], "old_status": "operational"})
        found[-1]["new_status"] = "operational"
    return found


def _update(
    chance: random.Random,
    incident_id: str,
    status: str,
    at: datetime,
    affected: list[Json] | None,
    *,
    offset: int = 0,
) -> Json:
    body = chance.choice(BODIES).format(word=chance.choice(WORDS))
    return {
        "id": _id(chance),
        "status": status,
        "body": body,
        "incident_id": incident_id,
        "created_at": stamp(at + timedelta(seconds=chance.randrange(60)), offset=offset),
        "updated_at": stamp(at + timedelta(seconds=chance.randrange(60, 90)), offset=offset),
        "display_at": stamp(at, offset=offset),
        "affected_components": affected,
        "deliver_notifications": chance.random() < 0.5,
        "custom_tweet": None,
        "tweet_id": None,
    }
