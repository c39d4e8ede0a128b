"""What was said elsewhere, taken into the record as it was said: verbatim, and never announced.

Each word has a leave of kind ``imported``, a number, a hash and a note like any other. Many are
written at once, in transactions short enough that a word said here meanwhile waits for none.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from django.db import connection, transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.models import Audience
from tocsin.catalogue.tree import State
from tocsin.journal import bulk, chain
from tocsin.journal.actors import Actor
from tocsin.journal.ids import new_id
from tocsin.people import access
from tocsin.statements import mentions, publication, published, states, stretches, values
from tocsin.statements.models import Clearance, ClearanceKind, Publication, Standing, Thread
from tocsin.statements.values import Kind, Source, Words

LEAVE = (
    *("id", "page", "revision", "kind", "requested_at", "requested_by"),
    *("granted_at", "granted_by"),
)
SAID = (
    *("id", "page", "audience", "number", "kind", "incident", "phase", "content", "announces"),
    *("published_at", "clearance", "salt", "digest"),
)
KEYS = {"page", "audience", "incident", "clearance"}
COLUMNS = tuple(f"{name}_id" if name in KEYS else name for name in SAID)
PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Said:
    """One word as it was said elsewhere, at ``at``. ``changes`` are (component, before, after)."""

    id: str
    words: Words
    changes: tuple[tuple[str, str, str], ...]
    source: Source
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of one incident, oldest first. ``standing`` is how it leaves components."""

    incident_id: str
    said: tuple[Said, ...]
    standing: Mapping[str, State] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the record has of an incident from elsewhere: each update by its id there, with a print
    of what it said. ``is_continued``: words of our own were said of it since.
    """

    updates: Mapping[str, str]
    incident: str
    is_continued: bool


def print_of(source: Mapping[str, Any] | None, body: str = "") -> str:
    """The same for the same; what was taken in is compared by it."""
    canonical = json.dumps([source, body], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def hold_others_off(page_id: str) -> None:
    """Let nobody else bring words to this page until the transaction ends."""
    if connection.vendor == "postgresql":  # SQLite has one writer at a time anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"arriving {page_id}"])


def kept(page_id: str, incident_ids: Sequence[str] | None = None) -> dict[str, Kept]:
    """What on a page came from elsewhere, by incident: of some, or all of it."""
    rows = Publication.objects.filter(audience_id=shelf.brand(page_id).audience_id)
    rows = rows if incident_ids is None else rows.filter(incident_id__in=incident_ids)
    told = rows.exclude(incident=None).exclude(kind=Kind.TRANSLATION)
    fields = told.order_by("incident_id", "number").values_list("incident_id", "content")
    found = {}
    for key, contents in groupby(fields.iterator(chunk_size=500), key=lambda row: str(row[0])):
        if one := _kept([content for _, content in contents]):
            found[key] = one
    return found


def _kept(contents: Sequence[Mapping[str, Any]]) -> Kept | None:
    brought = [content for content in contents if content.get("source")]
    if not brought:
        return None
    updates = {
        content["source"]["update"]["id"]: print_of(content["source"]["update"], _body(content))
        for content in brought
    }
    whole = [content["source"].get("incident") for content in brought]
    last = next((one for one in reversed(whole) if one is not None), None)
    return Kept(updates, print_of(last), len(brought) < len(contents))


def _body(content: Mapping[str, Any]) -> str:
    words = content["words"]
    return str(words["layers"][words["primary"]]["body"])


@transaction.atomic
def take_in(page_id: str, told: Sequence[Told], *, by: Actor, at: datetime) -> int:
    """Say again what was said elsewhere, to each audience of the page; returns how many words.

    How long components were in what state follows by :func:`lay_out`, once all has been told.
    """
    access.check(by, "publish", page_id)
    audiences = publication.locked_audiences(page_id)
    said = [(one.incident_id, word) for one in told for word in one.said]
    leaves = _leaves(page_id, len(said), by=by, at=at)
    taken = _taken(word.id for _, word in said)
    for audience in audiences:
        rows = list(_rows(audience, said, leaves, taken))
        taken |= {row.pk for row in rows}
        bulk.insert(Publication, SAID, (tuple(getattr(row, n) for n in COLUMNS) for row in rows))
        mentions.note(rows)
        notes = (publication.noted(row) for row in rows)
        chain.note_all(publication.PUBLISHED, notes, by=by, at=at, page=page_id)
        _follow_threads(audience, told, rows)
        _stand(audience, told)
    shelf.touch(page_id, at)  # the archive is written anew, in the background
    return len(said)


def _leaves(page_id: str, count: int, *, by: Actor, at: datetime) -> list[str]:
    """Leave to say each of so many words; returns their ids."""
    ids, name = [new_id() for _ in range(count)], str(by)[:200]
    kept = (page_id, None, ClearanceKind.IMPORTED, at, name, at, name)
    bulk.insert(Clearance, LEAVE, ((key, *kept) for key in ids))
    return ids


def _taken(ids: Iterable[str]) -> set[str]:
    """Which ids of updates are publications already: then a word gets another one."""
    found = set[str]()
    for keys in _chunks(ids):
        found |= set(Publication.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return found


def _chunks(keys: Iterable[str | None]) -> Iterator[list[str | None]]:
    """As many at a time as a database takes in one question."""
    left = iter(keys)
    while chunk := list(islice(left, 500)):
        yield chunk


def _rows(
    audience: Audience,
    said: Iterable[tuple[str, Said]],
    leaves: Sequence[str],
    taken: set[str],
) -> Iterator[Publication]:
    first, used = published.last_number(audience.id) + 1, set(taken)
    for number, ((incident_id, word), leave) in enumerate(
        zip(said, leaves, strict=True), start=first
    ):
        content = {
            "words": values.written(word.words),
            "changes": [list(change) for change in word.changes],
            "source": values.written_source(word.source),
            "retells": True,
        }
        own = new_id() if word.id in used else word.id
        used.add(own)
        yield publication.made(
            audience,
            Kind.WORD,
            leave,
            incident_id,
            word.words.phase,
            content,
            id=own,
            number=number,
            announces=False,
            at=word.at,
        )


def _follow_threads(audience: Audience, told: Iterable[Told], rows: Sequence[Publication]) -> None:
    first: dict[str | None, Publication] = {}
    last: dict[str | None, Publication] = {}
    for row in rows:
        first.setdefault(row.incident_id, row)
        last[row.incident_id] = row
    there = {
        thread.incident_id: thread
        for keys in _chunks(first)
        for thread in Thread.objects.filter(audience=audience, incident_id__in=keys)
    }
    fresh: list[Thread] = []
    for one in told:
        words, began = one.said[-1].words, first[one.incident_id]
        thread = there.get(one.incident_id) or Thread(
            audience=audience,
            incident_id=one.incident_id,
            first=began,
            opened_at=began.published_at,
            placed_at=began.published_at,
        )
        thread.last = last[one.incident_id]
        thread.is_open = not words.is_final
        thread.is_planned = words.window is not None
        thread.is_incident = not words.is_planned
        if words.window:
            thread.placed_at = words.window.starts_at
        if thread.pk is None:
            fresh.append(thread)
        else:
            thread.save()
    Thread.objects.bulk_create(fresh, batch_size=200)


def _stand(audience: Audience, told: Sequence[Told]) -> None:
    """Let components be now what the incidents that are open say of them."""
    for keys in _chunks(one.incident_id for one in told):
        Standing.objects.filter(audience=audience, incident_id__in=keys).delete()
    Standing.objects.bulk_create(
        Standing(audience=audience, component_id=key, incident_id=one.incident_id, state=state)
        for one in told
        for key, state in one.standing.items()
        if state != State.OPERATIONAL
    )


def lay_out(
    page_id: str, *, at: datetime, progress: Callable[[int], None] = lambda _read: None
) -> None:
    """Work out anew how long each component was in what state, from all that was said.

    It is read without holding anybody up, and read again where somebody spoke meanwhile.
    """
    for view in shelf.audiences_of(page_id):
        for turn in range(PATIENCE):
            before = published.extent(view.audience_id)
            told = None if turn == PATIENCE - 1 else _stretches(view.audience_id, progress)
            with transaction.atomic():
                publication.locked_audiences(page_id)
                if told is None:
                    told = _stretches(view.audience_id, progress)
                elif published.extent(view.audience_id) != before:
                    continue
                states.lay_out(view.audience_id, list(told), told)
                shelf.touch(page_id, at)
            break


def _stretches(
    audience_id: str, progress: Callable[[int], None]
) -> dict[str, tuple[published.Span, ...]]:
    return stretches.laid(_voices(audience_id, progress))


def _voices(audience_id: str, progress: Callable[[int], None]) -> Iterator[list[stretches.Step]]:
    read = 0
    said = published.by_incident(audience_id)
    for _, of_one in groupby(said, key=lambda one: one.incident_id):
        group = list(of_one)
        read += len(group)
        progress(read)
        yield from stretches.voices(group)
