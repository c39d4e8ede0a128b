from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.far_side import FarSide
from tests.hostile_smtp import HostileSmtp
from tocsin.announcements import calling
from tocsin.channels.registry import channel


@pytest.fixture
def outbox(tmp_path: Path, settings: Settings) -> Path:
    """Mail kept in a folder of this test's own."""
    settings.TOCSIN = replace(settings.TOCSIN, outbox_dir=tmp_path / "outbox", smtp_url=None)
    return tmp_path / "outbox"


@pytest.fixture
def server(settings: Settings) -> Iterator[HostileSmtp]:
    """Mail handed to a relay that misbehaves where it is told to."""
    with HostileSmtp() as hostile:
        url = f"smtp://127.0.0.1:{hostile.port}?timeout=2"
        settings.TOCSIN = replace(settings.TOCSIN, smtp_url=url)
        yield hostile
        channel("email").close()


@pytest.fixture
def far(settings: Settings) -> Iterator[FarSide]:
    """Machines and rooms that are called on this machine itself."""
    settings.TOCSIN = replace(settings.TOCSIN, allow_private_targets=True)
    with FarSide() as server:
        yield server
        for name in ("webhook", "slack", "teams", "discord"):
            channel(name).close()
        calling._calls.came(within=1)
