"""Reminders of translations that are owed: at the policy's parts of the time, and past it.

Whoever said the word is reminded first; once the time has passed, those who lead as well. The
letter's key is why each of them is written to once.
"""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import BARS, Fact, Link, Sheet, paragraph
from tocsin.disclosure import times
from tocsin.incidents import declaration
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.post import letters
from tocsin.statements import nudges, policies, translation
from tocsin.statements.models import Publication
from tocsin.statements.translation import Owed

FULL = 100


def nudge(at: datetime) -> int:
    """Remind whoever owes a language of an open incident; answers how many letters are new."""
    found = translation.owed(shelf.pages(), at=at, also_closed=False)
    return sum(_nudged(owed, at) for owed in found)


def _nudged(owed: Owed, at: datetime) -> int:
    percent = percent_of(owed, policies.policy_of(owed.page_id).nudges, at=at)
    if percent is None:
        return 0
    page = shelf.brand(owed.page_id)
    told = _whom(owed, is_past=percent == FULL)
    return sum(_owe(owed, percent, operator, page, at=at) for operator in told)


def percent_of(owed: Owed, parts: tuple[int, ...], *, at: datetime) -> int | None:
    """The newest part of its time that has passed; None while none has. Pure."""
    span = owed.by - owed.said_at
    passed = [part for part in (*parts, FULL) if at >= owed.said_at + span * part / FULL]
    return max(passed, default=None)


def _whom(owed: Owed, *, is_past: bool) -> list[Operator]:
    known = declaration.known_of(owed.incident_id)
    said = Publication.objects.select_related("clearance__revision").get(pk=owed.publication_id)
    revision = said.clearance.revision
    author = access.operator_of(revision.by_id) if revision else None
    told = [author] if author and access.may(author, "publish", owed.page_id) else []
    if is_past or not told:
        told += nudges.leads_of(known, besides=told)
    return list({operator.id: operator for operator in told}.values())


def _owe(owed: Owed, percent: int, operator: Operator, page: Brand, *, at: datetime) -> int:
    key = f"translation:{owed.publication_id}:{owed.language}:{percent}:{operator.id}"
    return letters.owe_once(
        key,
        lambda: _sheet(owed, page, operator.language, is_past=percent == FULL, at=at),
        to=operator.email,
        language=operator.language,
        at=at,
    )


def _sheet(owed: Owed, page: Brand, language: str, *, is_past: bool, at: datetime) -> Sheet:
    by = times.spoken(owed.by, page.time_zone, language, now=at)
    named = languages.called(owed.language, language)
    told = {"number": owed.number, "in_language": named.in_it}
    eyebrow = _("Owed %(in_language)s, and late") if is_past else _("Owed %(in_language)s")
    said = (_late() if is_past else _waited_for()) % told
    return Sheet(
        language=language,
        sender=page.name,
        eyebrow=eyebrow % told,
        headline=owed.title,
        preview=said,
        blocks=[paragraph(said)],
        boxed=Fact(pgettext("translation", "Stated for"), by),
        action=Link(_("Translate it"), link_to(owed)),
        why=_("You get this because you said this word, or lead those who did."),
        bar=BARS[owed.severity],
    )


def _waited_for() -> str:
    return _("Readers wait for no. %(number)d %(in_language)s.")


def _late() -> str:
    return _(
        "Readers were told by when no. %(number)d would be there %(in_language)s, and it is not. "
        "In some minutes the page says so."
    )


def link_to(owed: Owed) -> str:
    """Where it is translated."""
    path = reverse("console:translate", args=[owed.incident_id, owed.number, owed.language])
    return f"{settings.TOCSIN.base_url}{path}"
