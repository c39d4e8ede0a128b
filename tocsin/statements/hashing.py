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
    told = [publication_id, number, at, content]
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((salt + canonical).encode()).hexdigest()
