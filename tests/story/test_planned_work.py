"""Planned work, from its announcement to its last word: kept, overrun, moved, cancelled.

The clock is turned by hand; nobody visits, and what the clock says was cleared when the window
was announced.
"""

import json
import re
from datetime import datetime, timedelta

import pytest

from tests.cast import SAM
from tests.story.telling import Telling, text_of
from tocsin.announcements import message, statuspage_events
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents.plans import Plan
from tocsin.page import site
from tocsin.statements import cadence, maintenance, published, word
from tocsin.statements.notices import Script
from tocsin.statements.published import Story
from tocsin.statements.word import Saying

SCRIPT = Script(
    texts={
        "en": {
            "benefit": "keep checkout fast in December",
            "work": "move the orders to a larger machine",
            "still_works": "Browsing and carts keep working",
        },
        "fr": {
            "benefit": "garder un paiement rapide en décembre",
            "work": "déplacer les commandes vers une machine plus grande",
            "still_works": "La navigation et le panier restent disponibles",
        },
    }
)


def announced(night: Telling, *, days: int = 9, ends_itself: bool = False) -> str:
    """Olu announces two hours of work on checkout, at 22:00 so many days ahead."""
    at = night.at("09:00")
    starts_at = night.night.when("22:00") + timedelta(days=days)
    plan = Plan(
        title="Moving the orders",
        effects={"checkout": State.MAINTENANCE},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        interruptions=2,
        interruption_for=timedelta(minutes=10),
        ends_itself=ends_itself,
    )
    (said,) = maintenance.announce(night.page.id, plan, SCRIPT, by=night.olu, at=at)
    night.run_lanes()
    return said.incident_id


def without_markup(page: str) -> str:
    return re.sub("<[^>]+>", "", page)


def turned_to(night: Telling, moment: datetime) -> None:
    """Nobody does anything until then, and nobody visits."""
    night.night.now = moment
    night.run_lanes()


def story_of(night: Telling, work: str) -> Story:
    story = published.story(night.page.audience_id, work)
    assert story is not None
    return story


def opens(night: Telling, work: str) -> datetime:
    window = story_of(night, work).window
    assert window is not None
    return window.starts_at


def test_a_window_is_announced_in_words(night: Telling) -> None:
    work = announced(night)

    front, french = night.reads("index.html"), night.reads("fr")
    assert "Moving the orders" in front
    assert "22:00 on 3 December to 00:00 UTC on 4 December" in without_markup(front)
    assert "2 interruptions of 10 minutes each" in front
    assert "Browsing and carts keep working" in front
    assert "Intervention programmée" in french
    assert "de 22:00 le 3 décembre à 00:00 UTC le 4 décembre" in without_markup(french)
    assert "2 interruptions de 10 minutes chacune" in french
    assert "Everything is working." in front
    assert night.summary()["status"]["indicator"] == "none"
    (told,) = night.summary()["scheduled_maintenances"]
    assert (told["id"], told["status"], told["impact"]) == (work, "scheduled", "maintenance")
    assert told["scheduled_for"] == "2026-12-03T22:00:00.000Z"
    (mail,) = night.mails_to(SAM)
    assert f"/maintenance/{work}" in text_of(mail)
    assert "To keep checkout fast in December, we will move the orders" in text_of(mail)


def test_a_planned_window_is_kept(night: Telling) -> None:
    work = announced(night, ends_itself=True)
    start = opens(night, work)

    turned_to(night, start - timedelta(days=7))
    turned_to(night, start - timedelta(hours=24))
    turned_to(night, start)

    front = night.reads("index.html")
    assert "Planned work on checkout has begun" in front
    assert night.summary()["status"] == {
        "indicator": "maintenance",
        "description": "Service Under Maintenance",
    }
    (told,) = night.summary()["scheduled_maintenances"]
    assert told["status"] == "in_progress"
    assert night.summary()["incidents"] == []

    turned_to(night, start + timedelta(hours=2))

    assert "Everything is working." in night.reads("index.html")
    assert "Planned work on checkout is over" in night.reads(f"maintenance/{work}")
    assert [said.words.phase for said in story_of(night, work).publications if said.words] == [
        Phase.ANNOUNCED,
        Phase.ANNOUNCED,
        Phase.ANNOUNCED,
        Phase.BEGUN,
        Phase.ENDED,
    ]
    assert len(night.mails_to(SAM)) == 5
    assert len({mail["Subject"] for mail in night.mails_to(SAM)}) == 1, "one thread"
    assert night.summary()["scheduled_maintenances"] == []
    assert published.spans_between(night.page.audience_id, start, start + timedelta(hours=3))[
        0
    ].until == start + timedelta(hours=2)


