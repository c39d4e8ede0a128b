"""Server-sent events: who has the page open learns at once that another publication is live."""

import asyncio
import json
from dataclasses import dataclass, field

from tocsin.front.errors import Refused
from tocsin.front.headers import SECURITY
from tocsin.front.rsgi import Exchange, Header, ProtocolClosed, ProtocolError, Stream
from tocsin.front.sites import Live, Site

HEADERS: list[Header] = [
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-accel-buffering", "no"),  # nginx would hold the events back
    *SECURITY.items(),
]
_STILL_HERE = b":\n\n"
_RECONNECT = b"retry: 3000\n\n"
_LOOKS_EVERY = 1.0  # seconds


@dataclass(eq=False, slots=True)
class _Listener:
    stream: Stream
    site: Site
    until: float  # by the loop's clock
    heard: Live | None = field(default=None)


class Events:
    """The open streams of every page: at most ``limit``, each for about ``seconds``.

    Whoever follows is a stream that is held here, and nothing else: a task for each, that waits
    for its reader to leave, weighs half as much again (``make bench ARGS=streams``). That somebody
    has left shows when next something is said; that a stream's time is over, when next all are kept
    alive. A stream that is let go of ends, and a browser comes back by itself.

    Sending never waits: the server keeps what a slow reader hasn't read, so the bounds are the
    number of streams and how long each may last.
    """

    def __init__(self, *, limit: int, seconds: float, keepalive: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._keepalive = keepalive
        self._listeners: set[_Listener] = set()
        self._looked_at = 0.0

    def __len__(self) -> int:
        return len(self._listeners)

    async def follow(self, exchange: Exchange, site: Site) -> None:
        """Open a stream of a page's publications; raises Refused when there is no room."""
        now = asyncio.get_running_loop().time()
        if len(self._listeners) >= self._limit:
            await self._make_room(now)
        stream = exchange.response_stream(200, HEADERS)
        listener = _Listener(stream, site, until=now + self._seconds)
        self._listeners.add(listener)
        await self._send(listener, _RECONNECT)
        await self._tell(listener)

    async def _make_room(self, now: float) -> None:
        """Find out who has left, at most once a second however many knock."""
        if now - self._looked_at >= _LOOKS_EVERY:
            self._looked_at = now
            await self._say_to_all(_STILL_HERE)
        if len(self._listeners) >= self._limit:
            raise Refused(503)

    async def announce(self, site: Site) -> None:
        """Tell everyone who follows this page what is live now."""
        for listener in [one for one in self._listeners if one.site is site]:
            await self._tell(listener)

    async def keep_alive(self) -> None:
        """Send a comment now and then for ever, so that proxies keep quiet streams open."""
        while True:
            await asyncio.sleep(min(self._keepalive, self._seconds))
            now = asyncio.get_running_loop().time()
            self._listeners = {one for one in self._listeners if one.until > now}
            await self._say_to_all(_STILL_HERE)

    def end(self) -> None:
        """Let go of every stream, so that the server can stop."""
        self._listeners.clear()

    async def _say_to_all(self, data: bytes) -> None:
        for listener in list(self._listeners):
            await self._send(listener, data)

    async def _tell(self, listener: _Listener) -> None:
        # Again while it moves: what a reader hears last must be what is live.
        while (live := listener.site.live) is not None and live != listener.heard:
            listener.heard = live
            await self._send(listener, _event(live))

    async def _send(self, listener: _Listener, data: bytes) -> None:
        try:
            await listener.stream.send_bytes(data)
        except (ProtocolClosed, ProtocolError):
            self._listeners.discard(listener)


def _event(live: Live) -> bytes:
    number, revision = live
    data = json.dumps({"number": number, "revision": revision}, separators=(",", ":"))
    return f"id: {number}.{revision}\nevent: publication\ndata: {data}\n\n".encode()
