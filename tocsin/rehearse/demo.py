"""What a newcomer finds: Linden's page, its past weeks, yesterday's night, and one that is open."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from tocsin.announcements import audience
from tocsin.announcements.audience import Choice
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import Actor
from tocsin.rehearse import linden, weeks
from tocsin.rehearse.linden import Cast
from tocsin.rehearse.nights import checkout, sign_in
from tocsin.rehearse.player import Night

OPEN_SINCE = timedelta(days=100)  # bars show 90 days
DEMO = "the demo"
READERS = (
    ("sam", "en", ()),
    ("ana", "en", ("checkout", "payments")),
    ("bao", "fr", ()),
    ("chloe", "fr", ("accounts",)),
    ("dmitri", "en", ("api",)),
    ("elif", "fr", ("shop",)),
)


def furnish(*, by: Actor, at: datetime) -> Brand:
    """Tell it all up to ``at``; the open incident is left half told."""
    page, cast = _past(by=by, at=at)
    tell_tonight(page, cast, by=by, at=at)
    return page


def tell_tonight(page: Brand, cast: Cast, *, by: Actor, at: datetime) -> None:
    """Leave an incident open, half told; its readers' mail goes into the outbox alone."""
    with _into_the_outbox():
        readers = let_readers_in(page, by=by, at=at - timedelta(hours=3))
        opens_at = (at - _since_opening()).replace(second=0, microsecond=0)
        night = Night(page, opens_at, sign_in.OPENS)
        sign_in.tell_midway(night, cast)
        night.at(sign_in.MIDWAY)
        night.run_lanes()
    if settings.TOCSIN.smtp_url:
        _let_go(readers, by=by, at=at)  # they exist nowhere; real mail must not look for them


@transaction.atomic
def _past(*, by: Actor, at: datetime) -> tuple[Brand, Cast]:
    """All that is over. In one go: a demo that stops half way must not pass for an installation."""
    opened = at - OPEN_SINCE
    page, cast = linden.open_page(by=by, at=opened), linden.invite_cast(by=by, at=opened)
    weeks.tell(page, cast, until=at)
    yesterday = (at - timedelta(days=1)).replace(hour=9, minute=47, second=0, microsecond=0)
    checkout.tell(Night(page, yesterday, checkout.OPENS, announces=False, works=False), cast)
    return page, cast


def _since_opening() -> timedelta:
    hours, minutes = (
        int(late) - int(early)
        for late, early in zip(sign_in.MIDWAY.split(":"), sign_in.OPENS.split(":"), strict=True)
    )
    return timedelta(hours=hours, minutes=minutes)


def let_readers_in(page: Brand, *, by: Actor, at: datetime) -> list[str]:
    """Subscribe the demo's readers, already confirmed; return their ids."""
    return [
        audience.subscribe(
            page.id,
            address=f"{name}@shop.example",
            choice=Choice(components=components, language=language),
            source=DEMO,
            confirmed=True,
            by=by,
            at=at,
        ).id
        for name, language, components in READERS
    ]


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
