"""The two listening processes: the front (RSGI) and Django (WSGI), each under granian.

Run as ``python -m tocsin.cli.listeners front|web HOST PORT``. It imports no Django itself, so that
the front starts, and starts again, whatever has become of settings and database.
"""

import gc
import multiprocessing
import os
import resource
import sys
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from tocsin.cli import lifeline

FRONT, WEB = "tocsin.front.app:app", "tocsin.settings.wsgi:application"
MANAGE = "tocsin.api.v1.routes"  # looked up by its door alone
FILES = 65_536  # open files: each event stream is one
STREAMS = 20_000  # granian's bound of requests under way; with its default, streams timed out
BACKLOG = 4096
WEB_THREADS = 4  # Django keeps one database connection for each
WEB_WAITING = 64  # the front sends no more at once
STOP_WITHIN = 2  # seconds; open event streams would keep a stopping server waiting

Loader = Callable[[str], Any]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def listen_as_front(*, host: str, port: int) -> None:
    """Serve the front at an address until told to stop; configured by the environment."""
    _serve(
        FRONT,
        host=host,
        port=port,
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        backlog=BACKLOG,
        backpressure=STREAMS,
        http1_settings=HTTP1Settings(header_read_timeout=15_000, max_buffer_size=65_536),
    )


def listen_as_web(*, host: str, port: int) -> None:
    """Serve Django at an address until told to stop; only fronts should reach it."""
    _serve(
        WEB,
        host=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=WEB_THREADS,
        blocking_threads_idle_timeout=600,
        backlog=1024,
        backpressure=WEB_WAITING,
        # Idle connections outlast the front's (15 s), so that none closes under a request.
        http1_settings=HTTP1Settings(header_read_timeout=60_000, max_buffer_size=131_072),
    )


def _serve(target: str, **told: Any) -> None:
    lifeline.tie()
    _raise_file_limit()
    server = Server(
        target,
        address=told.pop("host"),
        workers=1,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=STOP_WITHIN,
        respawn_failed_workers=True,
        **told,
    )
    server.serve(target_loader=partial(_tied, _loader(target), parent=os.getpid()))


def _loader(target: str) -> Loader:
    """How granian's child comes by the application. Forked on Linux, it has it already.

    So that a killed child is followed by one that answers, not by one that reads a thousand files
    while alerts are refused.
    """
    if sys.platform != "linux":
        return loaded
    multiprocessing.set_start_method("fork")  # with Python 3.14's usual way nothing is shared
    application = loaded(target)
    gc.collect()
    gc.freeze()  # what is there stays shared: no collection in the child touches it
    return lambda _: application


def loaded(target: str) -> Any:
    """The application at a place, ready to answer."""
    module, _, name = target.partition(":")
    application = getattr(import_module(module), name)
    if target == WEB:
        _warm_up()
        application = believing_the_front(application)
    return application


def _tied(load: Loader, target: str, *, parent: int) -> Any:
    # In granian's own child, which would otherwise outlive a killed granian and keep the port.
    lifeline.tie_to(parent)
    return load(target)


def _warm_up() -> None:
    """Import every view now: the first operator of the night should not wait for it."""
    from django.urls import get_resolver

    for addresses in (None, MANAGE):
        get_resolver(addresses).url_patterns  # noqa: B018 - looking is loading


def believing_the_front(application: Wsgi) -> Wsgi:
    """Let REMOTE_ADDR be the reader's address, as the front says it, instead of the front's own.

    The front strips what came in from outside and names exactly one address; throttling and
    lockouts would otherwise see one reader only.
    """

    def believing(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        said = environ.get("HTTP_X_FORWARDED_FOR", "")
        if said and "," not in said:
            environ["REMOTE_ADDR"] = said
        return application(environ, start)

    return believing


def _raise_file_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


if __name__ == "__main__":
    _role, _host, _port = sys.argv[1:]
    (listen_as_front if _role == "front" else listen_as_web)(host=_host, port=int(_port))
