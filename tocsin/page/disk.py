"""Files that are whole or not there: written aside, synced, renamed; a pointer swapped last.

A process may be killed, or the machine lose its power, between any two lines: readers see the old
or the new, and the same work done again gives the same files.
"""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

POINTER, RELEASES, ARCHIVE, OVERLAY = "live", "releases", "archive", "overlay"
KEPT = 3  # releases, the live one among them
PACKED = (".br", ".gz")
_RELEASE = re.compile(r"(\d+)\.(\d+)")

Release = tuple[int, int]  # publication number, revision


class NoSuchPlace(ValueError):
    """A path that no file of a page may have; says why."""


def plain(path: str) -> str:
    """A relative path as it may be written under a page. Raises NoSuchPlace."""
    parts = PurePosixPath(path).parts
    odd = not parts or path.startswith("/") or any(p.startswith(".") or "\\" in p for p in parts)
    if odd or path.endswith("/") or "\0" in path:
        raise NoSuchPlace(f"{path!r} is no place on a page. Give a relative path without dots.")
    return "/".join(parts)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold a page's files alone, waiting for whoever else does; a killed holder lets go."""
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes) -> bool:
    """Put bytes in a file at once, and take away what was packed from the old ones.

    Returns False, having done nothing, where the file holds these bytes already.
    """
    if _holds(path, content):
        return False
    _make(path.parent)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        _write(aside, content)
        for suffix in PACKED:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    _sync(path.parent)
    return True


def pointed_at(directory: Path) -> Release | None:
    """What a page's pointer names; None where there is none, or none that can be read."""
    try:
        found = _RELEASE.fullmatch((directory / POINTER).read_text("ascii").strip())
    except (OSError, UnicodeDecodeError):
        return None
    return (int(found[1]), int(found[2])) if found else None


def release_dir(directory: Path, release: Release) -> Path:
    return directory / RELEASES / "{}.{}".format(*release)


def release(directory: Path, files: Mapping[str, bytes], named: Release) -> None:
    """Write a release beside the live one, and make it live by swapping the pointer.

    Files that are as in the live release are linked, with what was packed from them.
    """
    live = pointed_at(directory)
    former = release_dir(directory, live) if live else None
    target = release_dir(directory, named)
    _make(target.parent)
    making = target.with_name(f".{target.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    for path, content in files.items():
        _place(making / path, content, former / path if former else None)
    for folder, _, _ in os.walk(making):
        _sync(Path(folder))
    if target.exists():  # left by a process that was killed before it was pointed at
        shutil.rmtree(target)
    making.rename(target)
    _sync(target.parent)
    replace(directory / POINTER, "{}.{}\n".format(*named).encode())


def prune(directory: Path) -> None:
    """Remove releases that nobody reads any more; the live one and those before it stay."""
    live = pointed_at(directory)
    for making in (directory / RELEASES).glob(".*.making"):
        shutil.rmtree(making, ignore_errors=True)
    old = sorted(entry for entry in _releases(directory) if live and entry <= live)
    for entry in old[:-KEPT]:
        shutil.rmtree(release_dir(directory, entry), ignore_errors=True)


def files_under(directory: Path) -> Iterator[tuple[str, Path]]:
    """(relative path, file) of every whole file below a folder; nothing where there is none."""
    for folder, names, entries in os.walk(directory):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(entries):
            if not name.startswith(".") and not name.endswith(PACKED):
                path = Path(folder, name)
                yield path.relative_to(directory).as_posix(), path


def contents(directory: Path) -> dict[str, bytes]:
    """The bytes of every whole file below a folder, by relative path."""
    return {path: file.read_bytes() for path, file in files_under(directory)}


def _releases(directory: Path) -> Iterator[Release]:
    for entry in (directory / RELEASES).iterdir():
        found = _RELEASE.fullmatch(entry.name)
        if found:
            yield int(found[1]), int(found[2])


def _place(path: Path, content: bytes, former: Path | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if former is None or not _holds(former, content) or not _linked(former, path):
        _write(path, content)


def _linked(former: Path, path: Path) -> bool:
    try:
        os.link(former, path)
        for suffix in PACKED:
            packed = former.with_name(former.name + suffix)
            if packed.exists():
                os.link(packed, path.with_name(path.name + suffix))
    except OSError:  # a file system without links
        path.unlink(missing_ok=True)
        return False
    return True


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _make(folder: Path) -> None:
    """Make a folder whose name lasts, and those above it."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Make the names in a folder last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
