"""`tocsin redact`: where it stands, whoever was told, and what is left of it."""

from pathlib import Path

import pytest

from tests.cast import NOON, a_page
from tocsin.catalogue.models import Access
from tocsin.catalogue.tree import State
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.journal.actors import TERMINAL
from tocsin.statements import circles, word
from tocsin.statements.values import Layer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_directories")]
SECRET = "hunter2-9f3a"


def told_partners() -> None:
    page = a_page()
    circles.open_circle(page.id, name="Partners", access=Access.NAMED, by=TERMINAL, at=NOON)
    word.declare(
        page.id,
        title="The partner API is failing",
        components={"checkout": State.MAJOR},
        layers={"en": Layer("The partner API is failing", f"The key is {SECRET}.")},
        audience="partners",
        by=TERMINAL,
        at=NOON,
    )


def test_a_dry_run_finds_what_a_circle_alone_was_told() -> None:
    told_partners()

    shown = tocsin("redact", "--dry-run", stdin=SECRET)

    assert shown.output == "It stands in no. 1 for Partners. Nothing was changed.\n"
    found = facts("redact", "--dry-run", stdin=SECRET)
    assert found == {"numbers": [], "circles": {"partners": [1]}}


def test_what_is_left_in_files_is_a_failure_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    told_partners()
    monkeypatch.setattr("tocsin.page.site.holding", lambda *_: [Path("/srv/linden/index.html")])

    done = tocsin("redact", "--reason", "A key stood here.", stdin=SECRET)

    assert "Taken out of no. 1 for Partners, and" in done.output
    assert "1 file of the page holds that text still: /srv/linden/index.html." in done.output
    assert done.exit_code == 1
