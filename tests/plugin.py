"""Give every test run an installation of its own: a temporary data directory and a real database.

``TOCSIN_TEST_DATABASE`` says which database: ``sqlite`` (the default, a file, so that threads and
processes may share it) or ``postgresql`` (a server of our own, from a wheel, gone at the end).
Loaded by ``-p tests.plugin``, because the settings are read before any conftest is.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from tests.postgresql import PostgreSQL

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "own_database_url"}

_ground: "Ground | None" = None


class Ground:
    """What one run stands on; ``clear`` takes it away again."""

    def __init__(self) -> None:
        self.kind = os.environ.get("TOCSIN_TEST_DATABASE", "sqlite")
        if self.kind not in {"sqlite", "postgresql"}:
            raise pytest.UsageError("TOCSIN_TEST_DATABASE is sqlite or postgresql.")
        self.directory = Path(tempfile.mkdtemp(prefix="tocsin-tests-"))
        self.postgresql = self._server() if self.kind == "postgresql" else None

    def _server(self) -> "PostgreSQL":
        from tests.postgresql import PostgreSQL

        return PostgreSQL(self.directory)

    def set_environment(self) -> None:
        """Nothing that the developer's shell says may reach a test."""
        for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
            del os.environ[name]
        data = self.directory / "data"
        (data / "static").mkdir(parents=True)
        os.environ |= {
            "TOCSIN_TEST_DATABASE": self.kind,
            "TOCSIN_DATA_DIR": str(data),
            "TOCSIN_CONFIG": str(self.directory / "no-tocsin.toml"),
        }
        if self.postgresql:
            os.environ["TOCSIN_DATABASE_URL"] = self.postgresql.url

    def set_settings(self) -> None:
        """A file for SQLite instead of memory, and passwords that are not costly to hash."""
        from tocsin import settings

        if not self.postgresql:
            default: dict[str, Any] = settings.DATABASES["default"]
            default["TEST"] = {"NAME": str(self.directory / "test.sqlite3")}
        settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]

    def clear(self) -> None:
        if self.postgresql:
            self.postgresql.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    # A wrapper runs before pytest-django's own hook, which loads the settings.
    global _ground
    _ground = Ground()
    atexit.register(_ground.clear)
    _ground.set_environment()
    _ground.set_settings()
    return (yield)


def pytest_configure() -> None:
    # How long an example takes says more of the machine than of the code.
    in_ci = "CI" in os.environ
    hypothesis.settings.register_profile("house", deadline=None, derandomize=in_ci)
    hypothesis.settings.load_profile("house")


def pytest_unconfigure() -> None:
    if _ground:
        atexit.unregister(_ground.clear)
        _ground.clear()


def pytest_report_header() -> str:
    assert _ground
    return f"database: {_ground.kind}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that touches no database says the same on each, so PostgreSQL's turn leaves it out."""
    assert _ground
    if not _ground.postgresql:
        return
    leaving = [item for item in items if not _touches_the_database(item)]
    items[:] = [item for item in items if _touches_the_database(item)]
    config.hook.pytest_deselected(items=leaving)


def _touches_the_database(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase

    if issubclass(getattr(item, "cls", None) or object, TransactionTestCase):
        return True
    asked = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(asked & DATABASE_FIXTURES)


@pytest.fixture
def own_database_url(tmp_path: Path) -> str:
    """The URL of an empty database for processes that a test starts (TOCSIN_DATABASE_URL)."""
    assert _ground
    if _ground.postgresql:
        return _ground.postgresql.new_database()
    return f"sqlite:///{tmp_path / 'own.sqlite3'}"


@pytest.fixture(autouse=True)
def _own_data(request: pytest.FixtureRequest) -> None:
    """What an installation keeps beside its database (the anchor) is each test's own, as it is."""
    if _touches_the_database(request.node):
        assert _ground
        settings: Settings = request.getfixturevalue("settings")
        data_dir = tempfile.mkdtemp(prefix="data-", dir=_ground.directory)
        settings.TOCSIN = replace(settings.TOCSIN, data_dir=Path(data_dir))


@pytest.fixture
def own_directories(tmp_path: Path, settings: "Settings") -> Path:
    """A data directory of this test's own, with its page and its outbox; return it."""
    settings.TOCSIN = replace(
        settings.TOCSIN,
        data_dir=tmp_path,
        site_dir=tmp_path / "site",
        private_dir=tmp_path / "private",
        outbox_dir=tmp_path / "outbox",
        smtp_url=None,
    )
    return tmp_path
