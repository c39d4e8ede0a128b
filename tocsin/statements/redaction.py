"""Taking a secret out of what was published: the bytes everywhere, and the number stays.

CannotRedact        it stands in no word of the page, or is too short to look for; says what to do

What was published keeps its number and its salted hash, and gets a public reason; what is left has
a hash of its own, which the journal seals, so that the chain still verifies. The old salt goes with
the bytes: nobody can try guesses of the secret against the hash. Compiled files follow by the row
(see page/turn.py), the database's own files by ``scrub``.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.models import Page
from tocsin.catalogue.shelf import Brand
from tocsin.incidents import locking
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.ids import new_id, rfc3339
from tocsin.people import access, sessions
from tocsin.statements.models import Publication, Redaction
from tocsin.statements.publication import digest_of, locked_audiences
from tocsin.statements.sweeping import Sought, sealed_notes, sweep

SHORTEST, LONGEST = 4, 20_000
REASON_LENGTH = 300
ALWAYS_TOUCHED = ("statements_publication", "django_session")


class CannotRedact(Exception):
    """The act is refused; the message says why and what to do, and never what the secret is."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """What one act took a text out of. ``publications`` are ids, ``numbers`` everyone's."""

    act: str
    page_id: str
    numbers: tuple[int, ...]
    publications: tuple[str, ...]
    rows: int
    sealed: tuple[int, ...]


def holding(page_id: str, secret: str) -> tuple[int, ...]:
    """The numbers, as everyone counts them, of the words that a redaction would touch."""
    sought = _sought(secret)
    page = shelf.brand(page_id)
    rows = sought.may_be_in(Publication.objects.filter(audience_id=page.audience_id), "content")
    told = rows.order_by("number").values_list("number", "content")
    return tuple(number for number, content in told if sought.is_in(content))


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
    audiences = locked_audiences(page_id)
    rows = sought.may_be_in(Publication.objects.filter(page_id=page_id), "content")
    found = [row for row in rows.order_by("published_at", "number") if sought.is_in(row.content)]
    if not found:
        raise CannotRedact("No word of this page holds that text. Nothing was changed.")
    act = new_id()
    for row in found:
        _redact_row(row, act, told, sought.taken_out(row.content, page.language), by=by, at=at)
    swept, tables = sweep(page_id, sought, page.language)
    sessions.take_out(sought.pattern)
    if any(table.startswith("catalogue_") for table in tables):
        Page.objects.filter(pk=page_id).update(changed_at=at)  # its files follow the catalogue
    Redaction.objects.filter(act=act).update(tables=[*ALWAYS_TOUCHED, *tables])
    everyone = audiences[0].pk
    return Redacted(
        act=act,
        page_id=page_id,
        numbers=tuple(row.number for row in found if row.audience_id == everyone),
        publications=tuple(row.pk for row in found),
        rows=swept,
        sealed=tuple(sealed_notes(sought)),
    )


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
    if sought.is_in(told):
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


def scrub(at: datetime) -> int:
    """Let the database's own files forget what was taken out; answers how many acts are done.

    Old copies of a row stay in free pages and in the write-ahead log: the files are written anew.
    Not inside anybody's transaction; killed at any line, or kept out by somebody who reads, it is
    done again.
    """
    waiting = Redaction.objects.filter(scrubbed_at=None)
    if connection.in_atomic_block or not waiting.exists():
        return 0
    acts = set(waiting.values_list("act", flat=True))
    tables = {name for told in waiting.values_list("tables", flat=True) for name in told}
    if not _written_anew(sorted(tables)):
        return 0
    waiting.filter(act__in=acts).update(scrubbed_at=at)
    return len(acts)


def _written_anew(tables: list[str]) -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return int(cursor.fetchone()[0]) == 0
        for table in tables:
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(table)}")
    return True


def waits() -> bool:
    """Whether the database's files still hold something that was taken out."""
    return Redaction.objects.filter(scrubbed_at=None).exists()


def told() -> list[str]:
    """A sentence on each redacted publication, for whoever verifies the record."""
    rows = Redaction.objects.select_related("publication").order_by("pk")
    return [
        f"No. {row.publication.number} was redacted on {rfc3339(row.at)}: "
        f"{next(iter(row.reason.values()))}"
        for row in rows
    ]
