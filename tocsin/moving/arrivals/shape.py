"""Incidents of other kinds of pages, put in the shape that all cargo has. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tocsin.catalogue.tree import State
from tocsin.moving.arrivals.cargo import Json

IMPACT_OF = {
    State.MAJOR: "critical",
    State.PARTIAL: "major",
    State.DEGRADED: "minor",
}


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was said: ``states`` are (id, name, state) of the components it is about."""

    key: str
    at: datetime
    status: str
    body: str
    states: tuple[tuple[str, str, State], ...] = ()


def stamp(at: datetime) -> str:
    """A time as clients' parsers want it."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def moment(told: object, zone: ZoneInfo) -> datetime | None:
    """A time in whatever way a file or an API has it; one without a zone is in ``zone``."""
    if isinstance(told, str):
        try:
            told = datetime.fromisoformat(told.strip().replace(" UTC", "Z"))
        except ValueError:
            return None
    if isinstance(told, date) and not isinstance(told, datetime):
        told = datetime.combine(told, time.min)
    if not isinstance(told, datetime):
        return None
    try:
        return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        return None


def component(key: str, name: str, *, position: int = 1, group: str = "", **more: object) -> Json:
    """A row of a component."""
    return {"id": key, "name": name, "position": position, "group_id": group or None, **more}


def incident(
    key: str,
    name: str,
    words: Sequence[Word],
    *,
    impact: str = "",
    link: str = "",
    started_at: datetime | None = None,
    resolved_at: datetime | None = None,
    window: tuple[datetime, datetime] | None = None,
) -> Json:
    """An incident of ``words``, the oldest first; its impact is the worst that they told of."""
    last, first = words[-1], words[0]
    is_over = last.status in ("resolved", "postmortem", "completed")
    told: Json = {
        "id": key,
        "name": name,
        "status": last.status,
        "created_at": stamp(first.at),
        "updated_at": stamp(max(word.at for word in words)),
        "monitoring_at": _reached(words, "monitoring"),
        "resolved_at": stamp(resolved_at or _over_at(words)) if is_over else None,
        "impact": impact or ("maintenance" if window else _worst(words)),
        "started_at": stamp(started_at or first.at),
        "incident_updates": _updates(key, words)[::-1],
    }
    if link:
        told["shortlink"] = link
    if window:
        told |= {"scheduled_for": stamp(window[0]), "scheduled_until": stamp(window[1])}
    return told


def _worst(words: Sequence[Word]) -> str:
    states = {state for word in words for _, _, state in word.states}
    return next((impact for state, impact in IMPACT_OF.items() if state in states), "none")


def _reached(words: Sequence[Word], status: str) -> str | None:
    return next((stamp(word.at) for word in words if word.status == status), None)


def _over_at(words: Sequence[Word]) -> datetime:
    ends = (word.at for word in words if word.status in ("resolved", "completed"))
    return next(ends, words[-1].at)


def _updates(key: str, words: Sequence[Word]) -> list[Json]:
    before: dict[str, State] = {}
    found = []
    for word in words:
        at = stamp(word.at)
        affected = [
            {
                "code": code,
                "name": name,
                "old_status": before.get(code, State.OPERATIONAL).value,
                "new_status": state.value,
            }
            for code, name, state in word.states
        ]
        before |= {code: state for code, _, state in word.states}
        found.append(
            {
                "id": word.key,
                "status": word.status,
                "body": word.body,
                "incident_id": key,
                "created_at": at,
                "updated_at": at,
                "display_at": at,
                "affected_components": affected or None,
                "deliver_notifications": False,
                "custom_tweet": None,
                "tweet_id": None,
            }
        )
    return found
