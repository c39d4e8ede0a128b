"""Passing a request on to Django: whole, re-framed and bounded; its answer streamed back.

A request's body is read to its end (or refused) before Django hears of it, so that a slow client
never holds one of Django's few threads and a broken-off body is never taken for a whole one.
"""

import logging
import sys
from dataclasses import dataclass
from importlib.util import find_spec

import httpx

from tocsin.front.bodies import Bodies
from tocsin.front.configuration import Configuration
from tocsin.front.errors import Refused
from tocsin.front.paths import target_of
from tocsin.front.peers import Peer, headers_in, headers_out, peer_of
from tocsin.front.rsgi import Exchange, Header, ProtocolClosed, Scope

if find_spec("sniffio") is None:
    # httpcore looks for it several times in each call. Where it is not installed, that was a search
    # through every folder of the path each time, a quarter of all that forwarding cost.
    sys.modules["sniffio"] = None  # type: ignore[assignment]

log = logging.getLogger("tocsin.front")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
HOOKS = "/hooks/"  # a group of thousands of alerts is one body, and a refused one is lost
KEPT = 32  # connections to Django, open for the next call
BUFFERED = 256 * 1024  # bytes; a longer answer is streamed


@dataclass(frozen=True, slots=True)
class _Request:
    scope: Scope
    peer: Peer
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
        # The bare transport, not the client: no cookie jar (readers' cookies would gather in it),
        # no redirects followed, no headers of its own, no proxy taken from the environment.
        self._transport = httpx.AsyncHTTPTransport(
            trust_env=False,
            limits=httpx.Limits(
                max_connections=told.forwards, max_keepalive_connections=KEPT, keepalive_expiry=15
            ),
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
                await self._exchange(_Request(scope, peer, body), exchange)
            finally:
                self._under_way -= 1

    async def close(self) -> None:
        await self._transport.aclose()

    async def _exchange(self, asked: _Request, exchange: Exchange) -> None:
        response = await self._ask(asked)
        try:
            await _pass_back(response, asked.scope, exchange)
        finally:
            await response.aclose()

    async def _ask(self, asked: _Request) -> httpx.Response:
        try:
            return await self._transport.handle_async_request(self._request(asked))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Refused(503) from error
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
            # Most often a kept connection that Django has just closed, or its restart.
            if asked.scope.method not in REPEATABLE:
                raise Refused(502) from error
        except httpx.TransportError as error:
            raise Refused(504) from error
        return await self._ask_once_more(asked)

    async def _ask_once_more(self, asked: _Request) -> httpx.Response:
        try:
            return await self._transport.handle_async_request(self._request(asked))
        except (httpx.NetworkError, httpx.RemoteProtocolError, httpx.PoolTimeout) as error:
            raise Refused(503) from error
        except httpx.TransportError as error:
            raise Refused(504) from error

    def _request(self, asked: _Request) -> httpx.Request:
        headers = headers_in(asked.scope.headers.items(), peer=asked.peer)
        has_body = bool(asked.body) or asked.scope.method not in REPEATABLE
        framing = [("content-length", str(len(asked.body)))] if has_body else []
        timeout = httpx.Timeout(
            connect=self._told.connect_seconds,
            read=self._told.read_seconds,
            write=self._told.read_seconds,
            pool=self._told.connect_seconds,
        )
        return httpx.Request(
            asked.scope.method,
            self._told.web_url,
            headers=headers + framing,
            stream=httpx.ByteStream(asked.body),
            extensions={
                "timeout": timeout.as_dict(),
                "target": target_of(asked.scope.path, asked.scope.query_string),
            },
        )


async def _pass_back(response: httpx.Response, scope: Scope, exchange: Exchange) -> None:
    headers = headers_out(response.headers.raw)
    length = _length(response)
    if scope.method == "HEAD" or response.status_code in (204, 304):
        exchange.response_empty(response.status_code, headers + _framed(length))
    elif length is not None and length <= BUFFERED:
        body = await _whole(response)
        exchange.response_bytes(response.status_code, headers, body)
    else:
        await _stream(response, exchange, headers + _framed(length))


async def _whole(response: httpx.Response) -> bytes:
    try:
        return b"".join([chunk async for chunk in response.aiter_raw()])
    except httpx.TransportError as error:
        raise Refused(502) from error


async def _stream(response: httpx.Response, exchange: Exchange, headers: list[Header]) -> None:
    stream = exchange.response_stream(response.status_code, headers)
    try:
        async for chunk in response.aiter_raw():
            await stream.send_bytes(chunk)
    except httpx.TransportError as error:
        # Too late for words. Where the length was said, the client sees that some is missing.
        log.warning("An answer of Django's broke off: %r.", error)
    except ProtocolClosed:
        return  # the reader has left


def _length(response: httpx.Response) -> int | None:
    said = response.headers.get("content-length", "")
    return int(said) if said.isdecimal() and said.isascii() else None


def _framed(length: int | None) -> list[Header]:
    return [] if length is None else [("content-length", str(length))]
