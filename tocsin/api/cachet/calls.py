"""One call: which page, whose key, when, what was sent; and what handlers answer with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil, isfinite
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from tocsin.api.cachet import numbers
from tocsin.api.v1.failures import Missing, Refused, Unread
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import Actor
from tocsin.people.keys import Key

Values = dict[str, Any]
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
USUALLY, MOST = 20, 100  # rows on one page of a list
TRUE, FALSE = ("1", "true", "on", "yes"), ("0", "false", "off", "no", "")


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls about which page; whoever only reads a public page needs no ``key``."""

    page: Brand
    key: Key | None
    at: datetime
    query: QueryDict
    told: Values = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        if self.key is None:
            raise Refused("Send a key of this page as X-Cachet-Token.", status=401)
        return self.key.actor

    # What was sent; each raises Unread where it cannot be understood

    def text(self, name: str) -> str:
        """A text, empty where nothing was sent."""
        value = self.told.get(name)
        if value is None:
            return ""
        if not isinstance(value, str | int | float):
            raise Unread([f"{name} is a text."])
        return str(value).strip()

    def number(self, name: str) -> int | None:
        """A whole number; None where nothing was sent."""
        value = self.told.get(name)
        if value is None or value == "":
            return None
        try:
            return int(str(value))
        except ValueError:
            raise Unread([f"{name} is a whole number."]) from None

    def decimal(self, name: str) -> float | None:
        """A number with or without decimals; None where nothing was sent."""
        value = self.told.get(name)
        if value is None or value == "":
            return None
        try:
            number = float(str(value))
        except ValueError:
            raise Unread([f"{name} is a number."]) from None
        if not isfinite(number):
            raise Unread([f"{name} is a number."])
        return number

    def flag(self, name: str, *, usually: bool) -> bool:
        """A yes or no."""
        value = str(self.told.get(name, usually)).strip().lower()
        if value not in (*TRUE, *FALSE):
            raise Unread([f"{name} is 1 or 0."])
        return value in TRUE

    def moment(self, name: str) -> datetime | None:
        """A time in the page's zone; None where nothing was sent."""
        text = self.text(name)
        for shape in TIMES if text else ():
            try:
                return datetime.strptime(text, shape).replace(tzinfo=self._zone)
            except ValueError:
                continue
        if text:
            raise Unread([f"{name} is a time such as 2026-11-24 09:05:00, in {self._zone.key}."])
        return None

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.page.time_zone)

    def written(self, at: datetime | None) -> str | None:
        """A time as Cachet writes it."""
        return at.astimezone(self._zone).strftime(TIMES[0]) if at else None


@dataclass(frozen=True, slots=True)
class Told:
    """A single answer; ``data`` None for one without a body."""

    data: Any
    meta: Values | None = None

    @property
    def status(self) -> int:
        return 204 if self.data is None else 200

    def body(self) -> Values:
        return {"data": self.data} | ({"meta": self.meta} if self.meta else {})


@dataclass(frozen=True, slots=True)
class Portion:
    """Which rows of a list are asked for; pages count from 1."""

    page: int
    size: int

    @property
    def start(self) -> int:
        return (self.page - 1) * self.size

    def of(self, rows: Sequence[Any]) -> Sequence[Any]:
        return rows[self.start : self.start + self.size]

    def meta(self, *, count: int, total: int, address: Callable[[int], str]) -> Values:
        """What Cachet tells of a list."""
        pages = max(1, ceil(total / self.size))
        return {
            "pagination": {
                "total": total,
                "count": count,
                "per_page": self.size,
                "current_page": self.page,
                "total_pages": pages,
                "links": {
                    "next_page": address(self.page + 1) if self.page < pages else None,
                    "previous_page": address(self.page - 1) if self.page > 1 else None,
                },
            }
        }


def portion(query: QueryDict) -> Portion:
    """What a call asks for of a list."""
    size = _positive(query.get("per_page"), USUALLY)
    return Portion(_positive(query.get("page"), 1), min(size, MOST))


def _positive(said: str | None, usually: int) -> int:
    return (
        int(said) if said and said.isascii() and said.isdigit() and int(said[:9]) > 0 else usually
    )


def listed(call: Call, rows: Sequence[Values], total: int | None = None) -> Told:
    """A list: all of its rows, or with ``total`` the portion that was asked for."""
    asked = portion(call.query)
    shown = list(rows if total is not None else asked.of(rows))

    def address(page: int) -> str:
        query = call.query.copy()
        query["page"] = str(page)
        return f"?{query.urlencode()}"

    total = len(rows) if total is None else total
    return Told(shown, asked.meta(count=len(shown), total=total, address=address))


def key_of(number: str | int) -> str:
    """The id behind a number in a path. Raises Missing."""
    found = numbers.id_of(int(number))
    if not found:
        raise Missing
    return found
