"""Queries whose SQL is written once."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.journal.compiled import Compiled
from tocsin.journal.models import Note

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, 12, 30, 123456, UTC)

ABOUT = Compiled(lambda *keys: Note.objects.filter(subject_id__in=keys).order_by("subject_id"))
TIMES = Compiled(lambda key: Note.objects.filter(subject_id=key).values_list("at", "detail")[:1])


def noted(*keys: str) -> None:
    for key in keys:
        chain.note("tests:thing:done", by=TERMINAL, at=AT, subject=("thing", key), how={"key": key})


def test_the_same_query_answers_for_other_values_and_for_more_of_them() -> None:
    noted("ash", "elm", "oak")

    assert [row.subject_id for row in ABOUT.rows("oak", "ash")] == ["ash", "oak"]
    assert [row.subject_id for row in ABOUT.rows("elm")] == ["elm"]
    assert [row.subject_id for row in ABOUT.rows("ash", "oak", "elm")] == ["ash", "elm", "oak"]
    assert ABOUT.first("fir") is None


def test_rows_are_what_a_query_gives() -> None:
    noted("ash")

    (compiled,), (asked,) = ABOUT.rows("ash"), Note.objects.filter(subject_id="ash")

    assert compiled == asked
    assert (compiled.at, compiled.detail) == (AT, asked.detail)
    assert not compiled._state.adding


def test_columns_are_read_as_their_fields_are() -> None:
    noted("ash", "elm")

    assert TIMES.tuples("elm") == [(AT, {"how": {"key": "elm"}})]


def test_a_query_that_locks_may_be_asked_again() -> None:
    locked = Compiled(lambda key: Note.objects.filter(subject_id=key).select_for_update())
    noted("ash")

    for _ in range(2):
        with transaction.atomic():
            assert len(locked.rows("ash")) == 1


def test_a_text_is_never_read_as_sql() -> None:
    noted("ash")

    assert ABOUT.rows("' OR '1' = '1", "%s", "\x020\x03") == []
