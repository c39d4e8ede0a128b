"""Reminders of promises to whoever keeps them: a week before their day, on it, and a week after.

The letter's key holds the day, so a promise that slipped is reminded of anew; after a time without
a worker only the newest is told.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import BARS, Fact, Link, Sheet, paragraph
from tocsin.disclosure import times
from tocsin.followup import one_by_one, pledges, promises
from tocsin.followup.promises import Kept
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.people.models import Operator
from tocsin.post import letters
from tocsin.statements import nudges
from tocsin.statements.promised import Fate

WEEK = timedelta(days=7)
STEPS = (-WEEK, timedelta(0), WEEK)


def remind(at: datetime) -> int:
    """Remind of every open promise whose time has come; answers how many letters are new."""
    pages = {page.id: page for page in shelf.pages()}
    found = [kept for kept in promises.of_page() if kept.fate == Fate.OPEN]
    return one_by_one.sum_of(lambda kept: _reminded(kept, pages, at=at), found)


def step_of(due_on: date, today: date) -> timedelta | None:
    """The newest step that has come, as days past the day; None before the first. Pure."""
    return max((step for step in STEPS if due_on + step <= today), default=None)


def _reminded(kept: Kept, pages: dict[str, Brand], *, at: datetime) -> int:
    known = declaration.known_of(kept.incident_id)
    page = pages[known.page_id]
    today = at.astimezone(ZoneInfo(page.time_zone)).date()
    step = step_of(kept.due_on, today)
    # Who took it on for tomorrow knows that it is due within a week.
    if step is None or (step < timedelta(0) and kept.now.at > at - WEEK):
        return 0
    keeper = pledges.keeper_of(kept.keeper_id, page.id) if kept.keeper_id else None
    whom = [keeper] if keeper else nudges.leads_of(known)
    return sum(_owe(kept, step, known, page, operator, at=at) for operator in whom)


def _owe(
    kept: Kept, step: timedelta, known: Known, page: Brand, operator: Operator, *, at: datetime
) -> int:
    key = f"promise:{kept.id}:{kept.due_on}:{step.days}:{operator.id}"
    return letters.owe_once(
        key,
        lambda: _sheet(kept, step, known, page, operator.language),
        to=operator.email,
        language=operator.language,
        at=at,
    )


def _sheet(kept: Kept, step: timedelta, known: Known, page: Brand, language: str) -> Sheet:
    text, said = kept.text(language, page.language), _said(kept, step)
    return Sheet(
        language=language,
        sender=page.name,
        eyebrow=_eyebrow(step),
        headline=text.action,
        preview=said,
        blocks=[paragraph(said), paragraph(_advice(kept))],
        facts=[
            Fact(pgettext("promise", "Done when"), text.done_when),
            Fact(pgettext("promise", "Owner"), text.owner),
            Fact(pgettext("promise", "After"), known.title),
        ],
        boxed=Fact(pgettext("promise", "Promised by"), times.day(kept.due_on, language)),
        action=Link(_("Prove it, move it, or drop it"), link_to(known)),
        why=_("You get this because you keep this promise, or lead its incident."),
        bar=BARS[known.severity],
    )


def _eyebrow(step: timedelta) -> str:
    if step < timedelta(0):
        return _("A promise is due within a week")
    return _("A promise is late") if step else _("A promise is due today")


def _said(kept: Kept, step: timedelta) -> str:
    if step <= timedelta(0):
        return _("Once it is done, say what shows it. If it takes longer, say why.")
    if kept.is_public:
        return _("Its day has passed, and the page says so to every reader.")
    return _("Its day has passed, and nobody said what became of it.")


def _advice(kept: Kept) -> str:
    if kept.is_public:
        return _(
            "A promise that is dropped with a reason reads better than one that is open for ever."
        )
    return _("To drop it with a reason is better than to leave it open for ever.")


def link_to(known: Known) -> str:
    """Where the promises of an incident stand, and are turned."""
    path = reverse("console:incident", args=[known.id])
    return f"{settings.TOCSIN.base_url}{path}#promises"
