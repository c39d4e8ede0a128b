"""Noticed after the fact: told once, marked as such, and the bars follow."""

from datetime import timedelta

from tests.cast import SAM
from tests.story.telling import Telling, text_of
from tocsin.catalogue.tree import State
from tocsin.incidents import declaration
from tocsin.statements import cadence, debts, published, retrospective
from tocsin.statements.values import Layer

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
