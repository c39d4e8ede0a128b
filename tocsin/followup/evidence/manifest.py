"""What a bundle says of its own parts: their hashes, and one seal over all of them. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.followup.evidence.box import NoBundle, Opened, Part

FORMAT, VERSION = "tocsin-evidence", 1
MANIFEST, SUMS, SEAL = "manifest.json", "SHA256SUMS", "SEAL"
LONGEST = 4 * 1024 * 1024
DIGEST_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Manifest:
    """A bundle's manifest as it was read; ``parts`` are (name, bytes, SHA-256) in their order."""

    told: Mapping[str, Any]
    parts: tuple[tuple[str, int, str], ...]
    seal: str

    @property
    def incident(self) -> str:
        return str(self.told["incident"])

    @property
    def is_internal(self) -> bool:
        return bool(self.told["internal"])


def sums(parts: Iterable[Part]) -> bytes:
    """The parts' hashes as ``sha256sum -c`` takes them."""
    return "".join(f"{part.sha256}  {part.name}\n" for part in parts).encode()


def written(told: Mapping[str, Any], parts: Sequence[Part]) -> bytes:
    """The manifest's bytes: what is told of the incident, and each part in its order."""
    listed = [{"name": part.name, "bytes": part.size, "sha256": part.sha256} for part in parts]
    whole = {"format": FORMAT, "version": VERSION, **told, "parts": listed}
    return f"{json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False)}\n".encode()


def sealed(manifest: bytes) -> str:
    """The seal over a manifest."""
    return hashlib.sha256(manifest).hexdigest()


def sealing(manifest: bytes) -> bytes:
    """The seal as ``sha256sum -c`` takes it."""
    return f"{sealed(manifest)}  {MANIFEST}\n".encode()


def read(bundle: Opened) -> Manifest:
    """The manifest of a bundle. Raises NoBundle where it is none of ours."""
    plain = bundle.read(MANIFEST, most=LONGEST)
    try:
        told = json.loads(plain, parse_constant=_no_number)
        if told["format"] != FORMAT or not isinstance(told["version"], int):
            raise KeyError("format")
        version = told["version"]
        parts = tuple((str(p["name"]), int(p["bytes"]), str(p["sha256"])) for p in told["parts"])
        str(told["incident"]), bool(told["internal"]), str(told["page"]["name"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        raise NoBundle(
            f"{bundle.name} is no evidence bundle of Tocsin: its manifest cannot be read."
        ) from None
    if version != VERSION:
        raise NoBundle(
            f"{bundle.name} is written in version {version} of the format; this Tocsin reads "
            f"version {VERSION}. Use one of its time."
        )
    return Manifest(told, parts, sealed(plain))


def _no_number(named: str) -> float:
    raise ValueError(f"{named} is no number that JSON knows.")
