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


@dataclass(eq=False, slots=True)
class _Listener:
    stream: Stream
    site: Site
    heard: Live | None = field(default=None)


class Events:
    """The open streams of every page: at most ``limit``, each for at most ``seconds``.

    Sending never waits (the server keeps what a slow reader hasn't read), so the bounds are the
    number of streams and how long each may last; a browser comes back by itself.
    """

    def __init__(self, *, limit: int, seconds: float, keepalive: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._keepalive = keepalive
        self._listeners: set[_Listener] = set()

    def __len__(self) -> int:
        return len(self._listeners)

    async def follow(self, exchange: Exchange, site: Site) -> None:
        """Stream a page's publications until its reader leaves; raises Refused when full."""
        if len(self._listeners) >= self._limit:
            raise Refused(503)
        listener = _Listener(exchange.response_stream(200, HEADERS), site)
        self._listeners.add(listener)
        try:
            await listener.stream.send_bytes(_RECONNECT)
            await self._tell(listener)
            async with asyncio.timeout(self._seconds):
                await exchange.client_disconnect()
        except (TimeoutError, asyncio.CancelledError, ProtocolClosed, ProtocolError):
            return  # its time is over, the server stops, or the reader has left
        finally:
            self._listeners.discard(listener)

    async def announce(self, site: Site) -> None:
        """Tell everyone who follows this page what is live now."""
        for listener in [one for one in self._listeners if one.site is site]:
            await self._tell(listener)

    async def keep_alive(self) -> None:
        """Send a comment now and then for ever, so that proxies keep quiet streams open."""
        while True:
            await asyncio.sleep(self._keepalive)
            for listener in list(self._listeners):
                await self._send(listener, _STILL_HERE)

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
