"""What was sent, whatever it says it is: JSON or a form, seen by looking. Pure but for the request.

Clients send JSON without saying so, forms where they mean JSON, and say "form" of nothing at all.
"""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from tocsin.api.v1.failures import Refused, Unread

Told = dict[str, Any]
MOST_FIELDS = 10_000
DEEPEST = 12
STEP = re.compile(r"\[([^\[\]]*)\]")
UNREADABLE = 'The body cannot be read. Send JSON such as {"incident": {"name": "…"}}, or a form.'
MULTIPART = "multipart/form-data"
UNKEEPABLE = "A text holds a character that cannot be kept (NUL, or half of one). Take it out."


def told(request: HttpRequest) -> Told:
    """The body as values by name. Raises Refused, Unread."""
    if (request.content_type or "") == MULTIPART:
        pairs = [(name, value) for name, values in request.POST.lists() for value in values]
        return _checked(nested((name, str(value)) for name, value in pairs))
    try:
        raw = request.body.strip()
    except RequestDataTooBig:
        raise Refused("The body is too long.", status=413) from None
    if not raw:
        return {}
    return _checked(_json(raw) if raw[:1] in b"{[" or b"=" not in raw else _form(raw))


def _json(raw: bytes) -> Told:
    try:
        said = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(UNREADABLE) from None
    if not isinstance(said, dict):
        raise Refused(UNREADABLE)
    return said


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _form(raw: bytes) -> Told:
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise Refused(UNREADABLE) from None
    return nested(pairs)


def nested(pairs: Iterable[tuple[str, str]]) -> Told:
    """``a[b][]=1&a[c]=2`` as ``{"a": {"b": ["1"], "c": "2"}}``. Raises Refused."""
    told: Told = {}
    for name, value in pairs:
        first, bracket, rest = name.partition("[")
        path = [first, *STEP.findall(bracket + rest)]
        if len(path) > DEEPEST:
            raise Refused(UNREADABLE)
        _put(told, path, value)
    return told


def _put(told: Any, path: list[str], value: str) -> None:
    """Set a value below a dictionary."""
    name, rest = path[0], path[1:]
    if not isinstance(told, dict):
        raise Refused(UNREADABLE)
    if not rest:
        told[name] = value
    elif rest[0]:
        _put(told.setdefault(name, {}), rest, value)
    else:
        _append(told.setdefault(name, []), rest[1:], value)


def _append(told: Any, path: list[str], value: str) -> None:
    """Put a value into a list; ``[][a]`` and ``[][b]`` are of one entry until one repeats."""
    if not isinstance(told, list):
        raise Refused(UNREADABLE)
    if not path:
        told.append(value)
        return
    if not told or not isinstance(told[-1], dict) or path[0] in told[-1]:
        told.append({})
    _put(told[-1], path, value)


def _checked(said: Told) -> Told:
    if not all(is_keepable(text) for text in _texts(said)):
        raise Unread([UNKEEPABLE])
    return said


def is_keepable(text: str) -> bool:
    """Whether a database can keep it."""
    try:
        return "\x00" not in text and text.encode("utf-8") is not None
    except UnicodeEncodeError:
        return False


def _texts(said: Any) -> Iterable[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for name, inner in said.items():
            yield name
            yield from _texts(inner)
    elif isinstance(said, list):
        for inner in said:
            yield from _texts(inner)
