"""What tests of several folders share."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.serving import TOCSIN, scratch_environ

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One for each run: a process can drive a single one at a time."""
    from playwright.sync_api import sync_playwright  # here, for the many runs that need none

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def rehearsing(tmp_path: Path) -> dict[str, str]:
    """An installation in processes of its own, with a page; return its environment."""
    environ = scratch_environ(tmp_path / "data")
    (tmp_path / "page.yaml").write_text(
        "pages:\n  - slug: linden\n    languages: [en, fr]\n"
        "    components: [{slug: checkout, name: Checkout}]\n",
        "utf-8",
    )
    for words in (
        (sys.executable, "-m", "tocsin.cli.tables"),
        (*TOCSIN, "apply", str(tmp_path / "page.yaml")),
    ):
        subprocess.run(words, env=environ, check=True, capture_output=True)
    return environ
