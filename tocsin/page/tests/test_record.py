import pytest
from django.db import transaction

from tests import cast
from tests.cast import NOON, later
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.page import bars, memory, record
from tocsin.statements import published, word
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
