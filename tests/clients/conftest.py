import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bench.shell import FAST
from tests.browser.conftest import wait_for_number
from tests.clients.elsewhere import Elsewhere
from tests.serving import ROOT, House

HERE = Path(__file__).parent
CLIENTS = ROOT / ".clients"
DECLARED = ("--component", "cart=major_outage", "--say", "The cart loses what you put in it.")


@dataclass(frozen=True)
class Town:
    """An installation with one open incident, and somebody who runs programs against it."""

    house: House
    page_id: str
    key: str
    incident: str

    @property
    def url(self) -> str:
        return self.house.base_url

    def runs(self, script: str, *words: str) -> Any:
        """What a script of ours prints as JSON, last, when it uses another's client."""
        is_node = script.endswith(".js")
        done = subprocess.run(
            ["node" if is_node else sys.executable, str(HERE / script), *words],
            env=self._environ(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout.splitlines()[-1])

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        return kept | {
            "NODE_PATH": str(CLIENTS / "node_modules"),
            "PYTHONPATH": str(CLIENTS / "python"),
            "PYTHONWARNINGS": "ignore",  # theirs, of which we know nothing
        }


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    told = dict(FAST) | {"TOCSIN_API_CALLS_A_MINUTE": "0"}
    with House(tmp_path_factory.mktemp("town"), told=told) as house:
        house.start("--demo")
        house.await_page()
        (page,) = house.told_by("page", "list")
        made = house.told_by("key", "create", "--page", page["id"], "--scope", "manage")
        said = house.told_by("declare", "The cart is empty", *DECLARED)
        wait_for_number(house, said["publication"])
        yield Town(house, page["id"], made["key"], said["incident"])


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """Another origin: somebody's own web site."""
    with Elsewhere() as site:
        yield site
