"""The compiled pages on disk, followed as they change: one task, and no lock."""

import asyncio
import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tocsin.front import hosts
from tocsin.front.archive import Archive
from tocsin.front.configuration import Configuration
from tocsin.front.errors import BrokenRelease
from tocsin.front.head import Head, compressed, load, notes_in
from tocsin.front.hosts import Hosts

log = logging.getLogger("tocsin.front")

Stamp = tuple[int, int, int]
Live = tuple[int, int]  # publication number, revision
_POINTER = re.compile(rb"([0-9]{1,12})\.([0-9]{1,12})\s*")


class Site:
    """One page: what its pointer names, in memory; its archive, on disk."""

    def __init__(self, directory: Path, *, archive_bytes: int) -> None:
        self.head: Head | None = None
        self.live: Live | None = None
        self.archive = Archive(directory / "archive", limit=archive_bytes)
        self._directory = directory
        self._pointer = directory / "live"
        self._stamp: Stamp | None = None
        self._said: Live | None = None
        self._complaint = ""

    def has_moved(self) -> bool:
        """Whether the pointer was replaced since it was last followed (one stat, microseconds)."""
        return _stamp(self._pointer) != self._stamp

    def follow(self) -> bool:
        """Read the pointer and its release; whether another one is live now.

        What is missing or broken leaves the former head in place; it is tried again.
        """
        self._stamp = _stamp(self._pointer)
        self._said = _said(self._pointer) or self._said
        return self.look_again()

    def look_again(self) -> bool:
        """Take up what has changed within the release: packed twins, files mended in place."""
        if self._said is None:
            return False
        release = self._directory / "releases" / "{}.{}".format(*self._said)
        try:
            self.head = load(release, former=self.head)
        except BrokenRelease as broken:
            self._complain(str(broken))
            return False
        self._complaint = ""
        moved, self.live = self.live != self._said, self._said
        return moved

    def html(self) -> dict[str, str]:
        """The extra headers for HTML that this page asks for."""
        return dict(self.head.html) if self.head else notes_in(self._directory)

    def speaks(self, path: str) -> bool:
        """Whether a path lies in one of the page's languages: its folder has a front page."""
        return (
            self.head is not None and f"{path[1:].split('/', 1)[0]}/index.html" in self.head.files
        )

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            log.warning("%s What was live before stays.", complaint)
        self._complaint = complaint


class Sites:
    """Every page of the site folder; ``on_live`` hears of each page that is live anew."""

    def __init__(self, told: Configuration, *, on_live: Callable[[Site], None]) -> None:
        self._told = told
        self._on_live = on_live
        self._path = told.site_dir / "hosts.json"
        self._closed = told.private_dir / "hosts.json"
        self._stamp: tuple[Stamp | None, Stamp | None] = (None, None)
        self._hosts: Hosts | None = None
        self._sites: dict[str, Site] = {}
        self._packing: set[asyncio.Task[None]] = set()

    def of(self, host: str | None) -> Site | None:
        """The page that answers this Host; None while nothing has been compiled."""
        return self._sites.get(self._hosts.slug(host)) if self._hosts else None

    def is_closed(self, host: str | None) -> bool:
        """Whether a page answers this Host that only some may read."""
        return self._hosts is not None and self._hosts.is_closed(host)

    def begin(self) -> None:
        """Load what there is, before the first request."""
        self._look_at_hosts()
        for site in self._sites.values():
            site.follow()

    async def keep_up(self) -> None:
        """Follow the pointers for ever; look into the releases more seldom."""
        look_again_at = time.monotonic()
        while True:
            try:
                await self._turn()
                if time.monotonic() >= look_again_at:
                    look_again_at = time.monotonic() + self._told.release_seconds
                    await self._look_again()
            except OSError as error:  # a disk's bad moment: what is in memory goes on being served
                log.warning("The site folder cannot be read: %s.", error)
            await asyncio.sleep(self._told.pointer_seconds)

    async def _turn(self) -> None:
        self._look_at_hosts()
        for site in list(self._sites.values()):
            if site.has_moved() and await asyncio.to_thread(site.follow):
                self._on_live(site)
                self._pack(site)

    async def _look_again(self) -> None:
        for site in list(self._sites.values()):
            if await asyncio.to_thread(site.look_again):
                self._on_live(site)
            self._pack(site)

    def _pack(self, site: Site) -> None:
        if site.head and site.head.may_shrink and not self._packing:
            task = asyncio.create_task(_packed(site, site.head))
            self._packing.add(task)
            task.add_done_callback(self._packing.discard)

    def _look_at_hosts(self) -> None:
        stamp = _stamp(self._path), _stamp(self._closed)
        if stamp == self._stamp:
            return
        found = hosts.read(self._path)
        self._stamp = stamp
        if found is None:
            log.warning("%s is absent or makes no sense. What was known before stays.", self._path)
            return
        size = self._told.archive_bytes // max(1, len(found.slugs))
        self._sites = {
            slug: self._sites.get(slug) or Site(self._told.site_dir / slug, archive_bytes=size)
            for slug in found.slugs
        }
        self._hosts = replace(found, closed=hosts.read_closed(self._closed))


async def _packed(site: Site, head: Head) -> None:
    shrunk = await asyncio.to_thread(compressed, head)
    if site.head is head:  # else a newer one went live meanwhile
        site.head = shrunk


def _stamp(path: Path) -> Stamp | None:
    try:
        told = os.stat(path)
    except OSError:
        return None
    return told.st_ino, told.st_size, told.st_mtime_ns


def _said(pointer: Path) -> Live | None:
    try:
        said = _POINTER.fullmatch(pointer.read_bytes())
    except OSError:
        return None
    return (int(said[1]), int(said[2])) if said else None
