"""A live Statuspage, by its public API: what it shows, and its whole history quarter by quarter."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tocsin.moving.arrivals.cargo import Brought, CannotArrive, Cargo, Json
from tocsin.moving.arrivals.folder import know_home
from tocsin.moving.arrivals.web import Web

LISTS = {"incidents": "incidents", "scheduled-maintenances": "scheduled_maintenances"}
ONES = {"incidents": "incident", "scheduled-maintenances": "scheduled_maintenance"}
CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
QUIET = 12  # quarters without an incident, after which nothing older is looked for
MOST_QUARTERS = 160
Progress = Callable[[str, int, int], None]


def read(url: str, web: Web, *, progress: Progress) -> Cargo:
    """Everything that a page shows in public. Raises CannotArrive."""
    base = _base(url)
    cargo, found = Cargo("statuspage"), dict[str, Brought]()
    listed = web.json(f"{base}/api/v2/components.json")
    know_home(cargo, _part(listed, "page", dict))
    cargo.components = [row for row in _part(listed, "components", list) if isinstance(row, dict)]
    cargo.is_complete = True
    for place, name in LISTS.items():
        told = web.json(f"{base}/api/v2/{place}.json", missing={}, may_be_missing=True)
        for one in _part(told, name, list):
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                found[one["id"]] = Brought(one)
    codes = [
        code for code in dict.fromkeys(_history(base, web, cargo, progress)) if code not in found
    ]
    for turn, code in enumerate(codes, start=1):
        if one := _one(base, code, web):
            found[code] = Brought(one)
        else:
            cargo.losses.note("The history names an incident that cannot be read any more.", code)
        progress("read", turn, len(codes))
    cargo.incidents = list(found.values())
    cargo.losses.note(
        "Readers are in no public API: bring them by the manage API, or with "
        "`tocsin subscribers import`.",
        base,
    )
    return cargo


def _base(url: str) -> str:
    base = url.rstrip("/")
    return base.split("/api/v2")[0].removesuffix("/history").rstrip("/")


def _part(told: Any, name: str, kind: type) -> Any:
    """A part of an answer, that must be of a kind. Raises CannotArrive."""
    if not isinstance(told, dict):
        raise CannotArrive("It does not answer as Statuspage's public API does.")
    part = told.get(name, kind())
    return part if isinstance(part, kind) else kind()


def _history(base: str, web: Web, cargo: Cargo, progress: Progress) -> Iterator[str]:
    """The codes of all incidents, the newest quarter first."""
    quiet = 0
    for quarter in range(1, MOST_QUARTERS + 1):
        told = web.json(f"{base}/history.json?page={quarter}", may_be_missing=True)
        if told is None:
            what = "This page tells no history: of each kind the newest fifty come along."
            cargo.losses.note(what, base)
            return
        codes = list(_codes(told))
        quiet = 0 if codes else quiet + 1
        progress("quarters looked through", quarter, quarter + QUIET - quiet)
        if quiet >= QUIET:
            return
        yield from codes


def _codes(told: Any) -> Iterator[str]:
    for month in _part(told, "months", list):
        for one in _part(month, "incidents", list):
            code = one.get("code") if isinstance(one, dict) else None
            if isinstance(code, str) and CODE.fullmatch(code):
                yield code


def _one(base: str, code: str, web: Web) -> Json | None:
    for place, name in ONES.items():
        told = web.json(f"{base}/api/v2/{place}/{code}.json", missing={}, may_be_missing=True)
        one = _part(told, name, dict)
        if one.get("id"):
            return dict(one)
    return None
