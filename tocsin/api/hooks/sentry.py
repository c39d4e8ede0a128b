"""Sentry's integrations: metric alerts, issue alerts, and the issues that end these.

An issue alert never says that it is over: its issue's being resolved does.
"""

from tocsin.api.hooks.asked import Asked, Fields, Unreadable, first, moment, text, within
from tocsin.catalogue.tree import State
from tocsin.watch.alerts import Alert, state_of

METRIC = {"critical": State.MAJOR, "warning": State.DEGRADED, "resolved": State.DEGRADED}
ISSUE_OVER = ("resolved", "archived", "ignored")


def alerts(asked: Asked) -> list[Alert]:
    """The alert that a hook is a turn of, if it is. Raises Unreadable."""
    told = asked.fields()
    resource = asked.headers.get("sentry-hook-resource", "")
    action, data = text(told.get("action")), within(told.get("data"))
    if not action:
        raise Unreadable('"action" is missing: a webhook of a Sentry integration is expected.')
    made = {"metric_alert": _metric, "event_alert": _event, "issue": _issue}.get(resource)
    found = made(action, data) if made else None
    return [found] if found else []


def _metric(action: str, data: Fields) -> Alert | None:
    if action not in METRIC:
        return None
    told = within(data.get("metric_alert"))
    projects = told.get("projects")
    return Alert(
        name=f"metric:{text(told.get('id'))}",
        is_firing=action != "resolved",
        title=first(data, "description_title") or first(told, "title"),
        state=METRIC[action],
        labels={"service": text(projects[0])} if isinstance(projects, list) and projects else {},
        happened_at=moment(told.get("date_closed" if action == "resolved" else "date_started")),
        url=text(data.get("web_url")),
    )


def _event(action: str, data: Fields) -> Alert | None:
    event = within(data.get("event"))
    issue = first(event, "issue_id") or first(event, "groupid")
    if action != "triggered" or not issue:
        return None
    tags = event.get("tags")
    pairs = [pair for pair in tags if _is_pair(pair)] if isinstance(tags, list) else []
    return Alert(
        name=f"issue:{issue}",
        is_firing=True,
        title=first(event, "title", "message"),
        state=state_of(text(event.get("level"))),
        labels={text(name): text(said) for name, said in pairs}
        | {"rule": text(data.get("triggered_rule"))},
        url=text(event.get("web_url")),
    )


def _is_pair(told: object) -> bool:
    return isinstance(told, list) and len(told) == 2


def _issue(action: str, data: Fields) -> Alert | None:
    issue = within(data.get("issue"))
    if action not in ISSUE_OVER or not text(issue.get("id")):
        return None
    return Alert(
        name=f"issue:{text(issue['id'])}",
        is_firing=False,
        title=text(issue.get("title")),
        state=State.DEGRADED,
        labels={"service": text(within(issue.get("project")).get("slug"))},
        url=first(issue, "web_url", "permalink"),
    )
