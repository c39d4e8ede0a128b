import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as installed
from pytest_django.fixtures import Settings

from tocsin.announcements import progress, readers
from tocsin.announcements.readers import Standing
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.phases import Phase
from tocsin.followup import reporting_back
from tocsin.incidents import declaration, drafted
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.rehearse import demo, linden, reading
from tocsin.rehearse.linden import Cast
from tocsin.rehearse.player import BackInTime, Night
from tocsin.rehearse.playing import Play
from tocsin.scorecard import gathering, measures
from tocsin.statements import cadence, debts, publication, published
from tocsin.statements.models import Publication
from tocsin.statements.promised import Fate
from tocsin.statements.published import Story

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SHIPPED = ("checkout", "sign-in", "transfers")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_directories")]


@pytest.fixture
def page() -> Brand:
    return linden.open_page(by=TERMINAL, at=NINE)


@pytest.fixture
def cast(page: Brand) -> Cast:
    return linden.invite_cast(by=TERMINAL, at=NINE)


def a_night_of(name: str, page: Brand, cast: Cast, *, works: bool = False) -> Play:
    scenario = reading.named(name)
    opens_at = NINE.replace(hour=0) + timedelta(minutes=17)
    return Play(scenario, Night(page, opens_at, scenario.opens, works=works), cast, by=TERMINAL)


def story_of(play: Play) -> Story:
    story = published.story(play.night.page.audience_id, play.incident)
    assert story is not None
    return story


def test_three_scenarios_come_along() -> None:
    assert reading.shipped() == SHIPPED


def test_the_clock_of_a_night_only_goes_forward(page: Brand) -> None:
    night = Night(page, NINE, "22:40")
    night.at("23:50")

    assert night.at("00:10") == NINE + timedelta(hours=1, minutes=30)
    with pytest.raises(BackInTime, match="23:00 has passed"):
        night.at("23:00")


def test_a_night_at_speed_says_times_that_really_were(page: Brand) -> None:
    really = NINE
    night = Night(page, NINE, "10:00", speed=60, real=lambda: really)

    assert night.when("10:10") == NINE + timedelta(seconds=10)
    really = NINE + timedelta(seconds=14)  # it took longer
    assert night.at("10:10") == really
    assert night.when("10:05") == NINE + timedelta(seconds=7), "half way to what really was"
    assert night.when("10:20") == really + timedelta(seconds=10), "and all that follows is later"


def test_linden_has_words_for_customers_in_both_languages(page: Brand) -> None:
    assert shelf.lacking_words(page) == []


def test_the_checkout_night_keeps_the_rhythm_of_the_published_one(page: Brand, cast: Cast) -> None:
    play = a_night_of("checkout", page, cast)

    play.whole()

    story = story_of(play)
    known = declaration.known_of(play.incident)
    assert (story.opened_at - known.moments["started"]).seconds == 11 * 60
    assert (story.opened_at - known.moments["detected"]).seconds == 10 * 60
    assert story.monitoring_at == play.night.when("11:00")
    assert story.resolved_at == play.night.when("12:44")
    assert story.resolved_at - known.moments["ended"] == timedelta(minutes=9)


def test_the_sign_in_night_keeps_its_promises_strictly(page: Brand, cast: Cast) -> None:
    play = a_night_of("sign-in", page, cast)

    play.whole()

    story = story_of(play)
    began = declaration.known_of(play.incident).moments["started"]
    assert story.opened_at - began == timedelta(minutes=45)
    found = debts.debts_of(story, at=play.night.now)
    assert [debt.is_strictly_kept for debt in found] == [True] * 4


def test_the_transfers_night_is_28_seconds_late_once_and_goes_back_once(
    page: Brand, cast: Cast
) -> None:
    play = a_night_of("transfers", page, cast, works=True)
    play.let_in()

    play.whole()

    story = story_of(play)
    found = debts.debts_of(story, at=play.night.now)
    late = [debt for debt in found if not debt.is_strictly_kept]
    assert [debt.fate for debt in found] == ["kept"] * 7, "six that were stated, and a usual one"
    assert [debt.lateness for debt in late] == [timedelta(seconds=28)]
    phases = [said.words.phase for said in story.publications if said.words]
    assert phases[3:7] == ["monitoring", "investigating", "investigating", "monitoring"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_night_speaks_both_languages_throughout(name: str, page: Brand, cast: Cast) -> None:
    play = a_night_of(name, page, cast)

    play.whole()

    story = story_of(play)
    for said in story.publications:
        assert said.words
        assert set(said.words.layers) == {"en", "fr"}
        for layer in said.words.layers.values():
            assert not re.search(r"[{}]", layer.body), "every time is told"
    assert not story.is_open
    assert drafted.open_ones([page.id], at=play.night.now) == []


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
    assert drafted.open_ones([page.id], at=at) == [], "what alerted was said"
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


def test_a_newcomer_finds_what_came_of_an_incident() -> None:
    at = datetime(2026, 11, 24, 15, 7, 31, tzinfo=UTC)

    page = demo.furnish(by=TERMINAL, at=at)

    stories = published.recent_stories(page.audience_id)
    (told,) = [story for story in stories if story.promises]
    assert told.phase == Phase.ACCOUNT
    assert {promise.fate for promise in told.promises} == set(Fate)
    assert reporting_back.report(at) == 0, "its day has come, and was kept"
    history = gathering.lately(page, at=at)
    over = [measures.card(one, at=at) for one in history.incidents if not one.is_open]
    assert all(card.complete is True for card in over)


def test_the_record_of_the_demo_stands_in_the_order_of_its_days() -> None:
    page = demo.furnish(by=TERMINAL, at=datetime(2026, 11, 24, 15, 7, 31, tzinfo=UTC))

    told = Publication.objects.filter(page_id=page.id).order_by("number")
    moments = [said.published_at for said in told]

    assert moments == sorted(moments)
