"""How the coach reads a page: by the file that was adopted last.

BadLexicon    the text cannot be used; its faults name their lines (disclosure/coach/manner.py)
"""

from datetime import datetime

from django.db import transaction

from tocsin.catalogue import adopting
from tocsin.catalogue.adopting import File
from tocsin.disclosure.coach import manner
from tocsin.disclosure.coach.manner import Manner
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.people import access
from tocsin.statements.models import CoachText


@transaction.atomic
def adopt(page_id: str, text: str, *, by: Actor, at: datetime) -> File:
    """Let the coach read a page by a file from now on; the one in force is not adopted again.

    Raises BadLexicon, ``NotAllowed``.
    """
    access.check(by, "pages:write", page_id)
    manner.read(text)
    return adopting.adopt(CoachText, "statements:coach:adopted", page_id, text, by=by, at=at)


_NEWEST = Compiled(lambda page: CoachText.objects.filter(page_id=page).order_by("-number")[:1])


def adopted(page_id: str) -> File:
    """The file in force, with its text."""
    row = _NEWEST.first(page_id)
    return adopting.of(row) if row else File(0, manner.USUAL_TEXT, "", None)


def manner_of(page_id: str) -> Manner:
    """How the coach reads a page."""
    return manner.read(adopted(page_id).text)
