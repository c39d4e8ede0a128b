from collections.abc import Iterator

import pytest
import time_machine

from tests.cast import later


@pytest.fixture(autouse=True)
def _three_past_noon() -> Iterator[None]:
    """The console asks the clock: let it be three past noon on the day of the tests."""
    with time_machine.travel(later(3), tick=False):
        yield
