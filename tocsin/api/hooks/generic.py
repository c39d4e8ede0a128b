"""A body of anybody's making: one alert, or a list of them, in fields that many tools agree on.

Datadog, Gatus and whatever else lets its user write the body come in by this. JSON, or a form.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from tocsin.api.hooks.asked import Asked, Fields, Unreadable, first, moment, scalars, text
from tocsin.catalogue.tree import State
from tocsin.watch.alerts import Alert, state_of

FIRES = frozenset(
    "firing fire alerting alert alarm triggered trigger open opened problem down critical error "
    "fail failed failing failure warning warn unhealthy major 0 re-triggered".split()
)
ENDS = frozenset(
    "resolved resolve ok recovered recovery up closed close normal healthy success "
    "passing operational 1".split()
)
SILENT = frozenset(
    "acknowledged acknowledge ack pending paused muted silenced maintenance test unknown "
    "no_data insufficient_data".split()
)
STATUS = ("status", "alert_status", "transition", "event_action", "action", "state")
NAMES = ("id", "key", "alert_id", "dedup_key", "fingerprint", "cycle_key")
TITLES = ("title", "summary", "message", "msg", "description", "name", "alertname")
WEIGHT = ("severity", "priority", "level", "impact")
BEGAN = ("started_at", "starts_at", "startsAt", "opened_at")
ENDED = ("ended_at", "ends_at", "endsAt", "resolved_at")
TURNED = ("at", "time", "timestamp", "date")
LINKS = ("url", "link", "html_url")
EXPECTED = 'Say {"status": "firing" or "resolved", "id": "…", "title": "…", "component": "…"}.'


def alerts(asked: Asked) -> list[Alert]:
    """Each alert of the body. Raises Unreadable."""
    told = dict(asked.form) if asked.form else asked.read()
    found = told if isinstance(told, list) else [told]
    if not all(isinstance(one, dict) and one for one in found):
        raise Unreadable(f"An alert is an object. {EXPECTED}")
    return [made for one in found if (made := alert(one)) is not None]


def alert(told: Fields, *, usual: State = State.PARTIAL) -> Alert | None:
    """One alert; None where its status is no turn of it. Raises Unreadable."""
    is_firing = fires(first(told, *STATUS) or "firing")
    if is_firing is None:
        return None
    labels = _labels(told)
    began, turned = _moment(told, *BEGAN), _moment(told, *TURNED)
    name = first(told, *NAMES) or _made_of(first(told, *TITLES), labels)
    if not name:
        raise Unreadable(f"Nothing says which alert it is. {EXPECTED}")
    return Alert(
        name=name,
        is_firing=is_firing,
        occasion=first(told, *BEGAN) if began else "",
        title=first(told, *TITLES) or name,
        state=_state(told, usual),
        labels=labels,
        happened_at=(began if is_firing else _moment(told, *ENDED)) or turned,
        url=first(told, *LINKS),
    )


def fires(status: str) -> bool | None:
    """Whether a word says that it fires; None for what is neither. Raises Unreadable."""
    word = "_".join(status.strip().lower().split())
    if word in FIRES:
        return True
    if word in ENDS:
        return False
    if word in SILENT:
        return None
    raise Unreadable(f"The status {status.strip()[:40]!r} is not understood. {EXPECTED}")


def _state(told: Fields, usual: State) -> State | None:
    said = text(told.get("component_status"))
    return State(said) if said in list(State) else state_of(first(told, *WEIGHT), usual=usual)


def _labels(told: Fields) -> dict[str, str]:
    """All scalars of the body, and labels and tags where there are any: these say most."""
    tags = told.get("tags")
    listed = tags.split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else []
    split = [text(one).partition(":") for one in listed]
    named = {name.strip(): said.strip() for name, _, said in split if name.strip()}
    return scalars(told) | named | scalars(tags) | scalars(told.get("labels"))


def _made_of(title: str, labels: Mapping[str, str]) -> str:
    """Without a name of its own, an alert is known by its title and what it is about."""
    about = [labels.get(name, "") for name in ("component", "service", "group", "host")]
    told = "\n".join([title, *about])
    if not told.strip():
        return ""
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _moment(told: Fields, *names: str) -> datetime | None:
    return next((found for name in names if (found := moment(told.get(name)))), None)
