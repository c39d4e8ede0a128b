"""Strong compression, after the swap and out of its way: a brotli twin beside each file."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import brotli

from tocsin.page import disk

PACKABLE = {".html", ".json", ".atom", ".js", ".css", ".svg", ".txt", ".ics", ".xml"}
WORTH_IT = 600  # bytes; what fits one packet gains nothing
Version = tuple[int, int, int]

# What was found not to shrink; asked again when the file is another.
_incompressible: dict[Path, Version] = {}
# A page's files are walked through once for each release, a file a turn.
_walks: dict[Path, tuple[disk.Release | None, Iterator[Path]]] = {}


def pack_one(directory: Path) -> bool:
    """Put a twin beside one file of a page that lacks it; False when none does."""
    live = disk.pointed_at(directory)
    if directory not in _walks or _walks[directory][0] != live:
        _walks[directory] = (live, _unpacked(directory, live))
    return any(_pack(directory, path) for path in _walks[directory][1])


def _unpacked(directory: Path, live: disk.Release | None) -> Iterator[Path]:
    """Every file without a twin, the live head's first, and of those its pages."""
    head = disk.files_under(disk.release_dir(directory, live)) if live else ()
    told = sorted(head, key=lambda file: (file[1].suffix != ".html", file[0].count("/")))
    for _, path in chain(told, disk.files_under(directory / disk.ARCHIVE)):
        if path.suffix in PACKABLE and not _twin(path).exists():
            yield path


def _pack(directory: Path, path: Path) -> bool:
    try:
        version, content = _version(path), path.read_bytes()
    except OSError:  # replaced or pruned since it was listed
        return False
    if len(content) < WORTH_IT or _incompressible.get(path) == version:
        return False
    packed = brotli.compress(content, quality=11, mode=brotli.MODE_TEXT)
    if len(packed) >= len(content):
        _incompressible[path] = version
        return False
    with disk.locked(directory):
        return _is_still(path, version) and disk.replace(_twin(path), packed)


def _is_still(path: Path, version: Version) -> bool:
    try:
        return _version(path) == version
    except OSError:
        return False


def _version(path: Path) -> Version:
    told = path.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns


def _twin(path: Path) -> Path:
    return path.with_name(path.name + ".br")
