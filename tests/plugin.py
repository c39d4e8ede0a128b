"""Give every test run an installation of its own: a temporary data directory and a real database.

``TOCSIN_TEST_DATABASE`` says which database: ``sqlite`` (the default, a file, so that threads and
processes may share it) or ``postgresql`` (a server of our own, from a wheel, gone at the end).
Loaded by ``-p tests.plugin``, because the settings are read before any conftest is.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from tests.postgresql import PostgreSQL

# What the first process of a run says to those that it starts (xdist's), so that they share it.
SHARED = "TOCSIN_TEST_SHARED"
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3  # octets that a run may take there
# What doors show and answer, what a file is refused for and what stands on the page is the same on
# each: what they ask of the database is asked by the folders before them, whose tests run on both …
ONE_IS_ENOUGH = (
    "tocsin/api/",
    "tocsin/cli/",
    "tocsin/console/",
    "tocsin/rehearse/",
    "tocsin/subscribe/",
    "tocsin/page/tests/test_site_pasts.py",
    "tests/agreement/",
    "tests/hostile/test_console.py",
    "tests/hostile/test_moving.py",
    "tests/story/test_leaving.py",
    "tests/story/test_pages_as_code.py",
    "tests/story/test_worlds_apart.py",
)
# … but tables are laid and workers meet in each in its own way, and what only the stricter one
# refuses is found by calls that nobody thought of.
NEVER_ENOUGH = (
    "tocsin/api/v1/tests/test_described.py",
    "tocsin/cli/tests/test_tables.py",
    "tocsin/cli/tests/test_worker.py",
    "tests/story/test_leaving.py::test_life_goes_on_where_it_came_to",
)
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "own_database_url"}

_ground: "Ground | None" = None


def _memory() -> str | None:
    """Where files are as fast as memory; None where there is no such place, or little room.

    The product makes every file last through a loss of power. Nobody will miss the files of a test,
    and waiting for a disk proves nothing.
    """
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return str(MEMORY) if roomy else None


class Ground:
    """What one process of a run stands on; ``clear`` takes it away again.

    Its first process makes what all share: the PostgreSQL server, and a migrated database to copy.
    """

    def __init__(self) -> None:
        self.kind = os.environ.get("TOCSIN_TEST_DATABASE", "sqlite")
        if self.kind not in {"sqlite", "postgresql"}:
            raise pytest.UsageError("TOCSIN_TEST_DATABASE is sqlite or postgresql.")
        self.directory = Path(tempfile.mkdtemp(prefix="tocsin-tests-", dir=_memory()))
        self.is_first = SHARED not in os.environ
        self.shared = Path(os.environ.get(SHARED, self.directory))
        self.postgresql = self._server() if self.kind == "postgresql" else None

    def _server(self) -> "PostgreSQL":
        from tests.postgresql import PostgreSQL

        return PostgreSQL(self.shared, starts=self.is_first)

    def migrated(self) -> Path:
        """A SQLite database with every table and no row, made by whoever asks first."""
        return self._made_once("migrated.sqlite3", lambda path: f"sqlite:///{path}")

    def migrated_url(self) -> str:
        """The URL of a new database with every table and no row."""
        if self.postgresql is None:
            copy = Path(tempfile.mkdtemp(dir=self.directory)) / "own.sqlite3"
            shutil.copyfile(self.migrated(), copy)
            return f"sqlite:///{copy}"
        server = self.postgresql
        template = self._made_once("migrated.url", lambda _: server.new_database())
        return server.new_database(like=template.read_text())

    def empty_url(self) -> str:
        """The URL of a new database without a table."""
        if self.postgresql:
            return self.postgresql.new_database()
        return f"sqlite:///{Path(tempfile.mkdtemp(dir=self.directory)) / 'empty.sqlite3'}"

    def _made_once(self, name: str, url_at: Callable[[Path], str]) -> Path:
        """Lay the tables in a process of its own, once a run; their file, or one with their URL."""
        place = self.shared / name
        with (self.shared / "migrating").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if place.exists():
                return place
            making = self.shared / f"making-{name}"
            url = url_at(making)
            told = {"TOCSIN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tocsin.settings"}
            made = (sys.executable, "-m", "tocsin.cli.tables")
            subprocess.run(made, env={**os.environ, **told}, check=True)
            if self.postgresql:
                making.write_text(url)
            making.rename(place)
        return place

    def set_environment(self) -> None:
        """Nothing that the developer's shell says may reach a test."""
        for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
            del os.environ[name]
        data = self.directory / "data"
        (data / "static").mkdir(parents=True)
        os.environ |= {
            SHARED: str(self.shared),
            "TOCSIN_TEST_DATABASE": self.kind,
            "TOCSIN_DATA_DIR": str(data),
            "TOCSIN_CONFIG": str(self.directory / "no-tocsin.toml"),
        }
        if self.postgresql:
            os.environ["TOCSIN_DATABASE_URL"] = self.postgresql.url
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(self.directory))  # for tmp_path

    def keep_bytecode(self) -> None:
        """What is imported is compiled once, not anew in each of the many processes of a run."""
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        sys.dont_write_bytecode = False

    def set_settings(self) -> None:
        """A file for SQLite instead of memory, and passwords that are not costly to hash."""
        from tocsin import settings

        default: dict[str, Any] = settings.DATABASES["default"]
        # Made as tocsin.cli.tables makes them, which a test holds to what the migrations lead to.
        default["TEST"] = {"MIGRATE": False}
        if not self.postgresql:
            default["TEST"]["NAME"] = str(self.directory / "test.sqlite3")
        settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]

    def clear(self) -> None:
        if self.postgresql and self.is_first:
            self.postgresql.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    # A wrapper runs before pytest-django's own hook, which loads the settings.
    global _ground
    _ground = Ground()
    atexit.register(_ground.clear)
    _ground.set_environment()
    _ground.keep_bytecode()
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
    """A test that says the same on each database is left out of PostgreSQL's turn."""
    assert _ground
    if not _ground.postgresql:
        return
    leaving = [item for item in items if not _may_differ(item)]
    items[:] = [item for item in items if _may_differ(item)]
    config.hook.pytest_deselected(items=leaving)


