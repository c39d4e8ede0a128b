"""A limit holds however many try at once, and what need not count is given back."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.cast import NOON, later
from tocsin.announcements import throttle
from tocsin.announcements.models import SignUp

EVE = ("password machine", "198.51.100.66")
PAGE = ("password page", "linden:")


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_no_more_pass_than_may() -> None:
    at_once = Barrier(50)

    def tries(turn: int) -> bool:
        at_once.wait(10)
        try:
            # Half name them the other way round: whoever waits must not wait for each other.
            return bool(throttle.count(*((EVE, PAGE) if turn % 2 else (PAGE, EVE)), at=NOON))
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        passed = list(pool.map(tries, range(50)))

    assert sum(passed) == throttle.LIMITS["password machine"].most
    assert SignUp.objects.count() == 2 * sum(passed)


@pytest.mark.django_db
def test_what_is_one_too_many_by_one_counts_by_none() -> None:
    for _turn in range(throttle.LIMITS["password machine"].most):
        throttle.count(EVE, at=NOON)

    assert throttle.count(EVE, PAGE, at=NOON) == ()
    assert SignUp.objects.count() == throttle.LIMITS["password machine"].most


@pytest.mark.django_db
def test_what_is_given_back_leaves_room() -> None:
    for _turn in range(3 * throttle.LIMITS["password machine"].most):
        counted = throttle.count(EVE, PAGE, at=NOON)
        assert counted
        throttle.give_back(counted)

    assert throttle.count(EVE, at=later(1))
