"""Taking a secret out of what was published: the bytes everywhere, and the number stays.

CannotRedact        it stands in no word of the page, or cannot be taken out; says what to do

What was published keeps its number and its salted hash, and gets a public reason; what is left has
a hash of its own, which the journal seals, so that the chain still verifies. The old salt goes with
the bytes: nobody can try guesses of the secret against the hash. Compiled files follow by the row
(see page/turn.py), the database's own files by scrubbing.py.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.incidents import locking
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.ids import new_id, rfc3339
from tocsin.people import access, sessions
from tocsin.statements import values
from tocsin.statements.models import Publication, Redaction
from tocsin.statements.publication import digest_of, locked_audiences
from tocsin.statements.sweeping import (
    CONTENT,
    Sought,
    Unreadable,
    check_readable,
    sealed_notes,
    sweep,
)
from tocsin.statements.values import BY_LANGUAGE

SHORTEST, LONGEST = 4, 20_000
REASON_LENGTH = 300
ALWAYS_TOUCHED = ("statements_publication", "django_session")


class CannotRedact(Exception):
    """The act is refused; the message says why and what to do, and never what the secret is."""


@dataclass(frozen=True, slots=True)
class Circle:
    """What only a closed circle was told: its own numbers."""

    slug: str
    name: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """In which words of a page a text stands: everyone's numbers, and what circles alone were told.

    ``publications`` are the ids of all of them, whoever was told.
    """

    numbers: tuple[int, ...]
    circles: tuple[Circle, ...]
    publications: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Redacted:
    """What one act took a text out of. ``rows`` are others than words, ``sealed`` notes keep it."""

    act: str
    page_id: str
    stood: Holding
    rows: int
    sealed: tuple[int, ...]


def holding(page_id: str, secret: str) -> Holding:
    """In which words a redaction would find it, whoever was told them."""
    page = shelf.brand(page_id)
    return _stood(page, _found(page_id, _sought(secret)))


@transaction.atomic
def redact(
    page_id: str, secret: str, *, reason: Mapping[str, str], by: Actor, at: datetime
) -> Redacted:
    """Take a text out of every word of a page, of its drafts and of letters that wait.

    ``reason`` is what readers are told, by language. Raises CannotRedact, ``NotAllowed``; then
    nothing was changed.
    """
    access.check(by, "redact", page_id)
    page, sought = shelf.brand(page_id), _sought(secret)
    told = _reason(page, reason, sought)
    _overwrite_what_is_deleted()
    locking.lock_page(page_id)
    locked_audiences(page_id)
    found = _found(page_id, sought)
    if not found:
        raise CannotRedact("No word of this page holds that text. Nothing was changed.")
    act = new_id()
    try:
        for row in found:
            content = sought.taken_out(row.content, CONTENT, page.language)
            _redact_row(row, act, told, content, by=by, at=at)
        swept, tables = sweep(page_id, sought, page.language)
    except Unreadable as left:
        raise CannotRedact(
            f"What it would leave could not be read again ({left}). Nothing was changed. "
            "Give more of what stands there."
        ) from left
    sessions.take_out(sought.pattern)
    if any(table.startswith("catalogue_") for table in tables):
        shelf.touch(page_id, at)  # its files follow the catalogue
    Redaction.objects.filter(act=act).update(tables=[*ALWAYS_TOUCHED, *tables])
    sealed = tuple(sealed_notes(sought))
    return Redacted(act, page_id, _stood(page, found), rows=swept, sealed=sealed)


def _found(page_id: str, sought: Sought) -> list[Publication]:
    told = Publication.objects.filter(page_id=page_id).select_related("audience")
    rows = sought.may_be_in(told, "content").order_by("published_at", "number")
    return [row for row in rows if sought.is_in(row.content, CONTENT)]


def _stood(page: Brand, rows: Iterable[Publication]) -> Holding:
    """A word that everyone was told is told to circles under the same leave: it counts once."""
    rows = list(rows)
    everyone = [row for row in rows if row.audience_id == page.audience_id]
    leaves = {row.clearance_id for row in everyone}
    alone: dict[str, list[Publication]] = {}
    for row in rows:
        if row.clearance_id not in leaves:
            alone.setdefault(row.audience_id, []).append(row)
    return Holding(
        numbers=_numbers(everyone),
        circles=tuple(
            Circle(told[0].audience.slug, told[0].audience.name, _numbers(told))
            for told in alone.values()
        ),
        publications=tuple(row.pk for row in rows),
    )


def _numbers(rows: Iterable[Publication]) -> tuple[int, ...]:
    return tuple(sorted(row.number for row in rows))


def _sought(secret: str) -> Sought:
    text = secret.strip()
    if len(text) < SHORTEST:
        raise CannotRedact(
            f"That is shorter than {SHORTEST} characters, and would be found in other words too. "
            "Give more of what stands there."
        )
    if len(text) > LONGEST:
        raise CannotRedact(f"That is longer than {LONGEST} characters. Take it out in parts.")
    return Sought(text)


def _reason(page: Brand, reason: Mapping[str, str], sought: Sought) -> dict[str, str]:
    told = {code: text.strip() for code, text in reason.items() if text.strip()}
    if not told:
        raise CannotRedact("Say why, in a sentence that readers may read: --reason.")
    if unknown := [code for code in told if code not in page.languages]:
        raise CannotRedact(f"{page.name} does not speak {unknown[0]!r}.")
    if any(len(text) > REASON_LENGTH for text in told.values()):
        raise CannotRedact(f"A reason has at most {REASON_LENGTH} characters.")
    if sought.is_in(told, BY_LANGUAGE):
        raise CannotRedact("The reason holds what is to be taken out. Say it without.")
    return told


def _redact_row(
    row: Publication,
    act: str,
    reason: dict[str, str],
    content: dict[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> None:
    before = content.get("redactions", [])
    content = content | {"redactions": [*before, {"at": rfc3339(at), "reason": reason}]}
    check_readable(f"no. {row.number}", content["words"], values.read if content["words"] else None)
    salt = secrets.token_hex(16)
    digest = digest_of(row.pk, row.number, content, salt=salt, at=row.published_at)
    Publication.objects.filter(pk=row.pk).update(content=content, salt=salt)
    Redaction.objects.create(
        act=act,
        publication_id=row.pk,
        audience_id=row.audience_id,
        reason=reason,
        digest=digest,
        at=at,
        by_name=str(by),
    )
    chain.note(
        "statements:publication:redacted",
        by=by,
        at=at,
        subject=("publication", row.pk),
        page=row.page_id,
        number=row.number,
        was=row.digest,
        digest=digest,
        act=act,
    )


def _overwrite_what_is_deleted() -> None:
    """SQLite leaves the bytes of a changed row in its pages unless it is told not to."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def told() -> list[str]:
    """A sentence on each redacted publication, for whoever verifies the record."""
    rows = Redaction.objects.select_related("publication").order_by("pk")
    return [
        f"No. {row.publication.number} was redacted on {rfc3339(row.at)}: "
        f"{next(iter(row.reason.values()))}"
        for row in rows
    ]
