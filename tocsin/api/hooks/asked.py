"""One call as a source made it, and reading what others wrote without trusting its shape.

Unreadable    the body is not what this source sends; says what is expected
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Fields = Mapping[str, Any]


class Unreadable(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Asked:
    """A call: headers by their names in small letters, the exact body, and a form's fields."""

    headers: Mapping[str, str]
    body: bytes
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def read(self) -> Any:
        """The body as JSON. Raises Unreadable."""
        return read(self.body)

    def fields(self) -> Fields:
        """The body as one JSON object. Raises Unreadable."""
        told = self.read()
        if not isinstance(told, dict):
            raise Unreadable("A JSON object is expected.")
        return told


def read(text: bytes | str) -> Any:
    """JSON, however deep or odd it is. Raises Unreadable."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is no JSON.") from error


def within(value: Any) -> Fields:
    """An object's fields; none where it is something else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Fields]:
    """The objects in a list. Raises Unreadable where it is none, or holds anything else."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Unreadable("A list of objects is expected.")
    return value


def text(value: Any) -> str:
    """A scalar in words; empty for nothing, and for what is no scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""


def first(told: Fields, *names: str) -> str:
    """The first of these fields that says anything."""
    return next((said for name in names if (said := text(told.get(name)).strip())), "")


def scalars(told: Any) -> dict[str, str]:
    """Whatever fields of an object are scalars, in words."""
    return dict(_scalars(within(told)))


def _scalars(told: Fields) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        if value is not None and not isinstance(value, (dict, list)):
            yield str(name), text(value)


def moment(value: Any) -> datetime | None:
    """A time as RFC 3339 has it (nanoseconds and offsets too), or in seconds since 1970.

    None where it says none: Go's zero time is a way of saying so.
    """
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        told = datetime.fromisoformat(str(value).strip())
        told = told if told.tzinfo else told.replace(tzinfo=UTC)
        return told.astimezone(UTC) if told.year > 1 else None
    except (ValueError, OverflowError, OSError):
        return None
