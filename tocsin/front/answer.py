"""The bytes that answer one path, in every coding, with their headers ready to be sent."""

import gzip
import hashlib
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import brotli

from tocsin.front.negotiation import codings, tags
from tocsin.front.rsgi import Exchange, Header, Scope

SMALLEST_TO_COMPRESS = 256  # bytes; below, the headers outweigh what is saved
SUFFIXES = {".gz": "gzip", ".br": "br"}
_SUFFIX_OF_TAG = {"identity": "", "gzip": "-gz", "br": "-br"}
_NOT_IN_304 = {"content-type", "access-control-expose-headers", "content-encoding"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One path's bytes: ``codings`` maps a coding to (headers, body); a digest names them."""

    digest: str
    headers: tuple[Header, ...]
    codings: Mapping[str, tuple[list[Header], bytes]]
    unchanged: Mapping[str, list[Header]]  # entity tag → the headers of its 304

    def send(self, scope: Scope, exchange: Exchange, status: int = 200) -> None:
        """Answer a GET or HEAD: the best coding, or 304 to whom has any coding of these bytes."""
        known = scope.headers.get("if-none-match")
        if known is not None and status == 200:
            unchanged = self._unchanged(known)
            if unchanged is not None:
                exchange.response_empty(304, unchanged)
                return
        headers, body = self._best(scope.headers.get("accept-encoding"))
        exchange.response_bytes(status, headers, body)

    def _unchanged(self, known: str) -> list[Header] | None:
        exact = self.unchanged.get(known)
        if exact is not None:
            return exact
        for tag in tags(known):
            if tag == "*":
                return next(iter(self.unchanged.values()))
            if tag in self.unchanged:
                return self.unchanged[tag]
        return None

    def _best(self, accept_encoding: str | None) -> tuple[list[Header], bytes]:
        for coding in codings(accept_encoding):
            if coding in self.codings:
                return self.codings[coding]
        return self.codings["identity"]

    @property
    def size(self) -> int:
        """Bytes held in memory, every coding counted."""
        return sum(len(body) for _, body in self.codings.values())

    @property
    def body(self) -> bytes:
        return self.codings["identity"][1]

    @property
    def may_shrink(self) -> bool:
        """Whether gzip is still to be tried."""
        lacks = "gzip" not in self.codings
        return lacks and _is_worth_it(dict(self.headers)["content-type"], self.body)


def answer(
    body: bytes, *, headers: list[Header], packed: Mapping[str, bytes] | None = None
) -> Answer:
    """Make ready the answer with ``body``; ``packed`` holds its other codings, as found.

    A coding that doesn't unpack to these very bytes (left over from an older file) is dropped.
    """
    digest = urlsafe_b64encode(hashlib.blake2b(body, digest_size=12).digest()).decode()
    found = (packed or {}).items()
    whole = {coding: twin for coding, twin in found if _unpacks(coding, twin, body)}
    return _ready(digest, tuple(headers), {"identity": body, **whole})


def with_gzip(plain: Answer) -> Answer:
    """The same answer with gzip beside it, where that is worth it."""
    return _with(plain, {"gzip": _gzip(plain.body)}) if plain.may_shrink else plain


def with_every_coding(plain: Answer) -> Answer:
    """The same answer in every coding, what it lacks packed as well as a few milliseconds allow.

    For what no reader is to be sent in plain, not even the first after a swap. The smallest window
    that holds most pages: a larger one takes ten times as long and saves next to nothing.
    """
    if not _is_worth_it(dict(plain.headers)["content-type"], plain.body):
        return plain
    lacking = {
        coding: pack(plain.body) for coding, pack in _QUICKLY.items() if coding not in plain.codings
    }
    return _with(plain, lacking)


def filled(made: Answer, former: Answer) -> Answer:
    """``made``, with the codings that only ``former`` had: for two answers of the same bytes."""
    lacking = {
        coding: body for coding, (_, body) in former.codings.items() if coding not in made.codings
    }
    whole = _with(made, lacking)
    return former if whole == former else whole


def _with(plain: Answer, packed: Mapping[str, bytes]) -> Answer:
    if not packed:
        return plain
    bodies = {coding: body for coding, (_, body) in plain.codings.items()}
    return _ready(plain.digest, plain.headers, {**bodies, **packed})


def _ready(digest: str, headers: tuple[Header, ...], bodies: Mapping[str, bytes]) -> Answer:
    tagged = {coding: f'"{digest}{_SUFFIX_OF_TAG[coding]}"' for coding in _SUFFIX_OF_TAG}
    kept = [header for header in headers if header[0] not in _NOT_IN_304]
    ready = {
        coding: ([*headers, ("etag", tagged[coding]), *_encoded(coding)], body)
        for coding, body in bodies.items()
    }
    # Every coding's tag is known, present or not: who holds any of them holds these bytes.
    unchanged = {tag: [*kept, ("etag", tag)] for tag in tagged.values()}
    return Answer(digest=digest, headers=headers, codings=ready, unchanged=unchanged)


def _encoded(coding: str) -> list[Header]:
    return [] if coding == "identity" else [("content-encoding", coding)]


def _is_worth_it(content_type: str, body: bytes) -> bool:
    return len(body) >= SMALLEST_TO_COMPRESS and "charset" in content_type


def _unpacks(coding: str, packed: bytes, body: bytes) -> bool:
    try:
        return _UNPACK[coding](packed) == body
    except (OSError, EOFError, zlib.error, brotli.error):
        return False


def _gzip(body: bytes) -> bytes:
    # In small blocks, for a page is a sheet, words and bars, each with letters of its own.
    # There is no date in it: the same bytes give the same packed bytes on every host.
    packing = zlib.compressobj(level=9, wbits=31, memLevel=4)
    return packing.compress(body) + packing.flush()


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, quality=9, lgwin=16))


_QUICKLY: Mapping[str, Callable[[bytes], bytes]] = {"gzip": _gzip, "br": _brotli}
_UNPACK: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
}
