"""A passkey in software: what a browser and its authenticator answer, for tests without either."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

Credential = dict[str, Any]
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Passkey:
    """One key pair at one origin. ``is_verified``: it saw a finger, a face or a PIN.

    ``count`` is what it shows when it is used next; most count nothing and show 0.
    """

    def __init__(self, origin: str, *, is_verified: bool = True, count: int = 0) -> None:
        self.origin = origin
        self.count = count
        self.is_verified = is_verified
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.user = b""

    def made(self, options: dict[str, Any]) -> Credential:
        """What the browser answers when a passkey is made."""
        told = options["publicKey"]
        self.user = websafe_decode(told["user"]["id"])
        public = cbor.encode(ES256.from_cryptography_key(self.key.public_key()))  # type: ignore[no-untyped-call]
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        seen = self._seen(told["rp"]["id"], ATTESTED) + attested
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": seen})
        return self._told(
            clientDataJSON=self._client("webauthn.create", told), attestationObject=statement
        )

    def shown(self, options: dict[str, Any]) -> Credential:
        """What the browser answers when it is shown."""
        told = options["publicKey"]
        client = self._client("webauthn.get", told)
        seen = self._seen(told["rpId"])
        signed = self.key.sign(seen + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._told(
            clientDataJSON=client,
            authenticatorData=seen,
            signature=signed,
            userHandle=self.user,
        )

    def _client(self, kind: str, told: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": told["challenge"], "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False}).encode()

    def _seen(self, rp: str, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.is_verified else 0)
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _told(self, **response: bytes) -> Credential:
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": {name: websafe_encode(value) for name, value in response.items()},
            "clientExtensionResults": {},
        }
