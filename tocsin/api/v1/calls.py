"""One call: whose key, which page, when; and what its handlers answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from tocsin.api.v1.bodies import Told
from tocsin.api.v1.recall import Catalogue
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import Actor
from tocsin.people.keys import Key

MOST = 100  # rows on one page of a list


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, about which page, and when; ``reads`` alone, or writes."""

    key: Key
    catalogue: Catalogue
    at: datetime
    reads: bool

    @property
    def page(self) -> Brand:
        """The page as everyone sees it."""
        return self.catalogue.page

    @property
    def by(self) -> Actor:
        return self.key.actor


class Asked(HttpRequest):
    """A request that came through the door: its key is known, and its body was read."""

    call: Call
    told: Told


def written(told: Any, *, status: int = 200) -> HttpResponse:
    """An answer in JSON."""
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return HttpResponse(body, status=status, content_type="application/json")


def nothing() -> HttpResponse:
    return HttpResponse(status=204)


def portion(rows: Sequence[Any], *, page: int, per_page: int) -> Sequence[Any]:
    """One page of a list; pages count from 1."""
    most = min(max(per_page, 1), MOST)
    start = (max(page, 1) - 1) * most
    return rows[start : start + most]
