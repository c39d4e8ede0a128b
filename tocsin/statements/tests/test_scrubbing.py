"""The database's files are written anew without keeping anybody waiting, and not twice."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test.utils import CaptureQueriesContext

from tests.cast import a_page, an_incident, later
from tocsin.journal.actors import TERMINAL
from tocsin.statements import redaction, scrubbing

pytestmark = pytest.mark.django_db(transaction=True)
READ = "SELECT count(*) FROM statements_publication"
IN_USE = {
    "sqlite": ("BEGIN", READ),
    "postgresql": ("BEGIN", "LOCK TABLE statements_publication IN ACCESS SHARE MODE"),
}
LOOKING_BACK = {
    "sqlite": ("BEGIN", READ),
    "postgresql": ("BEGIN ISOLATION LEVEL REPEATABLE READ", READ),
}
NEXT = {"sqlite": "wal_checkpoint", "postgresql": "statements_publication"}
PATIENCE_OF = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW lock_timeout"}


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> str:
    """A word was said; we wait for nobody. The page's id."""
    monkeypatch.setattr(scrubbing, "PATIENCE", timedelta(milliseconds=1))
    page = a_page()
    an_incident(page)
    return page.id


def redacted(page_id: str) -> None:
    why = {"en": "Not for you."}
    redaction.redact(page_id, "checkout", reason=why, by=TERMINAL, at=later(2))


@contextmanager
def somebody(*doing: str) -> Iterator[CursorWrapper]:
    """Somebody else at the same database, in the middle of something."""
    other = connection.copy()
    with closing(other), other.cursor() as cursor:
        for command in doing:
            cursor.execute(command)
        yield cursor
        cursor.execute("ROLLBACK")


def scrubbed(at_minute: float) -> tuple[int, list[str]]:
    """How many acts were done, and what was asked of the database's files."""
    with CaptureQueriesContext(connection) as asked:
        done = scrubbing.scrub(later(at_minute))
    wanted = ("VACUUM", "PRAGMA wal_checkpoint")
    return done, [query["sql"] for query in asked if query["sql"].startswith(wanted)]


def test_with_nobody_in_the_way_it_is_done_once(told: str) -> None:
    redacted(told)

    done, asked = scrubbed(3)

    assert (done, bool(asked)) == (1, True)
    assert not scrubbing.waits()
    assert scrubbed(4) == (0, [])


def test_who_is_in_the_way_is_waited_for_a_moment_and_again_later(told: str) -> None:
    redacted(told)
    with somebody(*IN_USE[connection.vendor]):
        done, asked = scrubbed(3)
        assert (done, len(asked) > 1) == (0, True)
        assert NEXT[connection.vendor] in asked[-1]
        assert scrubbed(3.5) == (0, [])
        assert scrubbed(4) == (0, asked[-1:])  # what was done before it is not done again
        assert scrubbed(5) == (0, [])  # each wait is as long as all before it

    done, asked_then = scrubbed(6)
    assert (done, asked_then[0]) == (1, asked[-1])
    assert not scrubbing.waits()


def test_nothing_of_ours_waits_less_afterwards(told: str) -> None:
    redacted(told)
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE_OF[connection.vendor])
        before = cursor.fetchone()
        scrubbed(3)
        cursor.execute(PATIENCE_OF[connection.vendor])
        assert cursor.fetchone() == before


def test_while_somebody_can_look_back_old_rows_would_stay_so_it_waits(told: str) -> None:
    with somebody(*LOOKING_BACK[connection.vendor]):
        redacted(told)
        assert scrubbed(3)[0] == 0
        assert scrubbing.waits()

    assert scrubbed(10)[0] == 1
