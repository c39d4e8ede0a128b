"""The facts-only note for staff who face customers (R-53): between "resolved" and the account.

Customers ask at once and find somebody to answer. An hour after readers were told that it is over,
so that a first correction is in it, whoever answers them gets what may be said: what was published,
in one sheet, and nothing that only we know. Each is written to once, within a day or not at all.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import BARS, Fact, Link, Sheet, paragraph
from tocsin.disclosure import times
from tocsin.disclosure.severity import OWING_AN_ACCOUNT
from tocsin.followup import accounts, one_by_one
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.page import address, labels
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.post import letters
from tocsin.statements import published
from tocsin.statements.published import Layer, Story

AFTER, WITHIN = timedelta(hours=1), timedelta(hours=24)
WHOM = (Role.READER, Role.COMMUNICATIONS, Role.RESPONDER)  # who answers customers
LOOKED_AT = 50  # incidents, the newest: a day holds fewer that were grave


def send(at: datetime) -> int:
    """Owe every note whose time has come; answers how many are new."""
    found = declaration.recent_incidents(limit=LOOKED_AT)
    return one_by_one.sum_of(lambda known: _sent(known, at=at), found)


def facts(story: Story, page: Brand, language: str, *, at: datetime) -> Iterator[tuple[str, str]]:
    """What may be said to whoever asks: (question, answer), from what was published alone."""
    layer = _layer(story, language)
    over_at, told = story.over_at, story.words
    if over_at is not None:
        since, until = (
            times.spoken(moment, page.time_zone, language, now=at)
            for moment in (story.started_at, over_at)
        )
        lasted = times.lasted(over_at - story.started_at, language)
        yield _("From when to when"), f"{since} – {until} ({lasted})"
    asked = (
        (_("What they could not do"), layer.effect),
        (_("Who"), layer.who),
        (_("In numbers"), layer.total),
        (_("What may linger"), layer.lingering),
        (_("Their data"), labels.data(told.data)),
        (_("What they must do"), layer.customer_action),
        (_("Why"), layer.cause),
    )
    yield from ((question, answer) for question, answer in asked if answer)
    due = accounts.due(story, page)
    if due is not None and not accounts.is_given(story):
        on = times.spoken(due.full_at, page.time_zone, language, now=at)
        yield _("When they read all of it"), _("by %(day)s, on the page") % {"day": on}


def _layer(story: Story, language: str) -> Layer:
    layers = story.words.layers
    return layers.get(language) or next(iter(layers.values()))


def _sent(known: Known, *, at: datetime) -> int:
    if known.is_open or known.is_planned or known.severity not in OWING_AN_ACCOUNT:
        return 0
    story = published.story(known.audience_id, known.id)
    over_at = story.resolved_at if story is not None else None
    if story is None or story.source is not None or over_at is None:
        return 0
    if not AFTER <= at - over_at <= WITHIN:
        return 0
    page = shelf.seen_by(known.audience_id)
    return sum(_owe(known, story, page, operator, at=at) for operator in _staff(page))


def _staff(page: Brand) -> list[Operator]:
    found = {one.id: one for role in WHOM for one in access.holders_of(role, page.id)}
    return list(found.values())


def _owe(known: Known, story: Story, page: Brand, operator: Operator, *, at: datetime) -> int:
    key = f"staff:{known.id}:{operator.id}"
    return letters.owe_once(
        key,
        lambda: _sheet(known, story, page, operator.language, at=at),
        to=operator.email,
        language=operator.language,
        at=at,
    )


def _sheet(known: Known, story: Story, page: Brand, language: str, *, at: datetime) -> Sheet:
    said = _("This much may be said to whoever asks. Of all else: we are looking, and will tell.")
    return Sheet(
        language=language,
        sender=page.name,
        eyebrow=_("For whoever answers customers"),
        headline=story.name(language)[1],
        preview=said,
        blocks=[paragraph(said)],
        facts=[Fact(name, told) for name, told in facts(story, page, language, at=at)],
        action=Link(_("What we published"), address.incident_url(page, known.id)),
        why=_("You get this because you answer customers of this page, or may be asked by them."),
        bar=BARS[known.severity],
    )
