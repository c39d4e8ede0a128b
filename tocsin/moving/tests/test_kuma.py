"""Uptime Kuma's file: read and never written, and only what a status page shows."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.catalogue import shelf
from tocsin.moving.arrivals import kuma
from tocsin.moving.arrivals.cargo import CannotArrive
from tocsin.moving.tests.arriving import UTC_ZONE, unloaded, whats
from tocsin.statements import published

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SCHEMA = """
CREATE TABLE status_page (id INTEGER PRIMARY KEY, slug TEXT, title TEXT, published BOOLEAN,
  password TEXT, created_date DATETIME);
CREATE TABLE "group" (id INTEGER PRIMARY KEY, name TEXT, public BOOLEAN, active BOOLEAN,
  weight INTEGER, status_page_id INTEGER);
CREATE TABLE monitor (id INTEGER PRIMARY KEY, name TEXT, url TEXT, created_date DATETIME);
CREATE TABLE monitor_group (id INTEGER PRIMARY KEY, monitor_id INTEGER, group_id INTEGER,
  weight INTEGER);
CREATE TABLE incident (id INTEGER PRIMARY KEY, title TEXT, content TEXT, style TEXT,
  created_date DATETIME, last_updated_date DATETIME, pin BOOLEAN, active BOOLEAN,
  status_page_id INTEGER);
CREATE TABLE maintenance (id INTEGER PRIMARY KEY, title TEXT, description TEXT, active BOOLEAN,
  strategy TEXT, start_date DATETIME, end_date DATETIME, timezone TEXT);
CREATE TABLE maintenance_status_page (id INTEGER PRIMARY KEY, status_page_id INTEGER,
  maintenance_id INTEGER);
CREATE TABLE monitor_maintenance (id INTEGER PRIMARY KEY, monitor_id INTEGER,
  maintenance_id INTEGER);
CREATE TABLE heartbeat (id INTEGER PRIMARY KEY);
INSERT INTO status_page VALUES (1, 'main', 'Northwind', 1, NULL, '2023-01-02 03:04:05');
INSERT INTO "group" VALUES (1, 'Public', 1, 1, 1, 1), (2, 'Elsewhere', 1, 1, 1, 9);
INSERT INTO monitor VALUES (1, 'Shop', 'https://user:pw@inner.example', '2023-02-01 00:00:00'),
  (2, 'Vault', 'https://vault.inner.example', '2023-02-01 00:00:00');
INSERT INTO monitor_group VALUES (1, 1, 1, 1), (2, 2, 2, 1);
INSERT INTO incident VALUES
  (1, 'Shop is slow', 'We **look**.', 'warning', '2024-05-06 07:08:09',
   '2024-05-06 09:00:00', 0, 1, 1),
  (2, 'Shop is down', 'Again.', 'danger', '2026-11-25 11:00:00', NULL, 1, 1, 1),
  (3, 'Not ours', 'x', 'info', '2024-01-01 00:00:00', NULL, 1, 1, 9);
INSERT INTO maintenance VALUES
  (1, 'New disks', 'An hour.', 1, 'single', '2025-03-01 02:00:00',
   '2025-03-01 03:00:00', 'Europe/Paris'),
  (2, 'Weekly', 'x', 1, 'recurring-weekday', NULL, NULL, 'UTC'),
  (3, 'More disks', 'y', 1, 'single', '2026-12-24 02:00:00',
   '2026-12-24 03:00:00', 'SAME_AS_SERVER');
INSERT INTO maintenance_status_page VALUES (1, 1, 1), (2, 1, 2), (3, 1, 3);
INSERT INTO monitor_maintenance VALUES (1, 1, 1), (2, 2, 1), (3, 1, 3);
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kuma.db"
    with closing(sqlite3.connect(path)) as line:
        line.executescript(SCHEMA)
    return path


def test_only_what_the_page_shows_comes(file: Path) -> None:
    before = file.read_bytes()

    cargo = kuma.read(str(file), zone=UTC_ZONE, at=NOW)

    assert [row["name"] for row in cargo.components] == ["Public", "Shop"]
    names = [one.told["name"] for one in cargo.incidents]
    assert names == ["Shop is slow", "Shop is down", "New disks", "More disks"]
    assert "inner.example" not in repr(cargo.components)
    assert "Vault" not in repr([one.told for one in cargo.incidents])
    assert any("stays where it is" in what for what in whats(cargo))
    assert any("comes again" in what for what in whats(cargo))
    assert file.read_bytes() == before


@pytest.mark.django_db
def test_notices_and_windows_are_as_they_were(file: Path) -> None:
    page, report = unloaded(kuma.read(str(file), zone=UTC_ZONE, at=NOW))

    open_now = published.open_stories(page.audience_id)
    assert [story.name("en")[1] for story in open_now] == ["Shop is down"]
    (ahead,) = published.planned_stories(page.audience_id)
    assert ahead.window
    assert ahead.window.starts_at == datetime(2026, 12, 24, 2, tzinfo=UTC)
    over = next(s for s in published.recent_planned(page.audience_id) if not s.is_open)
    assert over.window
    assert over.window.starts_at == datetime(2025, 3, 1, 1, tzinfo=UTC)  # two in Paris
    assert {node.name for node in shelf.components_of(page.id)} >= {"Public", "Shop"}
    assert report.count("new") == 4
    again = unloaded(kuma.read(str(file), zone=UTC_ZONE, at=NOW), page)[1]
    assert again.count("same") == 4


def test_the_page_is_named_where_there_are_several(file: Path) -> None:
    with closing(sqlite3.connect(file)) as line:
        line.execute("INSERT INTO status_page VALUES (9, 'other', 'Other', 1, 'x', NULL)")
        line.commit()

    with pytest.raises(CannotArrive, match=r"kuma\.db#main, kuma\.db#other"):
        kuma.read(str(file), zone=UTC_ZONE, at=NOW)
    assert kuma.read(f"{file}#other", zone=UTC_ZONE, at=NOW).home.name == "Other"


def test_a_file_of_something_else_is_refused(tmp_path: Path, file: Path) -> None:
    (tmp_path / "text.db").write_text("no database")
    with closing(sqlite3.connect(tmp_path / "other.db")) as line:
        line.execute("CREATE TABLE x (y)")
        line.commit()
    (tmp_path / "cut.db").write_bytes(file.read_bytes()[:5000])

    for name in ("text.db", "other.db", "cut.db", "nowhere.db"):
        with pytest.raises(CannotArrive):
            kuma.read(str(tmp_path / name), zone=UTC_ZONE, at=NOW)
