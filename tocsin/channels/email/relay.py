"""Where mail is handed over, read from ``TOCSIN_SMTP_URL``."""

import ipaddress
import socket
import ssl
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

Tls = Literal["implicit", "required", "offered", "off"]
KNOWN = {"tls", "ca", "connections", "timeout"}


class BadRelay(ValueError):
    """TOCSIN_SMTP_URL cannot be used; the message says why, and never shows the password."""


@dataclass(frozen=True, slots=True)
class Relay:
    """One relay; ``timeout`` is in seconds, for each answer that is waited for."""

    host: str
    port: int
    user: str
    password: str
    tls: Tls
    ca: str | None
    connections: int
    timeout: float

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def may_sign_in_in_clear(self) -> bool:
        return self.is_loopback and self.tls in ("offered", "off")

    def context(self) -> ssl.SSLContext:
        """Certificates are verified, except where TLS is merely taken when it is offered.

        That case would otherwise fall back to no encryption at all, which is no safer.
        """
        context = ssl.create_default_context(cafile=self.ca)
        if self.tls == "offered":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def relay_of(url: str) -> Relay:
    """Read ``smtp://user:password@host:port?tls=required`` (or ``smtps://``); raises BadRelay."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadRelay("TOCSIN_SMTP_URL looks like smtp://user:password@mail.example.com:587.")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := sorted(set(query) - KNOWN):
        raise BadRelay(f"TOCSIN_SMTP_URL has an unknown option: {unknown[0]}.")
    user = unquote(parts.username or "")
    relay = Relay(
        host=parts.hostname,
        port=_port(parts),
        user=user,
        password=unquote(parts.password or ""),
        tls="implicit" if parts.scheme == "smtps" else _tls(query.get("tls", "")),
        ca=query.get("ca"),
        connections=int(_number(query, "connections", 8, least=1, most=50)),
        timeout=_number(query, "timeout", 30, least=0.1, most=600),
    )
    return _without_clear_passwords(relay)


def _without_clear_passwords(relay: Relay) -> Relay:
    """With a password for another machine, TLS is required, whatever else was said."""
    if not relay.user or relay.is_loopback or relay.tls == "implicit":
        return relay
    if relay.tls == "off":
        raise BadRelay("TOCSIN_SMTP_URL holds a password, so tls cannot be off.")
    return replace(relay, tls="required")


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or (465 if parts.scheme == "smtps" else 25)
    except ValueError as error:
        raise BadRelay("The port in TOCSIN_SMTP_URL is not a number up to 65535.") from error


def _tls(said: str) -> Tls:
    match said:
        case "":
            return "offered"
        case "required":
            return "required"
        case "off":
            return "off"
    raise BadRelay("tls in TOCSIN_SMTP_URL is required, off, or left away.")


def _number(
    query: dict[str, str], name: str, default: float, *, least: float, most: float
) -> float:
    try:
        value = float(query.get(name, default))
    except ValueError as error:
        raise BadRelay(f"{name} in TOCSIN_SMTP_URL is not a number.") from error
    if not least <= value <= most:
        raise BadRelay(f"{name} in TOCSIN_SMTP_URL is between {least:g} and {most:g}.")
    return value


def own_name(local_address: str) -> str:
    """What we call ourselves in EHLO: the host's full name, else the address literal."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    kind = "IPv6:" if ":" in local_address else ""
    return f"[{kind}{local_address}]"
