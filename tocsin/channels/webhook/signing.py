"""Signatures of Standard Webhooks 1.0.0 (https://www.standardwebhooks.com). Pure."""

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Sequence

PREFIX = "whsec_"
SHORTEST, LONGEST, OURS = 24, 64, 32  # octets of a secret


class BadSecret(ValueError):
    """What was given is no secret; the message says what one looks like."""


def new_secret() -> str:
    """A fresh secret, to be shown once."""
    return PREFIX + base64.b64encode(randomness.token_bytes(OURS)).decode()


def key_of(secret: str) -> bytes:
    """The octets that sign. Raises BadSecret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSecret(f"A secret is {PREFIX} and Base64 after it.") from error
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise BadSecret(f"A secret is {PREFIX} and Base64 of {SHORTEST} to {LONGEST} octets.")
    return key


def id_of(key: str) -> str:
    """The id of a message: the same at every try, and without the dot that signing parts by."""
    return f"msg_{key.replace('.', '-')}"


def headers(*, own_id: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """What proves who sent these exact octets and when: one signature for each secret in force."""
    signed = f"{own_id}.{timestamp}.".encode() + body
    signatures = [
        f"v1,{base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()}"
        for secret in secrets
    ]
    return {
        "webhook-id": own_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
