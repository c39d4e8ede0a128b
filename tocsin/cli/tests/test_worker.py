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
    eventually,
    is_running,
    kill,
    name_of,
)

pytestmark = pytest.mark.xdist_group("worker")  # one installation is made for all of them
TOCSIN = [sys.executable, "-m", "tocsin.cli"]


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

    def tocsin(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*TOCSIN, *words], env=self.environ, capture_output=True, text=True, check=False
        )

    def start(self) -> "subprocess.Popen[bytes]":
        with (self.data_dir / "log").open("ab") as log:
            return subprocess.Popen([*TOCSIN, "worker"], env=self.environ, stderr=log, stdout=log)

    def declare(self, title: str) -> int:
        """Declare an incident; the number of its first word."""
        told = self.tocsin("declare", title, "--component", "checkout=major_outage", "--json")
        return int(json.loads(told.stdout)["publication"])

    def shows(self, number: int) -> Callable[[], bool]:
        return lambda: self.shown() == number

    def shown(self) -> int:
        """The number of the word that the page shows last; -1 where there is no page."""
        pointer = self.data_dir / "site" / "linden" / "live"
        return int(pointer.read_text().partition(".")[0]) if pointer.exists() else -1


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, own_database_url: str) -> Installation:
    made = Installation(tmp_path_factory.mktemp("installation"), own_database_url)
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
    number = installation.declare("Checkout is failing")

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
    (words,) = [pid for pid in children_of(worker.pid) if name_of(pid) == "words"]
    eventually(lambda: installation.shown() >= 0)

    kill(words)
    number = installation.declare("Down")

    eventually(installation.shows(number))
    lanes = children_of(worker.pid)
    kill(worker.pid)
    eventually(lambda: not any(map(is_running, lanes)))
