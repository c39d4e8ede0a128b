import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tocsin.cli.addresses import LOOPBACK, own_port
from tocsin.cli.listeners import believing_the_front
from tocsin.cli.tests.processes import (
    DEADLINE,
    children_of,
    command_of,
    descendants_of,
    eventually,
    is_running,
    kill,
)

pytestmark = pytest.mark.xdist_group("serve")  # one installation is shared by several


class Served:
    """`tocsin serve` on an installation of its own: empty, or on a database that is there."""

    def __init__(self, data_dir: Path) -> None:
        self.port, self.log = own_port(), data_dir.parent / "log"
        # Its own database, whatever this run of the tests stands on.
        kept = {name: said for name, said in os.environ.items() if not name.startswith("TOCSIN_")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tocsin.cli", "serve", "--no-demo", "--no-worker"],
                env=kept
                | {"PORT": str(self.port), "TOCSIN_DATA_DIR": str(data_dir)}
                | {"TOCSIN_CONFIG": str(data_dir / "none.toml")},
                stdout=log,
                stderr=log,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def status(self, path: str) -> int:
        try:
            return httpx.get(f"http://{LOOPBACK}:{self.port}{path}", trust_env=False).status_code
        except httpx.TransportError:
            return 0

    def child(self, role: str) -> int:
        """The process id of front or web, granian's parent process."""
        return next(pid for pid in children_of(self.process.pid) if f" {role} " in command_of(pid))

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.said
        return self.status("/healthz") == 200 and "Ctrl-C" in self.said

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=DEADLINE)


@contextmanager
def serving(data_dir: Path, *, database: Path | None = None) -> Generator[Served, None, None]:
    if database:
        data_dir.mkdir()
        shutil.copyfile(database, data_dir / "tocsin.sqlite3")
    running = Served(data_dir)
    try:
        eventually(running.is_up)
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, migrated_database: Path
) -> Generator[Served, None, None]:
    """One installation for the tests after which it stands as before."""
    place = tmp_path_factory.mktemp("served") / "data"
    with serving(place, database=migrated_database) as running:
        yield running


@pytest.fixture
def doomed(tmp_path: Path, migrated_database: Path) -> Generator[Served, None, None]:
    """One for a test that ends it."""
    with serving(tmp_path / "data", database=migrated_database) as running:
        yield running


@pytest.fixture
def new(tmp_path: Path) -> Generator[Served, None, None]:
    """One that begins with nothing at all, and is ended by its test."""
    with serving(tmp_path / "data") as running:
        yield running


def test_it_greets_serves_and_stops_cleanly_even_with_streams_open(new: Served) -> None:
    family = descendants_of(new.process.pid)
    with socket.create_connection((LOOPBACK, new.port)) as link:
        link.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")

        assert new.status("/") == 503  # nothing is compiled without a worker
        assert new.status("/readyz") == 503
        assert new.status("/metrics") == 200
        assert new.stop() == 0

    assert f"http://{LOOPBACK}:{new.port}/console/" in new.said
    assert "Traceback" not in new.said
    assert not any(map(is_running, family))


@pytest.mark.parametrize("role", ["front", "web"])
def test_a_killed_child_comes_back(role: str, served: Served) -> None:
    path = {"front": "/healthz", "web": "/metrics"}[role]
    for victim in (served.child(role), *children_of(served.child(role))):
        if is_running(victim):
            kill(victim)
            eventually(lambda killed=victim: not is_running(killed))  # type: ignore[misc]
            eventually(lambda: served.status(path) == 200)

    assert f"{role} ended" in served.said


@pytest.mark.parametrize("role", ["front", "web"])
def test_granian_s_own_child_killed_alone_is_forked_anew(role: str, served: Served) -> None:
    path = {"front": "/healthz", "web": "/metrics"}[role]
    parent = served.child(role)
    (victim,) = children_of(parent)

    kill(victim)

    eventually(lambda: not is_running(victim))
    eventually(lambda: served.status(path) == 200)
    assert served.child(role) == parent  # nothing was imported anew while somebody waited


def test_a_killed_parent_takes_everyone_along(doomed: Served) -> None:
    family = descendants_of(doomed.process.pid)
    assert len(family) >= 4  # two listeners, and granian's own children

    kill(doomed.process.pid)
    doomed.process.wait()

    eventually(lambda: not any(map(is_running, family)))
    eventually(lambda: doomed.status("/healthz") == 0)


def test_a_taken_port_is_said_before_anything_is_touched(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = subprocess.run(
            [sys.executable, "-m", "tocsin.cli", "serve", "--port", str(port)],
            env={**os.environ, "TOCSIN_DATA_DIR": str(tmp_path / "data")},
            capture_output=True,
            text=True,
        )

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Port {port} on 127.0.0.1 is already taken.")
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_a_bad_setting_is_a_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tocsin.cli", "serve", "--port", str(own_port())],
        env={**os.environ, "TOCSIN_MAILS_AN_HOUR": "many", "TOCSIN_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert "TOCSIN_MAILS_AN_HOUR" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("said", "address"),
    [("203.0.113.9", "203.0.113.9"), ("", LOOPBACK), ("127.0.0.1, 203.0.113.9", LOOPBACK)],
)
def test_django_sees_the_reader_s_address_as_the_front_says_it(said: str, address: str) -> None:
    environ = {"REMOTE_ADDR": LOOPBACK, "HTTP_X_FORWARDED_FOR": said}

    answer = believing_the_front(lambda told, _: [told["REMOTE_ADDR"].encode()])(
        environ, lambda: None
    )

    assert list(answer) == [address.encode()]
