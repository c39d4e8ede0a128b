"""How a note is linked to those before it. Pure: whoever has only a copy checks it by this."""

import hashlib
import json
from collections.abc import Sequence

# What is linked of a note, in this order.
LINKED = (
    *("id", "at", "actor_kind", "actor_id", "actor_name", "verb"),
    *("subject_kind", "subject_id", "page_id", "detail"),
)


def link(previous: str, told: Sequence[object]) -> str:
    """The digest of a note in its place: of the digest before it, and of what it says."""
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((previous + "\n" + canonical).encode()).hexdigest()
