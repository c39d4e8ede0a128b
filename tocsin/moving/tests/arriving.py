"""A far side that answers as another status page does, and what comes of reading it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.cast import a_page
from tests.far_side import Answer, FarSide
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL
from tocsin.moving.arrivals.cargo import Cargo
from tocsin.moving.arrivals.unloading import Report, Unloading, destination
from tocsin.moving.arrivals.web import Web

AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
UTC_ZONE, PARIS = ZoneInfo("Etc/UTC"), ZoneInfo("Europe/Paris")
MISSING = Answer(404, body=b'{"error":"Not found"}')


def quiet(what: str, done: int, of: int) -> None:
    """Nobody watches."""


def answers(far: FarSide, told: dict[str, Any]) -> None:
    """Let each path answer a value as JSON."""
    far.always |= {path: Answer(body=json.dumps(value).encode()) for path, value in told.items()}


def a_web(
    *, key: dict[str, str] | None = None, wait: Callable[[float], None] = lambda _: None
) -> Web:
    return Web(may_be_private=True, headers=key, wait=wait, patience=5)


def unloaded(cargo: Cargo, page: Brand | None = None) -> tuple[Brand, Report]:
    """Take a cargo into a page."""
    brand = page or a_page()
    return brand, planned(cargo, brand).unload()


def planned(cargo: Cargo, brand: Brand) -> Unloading:
    """A cargo that was compared with a page; a moment passes at each step."""
    turns = iter(range(10_000))

    def now() -> datetime:
        return AT.replace(microsecond=next(turns))

    work = Unloading(cargo, destination(cargo.home, brand), by=TERMINAL, now=now, progress=quiet)
    work.plan()
    return work


def whats(cargo: Cargo) -> list[str]:
    """What is lost, in the cargo's own words."""
    return [loss.what for loss in cargo.losses.told()]
