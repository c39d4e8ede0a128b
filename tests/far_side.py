"""Somebody else's machine: an HTTP server that takes what it is sent, or misbehaves on request."""

import asyncio
import json
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any


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
class FarSide:
    """Listens on a free loopback port.

    ``answers`` are used up in order by path, then ``always`` holds, and else all is well.
    """

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    always: dict[str, Answer] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    calls: list[Call] = field(default_factory=list)
    most_at_once: int = 0
    port: int = 0

    def __enter__(self) -> "FarSide":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def url(self, path: str = "/hook") -> str:
        scheme = "https" if self.tls else "http"
        host = "localhost" if self.tls else "127.0.0.1"
        return f"{scheme}://{host}:{self.port}{path}"

    def to(self, path: str) -> Sequence[Call]:
        return [call for call in self.calls if call.path == path]

    async def _listen(self) -> asyncio.Server:
        self._talks: set[asyncio.Task[None]] = set()
        self._now = 0
        return await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.tls)

    async def _end(self) -> None:
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            pass  # the test is over, and with it whoever hung here
        finally:
            self._now -= 1
            self._talks.discard(talk)
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
