"""Strong compression, after the swap and out of its way: packed twins beside each file.

In brotli for browsers; in gzip too, for whatever web server serves the folder without us.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import brotli

from tocsin.page import disk

PACKABLE = {".html", ".json", ".atom", ".js", ".css", ".svg", ".txt", ".ics", ".xml"}
WORTH_IT = 600  # bytes; what fits one packet gains nothing
Version = tuple[int, int, int]

# Twins that would be no smaller than their file; asked again when the file is another.
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
    """Every file that lacks a twin, the live head's first, and of those its pages."""
    head = disk.files_under(disk.release_dir(directory, live)) if live else ()
    told = sorted(head, key=lambda file: (file[1].suffix != ".html", file[0].count("/")))
    for _, path in chain(told, disk.files_under(directory / disk.ARCHIVE)):
        if path.suffix in PACKABLE and not all(_twin(path, suffix).exists() for suffix in _PACK):
            yield path


def _pack(directory: Path, path: Path) -> bool:
    try:
        version, content = _version(path), path.read_bytes()
    except OSError:  # replaced or pruned since it was listed
        return False
    if len(content) < WORTH_IT:
        return False
    made = _packed(path, version, content)
    if not made:
        return False
    with disk.locked(directory):
        return _is_still(path, version) and bool(disk.replace_all(path.parent, made))


def _packed(path: Path, version: Version, content: bytes) -> dict[str, bytes]:
    """The twins that a file lacks and would gain from, by name."""
    made = {}
    for suffix, pack in _PACK.items():
        twin = _twin(path, suffix)
        if twin.exists() or _incompressible.get(twin) == version:
            continue
        packed = pack(content)
        if len(packed) < len(content):
            made[twin.name] = packed
        else:
            _incompressible[twin] = version
    return made


def _is_still(path: Path, version: Version) -> bool:
    try:
        return _version(path) == version
    except OSError:
        return False


def _version(path: Path) -> Version:
    told = path.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns


def _twin(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _brotli(content: bytes) -> bytes:
    return bytes(brotli.compress(content, quality=11, mode=brotli.MODE_TEXT))


def _gzip(content: bytes) -> bytes:
    # Small blocks: a page is a sheet, words and bars, each with letters of its own. No date.
    packing = zlib.compressobj(level=9, wbits=31, memLevel=4)
    return packing.compress(content) + packing.flush()


_PACK: Mapping[str, Callable[[bytes], bytes]] = {".br": _brotli, ".gz": _gzip}
