"""What every test shares that a plugin of its own (``tests/plugin.py``) comes too early for."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    """A database that says of itself what one says that was led here by the migrations."""
    from tocsin.cli import tables

    with django_db_blocker.unblock():
        tables.note_as_applied()
