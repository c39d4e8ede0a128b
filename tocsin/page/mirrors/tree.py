"""A page's files as any web server would answer them, in the order in which a copy is made."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.page import disk
from tocsin.page.mirrors.stores import digest

NEVER = {"headers.json"}
RECORD = "record.json"
_HREF = re.compile(rb'(?:href|src)="/([^"#?]*)"')

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Tree:
    """Every file by its path in the copy; ``stages`` name them in order.

    What a front page leads to, and every answer, goes before it; the record goes after it; the
    rest of the archive last. So a copy that ends half-way leads nowhere that is not there, and
    says no number whose words it lacks.
    """

    release: disk.Release
    files: Mapping[str, Path]
    stages: tuple[tuple[str, ...], ...]


def tree_of(directory: Path, prefix: str) -> Tree | None:
    """The page that is compiled in a folder; None where none is live."""
    live = disk.pointed_at(directory)
    if live is None:
        return None
    head = dict(disk.files_under(disk.release_dir(directory, live)))
    files = dict(disk.files_under(directory / disk.ARCHIVE)) | head
    files = {path: file for path, file in files.items() if path not in NEVER}
    fronts = [path for path in head if path == "index.html" or _is_front(path)]
    linked = {path for front in fronts for path in _linked(head[front], files)}
    before = sorted((linked | set(head)) - {*fronts, RECORD} - NEVER)
    rest = sorted(set(files) - {*before, *fronts, RECORD})
    fronts.sort(key=lambda path: (path == "index.html", path))  # the page's own at the very end
    stages = (before, fronts, [RECORD] if RECORD in head else [], rest)
    return Tree(
        live,
        {prefix + path: file for path, file in files.items()},
        tuple(tuple(prefix + path for path in stage) for stage in stages),
    )


def _is_front(path: str) -> bool:
    return bool(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*/index\.html", path))


def _linked(front: Path, files: Mapping[str, Path]) -> Iterator[str]:
    try:
        told = _HREF.findall(front.read_bytes())
    except OSError:
        return
    for name in (found.decode("utf-8", "replace").rstrip("/") for found in told):
        for path in (name, f"{name}/index.html"):
            if path in files:
                yield path


@dataclass
class Digests:
    """What each file's bytes are called; read again only where the file is another."""

    _known: dict[Path, tuple[Version, str]] = field(default_factory=dict)

    def of(self, path: Path) -> str:
        """Raises OSError where the file went."""
        told = path.stat()
        version = (told.st_ino, told.st_size, told.st_mtime_ns)
        kept = self._known.get(path)
        if kept and kept[0] == version:
            return kept[1]
        name = digest(path.read_bytes())
        self._known[path] = (version, name)
        return name

    def forget_others(self, paths: set[Path]) -> None:
        """Let go of files that are no more."""
        for path in self._known.keys() - paths:
            del self._known[path]
