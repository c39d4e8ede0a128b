"""Request bodies, read to their end before anything is done with them: bounded each, and all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tocsin.front.errors import Refused
from tocsin.front.rsgi import Exchange, Scope


class Bodies:
    """At most ``each`` bytes a body, ``at_once`` bytes of all that are held, ``seconds`` to come.

    Without the second bound, many clients that each send almost a whole body and then fall silent
    could fill the memory.
    """

    def __init__(self, *, each: int, at_once: int, seconds: float) -> None:
        self._each = each
        self._at_once = at_once
        self._seconds = seconds
        self._held = 0

    @asynccontextmanager
    async def read(
        self, scope: Scope, exchange: Exchange, *, each: int = 0
    ) -> AsyncIterator[bytes]:
        """Hold a request's whole body for the length of a block; ``each`` is this one's own limit.

        Raises Refused: 413 past the limit, 408 past the deadline, 400 where it breaks off, 503
        where too much is held already.
        """
        chunks: list[bytes] = []
        try:
            await self._collect(chunks, scope, exchange, each=each or self._each)
            yield b"".join(chunks)
        finally:
            self._held -= sum(map(len, chunks))

    async def _collect(
        self, chunks: list[bytes], scope: Scope, exchange: Exchange, *, each: int
    ) -> None:
        if not is_announced(scope):
            return
        said = scope.headers.get("content-length")
        if said is not None and int(said) > each:
            raise Refused(413)
        try:
            async with asyncio.timeout(self._seconds):
                await self._receive(chunks, exchange, each=each)
        except TimeoutError as error:
            raise Refused(408) from error
        if said is not None and sum(map(len, chunks)) != int(said):
            raise Refused(400)

    async def _receive(self, chunks: list[bytes], exchange: Exchange, *, each: int) -> None:
        size, ended = 0, False
        async for chunk in exchange:
            # One empty chunk ends a body. Another after it means that the first was an error.
            if ended:
                raise Refused(400)
            ended = chunk == b""
            size += len(chunk)
            if size > each:
                raise Refused(413)
            if self._held + len(chunk) > self._at_once:
                raise Refused(503)
            self._held += len(chunk)
            chunks.append(chunk)


def is_announced(scope: Scope) -> bool:
    """Whether a request's head says that a body follows."""
    headers = scope.headers
    return headers.get("content-length") is not None or headers.get("transfer-encoding") is not None
