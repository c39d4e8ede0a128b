"""Calls to other people's machines: each call by itself, none of them into our own network.

Every address that a name resolves to is judged when the call is made, and the connection goes to
one of those judged: there is no second look-up in between that could answer otherwise. TLS is
verified for the name. A redirect is an answer like others, and is never followed.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpcore
import uvloop

from tocsin.channels import targets
from tocsin.channels.message import ChannelError

PATIENCE = 15.0  # seconds for a whole call, its answer included
CONNECT_WITHIN = 5.0
MOST_READ = 8192  # octets of an answer that are looked at
T = TypeVar("T")
Resolve = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the far side answered; ``body`` is its beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unreachable(Exception):
    """There was no answer; the message says why, without the address."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


async def resolved(host: str, port: int) -> list[str]:
    """Every address of a name, as the system resolves it."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class Guarded(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that were judged, each just before it is used."""

    def __init__(self, *, may_be_private: bool, resolve: Resolve = resolved) -> None:
        self._may_be_private = may_be_private
        self._resolve = resolve
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        trouble: Exception | None = None
        for address in await self._judged(host, port):
            try:
                return await self._plain.connect_tcp(address, port, timeout=timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
        raise trouble or Unreachable("The name leads nowhere.")

    async def _judged(self, host: str, port: int) -> list[str]:
        """All addresses of a host; none of them when any leads inside."""
        try:
            found = await self._resolve(host.strip("[]"), port)
        except (OSError, UnicodeError) as error:
            raise Unreachable("The name of the host cannot be resolved.") from error
        if not self._may_be_private and not all(targets.is_public(one) for one in found):
            raise Unreachable("The name leads into a private network, which is never called.")
        return found

    async def connect_unix_socket(self, *told: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        raise Unreachable("Only machines are called.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Caller:
    """Makes calls on a thread of its own; safe to use from any thread."""

    def __init__(
        self,
        *,
        may_be_private: bool,
        resolve: Resolve = resolved,
        context: ssl.SSLContext | None = None,
        patience: float | None = None,
    ) -> None:
        self._backend = Guarded(may_be_private=may_be_private, resolve=resolve)
        self._context = context
        self._patience = PATIENCE if patience is None else patience
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def begin(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Let something run on the caller's thread."""
        with self._lock:
            if self._loop is None:
                self._loop = uvloop.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="calls", daemon=True
                )
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """End the thread; whatever is on its way is given up."""
        with self._lock:
            if self._loop is None or self._thread is None:
                return
            asyncio.run_coroutine_threadsafe(_end_all(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = self._thread = None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """One POST and the beginning of its answer. Raises Unreachable."""
        return await self._call(b"POST", url, headers, body)

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, most: int = 0
    ) -> Reply:
        """One GET and the beginning of its answer; with ``most``, all of it, of at most so many
        octets. Raises Unreachable."""
        return await self._call(b"GET", url, headers or {}, None, most=most)

    async def _call(
        self,
        method: bytes,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        most: int = 0,
    ) -> Reply:
        try:
            async with asyncio.timeout(self._patience):
                return await self._answered(method, url, headers, body, most)
        except (TimeoutError, httpcore.TimeoutException) as error:
            raise Unreachable(f"There was no answer within {self._patience:g} s.") from error
        except (ssl.SSLError, httpcore.ConnectError) as error:
            raise Unreachable(_why_not_connected(error)) from error
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unreachable("The connection broke before the answer was there.") from error

    async def _answered(
        self,
        method: bytes,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        most: int,
    ) -> Reply:
        parts = urlsplit(url)
        limits = {"connect": CONNECT_WITHIN, "read": self._patience, "write": self._patience}
        told = {"Host": parts.netloc, "User-Agent": "Tocsin", **headers}
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        # A pool for each call: a connection that is kept was judged for another call.
        async with (
            httpcore.AsyncConnectionPool(
                ssl_context=self._context, network_backend=self._backend
            ) as pool,
            pool.stream(
                method,
                httpcore.URL(
                    scheme=parts.scheme.encode(),
                    host=(parts.hostname or "").encode(),
                    port=parts.port,
                    target=target.encode(),
                ),
                headers=list(told.items()),
                content=body,
                extensions={"timeout": limits},
            ) as answer,
        ):
            return Reply(
                answer.status,
                {name.decode("latin-1").lower(): v.decode("latin-1") for name, v in answer.headers},
                await (_whole(answer, most) if most else _beginning(answer)),
            )


async def _whole(answer: httpcore.Response, most: int) -> bytes:
    """All of a body, that must not be longer than so many octets."""
    found = bytearray()
    async for part in answer.aiter_stream():
        found += part
        if len(found) > most:
            raise Unreachable(f"The answer is longer than {most} octets.", permanent=True)
    return bytes(found)


async def _beginning(answer: httpcore.Response) -> bytes:
    """The first of a body; that it breaks off later changes nothing about its status."""
    found = b""
    try:
        async for part in answer.aiter_stream():
            found += part
            if len(found) >= MOST_READ:
                break
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError):
        pass
    return found[:MOST_READ]


def _why_not_connected(error: Exception) -> str:
    told = str(error)
    if "CERTIFICATE" in told.upper():
        return "Its certificate does not hold for its name."
    if "SSL" in told.upper():
        return "TLS failed."
    return "It takes no connection."


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def unreached(error: Unreachable) -> ChannelError:
    """What having no answer means for a message: it is tried again."""
    return ChannelError(str(error), permanent=error.permanent)
