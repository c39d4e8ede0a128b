"""An SMTP server that misbehaves on request, for the mail channel's tests."""

import asyncio
import base64
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.listening import Listening


class HangUp(Exception):
    """The server drops the connection here."""


@dataclass
class HostileSmtp(Listening):
    """Listens on a free loopback port. Attributes say how it misbehaves and what it saw.

    ``replies`` holds the reply to a command by (verb, address), e.g. ("RCPT", "sam@x.example");
    ``on_body`` the reply after a body by recipient, where None drops the connection unanswered.
    """

    offers: Iterable[str] = ("PIPELINING", "SIZE 1000000", "8BITMIME")
    replies: dict[tuple[str, str], str] = field(default_factory=dict)
    on_body: dict[str, list[str | None]] = field(default_factory=dict)
    greeting: str | None = "220 hostile.example ESMTP"
    accepts_data_always: bool = False
    closes_after: int = 10**9  # mails on one connection
    tls: ssl.SSLContext | None = None
    is_implicit_tls: bool = False
    slips_in_clear: bool = False
    user: str = ""
    password: str = ""

    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    segments: list[bytes] = field(default_factory=list)
    connections: int = 0
    clear_sign_ins: int = 0
    port: int = 0

    def _at_once_tls(self) -> ssl.SSLContext | None:
        return self.tls if self.is_implicit_tls else None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(HangUp):
            await _Talk(self, reader, writer).run()

    @property
    def recipients(self) -> list[str]:
        return [to for to, _ in self.bodies]


class _Talk:
    def __init__(
        self, server: HostileSmtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.is_secure = server.is_implicit_tls
        self.to: str | None = None
        self.mails = 0

    async def run(self) -> None:
        if self.server.greeting is None:
            await asyncio.sleep(3600)
        await self._say(str(self.server.greeting))
        while line := await self.reader.readline():
            await self._answer(line.decode().rstrip("\r\n"))

    async def _say(self, reply: str) -> None:
        self.writer.write(reply.encode() + b"\r\n")
        await self.writer.drain()
        if reply.startswith("421"):
            raise HangUp

    async def _answer(self, line: str) -> None:
        self.server.lines.append(line)
        verb, _, rest = line.partition(" ")
        address = rest.partition("<")[2].partition(">")[0]
        if (reply := self.server.replies.get((verb.upper(), address))) is not None:
            await self._say(reply)
            return
        match verb.upper():
            case "EHLO" | "HELO":
                await self._hello()
            case "STARTTLS":
                await self._start_tls()
            case "AUTH":
                await self._sign_in(rest)
            case "MAIL":
                self.to = None
                await self._say("250 2.1.0 sender ok")
            case "RCPT":
                self.to = address
                await self._say("250 2.1.5 recipient ok")
            case "DATA":
                await self._data()
            case "RSET":
                self.to = None
                await self._say("250 2.0.0 reset")
            case "QUIT":
                await self._say("221 2.0.0 bye")
                raise HangUp
            case _:
                await self._say("500 5.5.1 what?")

    async def _hello(self) -> None:
        offers = ["hostile.example", *self.server.offers]
        if self.server.tls and not self.is_secure:
            offers.append("STARTTLS")
        if self.server.user:
            offers.append("AUTH PLAIN LOGIN")
        told = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
        await self._say("\r\n".join(told))

    async def _start_tls(self) -> None:
        if self.server.slips_in_clear:
            await self._say("220 go ahead\r\n250 2.0.0 slipped in by somebody else")
        else:
            await self._say("220 go ahead")
        assert self.server.tls is not None
        await self.writer.start_tls(self.server.tls)
        self.is_secure = True

    async def _sign_in(self, rest: str) -> None:
        self.server.clear_sign_ins += not self.is_secure
        way, _, first = rest.partition(" ")
        if way == "PLAIN":
            _, user, password = base64.b64decode(first).decode().split("\0")
        else:
            user, password = [await self._prompt(word) for word in ("Username:", "Password:")]
        good = (user, password) == (self.server.user, self.server.password)
        await self._say("235 2.7.0 welcome" if good else "535 5.7.8 wrong name or password")

    async def _prompt(self, word: str) -> str:
        await self._say("334 " + base64.b64encode(word.encode()).decode())
        return base64.b64decode(await self.reader.readline()).decode()

    async def _data(self) -> None:
        if self.to is None and not self.server.accepts_data_always:
            await self._say("503 5.5.1 no valid recipients")
            return
        await self._say("354 go ahead")
        body = await self._body()
        if self.to is None:
            await self._say("554 5.5.1 no valid recipients")
            return
        await self._take(self.to, body)

    async def _body(self) -> bytes:
        lines: list[bytes] = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise HangUp
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    async def _take(self, to: str, body: bytes) -> None:
        waiting = self.server.on_body.get(to, [])
        reply = waiting.pop(0) if waiting else "250 2.0.0 queued as 17"
        if reply is None:
            raise HangUp
        if reply.startswith("2"):
            self.server.bodies.append((to, body))
        self.mails += 1
        self.to = None
        await self._say(reply)
        if self.mails >= self.server.closes_after:
            raise HangUp
