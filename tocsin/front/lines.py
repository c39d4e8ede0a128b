"""Connections to Django, kept open from one call to the next; each carries one call at a time.

HTTP itself is h11's to write and to read. Which connection, how long, and when it is
closed is decided here.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import h11

from tocsin.front.errors import BrokenOff, TooSlow, Unreachable

KEPT = 32  # connections, open for the next call
KEPT_FOR = 15.0  # seconds; Django keeps them longer, so that it closes none under a request
READ_AT_ONCE = 64 * 1024
LONGEST_HEAD = 64 * 1024


class _Incoming(asyncio.StreamReader):
    """What comes in; of ``unread`` bytes nobody has taken notice yet."""

    unread = 0

    def feed_data(self, data: Any) -> None:
        self.unread += len(data)
        super().feed_data(data)

    async def read(self, n: int = -1) -> bytes:
        taken = await super().read(n)
        self.unread -= len(taken)
        return taken

    def is_quiet(self) -> bool:
        """Whether nothing waits to be read, not even that the other end has closed or broken it."""
        return not self.unread and not self.at_eof() and self.exception() is None


class Line:
    """One connection, and the call that is under way on it."""

    def __init__(self, reader: _Incoming, writer: asyncio.StreamWriter, *, seconds: float) -> None:
        self._reader, self._writer, self._seconds = reader, writer, seconds
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        self._rests_since = 0.0

    async def ask(self, request: h11.Request, body: bytes) -> h11.Response:
        """Send a whole request; returns the head of its answer. Raises LineFailed."""
        sent = [self._http.send(request)]
        if body:
            sent.append(self._http.send(h11.Data(data=body)))
        sent.append(self._http.send(h11.EndOfMessage()))
        await self._send(b"".join(part for part in sent if part))
        while not isinstance(event := await self._next(), h11.Response):
            pass  # "100 Continue", which nobody asked for
        return event

    async def chunks(self) -> AsyncIterator[bytes]:
        """The answer's body as it comes. Raises LineFailed."""
        while isinstance(event := await self._next(), h11.Data):
            yield bytes(event.data)

    def may_rest(self) -> bool:
        """Whether the call has ended so that another may follow; then the line is made ready."""
        ended = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        if not ended or self._http.trailing_data[0] or not self._reader.is_quiet():
            return False
        self._http.start_next_cycle()
        self._rests_since = time.monotonic()
        return True

    def is_stale(self) -> bool:
        """Whether it was closed at the other end, said more, or has rested for too long."""
        return not self._reader.is_quiet() or time.monotonic() - self._rests_since > KEPT_FOR

    def close(self) -> None:
        """Close it now; what was not sent yet never is, or who reads nothing would keep it."""
        self._writer.transport.abort()

    async def _send(self, said: bytes) -> None:
        self._writer.write(said)
        try:
            async with asyncio.timeout(self._seconds):
                await self._writer.drain()
        except TimeoutError as error:
            raise TooSlow from error
        except OSError:
            return  # it may have answered before it closed: what it said is read next

    async def _next(self) -> object:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._received())
        except h11.RemoteProtocolError as error:
            raise BrokenOff from error
        if isinstance(event, h11.ConnectionClosed):
            raise BrokenOff
        return event

    async def _received(self) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._reader.read(READ_AT_ONCE)
        except TimeoutError as error:
            raise TooSlow from error
        except OSError as error:
            raise BrokenOff from error


class Lines:
    """Lines to one address: a rested one where there is one, else one that is opened."""

    def __init__(self, url: str, *, connect_seconds: float, read_seconds: float) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname or "", place.port or 80
        self._connect_seconds, self._read_seconds = connect_seconds, read_seconds
        self._kept: deque[Line] = deque()

    @asynccontextmanager
    async def line(self, *, opened: bool = False) -> AsyncIterator[Line]:
        """A line for the length of a call; one that is ``opened`` for it cannot be stale."""
        self._part_with_the_stale()
        line = self._kept.pop() if self._kept and not opened else await self._open()
        try:
            yield line
        finally:
            if len(self._kept) < KEPT and line.may_rest():
                self._kept.append(line)
            else:
                line.close()

    def close(self) -> None:
        while self._kept:
            self._kept.pop().close()

    def _part_with_the_stale(self) -> None:
        """Those that rested longest are first; one that Django has closed may be the last."""
        while self._kept and self._kept[0].is_stale():
            self._kept.popleft().close()
        while self._kept and self._kept[-1].is_stale():
            self._kept.pop().close()

    async def _open(self) -> Line:
        loop = asyncio.get_running_loop()
        incoming = _Incoming(limit=READ_AT_ONCE, loop=loop)
        protocol = asyncio.StreamReaderProtocol(incoming, loop=loop)
        try:
            async with asyncio.timeout(self._connect_seconds):
                transport, _ = await loop.create_connection(
                    lambda: protocol, self._host, self._port
                )
        except (OSError, TimeoutError) as error:
            raise Unreachable from error
        writer = asyncio.StreamWriter(transport, protocol, incoming, loop)
        return Line(incoming, writer, seconds=self._read_seconds)
