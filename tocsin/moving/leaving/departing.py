"""Taking everything along, or one page of it, in one file.

What was still to be told is written as left behind: whoever takes the record along tells nobody a
second time. Everything else is written as it stands, in one look at the database.
"""

import os
from collections.abc import Callable, Iterator
from heapq import merge
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef

from tocsin.announcements.models import Announcement, Delivery
from tocsin.journal.one_look import one_look
from tocsin.moving.leaving.parcel import Manifest, Packing
from tocsin.moving.leaving.parts import Part, parts
from tocsin.moving.leaving.rows import Row, written
from tocsin.post.models import Outcome
from tocsin.statements.models import Publication

AT_ONCE = 1000
TOLD_EVERY = 500
MOVED = "moved"
LEFT = "left behind by a move"
Progress = Callable[[str, int, int], None]  # (what, done, of how many)


class CannotLeave(Exception):
    """Nothing was written; the message says why, and what to do."""


def export(
    path: Path, *, progress: Progress, page_id: str = "", with_secrets: bool = False
) -> Manifest:
    """Write everything to a file, or one page. Raises CannotLeave."""
    path = Path(os.path.realpath(path))  # a link stays, and what it leads to is written
    if not path.parent.is_dir():
        raise CannotLeave(f"There is no folder {path.parent}. Make it first.")
    if path.is_dir():
        raise CannotLeave(f"{path} is a folder. Name a file, such as {path}/tocsin.zip.")
    if path.exists() and not path.is_file():
        raise CannotLeave(f"{path} is a device or a pipe. Name a file, such as tocsin.zip.")
    manifest = Manifest(page=page_id, has_secrets=with_secrets)
    with one_look(), Packing(path, manifest) as parcel:
        along = parts(of_one_page=bool(page_id))
        total = sum(part.rows(page_id).count() for part in along)
        done = 0
        for part in along:
            told = (written(part, row, with_secrets=with_secrets) for row in _rows(part, page_id))
            parcel.add(part.file, _counted(told, progress, done, total))
            done += manifest.files[part.file]["rows"]
            progress("rows written", min(done, total), total)
    return manifest


def _counted(
    lines: Iterator[bytes], progress: Progress, before: int, total: int
) -> Iterator[bytes]:
    for turn, told in enumerate(lines, start=1):
        if turn % TOLD_EVERY == 0:
            progress("rows written", min(before + turn, total), total)
        yield told


def _rows(part: Part, page_id: str) -> Iterator[Row]:
    if part.model is Announcement:
        looked_at = map(_announced, _read(part, page_id))
        return merge(looked_at, _never_looked_at(page_id), key=lambda row: row["publication"])
    if part.model is Delivery:
        return map(_settled, _read(part, page_id))
    return _read(part, page_id)


def _read(part: Part, page_id: str) -> Iterator[Row]:
    columns = part.columns
    names = [column.name for column in columns]
    rows = part.rows(page_id).values_list(*(column.attname for column in columns))
    for told in rows.iterator(chunk_size=AT_ONCE):
        row = dict(zip(names, told, strict=True))
        yield _alone(row) if page_id and part.label == "catalogue.Page" else row


def _alone(row: Row) -> Row:
    """The only page of a file answers every host where that comes to."""
    return row | {"is_default": True}


def _settled(row: Row) -> Row:
    if row["next_at"] is None:
        return row
    gone = {"outcome": Outcome.SKIPPED.value, "reason": LEFT, "next_at": None}
    return row | gone | {"settled_at": row["next_at"]}


def _announced(row: Row) -> Row:
    if row["announced_at"] is not None:
        return row
    total = Delivery.objects.filter(publication_id=row["publication"]).count()
    return row | {"announced_at": row["begun_at"], "reason": MOVED, "total": total}


def _never_looked_at(page_id: str) -> Iterator[Row]:
    """What the ledger has not come to yet, as if it had looked and told nobody."""
    known = Announcement.objects.filter(publication_id=OuterRef("pk"))
    said = Publication.objects.filter(~Exists(known)).order_by("pk")
    said = said.filter(page_id=page_id) if page_id else said
    columns = ("pk", "audience_id", "number", "incident_id", "published_at")
    for pk, audience, number, incident, at in said.values_list(*columns).iterator(AT_ONCE):
        yield _passed_over(pk, audience, number, incident or pk, at)


def _passed_over(pk: str, audience: str, number: int, about: str, at: Any) -> Row:
    blank = {column.name: column.get_default() for column in Announcement._meta.concrete_fields}
    return blank | {
        "publication": pk,
        "audience": audience,
        "number": number,
        "about": about,
        "published_at": at,
        "begun_at": at,
        "announced_at": at,
        "reason": MOVED,
    }
