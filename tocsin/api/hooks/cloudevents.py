"""CloudEvents 1.0 over HTTP: structured, binary, and batches of them.

Which alert an event is about is its subject within its source; whether it fires is what its data
say, else its type. An event of which nobody can tell is recorded, and suggests nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from tocsin.api.hooks import generic
from tocsin.api.hooks.asked import Asked, Fields, Unreadable, first, listed, moment, read, text
from tocsin.watch.alerts import Alert

ONE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
REQUIRED = ("id", "source", "specversion", "type")
OTHERS = ("subject", "time", "datacontenttype", "dataschema")
_WORDS = re.compile(r"[A-Za-z]+|[0-9]+")


def alerts(asked: Asked) -> list[Alert]:
    """The alert of each event. Raises Unreadable."""
    return [made for event in _events(asked) if (made := _alert(event)) is not None]


def _events(asked: Asked) -> list[Fields]:
    if asked.kind == BATCH:
        return listed(asked.read())
    if "ce-specversion" in asked.headers:
        return [_binary(asked)]
    told = asked.read()
    return listed(told) if isinstance(told, list) else listed([told])


def _binary(asked: Asked) -> Fields:
    """Attributes are headers, percent-encoded; the body is the data and nothing else."""
    told = {
        name.removeprefix("ce-"): unquote(said)
        for name, said in asked.headers.items()
        if name.startswith("ce-")
    }
    return {**told, "data": _data(asked.body, asked.kind)}


def _data(body: bytes, kind: str) -> Any:
    if kind == "application/json" or kind.endswith("+json") or body.lstrip()[:1] == b"{":
        return read(body) if body.strip() else None
    return body.decode("utf-8", "replace")


def _alert(event: Fields) -> Alert | None:
    missing = [name for name in REQUIRED if not text(event.get(name))]
    if missing:
        raise Unreadable(f"{', '.join(missing)}: missing. A CloudEvent of version 1.0 is expected.")
    if not text(event["specversion"]).startswith("1."):
        raise Unreadable("CloudEvents of version 1.0 are expected.")
    told = dict(_told(event))
    said = first(told, *generic.STATUS)
    is_firing = generic.fires(said) if said else _by_type(text(event["type"]))
    if said and is_firing is None:
        return None
    made = generic.alert({**told, "status": "resolved" if is_firing is False else "firing"})
    assert made is not None
    return replace(
        made,
        name=first(told, *generic.NAMES) or f"{event['source']} {first(event, 'subject')}".strip(),
        occasion=f"{event['source']} {event['id']}",
        state=made.state if is_firing is not None else None,
        happened_at=moment(event.get("time")) or made.happened_at,
    )


def _told(event: Fields) -> Iterator[tuple[str, Any]]:
    """What its data say; what they leave out, its attributes."""
    data = event.get("data")
    yield "title", first(event, "subject", "type")
    yield "type", text(event["type"])
    yield "source", text(event["source"])
    yield "subject", text(event.get("subject"))
    for name, said in event.items():
        if name not in (*REQUIRED, *OTHERS, "data", "data_base64"):
            yield name, said  # an extension, such as severity
    if isinstance(data, Mapping):
        yield from data.items()
    elif text(data):
        yield "title", text(data)


def _by_type(kind: str) -> bool | None:
    """What the words of its type say, the last of them first; None where they say nothing."""
    for word in reversed(_WORDS.findall(kind)):
        if word.lower() in generic.ENDS and not word.isdigit():
            return False
        if word.lower() in generic.FIRES and not word.isdigit():
            return True
    return None
