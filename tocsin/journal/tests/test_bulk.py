"""One new row is written as it is, and known as written from then on."""

import pytest
from django.db import IntegrityError

from tests.cast import NOON, a_page
from tocsin.journal import bulk
from tocsin.statements.models import Clearance, ClearanceKind

pytestmark = pytest.mark.django_db


def leave() -> Clearance:
    return Clearance(
        page_id=a_page().id, kind=ClearanceKind.POLICY, requested_at=NOON, requested_by="policy:1"
    )


def test_a_row_is_written_whole_and_no_second_time() -> None:
    row = leave()

    bulk.write(row)

    assert not row._state.adding
    fields = [field.attname for field in Clearance._meta.concrete_fields]
    kept = Clearance.objects.get(pk=row.pk)
    assert [getattr(kept, name) for name in fields] == [getattr(row, name) for name in fields]
    with pytest.raises(IntegrityError):
        bulk.write(row)
