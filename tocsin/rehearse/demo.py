"""What a newcomer finds: Linden's page, its past weeks, yesterday's night, and one that is open."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from tocsin.announcements import audience
from tocsin.catalogue import shelf, showing
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import Actor
from tocsin.rehearse import linden, reading, weeks
from tocsin.rehearse.linden import Cast
from tocsin.rehearse.player import Night, since_midnight
from tocsin.rehearse.playing import Play

OPEN_SINCE = timedelta(days=100)  # bars show 90 days
YESTERDAY, TONIGHT = "checkout", "sign-in"  # the scenarios; the second is left midway


class NotOurs(Exception):
    """There is no page on which a fictional night may be told; says what to do."""


def furnish(*, by: Actor, at: datetime) -> Brand:
    """Tell it all up to ``at``; the open incident is left half told."""
    page, cast = _past(by=by, at=at)
    tell_tonight(page, cast, by=by, at=at)
    return page


def tell_tonight(page: Brand, cast: Cast, *, by: Actor, at: datetime) -> None:
    """Leave an incident open, half told; its readers' mail goes into the outbox alone."""
    scenario = reading.named(TONIGHT)
    with _into_the_outbox():
        passed = since_midnight(scenario.midway) - since_midnight(scenario.opens)
        night = Night(page, (at - passed).replace(second=0, microsecond=0), scenario.opens)
        play = Play(scenario, night, cast, by=by)
        readers = play.let_in()
        play.whole(until=scenario.midway)
        night.at(scenario.midway)
        play.run_lanes()
    if settings.TOCSIN.smtp_url:
        _let_go(readers, by=by, at=at)  # they exist nowhere; real mail must not look for them


@transaction.atomic
def _past(*, by: Actor, at: datetime) -> tuple[Brand, Cast]:
    """All that is over. In one go: a demo that stops half way must not pass for an installation."""
    opened = at - OPEN_SINCE
    page, cast = linden.open_page(by=by, at=opened), linden.invite_cast(by=by, at=opened)
    showing.show_score(page.id, shown=True, by=by, at=opened)
    weeks.tell(page, cast, until=at)
    scenario = reading.named(YESTERDAY)
    opens_at = _midnight_before(at) - timedelta(days=1) + since_midnight(scenario.opens)
    night = Night(page, opens_at, scenario.opens, announces=False, works=False)
    Play(scenario, night, cast, by=by, lets_readers_in=False).whole()
    return page, cast


def _midnight_before(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def stage(*, by: Actor, at: datetime) -> tuple[Brand, Cast]:
    """Linden's page and people, opened on an installation that has no page yet. Raises NotOurs."""
    if settings.TOCSIN.smtp_url:
        raise NotOurs(
            "This installation sends mail, and a fictional night would send it to people who do "
            "not exist. Play it where none leaves: TOCSIN_SMTP_URL= TOCSIN_DATA_DIR=demo tocsin "
            "demo play."
        )
    pages = shelf.pages()
    page = next((page for page in pages if page.slug == linden.SLUG), None)
    if page is None and not pages:
        page = linden.open_page(by=by, at=at)
    if page is None or page.contact != linden.CONTACT:
        raise NotOurs(
            "This installation has pages of its own, and the demo's is not among them. Play it in "
            "a data directory apart: TOCSIN_DATA_DIR=demo tocsin demo play."
        )
    return page, linden.invite_cast(by=by, at=at)


def _let_go(readers: list[str], *, by: Actor, at: datetime) -> None:
    for reader in readers:
        audience.remove(reader, by=by, at=at)


@contextmanager
def _into_the_outbox() -> Iterator[None]:
    """Whatever mail is told of meanwhile lands in the outbox, though a relay were configured."""
    before = settings.TOCSIN
    settings.TOCSIN = replace(before, smtp_url=None)
    try:
        yield
    finally:
        settings.TOCSIN = before
