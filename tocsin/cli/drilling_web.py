"""The web of a scripted drill, in the drill's own process: it takes its time from the night.

Behind the front like any web process, so that what comes in by HTTP takes the whole way. One call
at a time; the database is let go after each, so that it can die in between.
"""

import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from tocsin.cli.addresses import LOOPBACK
from tocsin.cli.listeners import WEB, Wsgi, loaded

ServerHandler.server_software = "Tocsin"


class _Server(WSGIServer):
    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # the usual one looks for the machine's name
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])
        self.setup_environ()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *said: Any) -> None:
        """Whoever watches a drill is told of the night alone."""


@contextmanager
def served(port: int, *, now: Callable[[], datetime]) -> Iterator[None]:
    """Answer at a port of the loopback address, at the time that ``now`` tells."""
    with _Server((LOOPBACK, port), _Quiet) as server:
        server.set_app(_by_the_night(loaded(WEB), now))
        thread = threading.Thread(target=server.serve_forever, name="web", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _by_the_night(application: Wsgi, now: Callable[[], datetime]) -> Wsgi:
    def answered(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        from django.db import connections

        from tocsin.watch import hooks

        environ[hooks.TOLD_TIME] = now()
        try:
            answer = application(environ, start)
            try:
                return list(answer)
            finally:
                getattr(answer, "close", lambda: None)()
        finally:
            connections.close_all()

    return answered
