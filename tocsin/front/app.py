"""The front: which request is answered from memory, from disk, in words, or by Django."""

import asyncio
import logging
import os
from collections.abc import Coroutine
from typing import Any

from tocsin.front import bodies, events, words
from tocsin.front.answer import Answer
from tocsin.front.configuration import Configuration, configuration
from tocsin.front.errors import Refused
from tocsin.front.events import Events
from tocsin.front.forwarding import Forwarder
from tocsin.front.headers import PREFLIGHT, SIGN_UP_PREFLIGHT, is_read_by_others
from tocsin.front.paths import (
    candidates,
    is_compiled,
    is_dynamic,
    is_forwardable,
    is_read_alone,
    is_sign_up,
)
from tocsin.front.rsgi import Exchange, ProtocolClosed, Scope
from tocsin.front.sites import Site, Sites

log = logging.getLogger("tocsin.front")

_READING = ("GET", "HEAD")
_ALIVE = [("content-type", "application/json; charset=utf-8"), ("cache-control", "no-store")]


class Front:
    """An RSGI application (https://github.com/emmett-framework/granian, docs/spec/RSGI.md)."""

    def __init__(self, told: Configuration) -> None:
        self._sites = Sites(told, on_live=self._announce)
        self._events = Events(
            limit=told.streams, seconds=told.stream_seconds, keepalive=told.keepalive_seconds
        )
        self._forwarder = Forwarder(told)
        self._mark = told.watermark
        self._tasks: set[asyncio.Task[None]] = set()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._sites.begin()
        for work in (self._sites.keep_up(), self._events.keep_alive()):
            self._start(work, loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._events.end()
        for task in self._tasks:
            task.cancel()

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        if scope.method in _READING:
            site = self._sites.of(scope.headers.get("host"))
            if site is not None and site.head is not None:
                # The hot path: one look-up, and bytes that are ready.
                answer = site.head.answers.get(scope.path)
                if answer is not None:
                    answer.send(scope, exchange)
                    return
        await self._answer(scope, exchange)

    async def _answer(self, scope: Scope, exchange: Exchange) -> None:
        try:
            await self._elsewhere(scope, exchange)
        except Refused as refused:
            # A body that was not read to its end closes the connection: its client shall know.
            closes = bodies.is_announced(scope)
            self._say(exchange, refused.status, scope.path, closes=closes)
        except ProtocolClosed:
            return  # the reader left before the answer

    async def _elsewhere(self, scope: Scope, exchange: Exchange) -> None:
        path = scope.path
        if path != "/healthz" and self._sites.is_closed(scope.headers.get("host")):
            await self._forward_closed(scope, exchange)
        elif path in ("/healthz", "/events"):
            await self._own(scope, exchange)
        elif scope.method in _READING and not is_dynamic(path):
            await self._read(scope, exchange)
        elif scope.method == "OPTIONS" and is_read_by_others(path):
            exchange.response_empty(204, SIGN_UP_PREFLIGHT if is_sign_up(path) else PREFLIGHT)
        elif is_read_alone(path):
            raise Refused(405)
        elif is_forwardable(path):
            await self._forwarder.forward(scope, exchange)
        else:
            raise Refused(404)

    async def _forward_closed(self, scope: Scope, exchange: Exchange) -> None:
        """Whatever is asked of a closed page is Django's to answer: no byte of it is held here."""
        if not is_forwardable(scope.path):
            raise Refused(404)
        await self._forwarder.forward(scope, exchange)

    async def _own(self, scope: Scope, exchange: Exchange) -> None:
        if scope.method not in _READING:
            raise Refused(405)
        if scope.path == "/healthz":
            exchange.response_bytes(200, _ALIVE, b'{"status":"ok"}\n')
            return
        site = self._sites.of(scope.headers.get("host"))
        if site is None:
            self._say(exchange, 503, scope.path, words.NOT_COMPILED)
        elif scope.method == "HEAD":
            exchange.response_empty(200, events.HEADERS)
        else:
            await self._events.follow(exchange, site)

    async def _read(self, scope: Scope, exchange: Exchange) -> None:
        site = self._sites.of(scope.headers.get("host"))
        found = await _archived(site, scope) if site else None
        if found is not None:
            found.send(scope, exchange)
        elif is_compiled(scope.path) or (site and site.speaks(scope.path)):
            self._say_missing(scope, exchange, site)
        elif is_forwardable(scope.path):
            await self._forwarder.forward(scope, exchange)
        else:
            raise Refused(404)

    def _say_missing(self, scope: Scope, exchange: Exchange, site: Site | None) -> None:
        if site is None or site.head is None:
            self._say(exchange, 503, scope.path, words.NOT_COMPILED)
            return
        own = None if is_read_by_others(scope.path) else site.head.missing(scope.path)
        if own is None:
            raise Refused(404)
        own.send(scope, exchange, 404)

    def _say(
        self,
        exchange: Exchange,
        status: int,
        path: str,
        said: words.Words | None = None,
        *,
        closes: bool = False,
    ) -> None:
        words.say(exchange, status, path=path, words=said, closes=closes, mark=self._mark)

    def _announce(self, site: Site) -> None:
        self._start(self._events.announce(site), asyncio.get_running_loop())

    def _start(self, work: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> None:
        task = loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # Without its eyes the front would serve yesterday for ever: end, to be started again.
            log.critical("The front stops: %r.", error, exc_info=error)
            os._exit(1)


async def _archived(site: Site, scope: Scope) -> Answer | None:
    accept = scope.headers.get("accept") or ""
    for path in candidates(scope.path, scope.query_string, accept):
        found = await site.archive.find(path, site.html())
        if found is not None:
            return found
    return None


def application() -> Front:
    """The front as its environment tells it to be."""
    return Front(configuration(os.environ))


app = application()
