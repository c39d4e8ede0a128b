"""What every test shares that a plugin of its own (``tests/plugin.py``) comes too early for."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    """A database that says of itself what one says that was led here by the migrations.

    After each flush Django would write anew the content types and permissions that nobody reads:
    two thirds of a second for every test that commits.
    """
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db.models.signals import post_migrate

    from tocsin.cli import tables

    permissions = "django.contrib.auth.management.create_permissions"
    assert post_migrate.disconnect(create_contenttypes)
    assert post_migrate.disconnect(dispatch_uid=permissions)
    with django_db_blocker.unblock():
        tables.note_as_applied()


@pytest.fixture(autouse=True)
def no_haste_of_another_test() -> Iterator[None]:
    """That words came fast, a process keeps in mind: the archive of the next test would wait.

    Looked up, not imported, so that what is pure is tested without the page.
    """
    yield
    settling = sys.modules.get("tocsin.page.settling")
    if settling is not None:
        settling.patience.forget()
