"""What the browser's tests and those of other people's clients share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

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
