"""Taking a text out of what lies beside the compiled files, and looking whether it is gone.

What compile writes follows the record by itself; an overlay, or a shout, nobody writes anew.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import brotli

from tocsin.page import disk
from tocsin.statements import published

UNPACKED = {".br": brotli.decompress, ".gz": gzip.decompress}
COMPILED = (disk.RELEASES, disk.ARCHIVE)
BROKEN = (OSError, ValueError, EOFError, zlib.error, brotli.error)


def scour(directory: Path, pattern: "re.Pattern[str]", mark: str) -> int:
    """Put a mark in its place in every file of a page that is not compiled; answers how many."""
    done = 0
    with disk.locked(directory):
        for path in list(_holding(directory, pattern)):
            place = path.relative_to(directory).parts[0]
            if place in COMPILED:
                continue
            if path.suffix in UNPACKED:
                path.unlink(missing_ok=True)
            else:
                take_out = _from_shout if place == published.SHOUTS else _from_text
                text = path.read_bytes().decode("utf-8", "surrogateescape")
                clean = take_out(text, pattern, mark)
                disk.replace(path, clean.encode("utf-8", "surrogateescape"))
            done += 1
    return done


def _from_text(text: str, pattern: "re.Pattern[str]", mark: str) -> str:
    return pattern.sub(mark, text)


def _from_shout(text: str, pattern: "re.Pattern[str]", mark: str) -> str:
    """Out of its words alone: without its time, or its id, nobody could take a shout in."""
    try:
        told = json.loads(text)
        said = {code: pattern.sub(mark, words) for code, words in told["layers"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return _from_text(text, pattern, mark)  # no shout
    return json.dumps(told | {"layers": said}, indent=1, ensure_ascii=False)


def holding(directory: Path, pattern: "re.Pattern[str]") -> list[Path]:
    """The files of a page that hold a text, packed or plain."""
    return list(_holding(directory, pattern))


def _holding(directory: Path, pattern: "re.Pattern[str]") -> Iterator[Path]:
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not path.is_symlink() and pattern.search(_text(path)):
            yield path


def _text(path: Path) -> str:
    try:
        content: bytes = UNPACKED.get(path.suffix, bytes)(path.read_bytes())
    except BROKEN:
        return ""
    return content.decode("utf-8", "replace")
