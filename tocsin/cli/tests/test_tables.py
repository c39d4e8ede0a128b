"""An empty database is given the same tables at once that the migrations would lead it to."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

PARTS = re.compile(r', (?=")|, (?=CONSTRAINT)')
POSTGRESQL = (
    # Django's migrations give a table of its own, which we don't use, a wider key than its model.
    """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
        column_default, is_identity FROM information_schema.columns
        WHERE table_schema = 'public'
        AND NOT (table_name LIKE 'auth\\_%' AND column_name = 'id')""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT app, name FROM django_migrations",
    "SELECT app_label, model FROM django_content_type",
)


def test_both_ways_lead_to_the_same_tables(own_database_url: str, empty_database_url: str) -> None:
    run("django", "migrate", "-v0", url=empty_database_url)

    assert laid(own_database_url) == laid(empty_database_url)


def test_who_was_killed_half_way_finds_nothing_and_begins_anew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'own.sqlite3'}"
    killed = "; ".join(
        (
            "import os, django; django.setup()",
            "from tocsin.cli import tables",
            "tables.note_as_applied = lambda: os._exit(9)",
            "tables.stand()",
        )
    )
    with pytest.raises(subprocess.CalledProcessError):
        run_code(killed, url=url)

    run("tocsin.cli.tables", url=url)
    run("tocsin.cli.tables", url=url)  # and now it is one that grew, with nothing to be done

    assert ("statements", "0001_initial") in noted(tmp_path / "own.sqlite3")


def run(*module: str, url: str) -> None:
    _run("-m", *module, url=url)


def run_code(code: str, *, url: str) -> None:
    _run("-c", code, url=url)


def _run(*words: str, url: str) -> None:
    told = {"TOCSIN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tocsin.settings"}
    subprocess.run([sys.executable, *words], env=os.environ | told, check=True, timeout=300)


def noted(file: Path) -> set[tuple[str, str]]:
    with sqlite3.connect(file) as connection:
        return set(connection.execute("SELECT app, name FROM django_migrations"))


def laid(url: str) -> list[str]:
    """Every column, constraint, index and note of a database, a line each, in one order."""
    if url.startswith("sqlite"):
        return sorted(_of_sqlite(Path(url.removeprefix("sqlite:///"))))
    with psycopg.connect(url) as connection:
        return sorted(str(row) for ask in POSTGRESQL for row in connection.execute(ask))


def _of_sqlite(file: Path) -> list[str]:
    with sqlite3.connect(file) as connection:
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        lines = [f"{name}: {part}" for name, sql in made for part in _parts(sql)]
        kinds = connection.execute("SELECT app_label, model FROM django_content_type")
        return lines + [str(kind) for kind in kinds] + [str(note) for note in sorted(noted(file))]


def _parts(sql: str) -> list[str]:
    """The columns and constraints of a table, whose order says nothing; an index whole."""
    if not sql.startswith("CREATE TABLE"):
        return [sql]
    return [part.strip() for part in PARTS.split(sql[sql.index("(") + 1 : -1])]
