"""Names for things, and times as they are written down."""

import secrets
from datetime import UTC, datetime

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
ID_LENGTH = 12


def new_id() -> str:
    """Return 12 random characters of ``[a-z0-9]``: 62 bits, so that no id can be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def rfc3339(at: datetime) -> str:
    """Write a time as ``2026-11-23T09:12:00.000Z`` (RFC 3339, three digits, UTC)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
