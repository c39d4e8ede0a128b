"""PagerDuty's Events API version 2, taken in as PagerDuty does: many tools can send it."""

import hashlib
import json

from tocsin.api.hooks.asked import Asked, Fields, Unreadable, first, scalars, text, within
from tocsin.watch.alerts import Alert, state_of

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")


class Invalid(Unreadable):
    """The event is not whole; ``errors`` say what is missing, as PagerDuty would."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("Event object is invalid")
        self.errors = errors


def alerts(asked: Asked) -> list[Alert]:
    """The alert that an event triggers or resolves. Raises Invalid."""
    event = _event(asked)
    if event["event_action"] == "acknowledge":
        return []
    payload = within(event.get("payload"))
    return [
        Alert(
            name=dedup_key(event),
            is_firing=event["event_action"] == "trigger",
            title=first(payload, "summary") or dedup_key(event),
            state=state_of(text(payload.get("severity"))),
            labels=_labels(payload),
            url=text(event.get("client_url")),
        )
    ]


def _event(asked: Asked) -> Fields:
    try:
        event = asked.fields()
    except Unreadable as error:
        raise Invalid([str(error)]) from error
    errors = _faults(event)
    if errors:
        raise Invalid(errors)
    return event


def _faults(event: Fields) -> list[str]:
    action = event.get("event_action")
    if action not in ACTIONS:
        return [f"'event_action' must be one of: {', '.join(ACTIONS)}"]
    if action != "trigger":
        return [] if text(event.get("dedup_key")) else ["'dedup_key' is missing or blank"]
    payload = event.get("payload")
    if not isinstance(payload, dict):
        return ["'payload' is missing or blank"]
    missing = [name for name in ("summary", "source") if not text(payload.get(name)).strip()]
    faults = [f"'payload.{name}' is missing or blank" for name in missing]
    if payload.get("severity") not in SEVERITIES:
        faults.append(f"'payload.severity' must be one of: {', '.join(SEVERITIES)}")
    return faults


def dedup_key(event: Fields) -> str:
    """The event's own key; without one, one that the same event would get again."""
    said = text(event.get("dedup_key"))
    if said:
        return said
    told = json.dumps(event.get("payload"), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def answer(asked: Asked) -> dict[str, str]:
    """What PagerDuty answers to an event that it takes, with status 202."""
    key = dedup_key(asked.fields())
    return {"status": "success", "message": "Event processed", "dedup_key": key}


def _labels(payload: Fields) -> dict[str, str]:
    named = ("source", "component", "group", "class", "severity")
    own = {name: said for name in named if (said := text(payload.get(name)))}
    return scalars(payload.get("custom_details")) | own
