"""A stand-in for Django: it tells what reached it, and answers oddly where it is asked to."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

LONG = b"0123456789abcdef" * 64 * 1024  # 1 MiB
PACKED = gzip.compress(b"packed by Django", mtime=0)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "StandIn"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = urlsplit(self.path).path
        self.server.seen.append(f"{self.command} {self.path}")
        odd = getattr(self, "odd_" + path.rpartition("/")[2], None)
        if odd is not None:
            odd()
        else:
            self.echo(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def echo(self, body: bytes) -> None:
        told = {
            "method": self.command,
            "target": self.path,
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "body": body.decode("latin-1"),
        }
        self.say(200, {"Content-Type": "application/json"}, json.dumps(told).encode())

    def say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def odd_cookies(self) -> None:
        self.send_response(200)
        self.send_header("Set-Cookie", "a=1; Path=/")
        self.send_header("Set-Cookie", "b=2; Path=/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def odd_redirect(self) -> None:
        self.say(302, {"Location": "/console/elsewhere"}, b"")

    def odd_packed(self) -> None:
        self.say(200, {"Content-Encoding": "gzip"}, PACKED)

    def odd_hop(self) -> None:
        self.say(200, {"Connection": "X-Inner", "X-Inner": "1", "Keep-Alive": "timeout=9"}, b"ok")

    def odd_long(self) -> None:
        self.say(200, {"Content-Type": "application/octet-stream"}, LONG)

    def odd_nothing(self) -> None:
        self.send_response(204)
        self.end_headers()

    def odd_chunked(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (b"one ", b"two ", b"three"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def odd_broken(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(LONG)))
        self.end_headers()
        self.wfile.write(LONG[:1000])
        self.close_connection = True

    def odd_hangs(self) -> None:
        self.server.let_go.wait(timeout=20)
        self.close_connection = True


class StandIn(ThreadingHTTPServer):
    """Listens at ``url``; ``seen`` holds what arrived, e.g. ``GET /console/``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[str] = []
        self.let_go = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # the front leaving in the middle is part of the tests

    def stop(self) -> None:
        self.let_go.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
