"""What a kill may repeat is bounded: sending never runs far ahead of settling."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.channels.message import ChannelError, Message, Receipt
from tocsin.channels.sheet import Fitted, Sheet
from tocsin.post import claims
from tocsin.post.claims import Queue
from tocsin.post.handover import Handover, Parcel
from tocsin.post.models import Letter

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LETTERS = Queue("post_letter")

# The network's thread looks into the database here, so the rows must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


class Watching:
    """The network's edge: takes every message, and counts what was sent and not settled."""

    name = "watching"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.settled = 0
        self.most_unsettled = 0

    def check_address(self, address: str) -> str:
        return address

    def fit(self, sheet: Sheet) -> Fitted:
        return Fitted(sheet.headline)

    def close(self) -> None:
        pass

    def send_batch(self, messages: Sequence[Message]) -> list[Receipt | ChannelError]:
        self.sent += [message.key for message in messages]
        self.most_unsettled = max(self.most_unsettled, len(self.sent) - self.settled)
        return [Receipt("taken") for _ in messages]


def some_claims(count: int) -> list[claims.Claim]:
    rows = [Letter(key=f"k{number}", owed_at=NOON, next_at=NOON) for number in range(count)]
    Letter.objects.bulk_create(rows)
    return claims.claim(LETTERS, at=NOON, limit=count)


def parcels(rows: list[claims.Claim]) -> list[Parcel]:
    return [Parcel((row,), Message(str(row.id), "a@b.example", b"", "")) for row in rows]


def test_at_most_fifty_are_sent_and_not_settled() -> None:
    watching, rows = Watching(), some_claims(240)
    held = {row.id: row.held for row in rows}

    def count(parcel: Parcel, answer: Receipt | ChannelError, at: datetime) -> None:
        watching.settled += 1

    done = Handover(LETTERS, watching, NOON, held, count).run(parcels(rows))

    assert done == 240
    assert len(set(watching.sent)) == 240
    assert watching.most_unsettled <= 50


def test_what_another_worker_took_over_is_not_sent() -> None:
    watching, rows = Watching(), some_claims(3)
    held = {row.id: row.held for row in rows[1:]}

    Handover(LETTERS, watching, NOON, held).run(parcels(rows))

    assert watching.sent == [str(row.id) for row in rows[1:]]
    assert Letter.objects.filter(outcome="delivered").count() == 2


def test_a_renewed_handover_settles_by_the_new_hold_and_forgets_what_was_lost() -> None:
    watching, rows = Watching(), some_claims(3)
    handover = Handover(LETTERS, watching, NOON, {row.id: row.held for row in rows})
    Letter.objects.filter(pk=rows[0].id).update(next_at=NOON + timedelta(hours=1))

    handover._renew()
    done = handover.run(parcels(rows))

    assert done == 2
    assert watching.sent == [str(row.id) for row in rows[1:]]
