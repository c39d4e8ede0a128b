"""The audience is fixed once, in order, behind the page, and never in a storm."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.cast import NOON, SAM, a_page, ada, an_incident, eve, later, lea
from tocsin.announcements import audience, ledger, progress, reach
from tocsin.announcements.ledger import CannotRelease
from tocsin.announcements.models import Announcement, Delivery, Subscription
from tocsin.announcements.tests.readers import a_reader, a_word, go_live, readers, tell
from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.page.models import Live
from tocsin.people.access import NotAllowed
from tocsin.post.models import Letter
from tocsin.statements import published, word
from tocsin.statements.word import Spoken

pytestmark = pytest.mark.django_db


def told(spoken_id: str) -> set[str]:
    rows = Delivery.objects.filter(publication_id=spoken_id)
    return set(rows.values_list("subscription__address", flat=True))


def announced(page_number: int) -> Announcement:
    return Announcement.objects.get(number=page_number)


def test_a_delivery_is_owed_to_each_reader_before_anything_is_sent() -> None:
    page = a_page()
    readers(page, 3)
    said = an_incident(page).publication
    go_live(page, said.number)

    ledger.announce(NOON)

    rows = Delivery.objects.filter(publication_id=said.id, outcome="", attempts=0, next_at=NOON)
    assert rows.count() == 3
    assert announced(1).total == 3
    assert announced(1).announced_at == NOON


def test_nobody_is_told_before_every_place_shows_it() -> None:
    page = a_page()
    a_reader(page)
    said = an_incident(page).publication

    ledger.announce(NOON)
    assert progress.progress_of(said.id).state == "waiting"
    go_live(page, 1, place="paris")
    go_live(page, 0, place="montreal")
    ledger.announce(NOON)
    assert not Delivery.objects.exists()
    go_live(page, 1, place="montreal")
    ledger.announce(NOON)

    assert told(said.id) == {SAM}


def test_a_place_that_stays_behind_for_long_is_not_waited_for() -> None:
    page = a_page()
    a_reader(page)
    said = an_incident(page).publication
    go_live(page, 1, place="paris")
    go_live(page, 0, place="gone")

    ledger.announce(NOON + ledger.PATIENCE)
    assert not Delivery.objects.exists()
    ledger.announce(NOON + ledger.PATIENCE + timedelta(seconds=1))

    assert told(said.id) == {SAM}


def test_a_page_that_shows_it_nowhere_is_waited_for() -> None:
    page = a_page()
    a_reader(page)
    an_incident(page)
    go_live(page, 0)

    ledger.announce(later(30))

    assert not Delivery.objects.exists()


def test_announcing_again_adds_nothing() -> None:
    page = a_page()
    readers(page, 3)
    said = an_incident(page).publication
    go_live(page, 1)
    ledger.announce(NOON)

    assert ledger.announce(later(1)) == 0
    Announcement.objects.update(announced_at=None, cursor="")
    ledger.announce(later(2))

    assert Delivery.objects.filter(publication_id=said.id).count() == 3


def test_a_big_list_is_fixed_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "SLICE", 2)
    page = a_page()
    readers(page, 5)
    said = an_incident(page).publication
    go_live(page, 1)

    ledger.announce(NOON)

    assert len(told(said.id)) == 5
    assert announced(1).total == 5


def test_a_kill_between_two_slices_loses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "SLICE", 2)
    page = a_page()
    readers(page, 5)
    said = an_incident(page).publication
    go_live(page, 1)
    ledger._begin(said, NOON)
    assert ledger._next_slice(said.id, reach.wanted(said), NOON)

    ledger.announce(later(1))

    assert len(told(said.id)) == 5


def test_who_asked_after_it_was_published_is_not_told() -> None:
    page = a_page()
    said = an_incident(page).publication
    a_reader(page, at=later(1))
    a_reader(page, "early@reader.example")
    go_live(page, 1)

    ledger.announce(later(2))

    assert told(said.id) == {"early@reader.example"}


def test_only_those_who_follow_what_fails_are_told() -> None:
    page = a_page()
    a_reader(page, "all@reader.example")
    a_reader(page, "checkout@reader.example", components=("checkout",))
    a_reader(page, "group@reader.example", components=("shop",))
    a_reader(page, "signin@reader.example", components=("sign-in",))
    said = an_incident(page, component="checkout").publication
    go_live(page, 1)

    ledger.announce(NOON)

    assert told(said.id) == {
        "all@reader.example",
        "checkout@reader.example",
        "group@reader.example",
    }


def test_a_word_about_a_group_reaches_those_below_it() -> None:
    page = a_page()
    a_reader(page, "cart@reader.example", components=("cart",))
    said = an_incident(page, component="shop").publication
    go_live(page, 1)

    ledger.announce(NOON)

    assert told(said.id) == {"cart@reader.example"}


def test_a_reader_hears_of_nothing_milder_than_they_chose() -> None:
    page = a_page()
    a_reader(page, "grave@reader.example", severity="sev1")
    a_reader(page, "most@reader.example", severity="sev3")
    said = an_incident(page, state=State.DEGRADED).publication
    go_live(page, 1)

    ledger.announce(NOON)

    assert told(said.id) == {"most@reader.example"}


def test_who_was_told_before_hears_the_end_whatever_they_follow() -> None:
    page = a_page()
    sam = a_reader(page, components=("checkout",))
    spoken = an_incident(page)
    tell(page, spoken.publication)
    audience.prefer(sam.token, audience.Choice(("sign-in",), "sev1"), at=later(1))

    said = a_word(spoken, at=later(2))
    go_live(page, said.number)
    ledger.announce(later(2))

    assert told(said.id) == {SAM}


def test_who_left_or_never_confirmed_is_not_told() -> None:
    page = a_page()
    gone = a_reader(page, "gone@reader.example")
    audience.unsubscribe(gone.token, at=NOON - timedelta(days=1))
    audience.subscribe(page.id, address="asked@reader.example", at=NOON - timedelta(days=1))
    said = an_incident(page).publication
    go_live(page, 1)

    ledger.announce(NOON)

    assert not told(said.id)


def test_a_word_older_than_the_cutoff_is_never_announced_and_says_why() -> None:
    page = a_page()
    a_reader(page)
    said = an_incident(page).publication
    go_live(page, 1)

    ledger.announce(NOON + timedelta(hours=6, seconds=1))

    assert not told(said.id)
    assert progress.progress_of(said.id).state == "too old"


def test_the_cutoff_is_a_setting(settings: Settings) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, announce_cutoff_hours=1)
    page = a_page()
    a_reader(page)
    said = an_incident(page).publication
    go_live(page, 1)

    ledger.announce(NOON + timedelta(hours=1, seconds=1))

    assert progress.progress_of(said.id).state == "too old"


def test_a_silent_word_is_recorded_and_told_to_nobody() -> None:
    page = a_page()
    a_reader(page)
    spoken = word.declare(
        page.id,
        title="Long ago",
        components={"checkout": State.MAJOR},
        by=TERMINAL,
        at=NOON,
        announces=False,
    )

    ledger.announce(NOON)

    assert progress.progress_of(spoken.publication.id).state == "silent"
    assert not Delivery.objects.exists()


def storm(page_words: int, *, list_of: int, every: timedelta = timedelta(minutes=1)) -> list[str]:
    """So many words in a row to a list of that length; answers what became of each."""
    ada()
    page = a_page()
    readers(page, list_of)
    spoken = an_incident(page)
    said = [spoken.publication]
    go_live(page, 1)
    ledger.announce(NOON)
    for number in range(1, page_words):
        at = NOON + number * every
        said.append(a_word(spoken, f"Word {number}.", at=at))
        go_live(page, said[-1].number)
        ledger.announce(at)
    return [progress.progress_of(one.id).state for one in said]


def test_the_fourth_word_to_everybody_in_ten_minutes_is_held() -> None:
    assert storm(5, list_of=10) == ["telling", "telling", "telling", "held", "held"]

    assert Letter.objects.filter(key__startswith="held:").count() == 1


def test_who_bounces_at_the_first_word_holds_none_of_the_next_two() -> None:
    ada()
    page = a_page()
    readers(page, 10)
    spoken = an_incident(page)
    go_live(page, 1)
    ledger.announce(NOON)
    Subscription.objects.filter(pk=Subscription.objects.values("pk")[:1]).update(bounced_at=NOON)

    states = []
    for number in (1, 2, 3):
        at = NOON + timedelta(minutes=number)
        said = a_word(spoken, f"Word {number}.", at=at)
        go_live(page, said.number)
        ledger.announce(at)
        states.append(progress.progress_of(said.id).state)

    assert states == ["telling", "telling", "held"]


def test_the_same_words_in_an_hour_are_no_storm() -> None:
    states = storm(4, list_of=10, every=timedelta(minutes=11))

    assert states == ["telling"] * 4


def test_quick_words_to_a_tiny_list_are_no_storm() -> None:
    assert storm(6, list_of=2) == ["telling"] * 6


@pytest.mark.parametrize(
    ("change", "states"),
    [
        ({"breaker_ratio": 1.0}, ["telling", "telling", "held"]),
        ({"breaker_ratio": 1.0, "mails_an_hour": 1}, ["telling", "held", "held"]),
        ({"breaker_minutes": 0.5, "breaker_ratio": 1.0}, ["telling", "telling", "telling"]),
    ],
)
def test_the_breaker_is_a_setting(
    settings: Settings, change: dict[str, float], states: list[str]
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, **change)

    assert storm(3, list_of=10) == states


def held_word() -> tuple[Spoken, str]:
    """The incident of a storm, and the id of its held word."""
    storm(4, list_of=10)
    row = Announcement.objects.get(held_at__isnull=False)
    said = published.publication(row.publication_id)
    assert said is not None
    return Spoken(row.about, said), said.id


def test_a_held_word_goes_out_when_somebody_releases_it() -> None:
    _, held = held_word()

    ledger.release_hold(held, by=lea().actor, at=later(5))
    ledger.announce(later(5))

    assert len(told(held)) == 10
    done = [entry.verb for entry in chain.read(("publication", held))]
    assert done[-2:] == [
        "announcements:announcement:held",
        "announcements:announcement:released",
    ]


def test_a_held_word_that_is_dropped_is_told_to_nobody() -> None:
    _, held = held_word()

    ledger.drop_hold(held, by=lea().actor, at=later(5))
    ledger.announce(later(5))

    assert not told(held)
    assert progress.progress_of(held).state == "dropped"


def test_after_a_release_counting_starts_anew() -> None:
    spoken, held = held_word()
    ledger.release_hold(held, by=lea().actor, at=later(5))
    ledger.announce(later(5))

    said = a_word(spoken, "The end.", at=later(6), phase=Phase.MONITORING)
    Live.objects.update(number=said.number)
    ledger.announce(later(6))

    assert progress.progress_of(said.id).state == "telling"


def test_releasing_needs_the_role_something_held_and_fresh_news() -> None:
    _, held = held_word()

    with pytest.raises(NotAllowed):
        ledger.release_hold(held, by=eve().actor, at=later(5))
    with pytest.raises(CannotRelease):
        ledger.release_hold("nothing", by=lea().actor, at=later(5))
    with pytest.raises(CannotRelease):
        ledger.release_hold(held, by=lea().actor, at=NOON + timedelta(hours=7))


def test_what_would_be_told_is_counted_by_the_same_condition() -> None:
    page = a_page()
    a_reader(page, "all@reader.example")
    a_reader(page, "signin@reader.example", components=("sign-in",))

    def reached(*components: str) -> int:
        tree = shelf.components_of(page.id)
        ids = [node.id for node in tree if node.slug in components]
        return progress.reach_of(page.id, page.audience_id, components=ids, at=NOON)

    assert reached("checkout") == 1
    assert reached("sign-in") == 2
    assert reached() == 2


def test_two_pages_do_not_hear_of_each_other(outbox: Path) -> None:
    linden, oak = a_page(), a_page(name="Oak")
    a_reader(oak)
    said = an_incident(linden).publication
    go_live(linden, 1)

    ledger.announce(NOON)

    assert not told(said.id)
