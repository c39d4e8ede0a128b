"""A raw SMTP sink in a process of its own: takes every mail, and writes down when and which.

Run as ``python -m tests.sink RECORD [PAUSE]``; it prints its port. Each mail taken is a line of


each mail) makes the relay as slow as a real one.
"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from tests.serving import ROOT

MESSAGE_ID = b"\nmessage-id:"


class Talk(asyncio.Protocol):
    """One connection; commands may come many at a time (RFC 2920)."""

    def __init__(self, record: BinaryIO, pause: float) -> None:
        self._record, self._pause = record, pause
        self._waiting, self._recipient, self._in_body = b"", b"", False
        self._out: list[bytes] = []
        self._busy_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while self._step():
            pass
        self._record.flush()
        self._answer()

    def _step(self) -> bool:
        end = b"\r\n.\r\n" if self._in_body else b"\r\n"
        part, found, rest = self._waiting.partition(end)
        if not found:
            return False
        self._waiting = rest
        if self._in_body:
            self._take(part)
        else:
            self._command(part)
        return True

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            self._out.append(
                b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
            )
        elif verb == b"DATA":
            self._in_body = True
            self._out.append(b"354 go ahead\r\n")
        elif verb == b"QUIT":
            self._out.append(b"221 bye\r\n")
            self._say()
            self._transport.close()
        else:
            if verb == b"RCPT":
                self._recipient = line.partition(b"<")[2].partition(b">")[0]
            self._out.append(b"250 ok\r\n")

    def _take(self, body: bytes) -> None:
        self._in_body = False
        head = b"\n" + body.partition(b"\r\n\r\n")[0]
        place = head.lower().find(MESSAGE_ID)
        name = head[place + len(MESSAGE_ID) :].split(b"\r\n", 1)[0].strip() if place >= 0 else b"-"
        stamp = f"{time.monotonic():.6f}".encode()
        self._record.write(b"%s %s %s\n" % (stamp, self._recipient, name))
        self._out.append(b"250 taken\r\n")
        if self._pause:
            now = asyncio.get_running_loop().time()
            self._busy_until = max(now, self._busy_until) + self._pause

    def _answer(self) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is None and self._out:
            if self._busy_until <= loop.time():
                self._say()
            else:
                self._timer = loop.call_at(self._busy_until, self._say)

    def _say(self) -> None:
        said, self._out, self._timer = b"".join(self._out), [], None
        if not self._transport.is_closing():
            self._transport.write(said)


async def _serve(record: Path, pause: float) -> None:
    with record.open("ab") as file:
        server = await asyncio.get_running_loop().create_server(
            lambda: Talk(file, pause), "127.0.0.1", 0, backlog=512
        )
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


class Sink:
    """The sink as a child process; ``mails`` reads what it has taken so far."""

    def __init__(self, directory: Path, *, pause: float = 0.0) -> None:
        self.record = directory / "mails.txt"
        self.record.touch()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.sink", str(self.record), str(pause)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=off"

    def count(self) -> int:
        """How many mails were taken so far."""
        with self.record.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))

    def mails(self) -> list[tuple[float, str, str]]:
        """(monotonic seconds, recipient, Message-ID) of each mail taken, in order."""
        whole = self.record.read_text("utf-8", "replace")
        lines = whole[: whole.rfind("\n") + 1].splitlines()
        return [(float(at), to, name) for at, to, name in (line.split(" ", 2) for line in lines)]

    def __enter__(self) -> "Sink":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


if __name__ == "__main__":
    _record, *_rest = sys.argv[1:]
    try:
        asyncio.run(_serve(Path(_record), float(_rest[0]) if _rest else 0.0))
    except KeyboardInterrupt:
        sys.exit(0)
