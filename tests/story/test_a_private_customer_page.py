"""A circle for one customer: Sam is let in by name, and Eve sees nothing, not even that it is."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings

from tests import cast
from tests.story.reading import Reader, link_in, mails_to
from tests.story.telling import Telling
from tocsin.announcements import admissions, audience
from tocsin.announcements.audience import Choice
from tocsin.catalogue import audiences
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.people import keys
from tocsin.people.models import Scope
from tocsin.statements import circles, word
from tocsin.statements.values import Layer

HOST, ACME = "linden.localhost", "/for/acme"
SECRET = "the warehouse of Acme"
PATHS = (
    "/",
    "/fr/",
    "/history",
    "/history.atom",
    "/api/v2/summary.json",
    "/api/v2/incidents.json",
    "/api/v2/status.json",
    "/record.json",
    "/maintenance.ics",
    "/feed.json",
    "/status.txt",
    "/badge.svg",
    "/c/checkout/badge.svg",
    "/subscribe",
    "/reader",
    "/events",
    "/incidents/{incident}",
    "/incidents/nothing00000",
    "/c/checkout",
    "/c/nowhere",
    "/../../etc/passwd",
)


@pytest.fixture
def told(night: Telling) -> Iterator[tuple[Telling, Brand, str]]:
    """Acme has a circle, Sam is in it and told there; its warehouse fails, and Olu tells Acme."""
    acme = circles.open_circle(
        night.page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=night.at("09:00")
    )
    at = night.at("09:01")
    admissions.admit(acme.audience_id, address=cast.SAM, by=TERMINAL, at=at)
    audience.subscribe(
        acme.id,
        audience="acme",
        address=cast.SAM,
        choice=Choice(language="en"),
        confirmed=True,
        by=TERMINAL,
        at=at,
    )
    spoken = word.declare(
        night.page.id,
        title=f"Orders from {SECRET} are late",
        components={"checkout": State.MAJOR},
        layers={"en": Layer("Your orders are late", f"It concerns {SECRET} alone.")},
        audience="acme",
        by=night.olu,
        at=night.at("09:10"),
    )
    night.run_lanes()
    with time_machine.travel(night.at("09:12"), tick=False):
        yield night, acme, spoken.incident_id


def test_sam_comes_in_by_a_mailed_link_once(told: tuple[Telling, Brand, str]) -> None:
    night, _acme, incident = told
    sam = Reader(HOST)

    asked = sam.get(f"{ACME}/incidents/{incident}")
    door = sam.get(asked.headers["Location"])
    sent = sam.post(asked.headers["Location"], {"email": cast.SAM})
    night.run_lanes()
    link = link_in(mails_to(cast.SAM)[-1], "/enter/")
    looked = [sam.get(link) for _ in range(3)]
    entered = sam.post(link)
    page = sam.get(entered.headers["Location"])
    again = Reader(HOST).post(link)

    assert (asked.status_code, door.status_code, sent.status_code) == (303, 200, 303)
    assert [answer.status_code for answer in looked] == [200] * 3
    assert not any(answer.cookies for answer in looked)
    assert entered.headers["Location"] == f"{ACME}/incidents/{incident}"
    assert page.status_code == 200
    assert SECRET in page.content.decode()
    assert again.status_code == 410


def test_sam_reads_all_of_it_under_one_root(told: tuple[Telling, Brand, str]) -> None:
    sam = let_in(told[0])

    front = sam.get(f"{ACME}/")
    summary = sam.get(f"{ACME}/api/v2/summary.json").json()
    feed = sam.get(f"{ACME}/history.atom").content.decode()

    assert f"Orders from {SECRET} are late" in [one["name"] for one in summary["incidents"]]
    assert SECRET in feed
    assert "http://linden.localhost" not in feed.replace("/for/acme/", "")
    for link in links_of(front):
        assert link.startswith(ACME), link
        if not link.startswith((f"{ACME}/subscribe", f"{ACME}/reader")):
            assert sam.get(link).status_code == 200, link
    assert front.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in front.headers
    assert "script-src 'self'" in front.headers["Content-Security-Policy"]
    known = sam.get(f"{ACME}/", **{"If-None-Match": front.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


def links_of(answer: Any) -> list[str]:
    return re.findall(r'(?:href|src)="(/[^"#?]*)', answer.content.decode())


def let_in(night: Telling, address: str = cast.SAM) -> Reader:
    """Somebody with a cookie of their own."""
    reader = Reader(HOST)
    reader.post(f"{ACME}/enter", {"email": address})
    night.run_lanes()
    reader.post(link_in(mails_to(address)[-1], "/enter/"))
    return reader


def test_eve_gets_the_same_answer_at_every_address(told: tuple[Telling, Brand, str]) -> None:
    _night, _acme, incident = told
    eve = Reader(HOST, machine="198.51.100.66")

    for path in PATHS:
        real, made_up = (
            eve.get(f"/for/{name}{path.format(incident=incident)}") for name in ("acme", "zeta")
        )
        assert (real.status_code, dict(real.headers), real.content) == (
            made_up.status_code,
            {key: value.replace("zeta", "acme") for key, value in made_up.headers.items()},
            made_up.content.replace(b"zeta", b"acme"),
        ), path
        assert real.status_code in (303, 401), path
        assert not real.cookies


def test_eve_learns_nothing_at_the_door(told: tuple[Telling, Brand, str]) -> None:
    night, _acme, _incident = told
    before = len(mails_to(cast.SAM))
    answers = {
        name: [
            Reader(HOST, machine="198.51.100.66").get(f"/for/{name}/enter"),
            Reader(HOST, machine="198.51.100.66").post(f"/for/{name}/enter", {"email": who}),
            Reader(HOST, machine="198.51.100.66").post(f"/for/{name}/enter", {"password": "guess"}),
            Reader(HOST, machine="198.51.100.66").get(f"/for/{name}/enter/{'x' * 43}"),
            Reader(HOST, machine="198.51.100.66").post(f"/for/{name}/enter/{'x' * 43}"),
        ]
        for name, who in (("acme", cast.SAM), ("zeta", "eve@linden.example"))
    }
    night.run_lanes()

    for real, made_up in zip(answers["acme"], answers["zeta"], strict=True):
        assert real.status_code == made_up.status_code
        assert real.content == made_up.content.replace(b"zeta", b"acme")
        assert not real.cookies
    assert mails_to("eve@linden.example") == []
    assert len(mails_to(cast.SAM)) == before + 1  # Sam's own mailbox, and no other


def test_nothing_of_it_is_among_what_everybody_reads(told: tuple[Telling, Brand, str]) -> None:
    night, acme, incident = told
    bytes_of = {path: path.read_bytes() for path in files_below(settings.TOCSIN.site_dir)}

    held = [path for path, found in bytes_of.items() if SECRET.encode() in found]
    named = [p for p, found in bytes_of.items() if incident.encode() in found or b"acme" in found]

    assert len(bytes_of) > 20
    assert (held, named) == ([], [])
    assert night.live() == "0.0"
    assert site.directory_of(acme).is_relative_to(settings.TOCSIN.private_dir)
    assert any(SECRET.encode() in p.read_bytes() for p in files_below(site.directory_of(acme)))


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_only_sam_is_told(told: tuple[Telling, Brand, str]) -> None:
    _night, _acme, incident = told

    notices = [mail for mail in mails_to(cast.SAM) if SECRET in mail["Subject"]]

    assert len(notices) == 1
    assert link_in(notices[0], "/incidents/") == f"{ACME}/incidents/{incident}"
    assert mails_to("bao@reader.example") == []


def test_sam_s_programs_come_in_by_a_key_of_their_own(told: tuple[Telling, Brand, str]) -> None:
    night, acme, _incident = told
    sam = let_in(night)
    (guest,) = admissions.guests_of(acme.audience_id)
    shown = sam.get(f"{ACME}/reader").content.decode()

    by_query = Reader(HOST).get(f"{ACME}/history.atom?api_key={guest.key}")
    by_header = Reader(HOST).get(f"{ACME}/api/v2/summary.json", authorization=f"OAuth {guest.key}")
    wrong = Reader(HOST).get(f"{ACME}/history.atom?api_key={guest.key[:-1]}")
    sam.post(f"{ACME}/reader")
    old = Reader(HOST).get(f"{ACME}/history.atom?api_key={guest.key}")

    assert guest.key in shown
    assert (by_query.status_code, by_header.status_code) == (200, 200)
    assert SECRET in by_query.content.decode()
    assert guest.key not in by_query.content.decode()
    assert (wrong.status_code, old.status_code) == (401, 401)


def test_a_key_of_the_page_opens_the_page_and_no_circle(told: tuple[Telling, Brand, str]) -> None:
    night, _acme, _incident = told
    page, at = night.page, night.at("09:12")
    audiences.change_access(page.audience_id, Access.NAMED, by=TERMINAL, at=at)
    night.run_lanes()
    held, secret = keys.create(page.id, scope=Scope.READ, by=TERMINAL, at=at)
    other = cast.a_page(name="Other")
    _, foreign = keys.create(other.id, scope=Scope.MANAGE, by=TERMINAL, at=at)

    summary = Reader(HOST).get(f"/api/v2/summary.json?api_key={secret}")
    feed = Reader(HOST).get("/history.rss", authorization=f"OAuth {secret}")
    history = Reader(HOST).get(f"/history.json?page=2&api_key={secret}")

    assert [one.status_code for one in (summary, feed, history)] == [200, 200, 200]
    assert summary.json()["page"]["id"] == page.id
    assert "Access-Control-Allow-Origin" not in summary.headers
    assert Reader(HOST).get(f"{ACME}/api/v2/summary.json?api_key={secret}").status_code == 401
    assert Reader(HOST).get(f"/api/v2/summary.json?api_key={foreign}").status_code == 401
    keys.revoke(held.id, by=TERMINAL, at=at)
    assert Reader(HOST).get(f"/api/v2/summary.json?api_key={secret}").status_code == 401


def test_who_is_let_in_no_longer_reads_and_hears_no_more(told: tuple[Telling, Brand, str]) -> None:
    night, acme, incident = told
    sam = let_in(night)
    (guest,) = admissions.guests_of(acme.audience_id)
    heard = len(mails_to(cast.SAM))

    admissions.expel(guest.id, by=TERMINAL, at=night.at("09:14"))
    night.said("09:16", incident, night.identified("We know why", "09:45"), by=night.olu)
    night.run_lanes()

    assert sam.get(f"{ACME}/").status_code == 303
    assert Reader(HOST).get(f"{ACME}/history.atom?api_key={guest.key}").status_code == 401
    assert len(mails_to(cast.SAM)) == heard


def test_a_cookie_of_one_circle_opens_no_other(told: tuple[Telling, Brand, str]) -> None:
    night, acme, _incident = told
    other = circles.open_circle(
        night.page.id, name="Beta", access=Access.NAMED, by=TERMINAL, at=night.at("09:13")
    )
    sam = let_in(night)
    (cookie,) = (morsel for name, morsel in sam.browser.cookies.items() if acme.audience_id in name)
    sam.browser.cookies[f"tocsin_reader_{other.audience_id}"] = cookie.value
    sam.browser.cookies[f"tocsin_reader_{other.audience_id}"]["path"] = "/"

    assert sam.get(f"{ACME}/").status_code == 200
    assert sam.get("/for/beta/").status_code == 303


def test_a_link_is_for_an_hour(told: tuple[Telling, Brand, str]) -> None:
    night, _acme, _incident = told
    sam = Reader(HOST)
    sam.post(f"{ACME}/enter", {"email": cast.SAM})
    night.run_lanes()
    link = link_in(mails_to(cast.SAM)[-1], "/enter/")

    with time_machine.travel(night.at("09:12") + timedelta(hours=1, minutes=1), tick=False):
        late = sam.post(link)

    assert late.status_code == 410
    assert not late.cookies
