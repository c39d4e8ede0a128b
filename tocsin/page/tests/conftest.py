from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from tocsin.page import memory


@pytest.fixture(autouse=True)
def site_dir(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A folder of its own for what a test compiles."""
    folder = tmp_path / "site"
    settings.TOCSIN = replace(
        settings.TOCSIN,
        site_dir=folder,
        private_dir=tmp_path / "private",
        base_url="https://status.linden.example",
    )
    yield folder
    memory.forget()
