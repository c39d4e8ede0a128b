"""Gatus' custom provider, with the body that docs/operating/alerts.md gives for it."""

from tocsin.api.hooks import generic
from tocsin.api.hooks.asked import Asked, Unreadable, first
from tocsin.catalogue.tree import State
from tocsin.watch.alerts import Alert


def alerts(asked: Asked) -> list[Alert]:
    """The endpoint that fails or works again. Raises Unreadable."""
    told = dict(asked.fields())
    service = first(told, "service", "name")
    if not service:
        raise Unreadable('"service" is missing: "[ENDPOINT_NAME]" belongs there.')
    told.setdefault("id", "/".join(part for part in (first(told, "group"), service) if part))
    made = generic.alert(told, usual=State.MAJOR)
    return [made] if made else []
