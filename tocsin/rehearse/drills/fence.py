"""No call leaves this machine: raised before anything else is done, and never taken down again.

Held by an audit hook, which Python asks before each connection and each look for a name, whoever
makes it. uvloop makes its own past Python, so that its loops are those of asyncio here. It can be
drawn closer, to some ports of this machine. Knows nothing of Django.
"""

import asyncio
import ipaddress
import socket
import sys
from collections.abc import Collection
from typing import Any

CALLING = ("socket.connect", "socket.sendto", "socket.sendmsg")
OUTWARD = (*CALLING, "socket.bind")
NAMING = (
    *("socket.getaddrinfo", "socket.getnameinfo"),
    *("socket.gethostbyname", "socket.gethostbyaddr"),
)


class BeyondTheFence(OSError):
    """A drill tried to reach somebody."""


_is_up = False
_ports: frozenset[int] | None = None  # None: any


def put_up() -> None:
    """Refuse from now on every address but those of the loopback interface."""
    global _is_up
    if _is_up:
        return
    _is_up = True
    import uvloop

    uvloop.new_event_loop = asyncio.new_event_loop  # type: ignore[assignment]
    sys.addaudithook(_ask)


def draw_closer(ports: Collection[int]) -> None:
    """Refuse from now on every port of this machine but these; never more of them later."""
    global _ports
    _ports = frozenset(ports) if _ports is None else _ports & frozenset(ports)


def _ask(event: str, told: tuple[Any, ...]) -> None:
    if event in OUTWARD:
        where, address = told
        if address is None:  # sent on a connection, which was asked about when it was made
            return
        if where.family not in (socket.AF_INET, socket.AF_INET6):
            return
        if not _is_here(address[0]):
            raise BeyondTheFence(f"A drill reaches nobody: {event} to another machine.")
        if event in CALLING and _ports is not None and address[1] not in _ports:
            raise BeyondTheFence(f"A drill reaches nobody: {event} to what else is here.")
    elif event in NAMING and told[0] is not None and not _is_here(_host(told[0])):
        raise BeyondTheFence(f"A drill reaches nobody: {event} for another machine.")


def _host(told: Any) -> Any:
    """A host, of which an address is asked for, or of an address, for which a name is."""
    return told[0] if isinstance(told, tuple) else told


def _is_here(host: Any) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name in ("", "localhost"):
        return name == "localhost"
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
