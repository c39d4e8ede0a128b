"""Somebody else's machine: an HTTP server that takes what it is sent, or misbehaves on request."""

import asyncio
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.listening import Listening


@dataclass(frozen=True)
class Call:
    """One request, whole."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """How a request is answered. ``after`` is whether at all: ``hang``, ``reset``, ``break``.

    ``hang`` never answers; ``reset`` ends before a word; ``break`` ends in the middle of the body.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: str = ""


@dataclass
class FarSide(Listening):
    """Listens on a free loopback port.

    ``answers`` are used up in order by path, then ``always`` holds, and else all is well.
    """

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    always: dict[str, Answer] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    calls: list[Call] = field(default_factory=list)
    most_at_once: int = 0
    port: int = 0
    _now: int = field(default=0, init=False)

    def url(self, path: str = "/hook") -> str:
        scheme = "https" if self.tls else "http"
        host = "localhost" if self.tls else "127.0.0.1"
        return f"{scheme}://{host}:{self.port}{path}"

    def to(self, path: str) -> Sequence[Call]:
        return [call for call in self.calls if call.path == path]

    def _at_once_tls(self) -> ssl.SSLContext | None:
        return self.tls

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await self._answer(reader, writer)
        finally:
            self._now -= 1

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = await _read(reader)
        self.calls.append(call)
        waiting = self.answers.get(call.path, [])
        answer = waiting.pop(0) if waiting else self.always.get(call.path, Answer())
        if answer.fault == "hang":
            await asyncio.sleep(3600)
        if answer.fault == "reset":
            return
        length = len(answer.body) + (1000 if answer.fault == "break" else 0)
        lines = [f"HTTP/1.1 {answer.status} Said", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode() + answer.body)
        await writer.drain()
        if answer.fault != "break":
            writer.close()
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    path = head[0].split(" ")[1]
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Call(path, headers, body)
