"""Uptime Kuma's webhook: JSON, or a form whose field ``data`` holds it.

Its "Test" button sends neither heartbeat nor monitor. With GET it could send all of it in the
query; a GET changes nothing here, and is refused before anything is read (door.py).
"""

from tocsin.api.hooks import generic
from tocsin.api.hooks.asked import Asked, Fields, Unreadable, first, read, text, within
from tocsin.catalogue.tree import State
from tocsin.watch.alerts import Alert

DOWN, UP, PENDING, MAINTENANCE = range(4)


def alerts(asked: Asked) -> list[Alert]:
    """The monitor that is down or up again. Raises Unreadable."""
    told = read(asked.form["data"]) if "data" in asked.form else asked.read()
    if not isinstance(told, dict):
        raise Unreadable("A JSON object is expected.")
    if "heartbeat" not in told and "monitor" not in told:
        made = generic.alert(told, usual=State.MAJOR)  # a body that its user wrote
        return [made] if made else []
    beat, monitor = within(told.get("heartbeat")), within(told.get("monitor"))
    if not beat or beat.get("status") in (PENDING, MAINTENANCE):
        return []
    if beat.get("status") not in (DOWN, UP):
        raise Unreadable('"heartbeat.status" is 0 for down or 1 for up.')
    name = first(monitor, "id") or first(beat, "monitorID", "monitor_id")
    if not name:
        raise Unreadable('"monitor.id" is missing.')
    return [
        Alert(
            name=f"monitor:{name}",
            is_firing=beat["status"] == DOWN,
            title=_title(told, beat, monitor),
            state=State.MAJOR,
            labels=_labels(monitor),
            url=text(monitor.get("url")),
        )
    ]


def _title(told: Fields, beat: Fields, monitor: Fields) -> str:
    parts = (first(monitor, "name"), first(beat, "msg"))
    return ": ".join(part for part in parts if part) or text(told.get("msg"))


def _labels(monitor: Fields) -> dict[str, str]:
    tags = monitor.get("tags")
    tagged = [within(tag) for tag in tags] if isinstance(tags, list) else []
    own = {"monitor": text(monitor.get("name")), "type": text(monitor.get("type"))}
    told = {text(tag.get("name")): text(tag.get("value")) or "true" for tag in tagged}
    return {"service": own["monitor"], **own, **{name: said for name, said in told.items() if name}}
