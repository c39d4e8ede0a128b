"""Passing a request on to Django: whole, re-framed and bounded; its answer streamed back.

A request's body is read to its end (or refused) before Django hears of it, so that a slow client
never holds one of Django's few threads and a broken-off body is never taken for a whole one.
"""

import logging
from dataclasses import dataclass

import h11

from tocsin.front.bodies import Bodies
from tocsin.front.configuration import Configuration
from tocsin.front.errors import BrokenOff, LineFailed, Refused, TooSlow
from tocsin.front.lines import Line, Lines
from tocsin.front.paths import target_of
from tocsin.front.peers import Peer, headers_in, headers_out, peer_of
from tocsin.front.rsgi import Exchange, Header, ProtocolClosed, Scope, Stream

log = logging.getLogger("tocsin.front")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
HOOKS = "/hooks/"  # a group of thousands of alerts is one body, and a refused one is lost
BUFFERED = 256 * 1024  # bytes; a longer answer is streamed


@dataclass(frozen=True, slots=True)
class _Request:
    """What Django is asked, ready to be sent."""

    method: str
    head: h11.Request
    body: bytes


class Forwarder:
    """The way to Django, over a few kept connections to ``web_url``."""

    def __init__(self, told: Configuration) -> None:
        self._told = told
        self._under_way = 0
        self._bodies = Bodies(
            each=told.body_bytes,
            at_once=told.forwards * told.body_bytes,
            seconds=told.body_seconds,
        )
        self._lines = Lines(
            told.web_url, connect_seconds=told.connect_seconds, read_seconds=told.read_seconds
        )

    async def forward(self, scope: Scope, exchange: Exchange) -> None:
        """Answer with Django's answer; raises Refused when there is none to be had."""
        if scope.method not in METHODS:
            raise Refused(405)
        peer = peer_of(scope, trusted=self._told.trusted_proxies)
        each = self._told.hook_bytes if scope.path.startswith(HOOKS) else self._told.body_bytes
        async with self._bodies.read(scope, exchange, each=each) as body:
            if self._under_way >= self._told.forwards:
                raise Refused(503)
            self._under_way += 1
            try:
                await self._exchange(_request(scope, peer, body), exchange)
            finally:
                self._under_way -= 1

    async def _exchange(self, asked: _Request, exchange: Exchange) -> None:
        """Ask; and once more, over a new line, where the kept one was just being closed."""
        try:
            if await self._answered(asked, exchange, again=False):
                return
            await self._answered(asked, exchange, again=True)
        except TooSlow as error:
            raise Refused(504) from error
        except LineFailed as error:
            raise Refused(503) from error

    async def _answered(self, asked: _Request, exchange: Exchange, *, again: bool) -> bool:
        """Whether there was an answer; where none came, a repeatable request may be sent again."""
        async with self._lines.line(opened=again) as line:
            try:
                response = await line.ask(asked.head, asked.body)
            except BrokenOff as error:
                if again:
                    raise
                if asked.method not in REPEATABLE:
                    raise Refused(502) from error
                return False
            await _pass_back(response, line, exchange, is_head=asked.method == "HEAD")
            return True


def _request(scope: Scope, peer: Peer, body: bytes) -> _Request:
    headers = headers_in(scope.headers.items(), peer=peer)
    if body or scope.method not in REPEATABLE:
        headers.append(("content-length", str(len(body))))
    target = target_of(scope.path, scope.query_string)
    try:
        head = h11.Request(method=scope.method, target=target, headers=headers)
    except (h11.LocalProtocolError, UnicodeEncodeError) as error:
        raise Refused(400) from error
    return _Request(scope.method, head, body)


async def _pass_back(
    response: h11.Response, line: Line, exchange: Exchange, *, is_head: bool
) -> None:
    headers, length = headers_out(response.headers), _length(response)
    if is_head or response.status_code in (204, 304):
        await _whole(line)
        exchange.response_empty(response.status_code, headers + _framed(length))
    elif length is not None and length <= BUFFERED:
        exchange.response_bytes(response.status_code, headers, await _whole(line))
    else:
        stream = exchange.response_stream(response.status_code, headers + _framed(length))
        await _stream(line, stream)


async def _whole(line: Line) -> bytes:
    try:
        return b"".join([chunk async for chunk in line.chunks()])
    except LineFailed as error:
        raise Refused(502) from error


async def _stream(line: Line, stream: Stream) -> None:
    try:
        async for chunk in line.chunks():
            await stream.send_bytes(chunk)
    except LineFailed as error:
        # Too late for words. Where the length was said, the client sees that some is missing.
        log.warning("An answer of Django's broke off: %r.", error)
    except ProtocolClosed:
        return  # the reader has left


def _length(response: h11.Response) -> int | None:
    said = dict(response.headers).get(b"content-length", b"")
    return int(said) if said.isdigit() else None


def _framed(length: int | None) -> list[Header]:
    return [] if length is None else [("content-length", str(length))]
