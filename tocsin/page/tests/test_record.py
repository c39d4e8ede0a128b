from datetime import UTC, timedelta
from typing import Any

import pytest
from django.db import transaction
from icalendar import Calendar

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents.plans import Plan
from tocsin.journal.actors import TERMINAL
from tocsin.page import bars, calendar, memory, record
from tocsin.page.snapshot import Snapshot
from tocsin.statements import maintenance, published, word
from tocsin.statements.notices import Script
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db


def test_what_is_read_bit_by_bit_is_what_would_be_read_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "RECENT", 5)
    page = cast.a_page()
    layers = {"en": Layer(headline="Working again", body="All is well.")}
    first = cast.an_incident(page)
    record.gather(page, former=None, at=NOON)
    for n in range(1, 9):
        cast.an_incident(page, at=later(n))
        record.gather(page, former=None, at=later(n))
    said = Saying(phase=Phase.RESOLVED, layers=layers)
    word.say(first.incident_id, said, by=TERMINAL, at=later(60))

    told = record.gather(page, former=None, at=later(60))

    assert told.recent == published.recent_stories(page.audience_id, limit=5)
    window = bars.midnights(later(60), page.time_zone)[0]
    spans = published.spans_between(page.audience_id, window, later(61))
    assert sorted(told.spans, key=str) == sorted(spans, key=str)
    assert len(told.open) == 8


def test_a_backup_put_back_is_read_anew() -> None:
    page = cast.a_page()
    kept_until = transaction.savepoint()
    cast.an_incident(page)
    cast.an_incident(page, component="sign-in")
    record.gather(page, former=None, at=NOON)
    transaction.savepoint_rollback(kept_until)

    kept = cast.an_incident(page, component="cart", at=later(1))

    told = record.gather(page, former=None, at=later(1)).recent
    assert [story.incident_id for story in told] == [kept.incident_id]


def test_a_backup_put_back_is_noticed_after_as_many_words() -> None:
    page = cast.a_page()
    kept_until = transaction.savepoint()
    cast.an_incident(page)
    record.gather(page, former=None, at=NOON)
    transaction.savepoint_rollback(kept_until)

    kept = cast.an_incident(page, component="cart", at=later(1))

    told = record.gather(page, former=None, at=later(1))
    assert [story.incident_id for story in told.open] == [kept.incident_id]
    assert [story.incident_id for story in told.recent] == [kept.incident_id]


def test_components_changed_at_one_moment_are_each_seen() -> None:
    page = cast.a_page()
    for name in ("Search", "Returns"):
        shelf.add_component(page.id, name=name, by=TERMINAL, at=NOON)

        told = record.gather(shelf.seen_by(page.audience_id), former=None, at=NOON)

        assert name in [node.name for node in told.tree]
        assert name in [node.name for node in told.everything]


def test_a_component_remembers_when_it_was_last_in_trouble() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page, at=later(-200 * 1440))
    layers = {"en": Layer(headline="Working again", body="All is well.")}
    ended = later(-200 * 1440 + 30)
    said = Saying(phase=Phase.RESOLVED, layers=layers, until=ended)
    word.say(spoken.incident_id, said, by=TERMINAL, at=ended)

    told = record.gather(page, former=None, at=NOON)

    assert list(told.touched.values()) == [ended]


def test_a_span_whose_end_is_told_late_is_read_again() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    record.gather(page, former=None, at=NOON)
    cast.an_incident(page, component="sign-in", at=later(90))
    record.gather(page, former=None, at=later(90))

    layers = {"en": Layer(headline="Working again", body="It was, for an hour already.")}
    said = Saying(phase=Phase.RESOLVED, layers=layers, until=later(30))
    word.say(spoken.incident_id, said, by=TERMINAL, at=later(100))

    told = record.gather(page, former=None, at=later(100))
    assert [span.until for span in told.spans] in ([None, later(30)], [later(30), None])


def test_a_component_remembers_its_trouble_as_the_days_go_by() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    layers = {"en": Layer(headline="Working again", body="All is well.")}
    said = Saying(phase=Phase.RESOLVED, layers=layers, until=later(30))
    word.say(spoken.incident_id, said, by=TERMINAL, at=later(30))
    record.gather(page, former=None, at=later(30))

    told = record.gather(page, former=None, at=later(100 * 1440))

    assert told.spans == ()
    assert list(told.touched.values()) == [later(30)]


def test_what_a_series_tells_otherwise_outlasts_the_newest_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cancelled and moved windows, in the calendar for as long as their rule is."""
    monkeypatch.setattr(memory, "RECENT", 2)
    page = cast.a_page()
    start = NOON + timedelta(days=1)
    plan = Plan(
        title="Moving the orders",
        effects={"checkout": State.MAINTENANCE},
        starts_at=start,
        ends_at=start + timedelta(hours=2),
    )
    first, second, third, *_rest = maintenance.announce(
        page.id, plan, Script(), rule="FREQ=DAILY;COUNT=9", by=TERMINAL, at=NOON
    )
    record.gather(page, former=None, at=NOON)
    maintenance.cancel(second.incident_id, by=TERMINAL, at=later(1))
    moved = start + timedelta(hours=5)
    maintenance.move(
        first.incident_id,
        starts_at=moved,
        ends_at=moved + timedelta(hours=2),
        by=TERMINAL,
        at=later(2),
    )
    maintenance.turn(moved)
    maintenance.end(first.incident_id, by=TERMINAL, at=moved + timedelta(minutes=20))

    bit_by_bit = record.gather(page, former=None, at=moved + timedelta(hours=3))
    memory.forget()
    at_once = record.gather(page, former=None, at=moved + timedelta(hours=3))

    assert {story.incident_id for story in at_once.recent_planned}.isdisjoint(
        {first.incident_id, second.incident_id}
    )
    for snapshot in (bit_by_bit, at_once):
        told = overrides(snapshot)
        assert told[start + timedelta(days=1)] == ("CANCELLED", start + timedelta(days=1))
        assert told[start] == ("CONFIRMED", moved)
    kept = {story.incident_id for story in at_once.series}
    assert third.incident_id not in kept
    assert {story.incident_id for story in bit_by_bit.series} == kept


def overrides(snapshot: Snapshot) -> dict[Any, tuple[str, Any]]:
    """What a calendar program finds beside the rule: when by the rule, and what instead."""
    told: Any = Calendar.from_ical(calendar.feed(snapshot, "en"))
    parts = [part for part in told.walk("VEVENT") if "RECURRENCE-ID" in part]
    return {
        part["RECURRENCE-ID"].dt.astimezone(UTC): (str(part["STATUS"]), part["DTSTART"].dt)
        for part in parts
    }
