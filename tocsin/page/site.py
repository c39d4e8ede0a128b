"""The compile: what was published but is not live, or is no longer true, is written and swapped.

An archive is replaced file by file; then a head is written beside the live one, and the pointer
swapped. Killed at any line, the next turn does the rest again and comes to the same files.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.page import disk, packing
from tocsin.page import export as exporting
from tocsin.page.address import hosts_of
from tocsin.page.models import Live
from tocsin.page.turn import Turn, is_due


@dataclass(frozen=True, slots=True)
class LiveAt:
    """What a place shows, and since when."""

    number: int
    revision: int
    at: datetime


def directory_of(page: Brand) -> Path:
    """Where a page's compiled files are on this machine."""
    return Path(settings.TOCSIN.site_dir) / page.slug


def live(page: Brand, *, place: str = "") -> LiveAt | None:
    """What is live at a place (this one unless named); None before the first compile."""
    row = _row(page, place or settings.TOCSIN.place)
    return LiveAt(row.number, row.revision, row.at) if row else None


def compile(at: datetime) -> int:
    """Bring every page's files up to date; returns how much was done, 0 once nothing is due."""
    pages = shelf.pages()
    hosts = json.dumps(hosts_of(pages), indent=1).encode()
    done = int(disk.replace(Path(settings.TOCSIN.site_dir) / "hosts.json", hosts)) if pages else 0
    faults: list[Exception] = []
    for page in pages:
        try:
            done += _compile(page, at)
        except Exception as fault:  # one page's trouble must not keep the others from being said
            faults.append(fault)
    if faults:
        raise faults[0]
    return done


def compress(at: datetime) -> int:
    """Pack one file of each page that has one unpacked; 0 once all are.

    It also removes the releases that nobody reads any more: both are work to be done off the road.
    """
    done = 0
    for directory in map(directory_of, shelf.pages()):
        disk.prune(directory)
        done += packing.pack_one(directory)
    return done


def export(
    page: Brand,
    folder: Path,
    *,
    at: datetime,
    progress: exporting.Progress = lambda done, of: None,
) -> int:
    """Write the page's whole site below a folder, overlay included; returns how many files."""
    directory = directory_of(page)
    former = disk.pointed_at(directory)
    return exporting.export(
        page, folder, at=at, overlay=directory / disk.OVERLAY, former=former, progress=progress
    )


def place(page: Brand, path: str, content: bytes, *, at: datetime) -> None:
    """Lay a file over the page, at once and in every later compile. Raises NoSuchPlace."""
    directory = directory_of(page)
    with disk.locked(directory):
        disk.replace(directory / disk.OVERLAY / disk.plain(path), content)
    Live.objects.filter(page_id=page.id, place=settings.TOCSIN.place).update(changes_at=at)


def _row(page: Brand, place: str) -> Live | None:
    return Live.objects.filter(page_id=page.id, audience_id=page.audience_id, place=place).first()


def _compile(page: Brand, at: datetime) -> int:
    row = _row(page, settings.TOCSIN.place)
    directory = directory_of(page)
    is_settled = row is not None and not row.owed and row.rebuilt_down_to is None
    if is_settled and not is_due(page, row, directory, at=at):
        return 0
    with disk.locked(directory):  # another process may have done it meanwhile
        row = _row(page, settings.TOCSIN.place)
        return Turn(page, directory, row, place=settings.TOCSIN.place, at=at).take()
