"""An S3 of our own over HTTP (moto's server), behind a proxy that can be told to fail.

The proxy fails as networks do: it resets the connection, answers 500, takes its time for ever, or
tears the answer off in the middle.
"""

import http.client
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.serving import free_port, is_answering, until

FAILURES = ("reset", "error", "slow", "torn")
Fault = Callable[[str, str], str]  # (method, path) → the way in which it fails, or ""


@contextmanager
def moto(directory: Path) -> Iterator[str]:
    """Run moto's server; gives its URL."""
    port = free_port()
    with (directory / "moto.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: is_answering(port), "moto's server answers", within=90)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)


@dataclass
class Seen:
    """A request that came through."""

    method: str
    path: str


@dataclass
class Proxy:
    """A proxy before ``upstream`` (a port); ``fault`` says of each request how it is to fail."""

    upstream: int
    fault: Fault = lambda method, path: ""
    seen: list[Seen] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    url: str = ""

    def written(self) -> list[str]:
        """The paths that were put, in order, the bucket's name left out."""
        return [one.path.split("/", 2)[2] for one in self.seen if one.method == "PUT"]


class _Between(BaseHTTPRequestHandler):
    """Hands each request on to the upstream of its proxy, or fails as it was told."""

    told: Proxy
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _pass(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size)
        path = self.path.split("?")[0]
        way = self.told.fault(self.command, path)
        if way == "slow":
            self.told.over.wait(60)
        if way in ("slow", "reset"):
            self._reset()
        elif way == "error":
            self._answer(500, [], b"<Error/>", torn=False)
        else:
            self._forward(body, path, torn=way == "torn")

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _pass

    def _forward(self, body: bytes, path: str, *, torn: bool) -> None:
        self.told.seen.append(Seen(self.command, path))
        line = http.client.HTTPConnection("127.0.0.1", self.told.upstream, timeout=30)
        line.request(self.command, self.path, body, dict(self.headers))
        answer = line.getresponse()
        headers = [
            (name, value)
            for name, value in answer.getheaders()
            if name.lower() not in ("connection", "transfer-encoding", "content-length")
        ]
        self._answer(answer.status, headers, answer.read(), torn=torn)
        line.close()

    def _answer(
        self, status: int, headers: list[tuple[str, str]], body: bytes, *, torn: bool
    ) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body) + (100 if torn else 0)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if torn else body)
        if torn:
            self._reset()

    def _reset(self) -> None:
        with suppress(OSError):
            linger = struct.pack("ii", 1, 0)  # a reset, not an orderly end
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True


@contextmanager
def proxy(upstream: str) -> Iterator[Proxy]:
    """Stand before a server."""
    told = Proxy(int(upstream.rpartition(":")[2]))
    handler = type("Handler", (_Between,), {"told": told})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
