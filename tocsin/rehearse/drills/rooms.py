"""Where a drill's calls to machines and chat rooms go: a web address of our own, on the loopback.

A place whose name begins with ``hard-`` is gone for good, one with ``soft-`` answers twice that
it cannot just now; any other takes what it is given, as a file. Knows nothing of Django.
"""

import re
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer

from tocsin.rehearse.drills.sink import HARD, LOOPBACK, SOFT, SOFT_REFUSALS, TAKEN

PLACE = re.compile(r"/([a-z]+)/((?:hard|soft|well)-[0-9]{4})")
LONGEST = 1024 * 1024  # octets of one message
PATIENCE = 10.0  # seconds with who is slow to say it


class Rooms(ThreadingHTTPServer):
    """All of them, from when it is made until ``close``. ``counts`` are of what was answered."""

    daemon_threads = True

    def __init__(self, calls: Path) -> None:
        self.counts: Counter[str] = Counter()
        self._calls = calls
        self._put_off: Counter[str] = Counter()
        self._lock = threading.Lock()
        super().__init__((LOOPBACK, 0), _Call)
        self._thread = threading.Thread(target=self.serve_forever, name="rooms", daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # the usual one looks for the machine's name
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}"

    def close(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def answer(self, path: str, body: bytes) -> int:
        """The status for what somebody is told; what is taken is kept."""
        found = PLACE.fullmatch(path)
        if found is None:
            return 404
        channel, name = found.groups()
        with self._lock:
            kind = self._kind(path, name)
            self.counts[kind] += 1
            if kind == TAKEN:
                file = f"{self.counts[TAKEN]:06}--{channel}-{name}.json"
                (self._calls / file).write_bytes(body)
        return {TAKEN: 200, HARD: 410, SOFT: 503}[kind]

    def _kind(self, path: str, name: str) -> str:
        if name.startswith("hard-"):
            return HARD
        if name.startswith("soft-") and self._put_off[path] < SOFT_REFUSALS:
            self._put_off[path] += 1
            return SOFT
        return TAKEN


class _Call(BaseHTTPRequestHandler):
    timeout = PATIENCE

    def do_POST(self) -> None:
        assert isinstance(self.server, Rooms)
        told = self.headers.get("Content-Length", "")
        length = int(told) if told.isascii() and told.isdecimal() else LONGEST + 1
        if length > LONGEST:
            self.send_error(413)
            return
        status = self.server.answer(self.path, self.rfile.read(length))
        said = b"ok" if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *said: object) -> None:
        """Whoever watches a drill is told of the night alone."""
