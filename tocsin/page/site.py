"""The compile: what was published but is not live, or is no longer true, is written and swapped.

A head is written beside the live one, and the pointer swapped; the archive is replaced file by file
afterwards (``settle``). Killed at any line, the next turn does the rest again and comes to the same
files.
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.page import disk, packing, scouring
from tocsin.page import export as exporting
from tocsin.page import reviews as reviewing
from tocsin.page.address import closed_hosts_of, hosts_of
from tocsin.page.archivist import INCIDENT
from tocsin.page.models import Live
from tocsin.page.reviews import Reviews
from tocsin.page.settling import Arrears, Settling, arrears, owes, patience, words_told
from tocsin.page.turn import Turn, is_due
from tocsin.statements import published
from tocsin.statements.published import Extent
from tocsin.watch import shown


@dataclass(frozen=True, slots=True)
class LiveAt:
    """What a place shows, and since when."""

    number: int
    revision: int
    at: datetime


@dataclass(frozen=True, slots=True)
class _Seen:
    """As read at one time, by audience: how far it was told, and what stands here for it.

    By page, when what is measured was last renamed, shown or hidden.
    """

    told: Mapping[str, Extent]
    live: Mapping[str, Live]
    charts: Mapping[str, datetime]

    @property
    def words(self) -> int:
        """How many were said on all pages together."""
        return sum(extent.number for extent in self.told.values())

    def told_to(self, page: Brand) -> Extent:
        return self.told.get(page.audience_id, Extent())

    def is_said(self, page: Brand) -> bool:
        """Whether the newest word is live."""
        row = self.live.get(page.audience_id)
        return row is not None and row.number == self.told_to(page).number


class NotPublic(Exception):
    """What only some may read was to be put where anybody could."""


def directory_of(page: Brand) -> Path:
    """Where a page's compiled files are on this machine; not below the site unless it is public."""
    if page.is_public:
        return Path(settings.TOCSIN.site_dir) / page.slug
    return Path(settings.TOCSIN.private_dir) / page.slug / page.audience


def live(page: Brand, *, place: str = "") -> LiveAt | None:
    """What is live at a place (this one unless named); None before the first compile."""
    row = _row(page, place or settings.TOCSIN.place)
    return LiveAt(row.number, row.revision, row.at) if row else None


def compile(at: datetime) -> int:
    """Bring every page's head up to date; returns how much was done, 0 once nothing is due."""
    pages = shelf.views()
    done = _tell_hosts([page for page in pages if page.is_for_everyone])
    faults: list[Exception] = []
    seen = _look()
    waiting = _words_first(pages, seen)
    while waiting:
        page = waiting.pop(0)
        try:
            if not _is_due(page, seen, at=at):
                continue
            done += _compile(page, at)
        except Exception as fault:  # one page's trouble must not keep the others from being said
            faults.append(fault)
        if waiting:
            # The clock may make ten pages due at once: a word said meanwhile waits for one at most.
            seen = _look()
            waiting = _words_first(waiting, seen)
    if faults:
        raise faults[0]
    return done


def settle(at: datetime) -> int:
    """Write some of what the archives are owed; returns how much, 0 once nothing is.

    Whatever shows a new word goes first, here and in the lane of the words: of a page that has one
    which is not live yet nothing is read, for what was drawn of it would be thrown away.
    """
    rows = Live.objects.filter(place=settings.TOCSIN.place)
    owing = {row.audience_id: row for row in rows if owes(row)}
    if not owing:
        return 0
    seen, done = _look(), 0
    for page in shelf.views():
        if page.audience_id in owing and seen.is_said(page):
            done += _settle(page, owing[page.audience_id], told=seen.words, at=at)
    return done


def _settle(page: Brand, row: Live, *, told: int, at: datetime) -> int:
    if _gives_way(told, at=at):
        return 0
    return Settling(page, directory_of(page), row, told=told, at=at).take()


def _gives_way(told: int, *, at: datetime) -> bool:
    """Whether words come fast on any page, or one came since so many were counted."""
    now = words_told()
    if patience.waits(now, at=at):
        return True
    if now != told:
        patience.note_overtaken(told, at=at)
    return now != told


def arrears_of(page: Brand) -> Arrears | None:
    """How far behind the archive is on this machine; None where it is whole."""
    return arrears(page, place=settings.TOCSIN.place)


def _look() -> _Seen:
    """Read what was said and what is live of all pages at once: idle turns come twice a second."""
    rows = Live.objects.filter(place=settings.TOCSIN.place)
    live_by_audience = {row.audience_id: row for row in rows}
    return _Seen(published.extents(), live_by_audience, shown.changes())


def _words_first(pages: list[Brand], seen: _Seen) -> list[Brand]:
    """The pages, those before others that have words which are not live yet."""
    return sorted(pages, key=seen.is_said)


def _is_due(page: Brand, seen: _Seen, *, at: datetime) -> bool:
    """Whether a head is to be made."""
    row = seen.live.get(page.audience_id)
    charts_at = seen.charts.get(page.id)
    return is_due(page, row, seen.told_to(page), directory_of(page), charts_at=charts_at, at=at)


def _tell_hosts(pages: list[Brand]) -> int:
    """Say which Host is whose; a page that was closed meanwhile is taken from the site at once."""
    if not pages:
        return 0
    told = {
        # First who is closed: between the two, nobody is answered by another's page.
        settings.TOCSIN.private_dir: closed_hosts_of(pages),
        settings.TOCSIN.site_dir: hosts_of(pages),
    }
    done = sum(
        disk.replace(Path(folder) / "hosts.json", json.dumps(hosts, indent=1).encode())
        for folder, hosts in told.items()
        if folder != settings.TOCSIN.private_dir or _has_closed(folder, pages)
    )
    return done + sum(_moved_out(page) for page in pages)


