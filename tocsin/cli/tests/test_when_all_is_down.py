"""A shout with every process stopped and the database moved away, in a real installation."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import House, is_answering, until

pytestmark = pytest.mark.xdist_group("house")
DOWN = "Nobody can reach us at the moment. We are on our way."


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Iterator[House]:
    """`tocsin serve` with the page that it opens by itself, compiled and served."""
    place = tmp_path_factory.mktemp("house")
    with House(place, told={"TOCSIN_SITE_TWINS": str(place / "twin")}) as running:
        running.data_dir.mkdir()
        shutil.copyfile(migrated_database, running.database)
        running.start("--no-demo")
        running.await_page()
        yield running


def test_every_process_gone_the_database_too_and_taken_in_when_they_are_back(
    house: House, tmp_path: Path
) -> None:
    house.stop()
    assert not is_answering(house.port)
    away = tmp_path / "away"
    away.mkdir()
    for file in house.data_dir.glob("tocsin.sqlite3*"):
        file.rename(away / file.name)

    shouted = house.tocsin("shout", DOWN, "--json")

    assert shouted.returncode == 0, shouted.stderr
    told = json.loads(shouted.stdout)
    assert not list(house.data_dir.glob("tocsin.sqlite3*")), "a shout makes no database"
    live = (house.data_dir / "site" / "status" / "live").read_text().strip()
    head = house.data_dir / "site" / "status" / "releases" / live
    assert live == told["release"]
    assert "Nobody can reach us at the moment" in (head / "index.html").read_text("utf-8")

    for file in away.iterdir():
        file.rename(house.data_dir / file.name)
    house.start("--no-demo")
    until(lambda: told["incident"] in _open(house), "it is taken in", within=60)
    facts = house.told_by("status")
    assert told["incident"] in [one["incident"] for one in facts["incidents"]]
    assert "Written in an emergency, by hand." in house.read("/").text
    assert house.tocsin("verify").returncode == 0
    twin = house.directory / "twin" / "status" / "record.json"
    until(lambda: told["incident"] in _told_at(twin), "the twin says it too", within=60)
    assert house.told_by("status")["twins"][0]["trouble"] == ""


def test_readers_with_the_page_open_hear_of_a_shout_at_once(house: House) -> None:
    words = "Half of all machines are silent"

    assert house.tocsin("shout", words).returncode == 0

    until(lambda: words in house.read("/").text, "the front shows it", within=30)


def _open(house: House) -> list[str]:
    """What the API tells of as open, once no shout waits to be taken in."""
    summary: dict[str, Any] = house.summary()
    waits = list((house.data_dir / "site" / "status" / "shouts").glob("*.json"))
    return [] if waits else [one["id"] for one in summary["incidents"]]


def _told_at(record: Path) -> list[str]:
    try:
        return [one["id"] for one in json.loads(record.read_bytes())["open"]]
    except (OSError, ValueError):
        return []
