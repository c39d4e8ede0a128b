"""Where a drill's mail goes: a relay of our own on the loopback address. Knows nothing of Django.

A mailbox that begins with ``hard-`` refuses for good, one with ``soft-`` twice and then no more;
any other takes what it is given, as a file that a mail program opens.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session

T = TypeVar("T")
LOOPBACK = "127.0.0.1"
DOMAIN = "drill.invalid"
SOFT_REFUSALS = 2
TAKEN, HARD, SOFT = "taken", "refused_for_good", "refused_for_now"


class Sink:
    """The relay, from when it is made until ``close``. ``counts`` are of what it answered."""

    def __init__(self, mail: Path) -> None:
        self.counts: Counter[str] = Counter()
        self._mail = mail
        self._put_off: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.BaseTransport] = set()
        self.port = 0
        self._thread = threading.Thread(target=self._loop.run_forever, name="sink", daemon=True)
        self._thread.start()
        self.hear()

    @property
    def url(self) -> str:
        return f"smtp://{LOOPBACK}:{self.port}?tls=off"

    def hear(self) -> None:
        """Take connections, on the same port as before."""
        if self._server is None:
            self._run(self._listen())

    def fall_silent(self) -> None:
        """Take none, and let go of those that are open."""
        if self._server is not None:
            self._run(self._hang_up())

    def close(self) -> None:
        self.fall_silent()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(self._protocol, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def _protocol(self) -> SMTP:
        return _Line(self, loop=self._loop, hostname=DOMAIN, enable_SMTPUTF8=True)

    async def _hang_up(self) -> None:
        assert self._server is not None
        self._server.close()
        for transport in list(self._open):
            transport.close()
        self._server = None

    # What aiosmtpd asks its handler.

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("hard-"):
            self.counts[HARD] += 1
            return "550 5.1.1 No such mailbox"
        if address.startswith("soft-") and self._put_off[address] < SOFT_REFUSALS:
            self._put_off[address] += 1
            self.counts[SOFT] += 1
            return "452 4.2.2 Mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.counts[TAKEN] += 1
        to = envelope.rcpt_tos[0] if envelope.rcpt_tos else "nobody"
        name = "".join(sign if sign.isalnum() or sign in "-@." else "_" for sign in to)[:100]
        content = envelope.original_content or b""
        (self._mail / f"{self.counts[TAKEN]:06}--{name}.eml").write_bytes(content)
        return "250 Taken"


class _Line(SMTP):
    """One connection, known to its sink for as long as it is open."""

    def __init__(self, sink: Sink, **told: Any) -> None:
        super().__init__(sink, **told)
        self._sink = sink

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._sink._open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sink._open.discard(self.transport)
        super().connection_lost(error)
