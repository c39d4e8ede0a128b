"""The pictures of incidents as files beside their pages: which there are to be, and which are."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tocsin.page import html, picture
from tocsin.page.address import prefix_of
from tocsin.page.picture import Picture
from tocsin.page.snapshot import Snapshot
from tocsin.statements.published import Story

PICTURE = re.compile(r"(?:.+/)?picture\.[0-9a-f]{12}\.png")
KINDS = ("incidents", "maintenance")


def files(snapshot: Snapshot, folder: Path, story: Story) -> dict[str, bytes]:
    """A story's pictures by path, one in each language; none is drawn that is there already."""
    return {path: _bytes(folder / path, of) for path, of in _wanted(snapshot, story).items()}


def stand(snapshot: Snapshot, folder: Path, story: Story) -> bool:
    """Whether its pictures are there, and no others."""
    there = {path for place in _places(snapshot, story.incident_id) for path in _in(folder, place)}
    return there == set(_wanted(snapshot, story))


def clear(snapshot: Snapshot, folder: Path, incident_id: str, *, kept: Iterable[str]) -> None:
    """Remove an incident's pictures save those to be kept."""
    for place in _places(snapshot, incident_id):
        _clear(folder, place, kept)


def clear_others(folder: Path, written: Mapping[str, bytes]) -> None:
    """Remove what the pictures just written take the place of."""
    for path in filter(PICTURE.fullmatch, written):
        _clear(folder, path.rpartition("/")[0], written)


def _clear(folder: Path, place: str, kept: Iterable[str]) -> None:
    for path in _in(folder, place):
        if path not in kept:
            (folder / path).unlink(missing_ok=True)


def _wanted(snapshot: Snapshot, story: Story) -> dict[str, Picture]:
    if not picture.is_drawn(snapshot, story):
        return {}
    told = {code: html.pictured(snapshot, code, story) for code in snapshot.page.languages}
    return {picture.path(snapshot, code, story, of): of for code, of in told.items()}


def _places(snapshot: Snapshot, incident_id: str) -> list[str]:
    page = snapshot.page
    return [
        f"{prefix_of(page, code)}{kind}/{incident_id}" for code in page.languages for kind in KINDS
    ]


def _in(folder: Path, place: str) -> list[str]:
    return [f"{place}/{file.name}" for file in (folder / place).glob("picture.*.png")]


def _bytes(file: Path, of: Picture) -> bytes:
    # Here, for it takes a library of its own that most processes never need.
    from tocsin.page import drawing

    try:
        return file.read_bytes()
    except OSError:
        return drawing.drawn(of)
