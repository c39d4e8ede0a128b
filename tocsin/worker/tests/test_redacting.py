"""One verb takes a secret out of record, files and database, and says what is left."""

import pytest

from tests.cast import NOON, a_page, later
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.statements import published, word
from tocsin.statements.values import Layer
from tocsin.worker import redacting
from tocsin.worker.redacting import Done

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_directories"),
]
SECRET = "hunter2-9f3a"


def leaked() -> Brand:
    page = a_page()
    word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        layers={"en": Layer("Checkout is failing", f"The key is {SECRET}.")},
        by=TERMINAL,
        at=NOON,
    )
    while site.compile(NOON) + site.settle(NOON):
        pass
    site.place(page, "note.txt", SECRET.encode(), at=NOON)
    return page


def redacted(page: Brand) -> Done:
    why = {"en": "A key stood here."}
    return redacting.redact(page, SECRET, reason=why, by=TERMINAL, at=later(1))


def test_it_is_gone_from_words_files_and_the_database() -> None:
    page = leaked()

    done = redacted(page)

    assert (done.redacted.stood.numbers, done.left, done.is_scrubbed) == ((1,), (), True)
    (said,) = published.numbered(page.audience_id, after=0, limit=5)
    assert said.words
    assert said.words.layers["en"].body == "The key is (removed)."


def test_what_could_not_be_made_anew_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_at: object) -> int:
        raise OSError(f"no room for {SECRET}")

    page = leaked()
    monkeypatch.setattr("tocsin.page.site.compile", fail)

    done = redacted(page)

    assert done.redacted.stood.numbers == (1,)
    assert "index.html" in {path.name for path in done.left}
    assert "note.txt" not in {path.name for path in done.left}
