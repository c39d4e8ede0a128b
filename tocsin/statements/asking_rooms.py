"""What the operators' room is told of a word that waits for consent.

The room reads it, the author included, so its link answers for nobody: it leads to the two buttons
whoever signs in and holds the role. The words themselves stay behind it, and so do a circle's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.catalogue import shelf
from tocsin.channels.sheet import BARS, Fact, Link, Sheet, paragraph
from tocsin.disclosure import times
from tocsin.incidents import declaration
from tocsin.people.models import Operator
from tocsin.statements import asking_letters, operators_room

if TYPE_CHECKING:
    from tocsin.statements.asking import Pending


def owe(told: "Pending", asked: Sequence[Operator], *, at: datetime) -> bool:
    """Owe the room the message about a request."""
    return _owe(told, asked, "chat", "asked", at=at)


def remind(told: "Pending", asked: Sequence[Operator], *, part: int, at: datetime) -> bool:
    """Owe the room the message that says that so many percent of the time have passed; once."""
    return _owe(told, asked, f"chat:{part}", "wanted", at=at)


def owe_alarm(told: "Pending", *, at: datetime) -> bool:
    """Owe the room the message that nobody answered, and that readers hear nothing."""
    return _owe(told, (), "chat:alarm", "alarm", at=at)


def _owe(told: "Pending", asked: Sequence[Operator], key: str, what: str, *, at: datetime) -> bool:
    if not operators_room.is_there():
        return False  # asked at every request, so nothing is read for it
    page, known = shelf.brand(told.page_id), declaration.known_of(told.incident_id)
    with translation.override(page.language):
        due = times.spoken(told.due_at, page.time_zone, page.language, now=at)
        eyebrow, said = _said(told, what, due)
        sheet = Sheet(
            language=page.language,
            sender=page.name,
            eyebrow=eyebrow,
            headline=known.title,
            preview=said,
            blocks=[paragraph(said)],
            facts=[Fact(_("Who can answer"), _named(asked))] if asked else [],
            boxed=Fact(pgettext("consent", "Wanted by"), due),
            action=Link(_("Read it and answer"), asking_letters.link_in_room(told)),
            why=_("Whoever follows the link signs in. Nobody clears their own words."),
            bar=BARS[told.words.severity],
        )
        return operators_room.owe(
            f"clearance:{told.request_id}:{key}",
            sheet,
            is_for_everyone=known.is_for_everyone,
            at=at,
        )


def _named(asked: Sequence[Operator]) -> str:
    return ", ".join(sorted(operator.name for operator in asked))


def _said(told: "Pending", what: str, due: str) -> tuple[str, str]:
    """What it is about, in a few words, and in a sentence."""
    if what == "alarm":
        said = _("Nobody answered in time, and the policy lets nothing be said meanwhile.")
        return _("A word waits, and readers hear nothing"), said
    asks = _("%(author)s asks for consent to a word. It is wanted by %(due)s.")
    eyebrow = _("Consent is asked for") if what == "asked" else _("Consent is still wanted")
    return eyebrow, asks % {"author": told.requested_by, "due": due}
