"""Connecting to a page's public address: every address judged, pinned, and all by one deadline.

Imported by a look alone: what it needs takes a quarter of a second to load.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

Judge = Callable[[str], bool]


class LeadsInside(Exception):
    """The name leads to an address that the judge refuses."""


class Deadline:
    """A moment by which all is over; asking for more time than is left gives what is left."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def within(self, patience: float | None) -> float:
        """The time for one step. Raises ReadTimeout once there is none left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("it takes too long")
        return left if patience is None else min(patience, left)


class Timed(httpcore.NetworkStream):
    """A connection each of whose steps ends with the deadline, however little comes at a time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        within = self._deadline.within(timeout)
        return Timed(self._stream.start_tls(ssl_context, server_hostname, within), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Pinned(httpcore.NetworkBackend):
    """Connects only to addresses that were judged: no second look-up could answer otherwise."""

    def __init__(self, judge: Judge, deadline: Deadline) -> None:
        self._judge, self._deadline = judge, deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        trouble: Exception | None = None
        for address in self._judged(host, port):
            try:
                within = self._deadline.within(timeout)
                return Timed(self._plain.connect_tcp(address, port, within), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
        raise trouble or httpcore.ConnectError("the name leads nowhere")

    def _judged(self, host: str, port: int) -> list[str]:
        found = self._resolved(host.strip("[]"), port)
        if not all(self._judge(address) for address in found):
            raise LeadsInside(host)
        return found

    def _resolved(self, host: str, port: int) -> list[str]:
        """Every address of a name; in a thread of its own, for a resolver takes no deadline."""
        found: list[str] = []

        def look_up() -> None:
            try:
                rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError):
                return
            found.extend(dict.fromkeys(str(row[4][0]) for row in rows))

        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(self._deadline.within(None))
        return list(found)


def is_global(address: str) -> bool:
    """Whether an address is everybody's, also when it is wrapped in another kind's."""
    told = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(told, ipaddress.IPv6Address):
        inner = told.ipv4_mapped or told.sixtofour
        told = inner or told
    return told.is_global and not told.is_multicast
