from datetime import UTC, datetime, timedelta

from tocsin.disclosure.phases import Phase
from tocsin.page import changes
from tocsin.page.changes import CONFIRMED_EVERY
from tocsin.page.tests.telling import NOON, a_closed_story, a_story, a_word, later


def test_a_word_is_overdue_once_its_grace_of_five_minutes_has_passed() -> None:
    story = a_story(a_word(next_word_at=later(30)))

    assert not changes.is_overdue(story, at=later(35))
    assert changes.is_overdue(story, at=later(35) + timedelta(milliseconds=1))


def test_a_word_made_for_more_than_two_hours_has_ten_minutes_of_grace() -> None:
    story = a_story(a_word(next_word_at=later(121)))

    assert not changes.is_overdue(story, at=later(131))
    assert changes.is_overdue(story, at=later(131.1))


def test_a_closed_incident_owes_nothing() -> None:
    assert changes.overdue_at(a_closed_story()) is None


def test_a_word_without_a_time_is_never_overdue() -> None:
    assert changes.overdue_at(a_story(a_word(phase=Phase.IDENTIFIED))) is None


def test_the_page_changes_when_a_word_becomes_overdue() -> None:
    story = a_story(a_word(next_word_at=later(-2), at=later(-30)))

    at = changes.changes_at([story], at=NOON, zone="Etc/UTC")

    assert at == changes.overdue_at(story)
    assert changes.is_overdue(story, at=at)


def test_the_page_changes_at_midnight_in_its_own_zone() -> None:
    nearly = datetime(2026, 11, 23, 22, 58, tzinfo=UTC)

    at = changes.changes_at([], at=nearly, zone="Europe/Paris")

    assert at == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def test_a_quiet_page_says_now_and_then_that_it_is_up_to_date() -> None:
    assert changes.changes_at([], at=NOON, zone="Etc/UTC") == NOON + CONFIRMED_EVERY


def test_what_is_overdue_already_changes_nothing_more() -> None:
    story = a_story(a_word(next_word_at=later(-60), at=later(-90)))

    assert changes.changes_at([story], at=NOON, zone="Etc/UTC") == NOON + CONFIRMED_EVERY
