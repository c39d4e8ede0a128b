"""A reader in a process of its own, who notes when each word turns up.

Run as ``python -m tests.watcher PORT HOST``. Over kept-alive raw sockets it asks for `/` and
`/api/v2/summary.json` in turn, as a browser does (If-None-Match), and follows `/events`. It prints
``<place> <sample or number> <monotonic seconds>`` for every new one.
"""

import re
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType

from tests.serving import ROOT, NeverHappened, until

PLACES = ("/", "/api/v2/summary.json", "/events")
SAMPLE = re.compile(rb"sample (\d+)")
NUMBER = re.compile(rb'"number":(\d+)')
EVERY = 0.004  # seconds between two questions for the same place


class _Asker:
    """Asks for one path again and again on one connection."""

    def __init__(self, path: str, port: int, host: str) -> None:
        self.path, self.host, self.socket = (
            path,
            host.encode(),
            socket.create_connection(("127.0.0.1", port)),
        )
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due_at, self._got, self._tag, self._newest = 0.0, b"", b"", 0
        self.is_waiting = False

    def ask(self, now: float) -> None:
        seen = b"If-None-Match: %s\r\n" % self._tag if self._tag else b""
        path = self.path.encode()
        self.socket.sendall(b"GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (path, self.host, seen))
        self.due_at, self.is_waiting = now + EVERY, True

    def take(self) -> None:
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError(f"{self.path}: the front closed the connection.")
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        length = re.search(rb"(?im)^content-length: *(\d+)", head)
        if length is not None and len(body) < int(length[1]):
            return
        self._got, self.is_waiting = b"", False
        tag = re.search(rb"(?im)^etag: *(\S+)", head)
        self._tag = tag[1] if tag else b""
        newest = max((int(found) for found in SAMPLE.findall(body)), default=0)
        if newest > self._newest:
            self._newest = newest
            _say(self.path, newest)


class _Listener:
    """Follows `/events`."""

    def __init__(self, port: int, host: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(b"GET /events HTTP/1.1\r\nHost: %s\r\n\r\n" % host.encode())
        self._newest = 0

    def take(self) -> None:
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError("/events: the front closed the stream.")
        for found in NUMBER.findall(data):
            if int(found) > self._newest:
                self._newest = int(found)
                _say("/events", self._newest)


def _say(place: str, which: int) -> None:
    print(place, which, f"{time.monotonic():.6f}", flush=True)


def watch(port: int, host: str) -> None:
    """Watch until killed; a lost connection ends it."""
    askers = [_Asker(path, port, host) for path in PLACES[:2]]
    takes: list[tuple[socket.socket, Callable[[], None]]] = [
        (one.socket, one.take) for one in askers
    ]
    listener = _Listener(port, host)
    takes.append((listener.socket, listener.take))
    selector = selectors.DefaultSelector()
    for line, take in takes:
        selector.register(line, selectors.EVENT_READ, take)
    print("ready 0 0", flush=True)
    while True:
        now = time.monotonic()
        for asker in askers:
            if not asker.is_waiting and now >= asker.due_at:
                asker.ask(now)
        for key, _ in selector.select(timeout=EVERY / 4):
            key.data()


class Watcher:
    """The reader as a child process; ``seen`` fills as words turn up."""

    def __init__(self, port: int, *, host: str = "localhost") -> None:
        self.seen: dict[str, dict[int, float]] = {place: {} for place in PLACES}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.watcher", str(port), host],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._from = self._process.stdout
        self._from.readline()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        for line in self._from:
            place, which, at = line.decode().split()
            self.seen[place][int(which)] = float(at)

    def await_word(self, place: str, which: int, *, within: float = 30) -> float:
        """When ``which`` (or a later one, if it was passed over) turned up at ``place``."""

        def found() -> bool:
            if self._process.poll() is not None:
                raise NeverHappened("The watcher has ended; the front closed its connection.")
            return max(self.seen[place], default=0) >= which

        until(found, f"{place} shows no. {which}", within=within, glance=0.002)
        return self.seen[place].get(which) or max(self.seen[place].values())

    def __enter__(self) -> "Watcher":
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


if __name__ == "__main__":
    try:
        watch(int(sys.argv[1]), sys.argv[2])
    except (ConnectionError, KeyboardInterrupt):
        sys.exit(1)
