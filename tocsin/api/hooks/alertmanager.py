"""Prometheus Alertmanager's webhook, version 4 (notify/webhook/webhook.go), and whoever speaks it.

A group is sent whole, again and again, firing and resolved alerts side by side: each alert is
known by its fingerprint, each of its firings by when it began. The labels and annotations of
prometheus-alerts-to-statuspage say more of a component than a severity could.
"""

import hashlib
import json
from collections.abc import Mapping

from tocsin.api.hooks.asked import Asked, Fields, Unreadable, first, listed, moment, scalars, text
from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import Severity
from tocsin.watch.alerts import ABOUT_ALERTING, Alert, state_of

ZERO = "0001-01-01T00:00:00Z"
TITLES = ("statuspageSummary", "summary", "title", "description", "message")
LINKS = ("panelURL", "dashboardURL", "generatorURL")
SEVERITY_OF_IMPACT = {
    "critical": Severity.SEV1,
    "major": Severity.SEV2,
    "minor": Severity.SEV3,
    "none": Severity.SEV4,
}


def alerts(asked: Asked) -> list[Alert]:
    """Every alert of the group. Raises Unreadable."""
    group = asked.fields()
    if "alerts" not in group:
        raise Unreadable('"alerts" is missing: Alertmanager\'s webhook, version 4, is expected.')
    return [alert(told) for told in listed(group["alerts"])]


def alert(told: Fields) -> Alert:
    """One alert of a group, whose labels say what it is. Raises Unreadable."""
    labels, notes = scalars(told.get("labels")), scalars(told.get("annotations"))
    status = text(told.get("status")).lower() or "firing"
    if status not in ("firing", "resolved"):
        raise Unreadable(f"An alert is firing or resolved, and not {status[:40]!r}.")
    is_firing = status == "firing"
    began = moment(told.get("startsAt"))
    return Alert(
        name=text(told.get("fingerprint")) or _fingerprint(labels),
        is_firing=is_firing,
        occasion=text(told.get("startsAt")) if began else "",
        title=first(notes, *TITLES) or labels.get("alertname", ""),
        state=_state(labels, notes),
        severity=_severity(labels, notes),
        labels=_meant(notes) | labels,
        happened_at=began if is_firing else moment(told.get("endsAt")) or began,
        url=first(told, *LINKS),
    )


def _fingerprint(labels: Mapping[str, str]) -> str:
    """Very old versions send none: the labels are what it is made of."""
    told = json.dumps(labels, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _meant(notes: Mapping[str, str]) -> dict[str, str]:
    """What annotations say of a component; all others are prose."""
    return {name: said for name, said in notes.items() if name.startswith("statuspage")}


def _state(labels: Mapping[str, str], notes: Mapping[str, str]) -> State | None:
    if labels.get("alertname") in ABOUT_ALERTING:
        return None
    said = notes.get("statuspageComponentStatus") or labels.get("statuspageComponentStatus", "")
    if said in list(State):
        return State(said)
    return state_of(first(labels, "severity", "priority", "level"))


def _severity(labels: Mapping[str, str], notes: Mapping[str, str]) -> Severity | None:
    said = notes.get("statuspageImpactOverride") or labels.get("statuspageImpactOverride", "")
    return SEVERITY_OF_IMPACT.get(said.strip().lower())
