"""The archive: past words, read from disk when asked for, the recent ones kept in memory."""

import asyncio
import os
import stat
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from tocsin.front.answer import SUFFIXES, Answer, answer, with_gzip
from tocsin.front.headers import headers_of
from tocsin.front.paths import files_of, is_safe, is_served

Stamp = tuple[int, int, int, int]  # device, inode, size in bytes, mtime in ns
Key = tuple[str, Stamp, tuple[Stamp | None, ...], int]
LARGEST_KEPT = 4 * 1024 * 1024  # bytes, every coding counted


class Archive:
    """The files under one page's ``archive`` folder, with at most ``limit`` bytes in memory."""

    def __init__(self, directory: Path, *, limit: int) -> None:
        self._directory = directory
        self._limit = limit
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._size = 0

    async def find(self, path: str, html: Mapping[str, str]) -> Answer | None:
        """The answer to a URL path, if the archive has it. ``html``: extra headers for HTML."""
        if not is_safe(path):
            return None
        for name in files_of(path):
            key = self._key(name, html) if is_served(name) else None
            if key is not None:
                return self._recalled(key) or await self._read(name, key, html)
        return None

    def _key(self, name: str, html: Mapping[str, str]) -> Key | None:
        stamp = _stamp(self._directory / name)
        if stamp is None:
            return None
        twins = tuple(_stamp(self._directory / (name + suffix)) for suffix in SUFFIXES)
        return name, stamp, twins, hash(tuple(html.items()))

    def _recalled(self, key: Key) -> Answer | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    async def _read(self, name: str, key: Key, html: Mapping[str, str]) -> Answer | None:
        made = await asyncio.to_thread(self._made, name, html)
        if made is not None and made.size <= min(LARGEST_KEPT, self._limit):
            self._keep(key, made)
        return made

    def _made(self, name: str, html: Mapping[str, str]) -> Answer | None:
        try:
            body = self._bytes(name)
        except OSError:
            return None  # replaced or removed since it was looked at
        packed = {}
        for suffix, coding in SUFFIXES.items():
            try:
                packed[coding] = self._bytes(name + suffix)
            except OSError:
                continue
        return with_gzip(answer(body, headers=headers_of("/" + name, html), packed=packed))

    def _bytes(self, name: str) -> bytes:
        # A link may lead anywhere; what lies outside the archive is not ours to show.
        path = (self._directory / name).resolve(strict=True)
        if not path.is_relative_to(self._directory.resolve()):
            raise FileNotFoundError(name)
        return path.read_bytes()

    def _keep(self, key: Key, made: Answer) -> None:
        former = self._kept.pop(key, None)
        self._kept[key] = made
        self._size += made.size - (former.size if former else 0)
        while self._size > self._limit:
            _, dropped = self._kept.popitem(last=False)
            self._size -= dropped.size


def _stamp(path: Path) -> Stamp | None:
    try:
        told = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(told.st_mode):
        return None
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns
