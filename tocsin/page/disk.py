"""Files that are whole or not there: written aside, synced, renamed; a pointer swapped last.

A process may be killed, or the machine lose its power, between any two lines: readers see the old
or the new, and the same work done again gives the same files.
"""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from secrets import token_hex

POINTER, RELEASES, ARCHIVE, OVERLAY = "live", "releases", "archive", "overlay"
CURRENT = "current"  # the live release by one name, for web servers that follow links
KEPT = 3  # releases, the live one among them
PACKED = (".br", ".gz")
SYNCS_AT_ONCE = 8
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


class Busy(Exception):
    """Somebody else holds a page's files, and did not let go in time."""


@contextmanager
def locked(directory: Path, *, patience: float | None = None) -> Iterator[None]:
    """Hold a page's files alone, waiting for whoever else does; a killed holder lets go.

    With ``patience``, for so many seconds at most; then raises Busy.
    """
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        if patience is None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        else:
            _take_within(patience, descriptor)
        yield
    finally:
        os.close(descriptor)


def _take_within(patience: float, descriptor: int) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Busy("Another process holds the page's files and does not let go.") from None
            time.sleep(0.02)


def replace(path: Path, content: bytes) -> bool:
    """Put bytes in a file at once, and take away what was packed from the old ones.

    Returns False, having done nothing, where the file holds these bytes already.
    """
    return bool(replace_all(path.parent, {path.name: content}))


def replace_all(folder: Path, files: Mapping[str, bytes]) -> int:
    """The same for several files below a folder, by relative path; returns how many changed."""
    changed = {folder / path: content for path, content in files.items()}
    changed = {path: content for path, content in changed.items() if not _holds(path, content)}
    touched = {above for path in changed for above in _made(path.parent)}
    asides = {path: path.with_name(f".{path.name}.{token_hex(4)}.tmp") for path in changed}
    try:
        for path, content in changed.items():
            asides[path].write_bytes(content)
        _sync(asides.values())
        for path, aside in asides.items():
            _forget_packed(path)
            aside.replace(path)
    finally:
        for aside in asides.values():
            aside.unlink(missing_ok=True)
    _sync(touched | {path.parent for path in changed})
    return len(changed)


def _forget_packed(path: Path) -> None:
    for suffix in PACKED:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


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
    touched = _made(target.parent)
    for left in target.parent.glob(".*.making"):
        shutil.rmtree(left, ignore_errors=True)
    making = target.with_name(f".{target.name}.making")
    for folder in sorted({str((making / path).parent) for path in files}):
        os.makedirs(folder, exist_ok=True)
    changed = {
        making / path: content
        for path, content in files.items()
        if not (former and _holds(f"{former}/{path}", content) and _linked(former, making, path))
    }
    for path, content in changed.items():
        path.unlink(missing_ok=True)  # what a killed process left may be linked to a live file
        path.write_bytes(content)
    _sync([*changed, *(Path(folder) for folder, _, _ in os.walk(making))])
    if target.exists():  # left by a process that was killed before it was pointed at
        shutil.rmtree(target)
    making.rename(target)
    _sync({target.parent, *touched})
    replace(directory / POINTER, "{}.{}\n".format(*named).encode())
    _link_current(directory, target)


def _link_current(directory: Path, target: Path) -> None:
    """Let ``current`` lead to what just went live, for a web server that cannot read the pointer.

    The pointer is what counts: where a file system has no links, there is no ``current``.
    """
    aside = directory / f".{CURRENT}.making"
    with suppress(OSError):
        aside.unlink(missing_ok=True)
        aside.symlink_to(target.relative_to(directory), target_is_directory=True)
        aside.replace(directory / CURRENT)


def prune(directory: Path, *, kept: int = KEPT) -> None:
    """Remove releases that nobody reads any more; the live one and two before it stay."""
    live = pointed_at(directory)
    old = sorted(entry for entry in _releases(directory) if live and entry <= live)
    for entry in old[:-kept]:
        shutil.rmtree(release_dir(directory, entry), ignore_errors=True)


def sweep(directory: Path) -> None:
    """Remove what killed processes left half written, and what never went live; lock held."""
    live = pointed_at(directory)
    for entry in list(_releases(directory)):
        if live and entry > live:
            shutil.rmtree(release_dir(directory, entry), ignore_errors=True)
    for left in (directory / RELEASES).glob(".*.making"):
        shutil.rmtree(left, ignore_errors=True)
    for folder, _, names in os.walk(directory):
        for name in names:
            if name.startswith(".") and name.endswith(".tmp"):
                Path(folder, name).unlink(missing_ok=True)


def files_under(directory: Path) -> Iterator[tuple[str, Path]]:
    """(relative path, file) of every whole file below a folder; nothing where there is none."""
    for folder, names, entries in os.walk(directory):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(entries):
            if not name.startswith(".") and not name.endswith(PACKED):
                path = Path(folder, name)
                yield path.relative_to(directory).as_posix(), path


def newest(directory: Path) -> Release | None:
    """The newest release that has a front page, whatever the pointer names."""
    whole = (e for e in _releases(directory) if (release_dir(directory, e) / "index.html").exists())
    return max(whole, default=None)


def contents(directory: Path) -> dict[str, bytes]:
    """The bytes of every whole file below a folder, by relative path."""
    return {path: file.read_bytes() for path, file in files_under(directory)}


def _releases(directory: Path) -> Iterator[Release]:
    folder = directory / RELEASES
    for entry in folder.iterdir() if folder.is_dir() else ():
        found = _RELEASE.fullmatch(entry.name)
        if found:
            yield int(found[1]), int(found[2])


def _linked(former: Path, making: Path, path: str) -> bool:
    """Whether a file of the former release could be linked, with what was packed from it."""
    try:
        os.link(f"{former}/{path}", f"{making}/{path}")
    except OSError:  # a file system without links
        return False
    for suffix in PACKED:
        with suppress(OSError):  # not packed yet
            os.link(f"{former}/{path}{suffix}", f"{making}/{path}{suffix}")
    return True


def _holds(path: str | Path, content: bytes) -> bool:
    try:
        if os.stat(path).st_size != len(content):
            return False
        with open(path, "rb") as file:
            return file.read() == content
    except OSError:
        return False


def _made(folder: Path) -> set[Path]:
    """Make a folder and those above it; returns the folders that hold a new name."""
    if folder.is_dir():
        return set()
    above = _made(folder.parent)
    folder.mkdir(exist_ok=True)
    return above | {folder.parent}


def _sync(paths: Iterable[Path]) -> None:
    """Make files, and the names in folders, last through a loss of power.

    Side by side: the file system then writes its journal once or twice, and not for each of them.
    """
    waiting = list(paths)
    if len(waiting) <= 1:
        for path in waiting:
            _sync_one(path)
        return
    with ThreadPoolExecutor(SYNCS_AT_ONCE) as pool:
        list(pool.map(_sync_one, waiting))


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
