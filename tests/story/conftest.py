from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import cast
from tests.story.telling import Telling
from tocsin.announcements import audience
from tocsin.announcements.audience import Choice
from tocsin.journal.actors import TERMINAL
from tocsin.rehearse.player import Night

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def night(db: None, own_directories: Path) -> Telling:
    """Nine in the morning: Linden is up, Olu and Lea are in, and Sam asked to be told."""
    page = cast.a_page()
    olu, lea = cast.olu().actor, cast.lea().actor
    for address, language in ((cast.SAM, "en"), ("bao@reader.example", "fr")):
        audience.subscribe(
            page.id,
            address=address,
            choice=Choice(language=language),
            confirmed=True,
            by=TERMINAL,
            at=NINE,
        )
    return Telling(Night(page, NINE, "09:00"), olu, lea)
