"""Grafana's webhooks: unified alerting (9 and later; Alertmanager's shape), and the legacy one."""

from tocsin.api.hooks import alertmanager
from tocsin.api.hooks.asked import Asked, Fields, Unreadable, first, scalars, text, within
from tocsin.watch.alerts import Alert, state_of

LEGACY = {"alerting": True, "ok": False}
LEGACY_SILENT = ("no_data", "paused", "pending", "unknown")


def alerts(asked: Asked) -> list[Alert]:
    """Every alert of the call. Raises Unreadable."""
    told = asked.fields()
    if "alerts" in told:
        return alertmanager.alerts(asked)
    if "state" in told and ("ruleId" in told or "ruleName" in told):
        return _legacy(told)
    raise Unreadable('"alerts" is missing: a Grafana contact point of type webhook is expected.')


def _legacy(told: Fields) -> list[Alert]:
    """Up to version 8. It says of no time when it began, and repeats itself as it likes."""
    state = text(told.get("state")).lower()
    if state in LEGACY_SILENT:
        return []
    if state not in LEGACY:
        raise Unreadable(f"A rule is alerting or ok, and not {state[:40]!r}.")
    tags = scalars(within(told.get("tags")))
    rule = first(told, "ruleId", "ruleName")
    return [
        Alert(
            name=f"rule:{rule}",
            is_firing=LEGACY[state],
            title=first(told, "ruleName", "title", "message"),
            state=state_of(first(tags, "severity", "priority")),
            labels={"alertname": text(told.get("ruleName")), **tags},
            url=first(told, "ruleUrl"),
        )
    ]
