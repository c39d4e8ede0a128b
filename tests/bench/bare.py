"""The least that Django can do: one view, no middleware, no database, under the same server.

Run as ``python -m tests.bench.bare PORT FILE``.
"""

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

BODY = "TOCSIN_BENCH_BODY"


def page(request: HttpRequest) -> HttpResponse:
    """The file's bytes."""
    return HttpResponse(_bytes)


_bytes = Path(os.environ[BODY]).read_bytes() if BODY in os.environ else b""
urlpatterns = [path("", page)]


def _loaded(target: str) -> Any:
    settings.configure(
        ROOT_URLCONF="tests.bench.bare",
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="bare",
        MIDDLEWARE=[],
    )
    return get_wsgi_application()


if __name__ == "__main__":
    _port, _file = sys.argv[1:]
    os.environ[BODY] = _file
    Server(
        "tests.bench.bare",
        address="127.0.0.1",
        port=int(_port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve(target_loader=_loaded)
