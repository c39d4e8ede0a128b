"""The head: one release of a page, whole in memory, replaced by swapping one reference."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tocsin.front.answer import SUFFIXES, Answer, answer, filled, with_every_coding, with_gzip
from tocsin.front.errors import BrokenRelease
from tocsin.front.headers import headers_of, html_headers
from tocsin.front.paths import addresses_of, is_served

Stamp = tuple[int, int, int]  # inode, size in bytes, mtime in ns
MISSING = "404.html"
NOTES = "headers.json"
# The first page in any language: what a rush asks for, from the moment that it is live.
_FIRST_PAGE = re.compile(r"([a-z]{2,3}(-[a-z0-9]{2,8})*/)?index\.html", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """A release: its files' stamps, its answers by relative file, and by URL path.

    ``html`` are the headers that compile asks for on HTML, ``first`` those on the first page.
    """

    release: str
    stamps: Mapping[str, Stamp]
    files: Mapping[str, Answer]
    html: Mapping[str, str]
    first: Mapping[str, str]
    answers: Mapping[str, Answer] = field(default_factory=dict)

    def missing(self, path: str) -> Answer | None:
        """The page's own words for a path that isn't there, in the path's language."""
        language = path[1:].split("/", 1)[0]
        return self.files.get(f"{language}/{MISSING}") or self.files.get(MISSING)

    @property
    def may_shrink(self) -> bool:
        return any(file.may_shrink for file in self.files.values())


def load(directory: Path, *, former: Head | None = None) -> Head:
    """Read a release (e.g. ``…/releases/412.3``); ``former`` itself where nothing has changed.

    Raises BrokenRelease if it isn't there, lacks its index, or changes while it is read.
    """
    try:
        stamps = dict(_stamps(directory, ""))
        if former and former.release == directory.name and former.stamps == stamps:
            return former
        if "index.html" not in stamps:
            raise BrokenRelease(f"{directory} holds no index.html.")
        return _read(directory, stamps, former)
    except (OSError, RecursionError) as error:
        raise BrokenRelease(f"{directory} cannot be read: {error}.") from error


def compressed(head: Head) -> Head:
    """The same head with gzip wherever it is worth it; takes as long as gzip takes."""
    files = {name: with_gzip(file) for name, file in head.files.items()}
    return replace(head, files=files, answers=_answers(files))


def notes_in(directory: Path, *, of: str = "html") -> dict[str, str]:
    """The headers for HTML that compile asks for in ``headers.json``; none if it isn't there."""
    try:
        return html_headers(json.loads((directory / NOTES).read_bytes()), of=of)
    except (OSError, ValueError):
        return {}


def _stamps(directory: Path, prefix: str) -> Iterator[tuple[str, Stamp]]:
    # Links are passed over: whatever they point at is none of the release's.
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _stamps(Path(entry.path), f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                told = entry.stat(follow_symlinks=False)
                yield prefix + entry.name, (told.st_ino, told.st_size, told.st_mtime_ns)


def _read(directory: Path, stamps: Mapping[str, Stamp], former: Head | None) -> Head:
    html = notes_in(directory)
    first = html | notes_in(directory, of="first")
    files = {
        name: _file(directory, name, stamps, first if _is_first(name) else html, former)
        for name in stamps
        if is_served(name)
    }
    answers = _answers(files)
    return Head(directory.name, stamps, files, html=html, first=first, answers=answers)


def _answers(files: Mapping[str, Answer]) -> Mapping[str, Answer]:
    return {
        address: file
        for name, file in files.items()
        if not name.endswith(MISSING)
        for address in addresses_of(name)
    }


def _is_first(name: str) -> bool:
    return _FIRST_PAGE.fullmatch(name) is not None


def _file(
    directory: Path,
    name: str,
    stamps: Mapping[str, Stamp],
    html: Mapping[str, str],
    former: Head | None,
) -> Answer:
    old = former.files.get(name) if former else None
    worn = former and (former.first if _is_first(name) else former.html)
    if former and old and worn == html and _is_untouched(name, stamps, former):
        return old
    packed = {
        coding: (directory / (name + suffix)).read_bytes()
        for suffix, coding in SUFFIXES.items()
        if name + suffix in stamps
    }
    body = (directory / name).read_bytes()
    made = answer(body, headers=headers_of("/" + name, html), packed=packed)
    # Most files of a release are as they were; what was packed for them still holds.
    if old and old.digest == made.digest and old.headers == made.headers:
        made = filled(made, old)
    return with_every_coding(made) if _is_first(name) else made


def _is_untouched(name: str, stamps: Mapping[str, Stamp], former: Head) -> bool:
    # Across releases too: what has not changed is linked from the one before, inode and all.
    return all(
        stamps.get(name + suffix) == former.stamps.get(name + suffix) for suffix in ("", *SUFFIXES)
    )
