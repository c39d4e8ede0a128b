"""Reminders of accounts that are owed: a day before the summary and the whole are due, when they
are, and two days after. Whoever leads the incident is written to, once for each.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import BARS, Fact, Link, Sheet, paragraph
from tocsin.disclosure import times
from tocsin.followup import accounts, one_by_one
from tocsin.followup.accounts import Due
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.people.models import Operator
from tocsin.post import letters
from tocsin.statements import nudges, published

DAY = timedelta(days=1)
LOOKED_AT = 100  # incidents: what is older was reminded of long ago
STALE_AFTER = timedelta(days=14)  # past the last of them, nobody is written to any more


def nudge(at: datetime) -> int:
    """Remind of every account that is owed and not given; answers how many letters are new."""
    found = declaration.recent_incidents(limit=LOOKED_AT)
    return one_by_one.sum_of(lambda known: _nudged(known, at=at), found)


def step_of(due: Due, at: datetime) -> tuple[str, datetime] | None:
    """The newest step that has come, and the time it is about; None where none has. Pure."""
    steps = (
        (due.summary_at - DAY, "summary-ahead", due.summary_at),
        (due.summary_at, "summary", due.summary_at),
        (due.full_at - DAY, "full-ahead", due.full_at),
        (due.full_at, "full", due.full_at),
        (due.full_at + 2 * DAY, "late", due.full_at),
    )
    if at > due.full_at + STALE_AFTER:
        return None
    come = [(name, about) for moment, name, about in steps if moment <= at]
    return come[-1] if come else None


def _nudged(known: Known, *, at: datetime) -> int:
    story = published.story(known.audience_id, known.id)
    if story is None or story.source is not None or accounts.is_given(story):
        return 0
    page = shelf.seen_by(known.audience_id)
    due = accounts.due(story, page)
    step = step_of(due, at) if due else None
    if step is None:
        return 0
    return sum(_owe(step, known, page, operator, at=at) for operator in nudges.leads_of(known))


def _owe(
    step: tuple[str, datetime], known: Known, page: Brand, operator: Operator, *, at: datetime
) -> int:
    key = f"account:{known.id}:{step[0]}:{operator.id}"
    return letters.owe_once(
        key,
        lambda: _sheet(step, known, page, operator.language, at=at),
        to=operator.email,
        language=operator.language,
        at=at,
    )


def _sheet(
    step: tuple[str, datetime], known: Known, page: Brand, language: str, *, at: datetime
) -> Sheet:
    name, about = step
    said = (
        _("A first account is a summary: what readers experienced, how long, what you look at.")
        if name.startswith("summary")
        else _("What happened, what made it possible, and what you change, each with its day.")
    )
    return Sheet(
        language=language,
        sender=page.name,
        eyebrow=_("An account is late") if about <= at else _("An account is due"),
        headline=known.title,
        preview=said,
        blocks=[paragraph(said)],
        facts=[],
        boxed=Fact(
            pgettext("account", "Due by"), times.spoken(about, page.time_zone, language, now=at)
        ),
        action=Link(_("Give the account"), _link_to(known)),
        why=_("You get this because you lead this incident."),
        bar=BARS[known.severity],
    )


def _link_to(known: Known) -> str:
    path = reverse("console:account", args=[known.id])
    return f"{settings.TOCSIN.base_url}{path}"
