"""Compile a page as the worker does, and look at what stands then."""

import json
from datetime import datetime
from typing import Any

from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.page import disk, site
from tocsin.statements import word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

WELL_AGAIN = {
    "en": Layer(headline="Checkout is working again", body="It lasted half an hour."),
    "fr": Layer(headline="Le paiement fonctionne de nouveau", body="Une demi-heure."),
}


def compiled(at: datetime) -> int:
    """Compile until nothing is left to do; returns the number of turns."""
    turns = 0
    while site.compile(at) + site.settle(at):
        turns += 1
        assert turns < 200
    return turns


def resolve(incident_id: str, *, at: datetime) -> None:
    saying = Saying(phase=Phase.RESOLVED, layers=WELL_AGAIN, until=at)
    word.say(incident_id, saying, by=TERMINAL, at=at)


def served(page: Brand, path: str) -> bytes:
    """What a web server would answer: the head first, then the archive."""
    directory = site.directory_of(page)
    named = disk.pointed_at(directory)
    assert named
    places = (disk.release_dir(directory, named), directory / disk.ARCHIVE)
    found = [file for place in places for file in (place / path, place / path / "index.html")]
    return next(file for file in found if file.is_file()).read_bytes()


def answer(page: Brand, path: str) -> Any:
    return json.loads(served(page, f"api/v2/{path}.json"))


def archived(page: Brand) -> dict[str, int]:
    """Every archive file and its inode: a file that was written again has another."""
    folder = site.directory_of(page) / disk.ARCHIVE
    return {path: file.stat().st_ino for path, file in disk.files_under(folder)}
