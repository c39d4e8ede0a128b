from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


@pytest.fixture
def no_rate(settings: "Settings") -> None:
    """As many calls as anybody likes."""
    settings.TOCSIN = replace(settings.TOCSIN, api_calls_a_minute=0)
