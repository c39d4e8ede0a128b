"""The hash that a publication carries. Pure: whoever has only a copy checks it by this."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(
    publication_id: str, number: int, content: Mapping[str, Any], *, salt: str, at: str
) -> str:
    """The salted SHA-256 of a publication's canonical JSON; the salt defeats guessing.

    ``at`` is when it was published, as :func:`tocsin.journal.ids.rfc3339` writes it.
    """
    told = canonical(publication_id, number, content, at=at)
    return hashlib.sha256((salt + told).encode()).hexdigest()


def canonical(publication_id: str, number: int, content: Mapping[str, Any], *, at: str) -> str:
    """What is hashed, after the salt: one list, its keys in order, without a needless space."""
    told = [publication_id, number, at, content]
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
