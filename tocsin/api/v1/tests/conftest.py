from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import time_machine
from time_machine import Traveller

from tests.cast import NOON, a_page
from tests.machine import Machine, a_machine

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


@pytest.fixture
def no_rate(settings: "Settings") -> None:
    """As many calls as anybody likes."""
    settings.TOCSIN = replace(settings.TOCSIN, api_calls_a_minute=0)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """Noon, until a test lets it be later."""
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def machine(db: None, clock: Traveller) -> Machine:
    """A program with a key to Linden's page, at noon."""
    return a_machine(a_page())
