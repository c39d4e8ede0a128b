"""Lines out, replies in: the transport below an SMTP conversation."""

import asyncio
import re
from collections import deque
from functools import lru_cache
from typing import NamedTuple, cast

MOST_WAITING = 64 * 1024  # octets of an unfinished reply
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")


class ConnectionLost(Exception):
    """The far side closed, or broke the protocol."""


class Reply(NamedTuple):
    """One SMTP reply, its lines joined by a space."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    @property
    def said(self) -> str:
        return f"{self.code} {self.text}".strip()[:300]

    @property
    def enhanced(self) -> str:
        found = _ENHANCED.match(self.text)
        return found[1] if found else ""

    @property
    def is_good(self) -> bool:
        return self.code < 400


@lru_cache(maxsize=64)  # a relay says the same three lines of every mail
def _read(line: bytes) -> tuple[Reply, bool] | None:
    """A line of a reply, and whether it is its last; None if it is none."""
    code, mark = line[:3], line[3:4]
    if not (b"200" <= code <= b"599" and code.isdigit() and mark in (b" ", b"-", b"")):
        return None
    return Reply(int(code), (line[4:].decode("utf-8", "replace"),)), mark != b"-"


class Wire(asyncio.Protocol):
    """One TCP or TLS connection that speaks in replies."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._pending = b""
        self._lines: list[str] = []
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._lost: str | None = None
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        return self._lost is None and self._transport is not None

    @property
    def has_unread(self) -> bool:
        return bool(self._pending or self._lines or self._replies)

    @property
    def transport(self) -> asyncio.Transport:
        if self._transport is None or self._lost is not None:
            raise ConnectionLost(self._lost or "the connection is not open")
        return self._transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        *whole, self._pending = (self._pending + data).split(b"\n")
        for line in whole:
            self._take(line.rstrip(b"\r"))
        if len(self._pending) > MOST_WAITING or len(self._lines) > 1000:
            self._end("the relay's reply never ends")
        self._wake()

    def _take(self, line: bytes) -> None:
        read = _read(line)
        if read is None:
            self._end(f"the relay does not speak SMTP: {line[:80].decode('ascii', 'replace')!r}")
            return
        reply, is_last = read
        if is_last and not self._lines:
            self._replies.append(reply)
            return
        self._lines += reply.lines
        if is_last:
            self._replies.append(Reply(reply.code, tuple(self._lines)))
            self._lines = []

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = self._lost or (f"the connection broke: {exc}" if exc else "the relay hung up")
        self._wake()

    def _end(self, reason: str) -> None:
        self._lost = self._lost or reason
        if self._transport is not None:
            self._transport.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def write(self, data: bytes) -> None:
        """Send; raises ConnectionLost."""
        self.transport.write(data)

    async def replies(self, count: int, *, within: float) -> list[Reply]:
        """The next replies; raises ConnectionLost, also after that many seconds of silence."""
        self._deadline = asyncio.get_running_loop().time() + within
        self._watch()
        try:
            while len(self._replies) < count:
                await self._more()
        finally:
            self._deadline = None
        return [self._replies.popleft() for _ in range(count)]

    def _watch(self) -> None:
        """One timer for the whole connection: a new one for each reply costs more than the mail."""
        if self._deadline is None:
            return
        if self._timer is not None and self._timer.when() > self._deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._deadline, self._look)

    def _look(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        if self._deadline is not None and loop.time() >= self._deadline:
            self._end("no answer in time")
            self._wake()
        else:
            self._watch()

    async def reply(self, *, within: float) -> Reply:
        return (await self.replies(1, within=within))[0]

    async def _more(self) -> None:
        # A goodbye (421) that came before the end is worth more than "the relay hung up".
        if self._replies and self._replies[-1].code == 421:
            raise ConnectionLost(f"the relay closed: {self._replies[-1].said}")
        if self._lost is not None:
            raise ConnectionLost(self._lost)
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    def close(self) -> None:
        """Hang up at once."""
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()
        self._lost = self._lost or "closed by us"
