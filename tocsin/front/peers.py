"""Who is at the other end, and what of the request's headers Django may see. Pure."""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin.front.configuration import Network
from tocsin.front.errors import Refused
from tocsin.front.rsgi import Header, Scope

HOP_BY_HOP = frozenset(
    {
        "connection",
        "expect",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# Ours to say, never the client's; "proxy" would become HTTP_PROXY for a program below.
OURS_TO_SAY = frozenset(
    {"client-ip", "content-length", "forwarded", "host", "proxy", "true-client-ip", "via"}
    | {"x-client-ip", "x-cluster-client-ip", "x-real-ip", "x-original-url", "x-rewrite-url"}
)
_OURS_PREFIX = "x-forwarded"
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Peer:
    """The reader's address, scheme and the Host asked for, as far as they can be believed."""

    address: str
    scheme: str
    host: str


def peer_of(scope: Scope, *, trusted: Sequence[Network]) -> Peer:
    """Who asks; only a trusted proxy's word is taken for somebody else. Raises Refused (400)."""
    near = _address(scope.client.rpartition(":")[0])
    if near is None or not _is_trusted(near, trusted):
        return Peer(str(near or "unknown"), scope.scheme, _host(scope))
    forwarded = ",".join(scope.headers.get_all("x-forwarded-for")).split(",")
    scheme = (scope.headers.get("x-forwarded-proto") or "").strip().lower()
    return Peer(
        address=str(_farthest_known(near, forwarded, trusted)),
        scheme=scheme if scheme in ("http", "https") else scope.scheme,
        host=_host(scope),
    )


def headers_in(received: Iterable[Header], *, peer: Peer) -> list[Header]:
    """The request headers that Django sees: end-to-end ones, and our own word on who asks."""
    items = list(received)
    dropped = HOP_BY_HOP | OURS_TO_SAY | _named_by_connection(items)
    kept = [
        (name, value)
        for name, value in items
        # WSGI makes "x_forwarded_for" and "x-forwarded-for" one: no underscores come through.
        if name not in dropped and "_" not in name and not name.startswith(_OURS_PREFIX)
    ]
    return [
        ("host", peer.host),
        *kept,
        ("x-forwarded-for", peer.address),
        ("x-forwarded-proto", peer.scheme),
        ("x-forwarded-host", peer.host),
    ]


def headers_out(received: Iterable[tuple[bytes, bytes]]) -> list[Header]:
    """The response headers that the client sees: end-to-end ones, repeated ones kept apart."""
    items = [
        (name.decode("ascii").lower(), value.decode("ascii"))
        for name, value in received
        if name.isascii() and value.isascii()
    ]
    dropped = HOP_BY_HOP | _named_by_connection(items) | {"content-length", "server", "date"}
    return [(name, value) for name, value in items if name not in dropped]


def _named_by_connection(items: Iterable[Header]) -> set[str]:
    named = ",".join(value for name, value in items if name == "connection")
    return {part.strip().lower() for part in named.split(",") if part.strip()}


def _host(scope: Scope) -> str:
    hosts = scope.headers.get_all("host")
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        raise Refused(400)
    # An absolute request target names its host too; two different ones are a trick.
    if scope.authority not in (None, hosts[0]):
        raise Refused(400)
    return hosts[0]


def _farthest_known(near: Address, forwarded: Sequence[str], trusted: Sequence[Network]) -> Address:
    """Walk from us outwards while the proxies are trusted; the first who isn't is the reader."""
    known = near
    for said in reversed(forwarded):
        address = _address(said)
        if address is None:
            return known
        known = address
        if not _is_trusted(address, trusted):
            return known
    return known


def _address(said: str) -> Address | None:
    try:
        address = ipaddress.ip_address(said.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
