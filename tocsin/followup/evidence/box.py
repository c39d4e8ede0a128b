"""The file: a zip of which every byte follows from its parts, read in no other way than written.

Any program that opens zips opens it. Nothing is packed in it, so that nothing can swell; names are
few letters, times and modes are fixed, so that the same parts give the same bytes anywhere.
"""

import hashlib
import os
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

LARGEST = 0xFFFF_FFFF - 1  # where a plain zip ends: 4 GiB
MOST_PARTS = 2000
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
LONGEST_NAME = 200
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
OLDEST = 0x21  # the first day that a zip can name: 1 January 1980
PLAIN_FILE = 0o100644 << 16
CHUNK = 1024 * 1024


class NoBundle(Exception):
    """The file is none of ours, or not as it was written; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it lies in the file; ``crc`` is the zip's own check, computed from its bytes."""

    name: str
    offset: int
    start: int
    size: int
    crc: int
    sha256: str


def _local(name: bytes, crc: int, size: int) -> bytes:
    return _LOCAL.pack(LOCAL, 10, 0, 0, 0, OLDEST, crc, size, size, len(name), 0) + name


def _ending(parts: Sequence[Part], at: int) -> bytes:
    """The list of parts at the end, and the end."""
    told = b"".join(_listed(part) for part in parts)
    return told + _END.pack(END, 0, 0, len(parts), len(parts), len(told), at, 0)


def _listed(part: Part) -> bytes:
    name = part.name.encode("ascii")
    fixed = (CENTRAL, 3 << 8 | 10, 10, 0, 0, 0, OLDEST, part.crc, part.size, part.size)
    return _CENTRAL.pack(*fixed, len(name), 0, 0, 0, 0, PLAIN_FILE, part.offset) + name


class Writing:
    """A file in the making, beside its place; it stands there once it was :meth:`placed`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._aside = path.with_name(f".{path.name}.{os.getpid()}.part")
        self.parts: list[Part] = []
        self._is_placed = False

    def __enter__(self) -> "Writing":
        flags = os.O_CREAT | os.O_TRUNC | os.O_RDWR
        self._file = os.fdopen(os.open(self._aside, flags, 0o600), "w+b")
        return self

    def add(self, name: str, chunks: Iterable[bytes]) -> Part:
        """Write one part."""
        if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            raise ValueError(f"{name!r} is no name of a part.")
        plain, offset = name.encode("ascii"), self._file.tell()
        self._file.write(_local(plain, 0, 0))
        start, crc, digest = self._file.tell(), 0, hashlib.sha256()
        for chunk in chunks:
            self._file.write(chunk)
            crc = zlib.crc32(chunk, crc)
            digest.update(chunk)
        end = self._file.tell()
        if end > LARGEST - CHUNK:
            raise OverflowError("A bundle holds 4 GiB at the most.")
        self._file.seek(offset)
        self._file.write(_local(plain, crc, end - start))
        self._file.seek(end)
        part = Part(name, offset, start, end - start, crc, digest.hexdigest())
        self.parts.append(part)
        return part

    def placed(self) -> None:
        """End the file and put it in its place at once."""
        self._file.write(_ending(self.parts, self._file.tell()))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._aside.replace(self.path)
        self._is_placed = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if not self._is_placed:
            self._aside.unlink(missing_ok=True)


class Opened:
    """A file that is there, walked from its first byte to its last. Raises NoBundle."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise NoBundle(f"There is no file {path}.")
        if not path.is_file():
            raise NoBundle(f"{path} is no file.")
        self.name = path.name
        self._file: BinaryIO = path.open("rb")
        self._size = os.fstat(self._file.fileno()).st_size
        self.parts: dict[str, Part] = {}
        self.faults: list[str] = []
        try:
            self._walk()
        except NoBundle:
            self._file.close()
            raise

    def __enter__(self) -> "Opened":
        return self

    def __exit__(self, *_told: object) -> None:
        self._file.close()

    def _walk(self) -> None:
        if self._size > LARGEST:
            raise NoBundle(f"{self.name} is larger than any bundle: 4 GiB is the most.")
        if self._file.read(4) != LOCAL:
            raise NoBundle(f"{self.name} is no evidence bundle of Tocsin.")
        offset = 0
        while self._sign(offset) == LOCAL:
            part = self._part(offset)
            if part.name in self.parts:
                raise self._odd(f"it holds {part.name} twice")
            if len(self.parts) >= MOST_PARTS:
                raise self._odd(f"it holds more than {MOST_PARTS} parts")
            self.parts[part.name] = part
            offset = part.start + part.size
        expected = _ending(list(self.parts.values()), offset)
        self._file.seek(offset)
        if self._file.read(len(expected) + 1) != expected:
            raise self._odd("the list of parts at its end is another")

    def _odd(self, what: str) -> NoBundle:
        return NoBundle(
            f"{self.name} is not as Tocsin wrote it: {what}. It was changed, cut off or packed "
            "anew by another program. Ask for the file as it was."
        )

    def _sign(self, offset: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(4)

    def _part(self, offset: int) -> Part:
        self._file.seek(offset)
        head = self._file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            raise self._odd("it ends in the middle of a part")
        told = _LOCAL.unpack(head)
        crc, size, length = told[6], told[7], told[9]
        if length > LONGEST_NAME:
            raise self._odd("a part has too long a name")
        plain = self._file.read(length)
        name = plain.decode("ascii", "replace")
        if not NAME.fullmatch(name):
            raise self._odd("a part has a name that none of ours has")
        if head + plain != _local(plain, crc, size):
            raise self._odd(f"{name} is announced in another way")
        start = offset + len(head) + length
        if start + size > self._size:
            raise self._odd(f"{name} is cut off")
        found, digest = self._hashed(size)
        if found != crc:
            self.faults.append(f"{name} was changed: its check sum in the zip is another.")
        return Part(name, offset, start, size, crc, digest)

    def _hashed(self, size: int) -> tuple[int, str]:
        crc, digest = 0, hashlib.sha256()
        while size > 0:
            chunk = self._file.read(min(CHUNK, size))
            if not chunk:
                raise self._odd("it became shorter while it was read")
            crc = zlib.crc32(chunk, crc)
            digest.update(chunk)
            size -= len(chunk)
        return crc, digest.hexdigest()

    def read(self, name: str, *, most: int) -> bytes:
        """One part whole. Raises NoBundle where it is missing or larger than ``most``."""
        part = self.parts.get(name)
        if part is None:
            raise NoBundle(f"{self.name} is no evidence bundle of Tocsin: it has no {name}.")
        if part.size > most:
            raise self._odd(f"{name} is larger than any that we write")
        self._file.seek(part.start)
        return self._file.read(part.size)

    def lines(self, name: str, *, longest: int) -> Iterator[bytes]:
        """One part line by line. Raises NoBundle over a line that is longer than ``longest``."""
        part = self.parts[name]
        at, end = part.start, part.start + part.size
        while at < end:
            self._file.seek(at)
            line = self._file.readline(min(longest, end - at))
            if not line.endswith(b"\n") and at + len(line) < end:
                raise self._odd(f"a line of {name} is longer than any that we write")
            at += len(line)
            yield line
