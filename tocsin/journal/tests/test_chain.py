from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from tocsin.journal import chain
from tocsin.journal.actors import WORKER
from tocsin.journal.models import Altered, Note, Seal

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def three_sealed_notes() -> list[Note]:
    for number in range(3):
        with transaction.atomic():
            chain.note(
                "test:thing:done", by=WORKER, at=NOON, subject=("thing", str(number)), n=number
            )
    chain.seal(NOON)
    return list(Note.objects.order_by("id"))


def test_a_sealed_journal_verifies() -> None:
    three_sealed_notes()

    verdict = chain.verify()

    assert (verdict.sealed, verdict.waiting, verdict.faults) == (3, 0, [])


def test_sealing_twice_seals_nothing_more() -> None:
    three_sealed_notes()

    assert chain.seal(NOON) == 0


def test_a_changed_row_is_found() -> None:
    second = three_sealed_notes()[1]

    Note.objects.filter(pk=second.pk).update(detail={"n": 7})

    assert chain.verify().faults == [
        f"Note {second.pk}, sealed as no. 2, was changed after it was sealed."
    ]


def test_a_missing_row_is_found() -> None:
    second = three_sealed_notes()[1]

    Seal.objects.filter(note=second).delete()
    Note.objects.filter(pk=second.pk).delete()

    assert "Seal no. 2 is missing." in chain.verify().faults


def test_a_cut_off_end_is_found_by_the_anchor(tmp_path: Path) -> None:
    last = three_sealed_notes()[2]
    chain.keep_anchor(tmp_path / "anchor")

    Seal.objects.filter(note=last).delete()
    Note.objects.filter(pk=last.pk).delete()

    assert chain.verify().faults == []
    assert chain.verify(tmp_path / "anchor").faults == [
        "The journal ends before no. 3, which the anchor remembers."
    ]


def test_a_note_cannot_be_changed_or_removed_through_its_model() -> None:
    first = three_sealed_notes()[0]

    with pytest.raises(Altered):
        first.save()
    with pytest.raises(Altered):
        first.delete()


@pytest.mark.django_db(transaction=True)
def test_a_note_outside_a_transaction_is_refused() -> None:
    assert not connection.in_atomic_block

    with pytest.raises(RuntimeError):
        chain.note("test:thing:done", by=WORKER, at=NOON, subject=("thing", "1"))
