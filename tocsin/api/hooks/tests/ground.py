"""What the hooks are tried with: a door for each source, and calls as sources make them."""

import json
from typing import Any

from django.test import Client

from tests.cast import NOON
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL
from tocsin.watch import hooks
from tocsin.watch.hooks import Door
from tocsin.watch.models import Source


def a_door(page: Brand, source: Source, *, secrets: tuple[str, ...] = ()) -> tuple[Door, str]:
    """A hook, and the path by which it is reached."""
    door, token = hooks.create(page.id, source, secrets=secrets, by=TERMINAL, at=NOON)
    return door, f"/hooks/{source}/{token}"


def post(path: str, body: object, *, kind: str = "application/json", **headers: str) -> Any:
    """POST a body as it is, or an object as JSON. ``x_y`` becomes the header X-Y."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): said for name, said in headers.items()}
    return Client().post(path, raw, content_type=kind, headers=named)


def an_alert(**told: Any) -> dict[str, Any]:
    """One alert of Alertmanager's."""
    return {
        "status": "firing",
        "labels": {"alertname": "HighErrorRate", "component": "checkout", "severity": "critical"},
        "annotations": {"summary": "Checkout answers 5xx"},
        "startsAt": "2026-11-23T11:58:26.739266876+02:00",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example:9090/graph",
        "fingerprint": "f489f494d68edd19",
        **told,
    }


def a_group(*alerts: Any, **told: Any) -> dict[str, Any]:
    """A webhook of Alertmanager's, version 4."""
    return {
        "version": "4",
        "groupKey": '{}/{}:{alertname="HighErrorRate"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "tocsin",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093",
        "alerts": list(alerts or [an_alert()]),
        **told,
    }
