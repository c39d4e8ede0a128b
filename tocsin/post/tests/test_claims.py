from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tocsin.post import claims
from tocsin.post.claims import Claim, Queue, Settlement
from tocsin.post.models import Letter, Outcome

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LETTERS = Queue("post_letter", ("key",))
needs_database = pytest.mark.django_db


def some_letters(count: int, *, at: datetime = NOON) -> list[int]:
    made = [
        Letter.objects.create(key=f"k{number}", owed_at=at, next_at=at) for number in range(count)
    ]
    return [letter.id for letter in made]


def delivered(row: Claim) -> Settlement:
    return Settlement(row.id, row.held, row.attempts, outcome=Outcome.DELIVERED, receipt="ok")


@needs_database
def test_a_claim_takes_what_is_due_once() -> None:
    ids = some_letters(3)
    some = claims.claim(LETTERS, at=NOON, limit=2)

    rest = claims.claim(LETTERS, at=NOON, limit=10)

    assert [row.id for row in some + rest] == ids
    assert [row.values for row in some] == [("k0",), ("k1",)]
    assert not claims.claim(LETTERS, at=NOON, limit=10)


@needs_database
def test_what_is_not_due_yet_is_left() -> None:
    some_letters(1, at=NOON + SECOND)

    assert not claims.claim(LETTERS, at=NOON, limit=10)


@needs_database
def test_what_a_dead_process_held_is_due_again_after_the_lease() -> None:
    some_letters(1)
    claims.claim(LETTERS, at=NOON, limit=1)

    assert not claims.claim(LETTERS, at=NOON + claims.LEASE - SECOND, limit=1)
    (again,) = claims.claim(LETTERS, at=NOON + claims.LEASE, limit=1)

    assert again.attempts == 2


@needs_database
def test_settling_touches_exactly_what_was_claimed() -> None:
    some_letters(3)
    rows = claims.claim(LETTERS, at=NOON, limit=2)

    assert claims.settle(LETTERS, [delivered(row) for row in rows], at=NOON) == 2
    assert Letter.objects.filter(next_at=None, outcome="delivered", settled_at=NOON).count() == 2
    assert Letter.objects.filter(next_at=NOON, outcome="").count() == 1


@needs_database
def test_a_late_worker_cannot_settle_what_another_has_claimed_since() -> None:
    some_letters(1)
    (stale,) = claims.claim(LETTERS, at=NOON, limit=1)
    (fresh,) = claims.claim(LETTERS, at=NOON + claims.LEASE, limit=1)

    assert claims.settle(LETTERS, [delivered(stale)], at=NOON) == 0
    assert claims.settle(LETTERS, [delivered(fresh)], at=NOON) == 1


@needs_database
def test_a_renewed_claim_is_held_for_longer_and_settles_by_its_new_hold() -> None:
    some_letters(1)
    (row,) = claims.claim(LETTERS, at=NOON, limit=1)
    until = NOON + 3 * claims.LEASE

    assert claims.renew(LETTERS, [row.id], held=row.held, until=until) == {row.id}

    assert not claims.claim(LETTERS, at=NOON + 2 * claims.LEASE, limit=1)
    assert claims.settle(LETTERS, [delivered(row)], at=NOON) == 0
    moved = Claim(row.id, row.attempts, until, row.values)
    assert claims.settle(LETTERS, [delivered(moved)], at=NOON) == 1


@needs_database
def test_a_failure_is_due_again_and_a_permanent_one_keeps_its_reason() -> None:
    some_letters(2)
    first, second = claims.claim(LETTERS, at=NOON, limit=2)

    claims.settle(
        LETTERS,
        [
            claims.failed(
                first, reason="busy", permanent=False, retry_after=None, at=NOON, luck=0.5
            ),
            claims.failed(
                second, reason="no such user", permanent=True, retry_after=None, at=NOON, luck=0.5
            ),
        ],
        at=NOON,
    )

    retrying, given_up = Letter.objects.order_by("id")
    assert (retrying.outcome, retrying.reason) == ("", "busy")
    assert retrying.next_at is not None
    assert retrying.next_at > NOON
    assert (given_up.outcome, given_up.reason, given_up.next_at) == (
        "given_up",
        "no such user",
        None,
    )


def a_claim(attempts: int) -> Claim:
    return Claim(1, attempts, NOON, ())


def test_trying_ends_after_so_many_times() -> None:
    last = claims.failed(
        a_claim(claims.MOST_ATTEMPTS),
        reason="busy",
        permanent=False,
        retry_after=None,
        at=NOON,
        luck=0.5,
    )

    assert (last.outcome, last.reason) == ("given_up", "busy")


def test_what_the_far_side_asks_for_is_waited_for() -> None:
    later = claims.failed(
        a_claim(1), reason="busy", permanent=False, retry_after=600, at=NOON, luck=0.0
    )

    assert later.next_at == NOON + timedelta(seconds=600)


@given(st.integers(1, 1000), st.floats(0, 1, exclude_max=True))
def test_backing_off_has_full_jitter_within_a_doubling_limit(attempts: int, luck: float) -> None:
    wait = claims.backoff(attempts, luck=luck)

    assert timedelta(seconds=1) <= wait <= claims.LONGEST_WAIT
    assert wait <= max(timedelta(seconds=1), claims.FIRST_WAIT * 2 ** min(attempts - 1, 20))


def test_luck_spreads_the_waits() -> None:
    waits = {claims.backoff(6, luck=luck / 10) for luck in range(10)}

    assert len(waits) == 10


@pytest.mark.django_db(transaction=True)
def test_settling_leaves_the_connection_as_careful_as_before() -> None:
    settled = claims.settle(LETTERS, [Settlement(1, NOON, 1, outcome=Outcome.DELIVERED)], at=NOON)

    assert settled == 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,), "FULL: what is said next survives a loss of power"
        else:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
