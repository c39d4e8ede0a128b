"""The file itself: an uncompressed zip of JSON lines, a file for each table, and a manifest.

The same record gives the same bytes on any machine: names sorted, times and modes fixed, nothing
compressed, for no two libraries compress alike.
"""

import hashlib
import json
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

FORMAT, VERSION = "tocsin-export", 1
MANIFEST = "manifest.json"
LONGEST_LINE = 32 * 1024 * 1024
LONGEST_MANIFEST = 1024 * 1024
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
# What the library raises of a zip that was damaged, and of ways to pack that are not ours.
BROKEN = (
    zipfile.BadZipFile,
    RuntimeError,
    NotImplementedError,
    EOFError,
    ValueError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)


class NoParcel(Exception):
    """The file is not one of ours, or was changed on its way; says what is wrong."""


@dataclass(slots=True)
class Manifest:
    """What a file holds. ``page`` is the id of the only page in it, empty for all of them."""

    page: str
    has_secrets: bool
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = VERSION

    def told(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": self.version,
            "page": self.page or None,
            "secrets": self.has_secrets,
            "files": self.files,
        }


class Packing:
    """A file in the making: it stands under its name only once it is whole."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._path, self.manifest = path, manifest
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")

    def __enter__(self) -> "Packing":
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR  # nobody else's to read: it holds addresses
        self._file = os.fdopen(os.open(self._part, flags, 0o600), "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED)
        return self

    def add(self, name: str, lines: Iterable[bytes]) -> int:
        """Write one file of the parcel; answers how many lines."""
        rows, digest = 0, hashlib.sha256()
        with self._zip.open(_named(name), "w", force_zip64=True) as inside:
            for told in lines:
                inside.write(told)
                digest.update(told)
                rows += 1
        self.manifest.files[name] = {"rows": rows, "sha256": digest.hexdigest()}
        return rows

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                with self._zip.open(_named(MANIFEST), "w") as inside:
                    told = json.dumps(self.manifest.told(), sort_keys=True, indent=2)
                    inside.write(f"{told}\n".encode())
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()
            if kind is not None:
                self._part.unlink(missing_ok=True)
        if kind is None:
            self._part.replace(self._path)


def _named(name: str) -> zipfile.ZipInfo:
    told = zipfile.ZipInfo(name, date_time=EPOCH)
    told.create_system = 3  # as on Unix, wherever it is made
    told.external_attr = 0o100600 << 16
    return told


class Unpacking:
    """A file that is there. Raises NoParcel wherever it is not what it says."""

    def __init__(self, path: Path) -> None:
        if path.exists() and not path.is_file():
            raise NoParcel(f"{path} is no file.")
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN:
            raise NoParcel(f"{path.name} is no zip, or has lost its end.") from None
        except OSError as error:
            if error.filename:  # it cannot be opened; else a place is named that it does not have
                raise
            raise NoParcel(f"{path.name} is no zip, or has lost its end.") from None
        try:
            self.manifest = self._manifest(path.name)
        except NoParcel:
            self._zip.close()
            raise

    def __enter__(self) -> "Unpacking":
        return self

    def __exit__(self, *_told: object) -> None:
        self._zip.close()

    def _manifest(self, name: str) -> Manifest:
        try:
            with self._zip.open(MANIFEST) as inside:
                told = json.loads(inside.read(LONGEST_MANIFEST))
            if told["format"] != FORMAT or not isinstance(told["version"], int):
                raise KeyError("format")
            files = {
                str(key): {"rows": int(value["rows"]), "sha256": str(value["sha256"])}
                for key, value in told["files"].items()
            }
            found = Manifest(told["page"] or "", bool(told["secrets"]), files, told["version"])
        except (KeyError, TypeError, AttributeError, RecursionError, OSError, *BROKEN):
            raise NoParcel(f"{name} is no export of Tocsin: it has no readable manifest.") from None
        if found.version < 1:
            raise NoParcel(f"{name} is written in version {found.version}, which there never was.")
        if found.version > VERSION:
            raise NoParcel(
                f"{name} is written in version {found.version} of the format; this Tocsin reads "
                f"up to {VERSION}. Update it first."
            )
        if set(self._zip.namelist()) != {*found.files, MANIFEST}:
            raise NoParcel(f"{name} holds other files than its manifest says.")
        return found

    @property
    def rows(self) -> int:
        """How many rows there are, by the manifest."""
        return sum(told["rows"] for told in self.manifest.files.values())

    def lines(self, name: str) -> Iterator[bytes]:
        """One file, line by line; at its end it is known to be what was packed."""
        digest = hashlib.sha256()
        try:
            with self._zip.open(name) as inside:
                while told := inside.readline(LONGEST_LINE):
                    if not told.endswith(b"\n"):
                        raise NoParcel(f"A line of {name} has no end.")
                    digest.update(told)
                    yield told
        except (OSError, *BROKEN):
            raise NoParcel(f"{name} cannot be read to its end.") from None
        if digest.hexdigest() != self.manifest.files[name]["sha256"]:
            raise NoParcel(f"{name} is not what was packed: its SHA-256 differs.")