def test_a_window_that_overruns_becomes_an_incident_with_its_own_clock(night: Telling) -> None:
    work = announced(night)
    start = opens(night, work)
    turned_to(night, start)
    end = start + timedelta(hours=2)

    turned_to(night, end)

    front = night.reads("index.html")
    assert "The work on checkout is taking longer than announced" in front
    assert "It should have ended at 00:00 UTC" in front
    summary = night.summary()
    assert summary["status"]["indicator"] == "major"
    (incident,) = summary["incidents"]
    assert (incident["id"], incident["status"]) == (work, "identified")
    assert incident["started_at"] == "2026-12-04T00:00:00.000Z"
    (planned,) = summary["scheduled_maintenances"]
    assert (planned["id"], planned["status"]) == (work, "in_progress")
    (owed,) = cadence.owed_words()
    assert (owed.incident_id, owed.by) == (work, end + timedelta(minutes=30))

    said = Saying(
        phase=Phase.RESOLVED,
        layers=dict(story_of(night, work).latest.words.layers),  # type: ignore[union-attr]
    )
    night.night.now = end + timedelta(minutes=20)
    word.say(work, said, by=night.olu, at=night.night.now)
    night.run_lanes()

    assert night.summary()["incidents"] == []
    assert "Everything is working." in night.reads("index.html")
    assert "is taking longer" in night.reads(f"maintenance/{work}")
    assert cadence.owed_words() == []


def test_cancelled_work_is_said_and_stays_to_be_seen(night: Telling) -> None:
    work = announced(night)
    start = opens(night, work)
    night.night.now += timedelta(hours=1)

    reason = {"en": "The new machine did not pass its tests"}
    maintenance.cancel(work, reason=reason, by=night.olu, at=night.night.now)
    night.run_lanes()

    assert "Cancelled" in night.reads("index.html")
    assert "Cancelled: planned work on checkout" in night.reads(f"maintenance/{work}")
    assert "The new machine did not pass its tests." in night.reads(f"maintenance/{work}")
    assert "STATUS:CANCELLED" in night.reads("maintenance.ics")
    turned_to(night, start)
    turned_to(night, start + timedelta(hours=2))
    assert story_of(night, work).latest.number == 2, "the clock says nothing of it any more"
    assert "Cancelled" in night.reads("history/2026-12")
    assert len(night.mails_to(SAM)) == 2


def test_moved_work_says_what_was_announced_before(night: Telling) -> None:
    work = announced(night)
    start = opens(night, work)
    night.night.now += timedelta(hours=1)

    later = start + timedelta(days=1)
    maintenance.move(
        work, starts_at=later, ends_at=later + timedelta(hours=1), by=night.olu, at=night.night.now
    )
    night.run_lanes()

    told = night.reads(f"maintenance/{work}")
    assert "now 22:00 to 23:00 UTC on 4 December" in told
    assert "This work was announced for 22:00 on 3 December to 00:00 UTC on 4 December" in told
    calendar = night.reads("maintenance.ics")
    assert "SEQUENCE:1" in calendar
    turned_to(night, start)
    assert "has begun" not in night.reads("index.html")
    turned_to(night, later)
    assert "Planned work on checkout has begun" in night.reads("index.html")


@pytest.mark.parametrize("after", [0, 1])
def test_an_edge_shows_by_the_clock_alone(night: Telling, after: int) -> None:
    work = announced(night)
    edge = opens(night, work) + timedelta(hours=2 * after)
    turned_to(night, edge - timedelta(seconds=1))
    before = night.reads("index.html")

    turned_to(night, edge)

    assert night.reads("index.html") != before


def test_even_with_nothing_said_the_page_tells_that_a_window_is_open(night: Telling) -> None:
    work = announced(night)
    start = opens(night, work)
    turned_to(night, start - timedelta(minutes=1))

    site.compile(start)  # whoever says that it has begun is away

    assert "The window is open; we have not said yet" in night.reads("index.html")
    site.compile(start + timedelta(hours=2))
    assert "The window is over; we have not said" in night.reads(f"maintenance/{work}")


def test_all_who_asked_for_everything_hear_of_it_in_their_language(night: Telling) -> None:
    work = announced(night)

    (mail,) = night.mails_to("bao@reader.example")

    assert f"/fr/maintenance/{work}" in text_of(mail)
    assert "de 22:00 le 3 décembre à 00:00 UTC le 4 décembre" in text_of(mail)
    assert "Afin de garder un paiement rapide en décembre" in text_of(mail)


def test_a_machine_built_for_statuspage_hears_what_the_clock_will_do(night: Telling) -> None:
    work = announced(night, ends_itself=True)
    start = opens(night, work)
    turned_to(night, start)
    said = story_of(night, work).latest

    body, *_ = statuspage_events.bodies(said, night.page, message.holes())

    told = json.loads(body)
    assert told["page"]["status_indicator"] == "maintenance"
    incident = told["incident"]
    assert (incident["status"], incident["impact"]) == ("in_progress", "maintenance")
    assert incident["scheduled_for"] == "2026-12-03T22:00:00.000Z"
    assert incident["scheduled_auto_in_progress"]
    assert incident["scheduled_auto_completed"]
