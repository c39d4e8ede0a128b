"""An OpenID provider on loopback: discovery, a walk with PKCE, signed tokens, and their faults.

It holds its side of the protocol (a code once, by the client's secret, for the verifier whose hash
was sent), so that what we send is checked too. ``wrong`` changes what it says.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "tocsin", "a secret between two"
Claims = dict[str, Any]


@cache
def a_key(whose: str) -> RSAKey:
    """A key pair, made once for all tests."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


class Provider:
    """``claims`` are what it says of whoever comes; ``wrong`` may change those of one token."""

    def __init__(self) -> None:
        self.claims: Claims = {"sub": "olu-1", "email": "olu@linden.example", "name": "Olu"}
        self.claims["email_verified"] = True
        self.userinfo: Claims | None = None
        self.wrong: Callable[[Claims], None] = lambda claims: None
        self.key = self.signs_with = a_key("its own")
        self.said: Claims = {}  # added to what it says of itself
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.issuer = ""

    def metadata(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            **self.said,
        }

    def authorized(self, address: str) -> str:
        """Somebody says yes at ``address``; answers the address to which they are sent back."""
        told = {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
        assert told["response_type"] == "code"
        assert told["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = told
        return f"{told['redirect_uri']}?{urlencode({'code': code, 'state': told['state']})}"

    def token(self, told: dict[str, str], authorization: str) -> tuple[int, Claims]:
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        begun = self.codes.pop(told.get("code", ""), None)
        if authorization != f"Basic {expected}" or begun is None:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(told["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (challenge, told["redirect_uri"]) != (begun["code_challenge"], begun["redirect_uri"]):
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "an access token",
            "token_type": "Bearer",
            "id_token": self.signed(begun["nonce"]),
        }

    def claimed(self, nonce: str) -> Claims:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims |= self.claims
        self.wrong(claims)
        return claims

    def signed(self, nonce: str) -> str:
        header = {"alg": "RS256", "kid": "one"}
        return jwt.encode(header, self.claimed(nonce), self.signs_with)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        provider, path = self.provider, urlsplit(self.path).path
        provider.asked.append(path)
        answers: dict[str, Callable[[], Any]] = {
            "/.well-known/openid-configuration": provider.metadata,
            "/keys": lambda: {"keys": [provider.key.as_dict(private=False)]},
            "/userinfo": lambda: provider.userinfo or provider.claims,
        }
        if path == "/authorize":
            self.send_response(302)
            self.send_header("Location", provider.authorized(self.path))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._answer(200, answers[path]())

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        told = {name: value for name, (value,) in parse_qs(body).items()}
        self._answer(*self.provider.token(told, self.headers.get("Authorization", "")))

    def _answer(self, status: int, told: Any) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def a_provider() -> Iterator[Provider]:
    """A provider that answers until the end of the block."""
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def sealed_with_the_public_key(provider: Provider, nonce: str) -> str:
    """A token whose shared secret is the key that everybody may read, as forgers try."""
    header, claims = ({"alg": "HS256", "kid": "one"}, provider.claimed(nonce))
    told = f"{part(header)}.{part(claims)}"
    public = provider.key.as_pem(private=False)
    seal = hmac.digest(public, told.encode(), hashlib.sha256)
    return f"{told}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


def part(told: Claims) -> str:
    """One part of a token, as it is written."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
