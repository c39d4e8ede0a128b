"""The calendar: what a program makes of it is what was said, whatever the clocks do."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from tocsin.catalogue.tree import State
from tocsin.disclosure import recurrence
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.page import calendar, changes, statuspage
from tocsin.page.snapshot import Snapshot
from tocsin.page.statuspage import stamp
from tocsin.page.tests.telling import NOON, a_snapshot, a_story, a_word
from tocsin.statements.published import Publication, Repeat, Story, Window

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AHEAD = 400 * DAY
zones = st.sampled_from(
    ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Etc/UTC"]
)
rules = st.sampled_from(
    ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SU", "FREQ=WEEKLY;COUNT=30", "FREQ=MONTHLY;BYDAY=-1SU"]
)
starts = st.integers(1, 60 * 24 * 120).map(lambda minutes: NOON + timedelta(minutes=minutes))


def a_window(
    *,
    starts_at: datetime = NOON + DAY,
    lasts_for: timedelta = HOUR,
    repeat: Repeat | None = None,
) -> Window:
    return Window(
        starts_at=starts_at,
        ends_at=starts_at + lasts_for,
        effects={"checkout": State.MAINTENANCE},
        repeat=repeat,
    )


def planned(
    window: Window,
    *,
    work: str = "work00000000",
    phase: Phase = Phase.ANNOUNCED,
    number: int = 1,
    at: datetime = NOON,
) -> Publication:
    said = a_word(
        number=number,
        incident=work,
        phase=phase,
        severity=Severity.SEV4,
        impacts={"checkout": State.OPERATIONAL},
        at=at,
    )
    assert said.words is not None
    return replace(said, words=replace(said.words, window=window))


def a_page_with(*stories: Story, at: datetime = NOON) -> Snapshot:
    open_ones = tuple(story for story in stories if story.is_open)
    return replace(a_snapshot(at=at), planned=open_ones, recent_planned=stories)


def events(snapshot: Snapshot, language: str = "en") -> list[Any]:
    told = Calendar.from_ical(calendar.feed(snapshot, language))
    return [part for part in told.walk() if isinstance(part, Event)]


def test_an_event_says_when_and_what() -> None:
    (event,) = events(a_page_with(a_story(planned(a_window()))))

    assert event["DTSTART"].dt == NOON + DAY
    assert event["DTEND"].dt == NOON + DAY + HOUR
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CONFIRMED", 0, "TRANSPARENT")
    assert event["LAST-MODIFIED"].dt == event["DTSTAMP"].dt == NOON
    assert event["URL"].endswith("/maintenance/work00000000")


def test_its_uid_stays_and_its_sequence_rises_with_time_and_fate() -> None:
    moved = a_window(starts_at=NOON + 2 * DAY)
    said = (
        planned(a_window()),
        planned(a_window(), number=2, at=NOON + HOUR),  # a reminder: nothing changed
        planned(moved, number=3, at=NOON + 2 * HOUR),
        planned(moved, number=4, at=NOON + 3 * HOUR, phase=Phase.CANCELLED),
    )

    told = [events(a_page_with(a_story(*said[:count])))[0] for count in range(1, 5)]

    assert [event["SEQUENCE"] for event in told] == [0, 0, 1, 2]
    assert len({str(event["UID"]) for event in told}) == 1
    assert told[-1]["STATUS"] == "CANCELLED"
    assert told[-1]["SUMMARY"].startswith("Cancelled: ")
    assert told[-1]["LAST-MODIFIED"].dt == NOON + 3 * HOUR


def test_a_page_that_moves_keeps_its_events() -> None:
    here = a_page_with(a_story(planned(a_window())))
    there = replace(here, url="https://status.elsewhere.example")

    assert events(here)[0]["UID"] == events(there)[0]["UID"]


def test_lines_are_folded_and_end_as_the_standard_has_it() -> None:
    raw = calendar.feed(a_page_with(a_story(planned(a_window()))), "en")

    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in raw
    assert raw == calendar.feed(a_page_with(a_story(planned(a_window()))), "en")


@given(rules, starts, zones)
def test_a_calendar_program_comes_to_the_times_that_the_rule_means(
    text: str, start: datetime, zone: str
) -> None:
    rule = recurrence.read(text, starts_at=start, zone=zone)
    first, *_ = recurrence.occurrences(rule, after=start - HOUR, until=start + AHEAD)
    repeat = Repeat("series000000", rule.pattern, rule.first, zone, rule.until, HOUR, first)
    story = a_story(planned(a_window(starts_at=first, repeat=repeat)))
    snapshot = a_page_with(story)

    told = events(snapshot)

    until = start + AHEAD
    meant = list(recurrence.occurrences(rule, after=start - HOUR, until=until))
    assert list(_as_programs_read(told, until)) == meant
    told_too = json.loads(statuspage.files(snapshot)["api/v2/scheduled-maintenances.json"])
    (work,) = told_too["scheduled_maintenances"]
    assert work["scheduled_for"] == stamp(meant[0])


def _as_programs_read(told: list[Any], until: datetime) -> Iterator[datetime]:
    """When a series happens to a program that moves on what the clocks skip, as most do."""
    (master,) = (event for event in told if "RRULE" in event)
    start = master["DTSTART"].dt
    zone = ZoneInfo(master["DTSTART"].params.get("TZID", "UTC"))
    naive = rrulestr(_without_until(master), dtstart=start.replace(tzinfo=None))
    left_out = {when.replace(tzinfo=None) for when in _dates(master, "EXDATE")}
    added = {when.replace(tzinfo=zone).astimezone(UTC) for when in _dates(master, "RDATE")}
    end = master["RRULE"].get("UNTIL", [until])[0]
    days = takewhile(lambda day: day < until.replace(tzinfo=None) + 2 * DAY, naive)
    ruled = {day.replace(tzinfo=zone).astimezone(UTC) for day in days if day not in left_out}
    yield from sorted(at for at in ruled | added if at <= min(end, until))


def _without_until(master: Any) -> str:
    parts = master["RRULE"].to_ical().decode().split(";")
    return ";".join(part for part in parts if not part.startswith("UNTIL"))


def _dates(master: Any, name: str) -> Iterator[datetime]:
    told = master.get(name, [])
    for dates in told if isinstance(told, list) else [told]:
        yield from (each.dt for each in dates.dts)


def test_a_window_of_a_series_that_was_moved_stands_in_for_its_time() -> None:
    rule = recurrence.read("FREQ=WEEKLY", starts_at=NOON + DAY, zone="Europe/Paris")
    repeat = Repeat(
        "series000000", rule.pattern, rule.first, "Europe/Paris", None, HOUR, NOON + DAY
    )
    moved = a_window(starts_at=NOON + 2 * DAY, repeat=repeat)
    story = a_story(planned(a_window(repeat=repeat)), planned(moved, number=2, at=NOON + HOUR))

    master, event = sorted(events(a_page_with(story)), key=lambda event: "RRULE" not in event)

    assert event["UID"] == master["UID"]
    assert event["RECURRENCE-ID"].dt == NOON + DAY
    assert event["DTSTART"].dt == NOON + 2 * DAY


def test_the_page_changes_at_both_ends_of_a_window_with_nothing_said() -> None:
    story = a_story(planned(a_window(lasts_for=timedelta(minutes=2))))
    start, end = NOON + DAY, NOON + DAY + timedelta(minutes=2)

    before, within = (
        changes.changes_at((story,), at=at, zone="Etc/UTC")
        for at in (start - timedelta(minutes=1), start)
    )

    assert (before, within) == (start, end)