def _has_closed(folder: Path, pages: list[Brand]) -> bool:
    return folder.is_dir() or any(not page.is_public for page in pages)


def _moved_out(page: Brand) -> bool:
    """Remove what a page left where it stood before it was closed, or opened.

    Its overlay is kept, and what was shouted there and is not in the record yet.
    """
    other = replace(page, access=Access.NAMED if page.is_public else Access.PUBLIC)
    left, now = directory_of(other), directory_of(page)
    if not left.is_dir():
        return False
    with disk.locked(left):
        overlay = left / disk.OVERLAY
        if overlay.is_dir() and not (now / disk.OVERLAY).exists():
            disk.replace_all(now / disk.OVERLAY, disk.contents(overlay))
        disk.replace_all(now / published.SHOUTS, disk.contents(left / published.SHOUTS))
        shutil.rmtree(left, ignore_errors=True)
    return True


def compress(at: datetime) -> int:
    """Pack one file of each page that has one unpacked; 0 once all are.

    It also removes the releases that nobody reads any more: both are work to be done off the road.
    A head that a newer word is about to replace is not packed, and what waits for a pause between
    words is not either: a twin is put in place under the lock that the next head needs.
    """
    done, seen = 0, _look()
    for page in shelf.views():
        disk.prune(directory_of(page))
        # The others are packed by nobody: each reader's answer is their own.
        if page.is_public and seen.is_said(page) and not _gives_way(seen.words, at=at):
            done += packing.pack_one(directory_of(page))
    return done


def export(
    page: Brand,
    folder: Path,
    *,
    at: datetime,
    progress: exporting.Progress = lambda done, of: None,
) -> int:
    """Write the page's whole site below a folder, overlay included; returns how many files.

    Raises NotPublic for a page that not everybody may read.
    """
    if not page.is_public:
        raise NotPublic(
            f"{page.name} is not public, and plain files ask nobody for a password. "
            "Make it public first: tocsin page access."
        )
    directory = directory_of(page)
    former = disk.pointed_at(directory)
    return exporting.export(
        page,
        folder,
        at=at,
        overlay=directory / disk.OVERLAY,
        shouts=published.shouts_waiting(directory),
        former=former,
        reviews=reviewing.read(directory),
        progress=progress,
    )


def scour(page: Brand, pattern: "re.Pattern[str]", mark: str, *, at: datetime) -> int:
    """Take a text out of what lies beside a page's compiled files here, whoever may read them.

    What was compiled from it is made anew, and no old release stays. Answers how many files.
    """
    done = 0
    for view in _views_of(page):
        if changed := scouring.scour(directory_of(view), pattern, mark):
            rows = Live.objects.filter(audience_id=view.audience_id, place=settings.TOCSIN.place)
            rows.update(redactions=0, changes_at=at)
            done += changed
    return done


def holding(page: Brand, pattern: "re.Pattern[str]") -> list[Path]:
    """This machine's files of a page that hold a text, whoever may read them."""
    folders = dict.fromkeys(directory_of(view) for view in _views_of(page))
    return [path for folder in folders for path in scouring.holding(folder, pattern)]


def _views_of(page: Brand) -> list[Brand]:
    return [view for view in shelf.views() if view.id == page.id]


def place(page: Brand, path: str, content: bytes, *, at: datetime) -> None:
    """Lay a file over the page, at once and in every later compile. Raises NoSuchPlace."""
    directory = directory_of(page)
    with disk.locked(directory):
        disk.replace(directory / disk.OVERLAY / disk.plain(path), content)
    Live.objects.filter(page_id=page.id, place=settings.TOCSIN.place).update(changes_at=at)


def placed(page: Brand, path: str) -> bytes | None:
    """What somebody laid over the page at a path; None where nothing is."""
    try:
        return (directory_of(page) / disk.OVERLAY / disk.plain(path)).read_bytes()
    except OSError:
        return None


def take_away(page: Brand, path: str, *, at: datetime) -> bool:
    """Let a file that was placed go, with the next compile; whether there was one."""
    directory = directory_of(page)
    with disk.locked(directory):
        file = directory / disk.OVERLAY / disk.plain(path)
        if not file.is_file():
            return False
        file.unlink()
    Live.objects.filter(page_id=page.id, place=settings.TOCSIN.place).update(changes_at=at)
    return True


def review(page: Brand, told: Reviews) -> int:
    """Tell how readers were told, beside the accounts of these incidents and of no others.

    Answers of how many something else is told than before: the archive owes their pages.
    """
    directory = directory_of(page)
    if not told and not (directory / reviewing.FILE).exists():
        return 0
    with disk.locked(directory):
        changed = reviewing.changed(reviewing.read(directory), told)
        if not changed:
            return 0
        row = _row(page, settings.TOCSIN.place)
        if row is not None:
            # Owed before it is kept: after a kill in between, the next look finds it changed again.
            items = [f"{INCIDENT} {key}" for key in changed]
            row.owed = list(dict.fromkeys([*row.owed, *items]))
            row.save(update_fields=["owed"])
        reviewing.write(directory, told)
    return len(changed)


def reviewed(page: Brand) -> Reviews:
    """What is told beside accounts here."""
    return reviewing.read(directory_of(page))


def _row(page: Brand, place: str) -> Live | None:
    return Live.objects.filter(page_id=page.id, audience_id=page.audience_id, place=place).first()


def _compile(page: Brand, at: datetime) -> int:
    directory = directory_of(page)
    with disk.locked(directory):  # another process may have done it meanwhile
        row = _row(page, settings.TOCSIN.place)
        return Turn(page, directory, row, place=settings.TOCSIN.place, at=at).take()
