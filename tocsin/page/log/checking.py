"""Checking a public log by itself: nothing of the installation that wrote it is asked. Pure.

CannotCheck     there is no log to check, or none that can be read; says why
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tocsin.page.log import format

MOST_FAULTS = 20  # told one by one; a log that is broken at its start is broken everywhere
Read = Callable[[str], bytes | None]  # the bytes at a path below the page's root, None: nothing


class CannotCheck(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Known:
    """A link that somebody kept of an earlier day."""

    number: int
    link: str


@dataclass(slots=True)
class Verdict:
    """What a log turned out to be. ``faults`` are sentences; none means that it is whole."""

    number: int
    link: str
    key: str
    redacted: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.faults


def check(read: Read, *, known: Known | None = None, key: str = "") -> Verdict:
    """Recompute all of a log. With ``known``, it must still hold that link; with ``key``, be signed
    by it. Raises CannotCheck.
    """
    told = _head(read)
    verdict = Verdict(told["number"], told["link"], told["key"])
    walk = _Walk(told["audience"], verdict, known)
    for file in range(1, format.file_of(told["number"]) + 1):
        walk.take(_lines(read, file), last=told["number"])
    walk.end(told)
    _check_signature(told, verdict, key)
    del verdict.faults[MOST_FAULTS:]
    return verdict


class _Walk:
    """Along the chain, entry by entry."""

    def __init__(self, audience: str, verdict: Verdict, known: Known | None) -> None:
        self._link, self._number = format.first_link(audience), 0
        self._verdict, self._known = verdict, known
        self._left: dict[int, str] = {}

    def take(self, lines: Iterator[Mapping[str, Any]], *, last: int) -> None:
        for entry in lines:
            if entry["number"] > last:
                return  # written since the head was signed
            self._one(entry)

    def _one(self, entry: Mapping[str, Any]) -> None:
        number, expected = entry["number"], self._number + 1
        if number != expected:
            self._fault(f"No. {expected} is missing: no. {number} stands in its place.")
        self._number = number
        digest = entry.get("left") or entry["digest"]
        if format.hashed(entry["salt"] + entry["told"]) != digest:
            self._fault(f"No. {number} was changed after it was published.")
        elif _number_in(entry["told"]) != number:
            self._fault(f"No. {number} stands under another's number.")
        if entry.get("left"):
            self._left[number] = entry["left"]
        self._link = format.link(
            self._link, number, entry["kind"], entry["incident"], entry["digest"]
        )
        if entry["link"] != self._link:
            self._fault(f"The chain breaks at no. {number}.")
            self._link = entry["link"]  # what follows is told for itself
        if self._known and number == self._known.number and self._known.link != self._link:
            self._fault(f"No. {number} is linked otherwise than you knew it: the past was changed.")

    def end(self, told: Mapping[str, Any]) -> None:
        """What only the whole can tell."""
        if self._number < told["number"]:
            self._fault(f"The log ends at no. {self._number}, and its head names {told['number']}.")
        elif self._link != told["link"]:
            self._fault("The chain ends otherwise than its head says.")
        if format.redactions_digest(self._left) != told["redactions"]:
            self._fault("What was taken out is not what the head vouches for.")
        if self._known and self._known.number > told["number"]:
            self._fault(f"You knew of no. {self._known.number}, and the log ends before it.")
        self._verdict.redacted = len(self._left)

    def _fault(self, text: str) -> None:
        self._verdict.faults.append(text)


def _number_in(told: str) -> object:
    """The number that an entry's text gives itself; None where it is no text of ours."""
    try:
        match json.loads(told):
            case [_id, number, *_others]:
                return number
    except (ValueError, RecursionError):
        pass  # as if it gave none
    return None


def _check_signature(told: Mapping[str, Any], verdict: Verdict, key: str) -> None:
    if key and key != told["key"]:
        verdict.faults.append("It is signed by another key than the one that you know.")
    text = format.signed_text(told["audience"], told["number"], told["link"], told["redactions"])
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(told["key"], validate=True))
        public.verify(base64.b64decode(told["signature"], validate=True), text)
    except (InvalidSignature, ValueError, binascii.Error):
        verdict.faults.append("Its head is not signed by the key that it names.")


_HEAD = {"audience": str, "number": int, "link": str, "redactions": str, "key": str}
_ENTRY = {"number": int, "kind": str, "incident": str, "digest": str, "link": str, "salt": str}


def _head(read: Read) -> dict[str, Any]:
    content = read(format.HEAD)
    if content is None:
        raise CannotCheck(f"There is no public log there: {format.HEAD} is missing.")
    told = _parsed(content, format.HEAD)
    if told.get("format") != format.FORMAT or told.get("entries_per_file") != format.PER_FILE:
        raise CannotCheck(f"{format.HEAD} is no head that this version reads.")
    return _held(told, _HEAD | {"signature": str}, format.HEAD)


def _lines(read: Read, file: int) -> Iterator[dict[str, Any]]:
    path = format.path_of(file)
    content = read(path)
    if content is None:
        raise CannotCheck(f"{path} is missing.")
    for line in content.splitlines():
        told = _parsed(line, path)
        left = {"left": str} if "left" in told else {}
        yield _held(told, _ENTRY | {"told": str} | left, path)


def _parsed(content: bytes, path: str) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise CannotCheck(f"{path} cannot be read as JSON.") from fault
    if not isinstance(told, dict):
        raise CannotCheck(f"{path} holds something else than an object.")
    return told


def _held(told: dict[str, Any], shape: Mapping[str, type], path: str) -> dict[str, Any]:
    for name, kind in shape.items():
        value = told.get(name)
        if type(value) is not kind:
            raise CannotCheck(f"{path}: {name!r} is missing, or no {kind.__name__}.")
        if isinstance(value, str) and not _is_text(value):
            raise CannotCheck(f"{path}: {name!r} holds half a character, which has no bytes.")
    return told


def _is_text(value: str) -> bool:
    """Whether it can be hashed at all: JSON may name one half of a pair (\\ud800) alone."""
    return not any("\ud800" <= char <= "\udfff" for char in value)
