from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as installed
from pytest_django.fixtures import Settings

from tocsin.announcements import progress, readers
from tocsin.announcements.readers import Standing
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.rehearse import demo, linden
from tocsin.rehearse.linden import Cast
from tocsin.rehearse.nights import checkout, sign_in
from tocsin.rehearse.player import BackInTime, Night
from tocsin.statements import cadence, publication, published

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_directories")]


@pytest.fixture
def page() -> Brand:
    return linden.open_page(by=TERMINAL, at=NINE)


@pytest.fixture
def cast() -> Cast:
    return linden.invite_cast(by=TERMINAL, at=NINE)


def test_the_clock_of_a_night_only_goes_forward(page: Brand) -> None:
    night = Night(page, NINE, "22:40")
    night.at("23:50")

    assert night.at("00:10") == NINE + timedelta(hours=1, minutes=30)
    with pytest.raises(BackInTime, match="23:00 has passed"):
        night.at("23:00")


def test_linden_has_words_for_customers_in_both_languages(page: Brand) -> None:
    assert shelf.lacking_words(page) == []


def test_the_checkout_night_keeps_the_rhythm_of_the_published_one(page: Brand, cast: Cast) -> None:
    opens_at = NINE.replace(hour=9, minute=47)
    night = Night(page, opens_at, checkout.OPENS, works=False)

    incident = checkout.tell(night, cast)

    story = published.story(page.audience_id, incident)
    known = declaration.known_of(incident)
    assert story is not None
    assert (story.opened_at - known.moments["started"]).seconds == 11 * 60
    assert (story.opened_at - known.moments["detected"]).seconds == 10 * 60
    assert story.monitoring_at == night.when("11:00")
    assert story.resolved_at == night.when("12:44")
    assert story.resolved_at - known.moments["ended"] == timedelta(minutes=9)


@pytest.mark.parametrize(("told", "opens"), [(checkout, "09:47"), (sign_in, "12:45")])
def test_every_word_came_before_it_was_due(
    told: object, opens: str, page: Brand, cast: Cast
) -> None:
    tell = checkout.tell if told is checkout else sign_in.tell
    incident = tell(Night(page, NINE, opens, works=False), cast)

    story = published.story(page.audience_id, incident)

    assert story is not None
    dues = [said.words.next_word_at for said in story.publications if said.words]
    nexts = [said.published_at for said in story.publications[1:]]
    assert all(due and come <= due for due, come in zip(dues, nexts, strict=False))


def test_a_night_speaks_both_languages_throughout(page: Brand, cast: Cast) -> None:
    incident = checkout.tell(Night(page, NINE, checkout.OPENS, works=False), cast)

    story = published.story(page.audience_id, incident)

    assert story is not None
    for said in story.publications:
        assert said.words
        assert set(said.words.layers) == {"en", "fr"}
    assert story.name("fr") == ("fr", checkout.NAMES["fr"])


def test_a_newcomer_finds_a_living_page() -> None:
    at = datetime(2026, 11, 24, 15, 7, 31, tzinfo=UTC)

    page = demo.furnish(by=TERMINAL, at=at)

    (open_now,) = published.open_stories(page.audience_id)
    assert len(published.recent_stories(page.audience_id)) == 7
    (owed,) = cadence.owed_words()
    assert at < owed.by < at + timedelta(minutes=20)
    live = site.live(page)
    assert live is not None
    assert live.number == published.last_number(page.audience_id)
    assert "Safari" in open_now.words.layers["fr"].headline
    assert chain.verify().faults == []
    assert publication.faults() == []


def test_the_demo_s_readers_were_told_into_the_outbox_alone(
    page: Brand, cast: Cast, settings: Settings
) -> None:
    nowhere = "smtp://relay.invalid:25"
    settings.TOCSIN = replace(settings.TOCSIN, smtp_url=nowhere)

    demo.tell_tonight(page, cast, by=TERMINAL, at=NINE + timedelta(hours=6))

    assert progress.counts(page.id).delivered == len(list(installed.TOCSIN.outbox_dir.iterdir()))
    assert progress.counts(page.id).delivered > 5
    assert readers.count(page.id, standing=Standing.ACTIVE) == 0, "real mail would look for them"
    assert installed.TOCSIN.smtp_url == nowhere
