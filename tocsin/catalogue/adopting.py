"""Files that a page holds itself to: each ever adopted is kept, and the newest is in force."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from tocsin.catalogue.models import Adopted, Page
from tocsin.journal import chain
from tocsin.journal.actors import Actor


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was adopted; number 0 is the usual one, which nobody had to adopt."""

    number: int
    text: str
    by: str
    at: datetime | None


def of(row: Adopted) -> File:
    """What a row holds."""
    return File(row.number, row.text, row.adopted_by, row.adopted_at)


def adopt(
    kind: type[Adopted], verb: str, page_id: str, text: str, *, by: Actor, at: datetime
) -> File:
    """Put a text in force that was read and allowed already; the one in force stays as it is.

    Call inside the act's own transaction.
    """
    Page.objects.select_for_update().get(pk=page_id)  # two who adopt at once get two numbers
    newest = kind._default_manager.filter(page_id=page_id).order_by("-number").first()
    if newest and newest.text == text:
        return of(newest)
    row = kind._default_manager.create(
        page_id=page_id,
        number=newest.number + 1 if newest else 1,
        text=text,
        adopted_at=at,
        adopted_by=str(by),
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    subject = ("page", page_id)
    chain.note(verb, by=by, at=at, subject=subject, page=page_id, number=row.number, sha256=digest)
    return of(row)
