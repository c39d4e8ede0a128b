"""What is brought along, in the shapes of the Statuspage API, and what has to stay behind."""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
ID = re.compile(r"[a-z0-9]{12}")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
EXAMPLES = 5
PLANNED = {"scheduled", "in_progress", "verifying", "completed"}
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")  # what no database and no reader takes


class CannotArrive(Exception):
    """Nothing was brought along; the message says why, and what to do."""


@dataclass(slots=True)
class Loss:
    """Something that does not come along, how often, and where."""

    what: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


class Losses:
    """All that does not come along, counted by what it is."""

    def __init__(self) -> None:
        self._found: dict[str, Loss] = {}

    def note(self, what: str, where: str = "", *, count: int = 1) -> None:
        """Write down one more of a kind."""
        loss = self._found.setdefault(what, Loss(what))
        loss.count += count
        if where and len(loss.examples) < EXAMPLES and where not in loss.examples:
            loss.examples.append(where)

    def told(self) -> list[Loss]:
        """Every kind, the most frequent first."""
        return sorted(self._found.values(), key=lambda loss: (-loss.count, loss.what))


@dataclass(frozen=True, slots=True)
class Home:
    """The page that all of it comes from, as far as its source tells."""

    id: str = ""
    name: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """One incident or planned work, newest update first; ``links`` are its old paths."""

    told: Json
    links: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return str(self.told["id"])

    @property
    def updates(self) -> list[Json]:
        """What was said of it, newest first."""
        found = self.told.get("incident_updates")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @property
    def is_planned(self) -> bool:
        statuses = {self.told.get("status"), *(one.get("status") for one in self.updates)}
        return bool(self.told.get("scheduled_for")) or bool(statuses & PLANNED)


@dataclass(slots=True)
class Cargo:
    """All that one source holds. ``components`` are rows of the public API; where they are
    ``is_complete``, whatever else an incident names is gone by now. ``subscribers`` are rows as
    `tocsin subscribers import` knows them. ``broken`` are parts of the source that cannot be read.
    """

    system: str
    home: Home = field(default_factory=Home)
    components: list[Json] = field(default_factory=list)
    is_complete: bool = False
    incidents: list[Brought] = field(default_factory=list)
    subscribers: list[dict[str, str]] = field(default_factory=list)
    losses: Losses = field(default_factory=Losses)
    broken: list[str] = field(default_factory=list)


def id_of(*parts: object) -> str:
    """An id that is the same for the same thing, whenever it is read."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()[:16])
    return "".join(DIGITS[number // 36**place % 36] for place in range(12))


def own_id(told: object, *parts: object) -> str:
    """An id that is one of ours already, else one made of where it comes from."""
    return told if isinstance(told, str) and ID.fullmatch(told) else id_of(*parts, told)


def clean(value: Any) -> Any:
    """A value as it can be kept: without signs that no database takes."""
    if isinstance(value, str):
        return UNWRITABLE.sub("", value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {clean(str(name)): clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [clean(inner) for inner in value]
    return value


def texts(rows: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    """One field of every row that has it as a text."""
    return [row[name] for row in rows if isinstance(row.get(name), str)]
