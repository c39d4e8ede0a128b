"""PagerDuty's webhooks, version 3: what became of an incident of theirs.

Acknowledged, reassigned and the like are about who looks into it; they are no turn of an alert.
"""

from tocsin.api.hooks.asked import Asked, Fields, Unreadable, first, moment, text, within
from tocsin.catalogue.tree import State
from tocsin.watch.alerts import Alert, state_of

FIRES = ("incident.triggered", "incident.reopened")
ENDS = ("incident.resolved",)
BY_URGENCY = {"high": State.PARTIAL, "low": State.DEGRADED}


def alerts(asked: Asked) -> list[Alert]:
    """The alert that an event is a turn of, if it is. Raises Unreadable."""
    event = asked.fields().get("event")
    if not isinstance(event, dict) or not text(event.get("event_type")):
        raise Unreadable('"event" with its "event_type" is expected: a webhook of version 3.')
    kind, data = text(event["event_type"]), within(event.get("data"))
    if kind not in (*FIRES, *ENDS):
        return []
    name = text(data.get("id"))
    if not name:
        raise Unreadable('"event.data.id" is missing.')
    return [
        Alert(
            name=name,
            is_firing=kind in FIRES,
            occasion=first(event, "id", "occurred_at"),
            title=first(data, "title", "summary"),
            state=_state(data),
            labels=_labels(data),
            happened_at=moment(event.get("occurred_at")),
            url=text(data.get("html_url")),
        )
    ]


def _state(data: Fields) -> State | None:
    """By its priority, where one was given; else by its urgency."""
    urgency = BY_URGENCY.get(text(data.get("urgency")), State.PARTIAL)
    priority = within(data.get("priority"))
    return state_of(first(priority, "summary", "name"), usual=urgency)


def _labels(data: Fields) -> dict[str, str]:
    service, priority = within(data.get("service")), within(data.get("priority"))
    told = {
        "service": text(service.get("summary")),
        "service_id": text(service.get("id")),
        "urgency": text(data.get("urgency")),
        "priority": text(priority.get("summary")),
        "number": text(data.get("number")),
    }
    return {name: said for name, said in told.items() if said}
