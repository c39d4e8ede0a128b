"""Noticed after the fact: told once, marked as such, and the bars follow."""

import json
from datetime import UTC, datetime, timedelta
from html import unescape

from tests.cast import SAM
from tests.story.telling import Telling, text_of
from tocsin.catalogue.tree import State
from tocsin.incidents import declaration
from tocsin.statements import cadence, debts, published, retrospective
from tocsin.statements.values import Layer

NOON_IN_MAY = datetime(2026, 5, 4, 12, tzinfo=UTC)
LAYERS = {
    "en": Layer("", "About one payment in five was refused. We found it in the bank's report."),
    "fr": Layer("", "Environ un paiement sur cinq a été refusé."),
}


def told(night: Telling) -> str:
    """At half past nine Lea tells of the forty minutes before eight that nobody saw."""
    at = night.at("09:30")
    began = at - timedelta(hours=2, minutes=10)
    return retrospective.tell(
        night.page.id,
        title="Payments were refused",
        components={"checkout": State.PARTIAL},
        since=began,
        until=began + timedelta(minutes=40),
        layers=LAYERS,
        by=night.lea,
        at=at,
    ).incident_id


def test_it_is_opened_and_closed_at_once_and_says_that_it_comes_late(night: Telling) -> None:
    incident = told(night)

    night.run_lanes()

    page = night.reads(f"incidents/{incident}")
    assert "Told afterwards" in page
    assert "On 24 November 2026, checkout was affected and we did not tell you then" in page
    assert "from 07:20 UTC to 08:00 UTC" in page
    assert "Signalé après coup" in night.reads(f"fr/incidents/{incident}")
    assert night.summary()["incidents"] == []
    assert night.summary()["status"]["indicator"] == "none"
    assert not declaration.known_of(incident).is_open


def test_programs_read_when_it_was_over_not_when_it_was_told(night: Telling) -> None:
    incident = told(night)

    night.run_lanes()

    answer = json.loads(night.reads(f"api/v2/incidents/{incident}.json"))["incident"]
    assert answer["started_at"] == "2026-11-24T07:20:00.000Z"
    assert answer["resolved_at"] == "2026-11-24T08:00:00.000Z"
    assert answer["created_at"] == "2026-11-24T09:30:00.000Z"
    months = json.loads(night.reads("history.json"))["months"]
    (entry,) = [each for month in months for each in month["incidents"]]
    assert "07:20</var> - <var data-var='time'>08:00</var> UTC" in entry["timestamp"]


def test_where_nobody_knows_how_long_it_took_no_time_is_made_up(night: Telling) -> None:
    at = night.at("09:30")
    incident = retrospective.tell(
        night.page.id,
        title="Payments were refused",
        components={"checkout": State.PARTIAL},
        since=NOON_IN_MAY,
        until=NOON_IN_MAY,
        layers=LAYERS,
        by=night.lea,
        at=at,
    ).incident_id

    night.run_lanes()

    page = night.reads(f"incidents/{incident}")
    assert "On 4 May 2026, " in page
    assert "lasted" not in page
    well = night.reads("index.html")
    assert 'ended on <time datetime="2026-05-04">4 May 2026</time>.' in well
    french = unescape(night.reads("fr/index.html"))
    assert 's’est terminé le <time datetime="2026-05-04">4 mai 2026</time>.' in french


def test_the_bars_and_the_uptime_follow(night: Telling) -> None:
    told(night)
    night.run_lanes()

    day = timedelta(days=1)
    (span,) = published.spans_between(
        night.page.audience_id, night.night.now - day, night.night.now + day
    )
    assert (span.state, span.until - span.since) == (  # type: ignore[operator]
        State.PARTIAL,
        timedelta(minutes=40),
    )
    assert "failing for some, 40 minutes" in night.reads("c/checkout")


def test_sam_hears_of_it_once(night: Telling) -> None:
    told(night)

    night.run_lanes()
    night.at("09:40")
    night.run_lanes()

    (mail,) = night.mails_to(SAM)
    assert "Told afterwards" in text_of(mail)
    assert "About one payment in five" in " ".join(text_of(mail).split())


def test_no_measure_of_speed_counts_it(night: Telling) -> None:
    incident = told(night)

    story = published.story(night.page.audience_id, incident)

    assert story
    assert story.is_retrospective
    assert cadence.owed_words() == []
    assert debts.debts_of(story, at=night.at("10:30")) == ()
