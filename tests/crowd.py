"""A crowd of readers in a process of its own, each of whom has the page open.

Run as ``python -m tests.crowd PORT HOST COUNT``. Each follows `/events` on a connection of its own.
It prints ``open <count>`` once all have been told what is live, and for every number after that,
once the last of them heard it, ``told <number> <monotonic seconds of the first> <of the last>``.
"""

import asyncio
import re
import resource
import subprocess
import sys
import threading
import time
from types import TracebackType

from tests.serving import ROOT, NeverHappened, until

NUMBER = re.compile(rb'"number":(\d+)')
AT_ONCE = 250  # who come in at the same moment: no queue holds ten thousand
SPARE = 64  # files that a process needs besides


class Crowd:
    """The crowd as a child process; ``heard`` maps a number to when the first and last heard it."""

    def __init__(self, port: int, count: int, *, host: str = "localhost", within: float = 120):
        self.heard: dict[int, tuple[float, float]] = {}
        self._is_open = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crowd", str(port), host, str(count)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._from = self._process.stdout
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        until(self._are_in, f"{count} streams are open", within=within)

    def _are_in(self) -> bool:
        if self._process.poll() is not None:
            raise NeverHappened("The crowd has ended before all were in.")
        return self._is_open

    def _read(self) -> None:
        for line in self._from:
            word, which, *times = line.decode().split()
            if word == "open":
                self._is_open = True
            else:
                first, last = map(float, times)
                self.heard[int(which)] = (first, last)

    def await_all(self, number: int, *, within: float = 60) -> tuple[float, float]:
        """When the first and the last of them heard of ``number``, monotonic seconds."""
        until(lambda: number in self.heard, f"all heard of no. {number}", within=within)
        return self.heard[number]

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reading.join(5)
        self._from.close()


class _Tally:
    """Who heard of which number, counted."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._heard: dict[int, list[float]] = {}
        self._in = 0
        self.all_in = asyncio.Event()

    def came_in(self) -> None:
        self._in += 1
        if self._in == self._count:
            print("open", self._count, flush=True)
            self.all_in.set()

    def heard(self, number: int) -> None:
        now = time.monotonic()
        told = self._heard.setdefault(number, [0, now])
        told[0] += 1
        if told[0] == self._count and self.all_in.is_set():
            print("told", number, f"{told[1]:.6f}", f"{now:.6f}", flush=True)


class _Reader(asyncio.Protocol):
    """One reader's stream."""

    def __init__(self, host: str, tally: _Tally) -> None:
        self._host, self._tally, self._newest = host, tally, -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(f"GET /events HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        for found in NUMBER.findall(data):
            number = int(found)
            if number > self._newest:
                first, self._newest = self._newest < 0, number
                if first:
                    self._tally.came_in()
                self._tally.heard(number)

    def connection_lost(self, error: Exception | None) -> None:
        sys.exit("A stream was closed.")


async def follow(port: int, host: str, count: int) -> None:
    """Come in a few at a time, and listen until killed."""
    tally, loop = _Tally(count), asyncio.get_running_loop()
    for begun in range(0, count, AT_ONCE):
        coming = range(min(AT_ONCE, count - begun))
        await asyncio.gather(
            *(
                loop.create_connection(lambda: _Reader(host, tally), "127.0.0.1", port)
                for _ in coming
            )
        )
    await asyncio.Event().wait()


if __name__ == "__main__":
    _port, _host, _count = sys.argv[1:]
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(int(_count) + SPARE, hard), hard))
    asyncio.run(follow(int(_port), _host, int(_count)))
