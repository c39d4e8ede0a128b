"""How the coach reads a page: each file ever adopted is kept, and the newest is in force.

BadLexicon    the text cannot be used; its faults name their lines (disclosure/coach/manner.py)
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tocsin.catalogue.models import Page
from tocsin.disclosure.coach import manner
from tocsin.disclosure.coach.manner import Manner
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.people import access
from tocsin.statements.models import CoachText


@dataclass(frozen=True, slots=True)
class Adopted:
    """A file as it was adopted; number 0 is the usual one, which nobody had to adopt."""

    number: int
    text: str
    by: str
    at: datetime | None

    @property
    def manner(self) -> Manner:
        return manner.read(self.text)


@transaction.atomic
def adopt(page_id: str, text: str, *, by: Actor, at: datetime) -> Adopted:
    """Let the coach read a page by a file from now on; the one in force is not adopted again.

    Raises BadLexicon, ``NotAllowed``.
    """
    access.check(by, "pages:write", page_id)
    manner.read(text)
    Page.objects.select_for_update().get(pk=page_id)  # two who adopt at once get two numbers
    before = adopted(page_id)
    if before.number and before.text == text:
        return before
    row = CoachText.objects.create(
        page_id=page_id, number=before.number + 1, text=text, adopted_at=at, adopted_by=str(by)
    )
    chain.note(
        "statements:coach:adopted",
        by=by,
        at=at,
        subject=("page", page_id),
        page=page_id,
        number=row.number,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    return _adopted(row)


_NEWEST = Compiled(lambda page: CoachText.objects.filter(page_id=page).order_by("-number")[:1])


def adopted(page_id: str) -> Adopted:
    """The file in force, with its text."""
    row = _NEWEST.first(page_id)
    return _adopted(row) if row else Adopted(0, manner.USUAL_TEXT, "", None)


def manner_of(page_id: str) -> Manner:
    """How the coach reads a page."""
    return adopted(page_id).manner


def _adopted(row: CoachText) -> Adopted:
    return Adopted(row.number, row.text, row.adopted_by, row.adopted_at)
