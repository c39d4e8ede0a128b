"""A directory of what Statuspage's API answers: ``{page, incident}`` files, or lists of them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tocsin.moving.arrivals.cargo import Brought, CannotArrive, Cargo, Home, Json, clean

MOST_BYTES = 16 * 1024 * 1024  # of one file
MOST_INCIDENTS = 200_000
LISTS = ("incidents", "scheduled_maintenances")
ONES = ("incident", "scheduled_maintenance")


def read(folder: Path, *, progress: Callable[[int, int], None] = lambda done, of: None) -> Cargo:
    """Everything in a folder and below, or in one file. Raises CannotArrive.

    A file may hold one incident, a list of them, the components, or a whole summary.
    """
    if folder.is_file():
        files, folder = [folder], folder.parent
    elif folder.is_dir():
        files = sorted(path for path in folder.rglob("*.json") if path.is_file())
    else:
        raise CannotArrive(f"{folder} is neither a folder nor a file.")
    if not files:
        raise CannotArrive(f"There is no .json file in {folder}.")
    cargo, found = Cargo("statuspage"), dict[str, Brought]()
    for turn, path in enumerate(files, start=1):
        try:
            _take(cargo, found, _content(path))
        except (ValueError, OSError, RecursionError) as fault:
            cargo.broken.append(f"{path.relative_to(folder)}: {_why(fault)}")
        if len(found) > MOST_INCIDENTS:
            raise CannotArrive(f"More than {MOST_INCIDENTS} incidents. Import them in parts.")
        progress(turn, len(files))
    cargo.incidents = list(found.values())
    if not (cargo.incidents or cargo.components or cargo.broken):
        raise CannotArrive(f"No file in {folder} holds an incident as Statuspage's API tells one.")
    return cargo


def _content(path: Path) -> Any:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES // 1024 // 1024} MiB")
    return parsed(path.read_bytes())


def parsed(content: bytes) -> Any:
    """JSON as it can be kept. Raises ValueError."""
    text = content.decode("utf-8-sig")
    told = json.loads(text, parse_constant=lambda _never: None)
    return clean(told) if "\\u" in text else told


def _why(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return f"this is not JSON: {fault.msg} in line {fault.lineno}."
    if isinstance(fault, UnicodeDecodeError):
        return "this is not UTF-8 text."
    if isinstance(fault, RecursionError):
        return "it is nested too deeply."
    return f"{fault}."


def _take(cargo: Cargo, found: dict[str, Brought], told: Any) -> None:
    if isinstance(told, list):
        for one in told:
            _take(cargo, found, one)
        return
    if not isinstance(told, dict):
        raise ValueError("it holds no object")
    know_home(cargo, told.get("page"))
    if isinstance(rows := told.get("components"), list) and "incident_updates" not in told:
        cargo.components, cargo.is_complete = [r for r in rows if isinstance(r, dict)], True
    for one in _incidents(told):
        found[str(one["id"])] = Brought(one)


def know_home(cargo: Cargo, page: object) -> None:
    """Take down whose page it is, from the first answer that says so."""
    if isinstance(page, dict) and not cargo.home.id:
        cargo.home = Home(
            id=str(page.get("id") or ""),
            name=str(page.get("name") or ""),
            time_zone=str(page.get("time_zone") or ""),
        )


def _incidents(told: Json) -> Iterator[Json]:
    if "incident_updates" in told:
        yield _checked(told)
    for name in ONES:
        if name in told:
            yield _checked(told[name])
    for name in LISTS:
        rows = told.get(name)
        yield from (_checked(row) for row in (rows if isinstance(rows, list) else ()))


def _checked(told: Any) -> Json:
    """An incident that has at least a name to go by. Raises ValueError."""
    if not isinstance(told, dict) or not isinstance(told.get("id"), str) or not told["id"]:
        raise ValueError("its incident has no id")
    if not isinstance(told.get("name"), str):
        raise ValueError(f"incident {told['id'][:40]} has no name")
    return told
