"""The verb: one incident's evidence in one sealed file, and a note of who took it out."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import transaction

from tocsin.catalogue.shelf import Brand
from tocsin.followup.evidence import (
    agreeing,
    box,
    gathering,
    manifest,
    narrating,
    receipts,
    segment,
)
from tocsin.followup.evidence.box import Writing
from tocsin.followup.evidence.gathering import Gathered
from tocsin.followup.evidence.manifest import MANIFEST, SEAL, SUMS
from tocsin.followup.evidence.readme import README
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.one_look import one_look
from tocsin.page import disk, site
from tocsin.page.address import paths_of, prefix_of
from tocsin.people import access

EXPORTED = "followup:evidence:exported"
LARGEST_PAGE = 32 * 1024 * 1024


class CannotProve(Exception):
    """No bundle was made; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was made."""

    path: Path
    incident: str
    seal: str
    parts: int
    size: int
    with_internal: bool


def bundle(
    incident_id: str, path: Path, *, by: Actor, at: datetime, with_internal: bool = False
) -> Bundle:
    """Write an incident's evidence to a file. Raises CannotProve, UnknownIncident, NotAllowed."""
    known = declaration.known_of(incident_id)
    access.check(by, "evidence", known.page_id)
    _check_place(path)
    while chain.seal(at):  # what was done a moment ago has its place in the chain first
        pass
    try:
        with Writing(path) as writing:
            with one_look():
                seal = _filled(writing, gathering.of(incident_id, with_internal=with_internal))
            with transaction.atomic():
                _note(known.page_id, incident_id, seal, by=by, at=at, with_internal=with_internal)
                writing.placed()
    except OverflowError as fault:
        raise CannotProve(f"{fault} This incident's evidence is larger.") from None
    count = len(writing.parts) - len((MANIFEST, SEAL))  # as many as were sealed
    return Bundle(path, incident_id, seal, count, path.stat().st_size, with_internal)


def exports_of(incident_id: str) -> list[chain.Entry]:
    """Who took this incident's evidence out, and when: the seals are in the details."""
    return chain.read(("evidence", incident_id))


def _check_place(path: Path) -> None:
    if not path.parent.is_dir():
        raise CannotProve(f"There is no folder {path.parent}. Make it first.")
    if path.exists() and not path.is_file():
        raise CannotProve(f"{path} is no file. Name one, such as evidence.zip.")


def _note(
    page_id: str, incident_id: str, seal: str, *, by: Actor, at: datetime, with_internal: bool
) -> None:
    # On a subject of its own: the next bundle of the same incident has the same bytes.
    chain.note(
        EXPORTED,
        by=by,
        at=at,
        subject=("evidence", incident_id),
        page=page_id,
        seal=seal,
        with_internal=with_internal,
    )


def _filled(writing: Writing, told: Gathered) -> str:
    """Write every part; answers the seal."""
    writing.add("README.txt", [README.encode()])
    counts: Counter[tuple[str, str, str]] = Counter()
    _add_record(writing, told, counts)
    seen = _add_seen(writing, told)
    for language in narrating.LANGUAGES:
        content = narrating.html(told, counts=counts, seen=seen, language=language)
        writing.add(f"story.{language}.html", [content])
    for name, content in _page_files(told):
        writing.add(name, [content])
    writing.add(SUMS, [manifest.sums(writing.parts)])
    whole = manifest.written(_about(told), writing.parts)
    writing.add(MANIFEST, [whole])
    writing.add(SEAL, [manifest.sealing(whole)])
    return manifest.sealed(whole)


def _about(told: Gathered) -> dict[str, Any]:
    return {
        "made_by": f"Tocsin {version('tocsin')}",
        "incident": told.known.id,
        "page": {"id": told.page.id, "name": told.page.name},
        "internal": told.with_internal,
        "left_out": [] if told.with_internal else list(LEFT_OUT),
        "journal": segment.ends(told.segment),
    }


LEFT_OUT = (
    "what was known inside and never said: facts, moments, impacts, alerts, reports, reminders",
    "the words of versions that were not published; each has a mark that can be checked later",
    "the journal's notes on these, whose places in the chain are shown",
    "what closed circles of readers were told, unless the incident was theirs alone",
)


def _add_record(writing: Writing, told: Gathered, counts: "Counter[tuple[str, str, str]]") -> None:
    key, keys = told.known.id, told.keys
    writing.add(agreeing.INCIDENT, [_line(told.incident())])
    writing.add(agreeing.PUBLICATIONS, _lines(told.publications()))
    writing.add(agreeing.VERSIONS, _lines(told.versions()))
    writing.add(agreeing.CLEARANCES, _lines(told.leaves()))
    writing.add(agreeing.ANNOUNCEMENTS, _lines(receipts.announcements(keys)))
    counted = receipts.counted(receipts.deliveries(key, keys), counts)
    writing.add(agreeing.DELIVERIES, _lines(counted))
    writing.add(agreeing.JOURNAL, _lines(segment.rows(told.segment)))
    if told.with_internal:
        for name, rows in told.internal():
            writing.add(f"internal/{name}.jsonl", _lines(rows))


def _add_seen(writing: Writing, told: Gathered) -> dict[str, datetime | None]:
    rows = list(receipts.sights(told.keys))
    writing.add("seen.jsonl", _lines(rows))
    return {
        row["publication"]: datetime.fromisoformat(row["seen_at"]) if row["seen_at"] else None
        for row in rows
    }


def _line(row: dict[str, Any]) -> bytes:
    return f"{json.dumps(row, ensure_ascii=False, allow_nan=False)}\n".encode()


def _lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    return map(_line, rows)


def _page_files(told: Gathered) -> Iterator[tuple[str, bytes]]:
    """The incident's page as it stands where readers look, in each language, and for programs."""
    if told.story is None:
        return
    for language in told.page.languages:
        prefix = prefix_of(told.page, language)
        for path in paths_of(told.story):
            if content := _stands(told.page, f"{prefix}{path}/index.html"):
                yield f"page/{prefix}{path}.html", content
    for name in ("incidents", "scheduled-maintenances"):
        path = f"api/v2/{name}/{told.known.id}.json"
        if content := _stands(told.page, path):
            yield f"page/{path}", content


def _stands(page: Brand, path: str) -> bytes | None:
    """A compiled file: the head first, then the archive, as it is served."""
    directory = site.directory_of(page)
    release = disk.pointed_at(directory)
    roots = [disk.release_dir(directory, release)] if release else []
    for root in (*roots, directory / disk.ARCHIVE):
        file = root / path
        if file.is_file() and file.stat().st_size <= LARGEST_PAGE and box.NAME.fullmatch(path):
            return file.read_bytes()
    return None
