"""Reminders of reports that an incident may owe: at the policy's parts of their time, and at once
of those that are owed without a time.

Whoever leads is written to, and the page's legal. The letter's key is why each of them is written
to once; after a time without a worker only the newest part is told, the earlier ones being true no
longer. A reminder is never advice: each names its source, and counsel.
"""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import BARS, Fact, Link, Sheet, paragraph
from tocsin.disclosure import times
from tocsin.disclosure.clocks.values import Due
from tocsin.incidents import reporting
from tocsin.incidents.declaration import Known
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.post import letters
from tocsin.statements import nudges, policies

FULL = 100
AT_ONCE = 0


def nudge(at: datetime) -> int:
    """Remind of every report that is owed and has come so far; answers how many letters are new."""
    pages = {page.id: page for page in shelf.pages()}
    return sum(
        _nudged(due, known, pages[known.page_id], at=at)
        for known, owed in reporting.unfinished(pages)
        for due in owed.upcoming
    )


def _nudged(due: Due, known: Known, page: Brand, *, at: datetime) -> int:
    percent = percent_of(due, policies.policy_of(page.id).nudges, at=at)
    if percent is None:
        return 0
    told = [*nudges.leads_of(known), *access.holders_of(Role.LEGAL, page.id)]
    each = {operator.id: operator for operator in told}.values()
    return sum(_owe(due, percent, known, operator, page, at=at) for operator in each)


def percent_of(due: Due, parts: tuple[int, ...], *, at: datetime) -> int | None:
    """The newest part of its time that has passed; None while none has, or where none is counted.

    Pure. What is owed without undue delay and has no time is told of once, as it begins.
    """
    if due.begins_at is None:
        return None
    if due.due_at is None:
        return AT_ONCE
    span = due.due_at - due.begins_at
    passed = [part for part in (*parts, FULL) if at >= due.begins_at + span * part / FULL]
    return max(passed, default=None)


def _owe(
    due: Due, percent: int, known: Known, operator: Operator, page: Brand, *, at: datetime
) -> int:
    key = f"report:{known.id}:{due.clock.id}:{due.stage.name}:{percent}:{operator.id}"
    return letters.owe_once(
        key,
        lambda: _sheet(due, known, page, operator.language, at=at),
        to=operator.email,
        language=operator.language,
        at=at,
    )


def _sheet(due: Due, known: Known, page: Brand, language: str, *, at: datetime) -> Sheet:
    said = _said(due, at=at) % {"stage": _spoken(due.stage.name), "regime": due.clock.regime}
    warned = _("A reminder, not legal advice: check with counsel, and read the source.")
    return Sheet(
        language=language,
        sender=page.name,
        eyebrow=_("A report is late") if due.is_late(at) else _("A report may be owed"),
        headline=known.title,
        preview=said,
        blocks=[paragraph(said), paragraph(warned)],
        facts=[
            Fact(pgettext("report", "To"), due.stage.recipient),
            Fact(_("Source"), due.clock.source),
        ],
        boxed=_boxed(due, page, language, at=at),
        action=Link(_("See what is owed"), link_to(known)),
        why=_("You get this because you lead this incident, or are legal for its page."),
        bar=BARS[known.severity],
    )


def _said(due: Due, *, at: datetime) -> str:
    if due.due_at is None:
        return _("“%(stage)s” of %(regime)s may be owed without undue delay.")
    if due.is_late(at):
        return _("The time of “%(stage)s” of %(regime)s has passed, and nobody recorded a receipt.")
    return _("“%(stage)s” of %(regime)s may be owed, and nobody recorded a receipt yet.")


def _boxed(due: Due, page: Brand, language: str, *, at: datetime) -> Fact | None:
    if due.due_at is None:
        return None
    return Fact(
        pgettext("report", "Due by"), times.spoken(due.due_at, page.time_zone, language, now=at)
    )


def _spoken(name: str) -> str:
    """A stage's name as people read it: "early_warning" is "early warning"."""
    return name.replace("_", " ")


def link_to(known: Known) -> str:
    """Where its reports stand, and receipts are recorded."""
    path = reverse("console:incident", args=[known.id])
    return f"{settings.TOCSIN.base_url}{path}#reports"
