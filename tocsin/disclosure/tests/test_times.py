"""Times and durations as they are read aloud."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tocsin.disclosure import times

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "language", "words"),
    [
        ("UTC", "en", "09:50 UTC"),
        ("UTC", "fr", "09:50 UTC"),
        ("Europe/Paris", "fr", "10:50 CET"),
        ("Asia/Kathmandu", "en", "15:35 UTC+05:45"),
        ("Asia/Riyadh", "en", "12:50 UTC+03"),
    ],
)
def test_a_time_today_is_said_with_its_zone(zone: str, language: str, words: str) -> None:
    assert times.spoken(NOW + timedelta(minutes=20), zone, language, now=NOW) == words


@pytest.mark.parametrize(
    ("days", "language", "words"),
    [
        (1, "en", "09:30 UTC on 25 November"),
        (1, "fr", "09:30 UTC le 25 novembre"),
        (7, "fr", "09:30 UTC le 1er décembre"),
        (60, "en", "09:30 UTC on 23 January 2027"),
    ],
)
def test_a_time_on_another_day_says_which(days: int, language: str, words: str) -> None:
    assert times.spoken(NOW + timedelta(days=days), "UTC", language, now=NOW) == words


def test_today_is_judged_in_the_zone_that_is_shown() -> None:
    midnight_in_paris = datetime(2026, 11, 24, 23, 10, tzinfo=UTC)

    assert times.spoken(midnight_in_paris, "Europe/Paris", "en", now=NOW) == (
        "00:10 CET on 25 November"
    )


def test_a_day_is_said_with_its_year() -> None:
    assert times.day(date(2026, 12, 8), "en") == "8 December 2026"
    assert times.day(date(2026, 12, 1), "fr") == "1er décembre 2026"


@pytest.mark.parametrize(
    ("lasted_for", "english", "french"),
    [
        (timedelta(seconds=40), "less than a minute", "moins d’une minute"),
        (timedelta(minutes=1), "1 minute", "1 minute"),
        (timedelta(minutes=72), "1 hour 12 minutes", "1 heure 12 minutes"),
        (timedelta(hours=2), "2 hours", "2 heures"),
        (timedelta(days=1, hours=3, minutes=9), "1 day 3 hours", "1 jour 3 heures"),
        (timedelta(days=2), "2 days", "2 jours"),
    ],
)
def test_a_duration_is_said_in_its_largest_units(
    lasted_for: timedelta, english: str, french: str
) -> None:
    assert times.lasted(lasted_for, "en") == english
    assert times.lasted(lasted_for, "fr") == french


@pytest.mark.parametrize(
    ("lasted_for", "brief"),
    [
        (timedelta(seconds=40), "less than a minute"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(minutes=72), "1 h 12 min"),
        (timedelta(hours=2, seconds=59), "2 h"),
        (timedelta(days=1), "1 day"),
    ],
)
def test_a_duration_is_said_briefly_in_symbols(lasted_for: timedelta, brief: str) -> None:
    assert times.lasted_briefly(lasted_for, "en") == brief


def test_german_says_the_hour_its_own_zones_and_the_day_with_a_point() -> None:
    assert times.spoken(NOW, "Europe/Berlin", "de", now=NOW) == "10:30 Uhr MEZ"
    assert times.spoken(NOW + timedelta(days=7), "UTC", "de", now=NOW) == (
        "09:30 Uhr UTC am 1. Dezember"
    )
    assert times.day(date(2026, 3, 8), "de") == "8. März 2026"
    assert times.lasted(timedelta(hours=25), "de") == "1 Tag 1 Stunde"