def _may_differ(item: pytest.Item) -> bool:
    place = item.nodeid
    is_alike = place.startswith(ONE_IS_ENOUGH) and not place.startswith(NEVER_ENOUGH)
    return _touches_the_database(item) and not is_alike


def _touches_the_database(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase

    if issubclass(getattr(item, "cls", None) or object, TransactionTestCase):
        return True
    asked = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(asked & DATABASE_FIXTURES)


@pytest.fixture(scope="module")
def own_database_url() -> str:
    """The URL of a migrated, empty database for processes that a test starts."""
    assert _ground
    return _ground.migrated_url()


@pytest.fixture(scope="module")
def empty_database_url() -> str:
    """The URL of a database without a table."""
    assert _ground
    return _ground.empty_url()


@pytest.fixture(scope="session")
def migrated_database() -> Path:
    """A migrated, empty SQLite file, to be copied, for installations that stand on none other."""
    assert _ground
    return _ground.migrated()


@pytest.fixture(autouse=True)
def _own_data(request: pytest.FixtureRequest) -> None:
    """What lies beside the database is each test's own, as that is: the journal's anchor, the
    page's files, the shouts that wait in them."""
    if _touches_the_database(request.node):
        assert _ground
        settings: Settings = request.getfixturevalue("settings")
        data_dir = Path(tempfile.mkdtemp(prefix="data-", dir=_ground.directory))
        settings.TOCSIN = replace(
            settings.TOCSIN,
            data_dir=data_dir,
            site_dir=data_dir / "site",
            private_dir=data_dir / "private",
        )


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
