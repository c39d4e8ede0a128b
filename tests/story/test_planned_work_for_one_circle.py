"""Work that is planned for one customer: told to that circle alone, from first word to last."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.conf import settings

from tests import cast
from tests.story.reading import Reader, mails_to
from tests.story.telling import Telling, text_of
from tocsin.announcements import admissions, audience
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.tree import State
from tocsin.cli.tests.terminal import facts
from tocsin.incidents import planning
from tocsin.incidents.plans import Plan, Stage
from tocsin.journal.actors import TERMINAL
from tocsin.statements import circles, maintenance
from tocsin.statements.notices import Script

HOST, ACME = "linden.localhost", "/for/acme"
EVE = "eve@reader.example"
SECRET = "the loading dock of Acme"
SCRIPT = Script(
    texts={
        "en": {"benefit": "keep your orders moving", "work": f"renew {SECRET}"},
        "fr": {"benefit": "accélérer vos commandes", "work": f"refaire {SECRET}"},
    }
)


@pytest.fixture
def acme(night: Telling) -> Iterator[Telling]:
    """Acme has a circle; Sam is in it and told there, Eve is told what everyone is."""
    at = night.at("09:00")
    seen = circles.open_circle(night.page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=at)
    admissions.admit(seen.audience_id, address=cast.SAM, by=TERMINAL, at=at)
    for whom, address in (("acme", cast.SAM), ("everyone", EVE)):
        audience.subscribe(
            night.page.id, audience=whom, address=address, confirmed=True, by=TERMINAL, at=at
        )
    with time_machine.travel(at, tick=False):
        yield night


def planned(night: Telling, rule: str = "", *, ends_itself: bool = True) -> str:
    """Two hours of work on checkout tonight, for Acme alone."""
    starts_at = night.night.when("22:00")
    plan = Plan(
        title=f"Renewing {SECRET}",
        effects={"checkout": State.MAINTENANCE},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        ends_itself=ends_itself,
    )
    said = maintenance.announce(
        night.page.id, plan, SCRIPT, audience="acme", rule=rule, by=night.olu, at=night.at("09:10")
    )
    night.run_lanes()
    return said[0].incident_id


def sam(night: Telling) -> Reader:
    """Sam's browser, let in by the key that Acme's circle gave him."""
    acme = shelf.audience(night.page.id, "acme")
    (guest,) = admissions.guests_of(acme.audience_id)
    reader = Reader(HOST)
    reader.browser.defaults["HTTP_AUTHORIZATION"] = f"OAuth {guest.key}"
    return reader


def mails_of_it() -> list[EmailMessage]:
    """What Sam was told of planned work, beside his invitation."""
    return [mail for mail in mails_to(cast.SAM) if "/maintenance/" in text_of(mail)]


def public_bytes() -> bytes:
    folder = settings.TOCSIN.site_dir
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_circle_s_page_calendar_and_mails_tell_of_it(acme: Telling) -> None:
    work = planned(acme)
    reader = sam(acme)

    front = reader.get(f"{ACME}/").content.decode()
    page = reader.get(f"{ACME}/maintenance/{work}").content.decode()
    calendar = reader.get(f"{ACME}/maintenance.ics").content.decode()
    api = reader.get(f"{ACME}/api/v2/scheduled-maintenances/upcoming.json").json()
    mail = mails_of_it()[-1]

    assert SECRET in front
    assert SECRET in page
    assert f"{ACME}/maintenance/{work}" in calendar.replace("\r\n ", "")
    assert "DTSTART:20261124T220000Z" in calendar
    assert [told["id"] for told in api["scheduled_maintenances"]] == [work]
    assert f"{ACME}/maintenance/{work}" in text_of(mail)
    assert SECRET in text_of(mail)


def test_the_clock_goes_on_to_tell_the_circle_alone(acme: Telling) -> None:
    work = planned(acme, ends_itself=False)

    for clock in ("22:00", "00:00"):
        acme.at(clock)
        acme.run_lanes()

    assert planning.planned_of(work).stage == Stage.OVERRUN
    reader = sam(acme)
    summary = reader.get(f"{ACME}/api/v2/summary.json").json()
    assert [told["id"] for told in summary["incidents"]] == [work]
    assert summary["status"]["indicator"] != "none"
    assert len(mails_of_it()) == 3  # announced, begun, longer
    assert acme.summary()["status"]["indicator"] == "none"
    assert acme.summary()["incidents"] == []


def test_nothing_of_it_is_in_any_public_byte_or_mail(acme: Telling) -> None:
    work = planned(acme, "FREQ=DAILY;COUNT=3")

    for clock in ("22:00", "00:00"):
        acme.at(clock)
        acme.run_lanes()

    works = [work, *(told.id for told in planning.upcoming(acme.page.id))]
    assert len(set(works)) == 3
    held = public_bytes()
    assert SECRET.encode() not in held
    assert not any(one.encode() in held for one in works)
    assert mails_to(EVE) == []
    eve = Reader(HOST, machine="198.51.100.66")
    assert eve.get(f"/maintenance/{work}").status_code == 404
    assert eve.get(f"{ACME}/maintenance.ics").status_code == 401
    assert "VEVENT" not in eve.get("/maintenance.ics").content.decode()


def test_the_terminal_plans_for_a_circle_and_says_where_it_stands(acme: Telling) -> None:
    told = facts(
        *("maintenance", "plan", f"Renewing {SECRET}", "--component", "checkout=under_maintenance"),
        *("--audience", "acme", "--from", "2026-12-01T22:00", "--for", "2h"),
    )
    acme.run_lanes()

    assert told["audience"] == "acme"
    assert told["url"].endswith(f"{ACME}/maintenance/{told['maintenance']}")
    assert SECRET in sam(acme).get(f"{ACME}/").content.decode()
    assert SECRET.encode() not in public_bytes()
    assert len(mails_of_it()) == 1
    assert mails_to(EVE) == []
