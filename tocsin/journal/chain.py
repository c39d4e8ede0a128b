"""The journal's four verbs: note, read, seal, verify.

Rows are written without any global lock and sealed afterwards by the worker, in order of their
number. The chain is SHA-256 over the previous digest and the note's canonical JSON, so a changed,
missing or reordered row is found, and the anchor kept outside the database finds a cut-off end.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, connection, models, transaction

from tocsin.journal import bell, bulk
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.journal.ids import rfc3339
from tocsin.journal.linking import link
from tocsin.journal.models import Note, Seal

SEALED_A_TURN = 1000
NOTED = (
    *("at", "actor_kind", "actor_id", "actor_name", "verb"),
    *("subject_kind", "subject_id", "page_id", "detail"),
)
Detail = dict[str, object]


def note(
    verb: str,
    *,
    by: Actor,
    at: datetime,
    subject: tuple[str, str],
    page: str = "",
    **detail: object,
) -> None:
    """Write down one act, in the transaction of the act itself.

    ``verb`` follows the grammar ``folder:thing:past participle``; ``subject`` is (kind, id);
    ``page`` is a page's id; ``detail`` holds JSON values, never an address.
    """
    note_all(verb, [(subject, detail)], by=by, at=at, page=page)


def note_all(
    verb: str,
    acts: Iterable[tuple[tuple[str, str], Mapping[str, object]]],
    *,
    by: Actor,
    at: datetime,
    page: str = "",
) -> None:
    """Write down many acts of one kind, (subject, detail) each: a past that is brought along."""
    if not connection.in_atomic_block:
        raise RuntimeError("A journal note belongs inside the transaction of its act.")
    bulk.insert(
        Note,
        NOTED,
        (
            (at, by.kind, by.id, by.name, verb, subject[0], subject[1], page, dict(detail))
            for subject, detail in acts
        ),
    )
    bell.ring()


@dataclass(frozen=True, slots=True)
class Entry:
    """A note as others may read it. ``by`` is a name; ``kind``, what kind of actor it names."""

    at: datetime
    by: str
    verb: str
    subject: tuple[str, str]
    detail: Detail
    kind: str


_OF_VERB = Compiled(
    lambda kind, key, verb: Note.objects.filter(
        subject_kind=kind, subject_id=key, verb=verb
    ).order_by("id")
)


def acts(verb: str, subject: tuple[str, str]) -> list[Entry]:
    """Each time that one thing was done to a subject, oldest first."""
    return [_entry(row) for row in _OF_VERB.rows(*subject, verb)]


def acts_on(page: str, verb: str) -> list[Entry]:
    """Each time that one thing was done on a page, oldest first."""
    return [_entry(row) for row in Note.objects.filter(page_id=page, verb=verb).order_by("id")]


def read(subject: tuple[str, str]) -> list[Entry]:
    """Everything done to one subject, oldest first."""
    notes = Note.objects.filter(subject_kind=subject[0], subject_id=subject[1]).order_by("id")
    return [_entry(row) for row in notes]


def recent(*, page: str = "", limit: int = 50) -> list[Entry]:
    """The newest acts, newest first; of one page when ``page`` is given."""
    notes = Note.objects.filter(page_id=page) if page else Note.objects.all()
    return [_entry(row) for row in notes.order_by("-id")[:limit]]


def _entry(row: Note) -> Entry:
    subject = (row.subject_kind, row.subject_id)
    return Entry(
        row.at, row.actor_name or row.actor_id, row.verb, subject, row.detail, row.actor_kind
    )


def seal(at: datetime) -> int:
    """Seal what is not sealed yet; return how many notes. Safe to run twice at once."""
    if not _unsealed().exists():
        return 0  # asked before the transaction, which on SQLite would lock writers out
    try:
        with transaction.atomic():
            return _seal_once(at)
    except IntegrityError:
        return 0  # another worker sealed the same rows in this instant


def unsealed() -> int:
    """How many notes still wait for their seal."""
    return _unsealed().count()


def _unsealed() -> "models.QuerySet[Note]":
    if connection.vendor == "sqlite":
        # One writer at a time: numbers come in the order of commits, so only newer notes can wait.
        newest = Seal.objects.order_by("-note_id").values_list("note_id", flat=True).first() or 0
        return Note.objects.filter(pk__gt=newest)
    sealed = Seal.objects.filter(note=models.OuterRef("pk"))
    return Note.objects.filter(~models.Exists(sealed))


def _seal_once(at: datetime) -> int:
    last = Seal.objects.order_by("-position").first()
    position, digest = (last.position, last.digest) if last else (0, "")
    seals = []
    for row in _unsealed().order_by("id")[:SEALED_A_TURN]:
        position += 1
        digest = _link(digest, row)
        seals.append(Seal(position=position, note=row, digest=digest, sealed_at=at))
    Seal.objects.bulk_create(seals)
    return len(seals)


def _link(previous: str, row: Note) -> str:
    return link(previous, list(told(row).values()))


def told(row: Note) -> dict[str, object]:
    """What is linked of a note, by the names of ``linking.LINKED`` and in their order."""
    return {
        "id": row.pk,
        "at": rfc3339(row.at),
        "actor_kind": row.actor_kind,
        "actor_id": row.actor_id,
        "actor_name": row.actor_name,
        "verb": row.verb,
        "subject_kind": row.subject_kind,
        "subject_id": row.subject_id,
        "page_id": row.page_id,
        "detail": row.detail,
    }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``verify`` found; ``faults`` are sentences, empty when all is well."""

    sealed: int
    waiting: int
    faults: list[str] = field(default_factory=list)


def verify(anchor: Path | None = None) -> Verdict:
    """Walk the whole chain and compare its end with the anchor, where there is one."""
    faults = list(_broken_links())
    sealed = Seal.objects.count()
    if anchor is not None and anchor.is_file():
        faults += _against(anchor)
    return Verdict(sealed=sealed, waiting=unsealed(), faults=faults)


def _broken_links() -> Iterator[str]:
    digest, expected = "", 0
    for seal_row, row in _sealed_notes():
        expected += 1
        place = seal_row.position
        if place != expected:
            yield f"Seal no. {expected} is missing."
            expected = place
        if row is None:
            yield f"Note {seal_row.note_id}, sealed as no. {place}, is missing."
        elif _link(digest, row) != seal_row.digest:
            yield f"Note {row.pk}, sealed as no. {place}, was changed after it was sealed."
        digest = seal_row.digest


def _sealed_notes() -> Iterator[tuple[Seal, Note | None]]:
    position = 0
    while chunk := list(Seal.objects.filter(position__gt=position).order_by("position")[:2000]):
        notes = Note.objects.in_bulk([link.note_id for link in chunk])
        yield from ((link, notes.get(link.note_id)) for link in chunk)
        position = chunk[-1].position


def keep_anchor(path: Path) -> None:
    """Keep the chain's end outside the database, so that a cut-off end is found too."""
    last = Seal.objects.order_by("-position").first()
    if last is None:
        return
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(f"{last.position} {last.digest}\n", "ascii")
    fresh.replace(path)


def _against(anchor: Path) -> list[str]:
    words = anchor.read_text("ascii", "replace").split()
    if len(words) != 2 or not words[0].isdigit():
        return [f"The anchor {anchor.name} cannot be read."]
    kept = Seal.objects.filter(position=int(words[0])).values_list("digest", flat=True).first()
    if kept is None:
        return [f"The journal ends before no. {words[0]}, which the anchor remembers."]
    return [] if kept == words[1] else [f"Seal no. {words[0]} differs from the anchor."]
