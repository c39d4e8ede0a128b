import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tocsin.cli.tests.processes import (
    DEADLINE,
    children_of,
    command_of,
    eventually,
    is_running,
    kill,
)

TOCSIN = [sys.executable, "-m", "tocsin.cli"]
MIGRATE = [sys.executable, "-m", "django", "migrate", "-v0"]


class Installation:
    """A database and a data directory of its own, and processes that work on them."""

    def __init__(self, data_dir: Path, database_url: str) -> None:
        self.data_dir = data_dir
        kept = {name: told for name, told in os.environ.items() if not name.startswith("TOCSIN_")}
        self.environ = kept | {
            "DJANGO_SETTINGS_MODULE": "tocsin.settings",
            "TOCSIN_DATA_DIR": str(data_dir),
            "TOCSIN_DATABASE_URL": database_url,
            "TOCSIN_CONFIG": str(data_dir / "none.toml"),
        }
        subprocess.run(MIGRATE, env=self.environ, check=True)

    def tocsin(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*TOCSIN, *words], env=self.environ, capture_output=True, text=True, check=False
        )

    def start(self) -> "subprocess.Popen[bytes]":
        with (self.data_dir / "log").open("ab") as log:
            return subprocess.Popen([*TOCSIN, "worker"], env=self.environ, stderr=log, stdout=log)

    def shows(self, number: int) -> Callable[[], bool]:
        pointer = self.data_dir / "site" / "linden" / "live"
        return lambda: pointer.exists() and pointer.read_text().startswith(f"{number}.")


@pytest.fixture
def installation(tmp_path: Path, own_database_url: str) -> Installation:
    made = Installation(tmp_path, own_database_url)
    assert made.tocsin("page", "add", "Linden").returncode == 0
    assert made.tocsin("component", "add", "Checkout").returncode == 0
    return made


@pytest.fixture
def worker(installation: Installation) -> "Iterator[subprocess.Popen[bytes]]":
    process = installation.start()
    yield process
    process.kill()
    process.wait()


def test_from_the_shell_to_the_page_to_the_mailbox_and_a_clean_end(
    installation: Installation, worker: "subprocess.Popen[bytes]"
) -> None:
    installation.tocsin("subscribe", "--email", "sam@reader.example", "--confirmed")
    declared = installation.tocsin(
        "declare", "Checkout is failing", "--component", "checkout=major_outage", "--json"
    )
    number = json.loads(declared.stdout)["publication"]

    eventually(installation.shows(number))
    eventually(lambda: len(list((installation.data_dir / "outbox").glob("*.eml"))) == 1)
    eventually((installation.data_dir / "journal.anchor").exists)

    lanes = children_of(worker.pid)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(DEADLINE) == 0
    assert len(lanes) == 3
    assert not any(map(is_running, lanes))
    assert installation.tocsin("verify").returncode == 0


def test_a_lane_that_dies_is_started_again_and_none_outlives_its_parent(
    installation: Installation, worker: "subprocess.Popen[bytes]"
) -> None:
    eventually(lambda: len(children_of(worker.pid)) == 3)
    (words,) = [pid for pid in children_of(worker.pid) if "--lane words" in command_of(pid)]
    eventually(installation.shows(0))

    kill(words)
    installation.tocsin("declare", "Down", "--component", "checkout=major_outage")

    eventually(installation.shows(1))
    lanes = children_of(worker.pid)
    kill(worker.pid)
    eventually(lambda: not any(map(is_running, lanes)))
