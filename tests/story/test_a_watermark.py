"""An installation that is not in earnest says so first, on every screen and in every message."""

import json
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import get_resolver

from tests.story.telling import Telling, mails, read, text_of
from tocsin.channels.registry import channel
from tocsin.channels.sheet import Sheet
from tocsin.post import letters

MARK = "STAGING / ESSAI"
SHEET = Sheet("en", "Linden", "sev 1", "Checkout fails", "It fails.", ())


@pytest.fixture
def staging(night: Telling) -> Telling:
    settings.TOCSIN = replace(settings.TOCSIN, watermark=MARK)
    return night


def test_readers_see_it_first_on_the_page_and_in_each_mail(staging: Telling) -> None:
    incident = staging.said_first("09:07")
    staging.run_lanes()

    for path in ("index.html", "fr", "history", f"incidents/{incident}"):
        assert MARK in staging.reads(path).partition("<body")[2][:120]
    sent = [read(path) for path in mails()]
    assert len(sent) == 2
    for mail in sent:
        assert str(mail["Subject"]).startswith(f"{MARK} · Linden")
        assert text_of(mail).startswith(MARK)
        html = mail.get_body(("html",))
        assert html is not None
        assert f">{MARK}</p>" in html.get_content()


def test_so_do_operators_and_whoever_signs_up(staging: Telling) -> None:
    staging.run_lanes()

    for path in ("/console/sign-in", "/subscribe", "/no/such/place"):
        shown = Client().get(path, follow=True).content.decode()
        assert MARK in shown.partition("<body")[2][:120], path


def test_so_does_what_is_answered_to_no_request_at_all_and_when_we_break(
    staging: Telling,
) -> None:
    client = Client(raise_request_exception=False)
    unreadable = client.post("/console/sign-in", {"email": "x" * 2_000_000})
    refused = Client(enforce_csrf_checks=True).post("/console/sign-in")
    broken = get_resolver().resolve_error_handler(500)(RequestFactory().get("/"))

    for status, answer in ((400, unreadable), (403, refused), (500, broken)):
        assert answer.status_code == status
        assert MARK in answer.content.decode().partition("<body")[2][:120], status


def test_so_does_the_notice_on_other_peoples_pages(staging: Telling) -> None:
    staging.said_first("09:07")
    staging.run_lanes()

    notice = staging.reads("embed/frame").partition("<main")[2]
    assert notice.count(MARK) == 1
    settings.TOCSIN = replace(settings.TOCSIN, watermark="Linden")
    staging.said_first("09:09")
    staging.run_lanes()
    assert "watermark" not in staging.reads("embed/frame").partition("<main")[2]


def test_so_do_letters_and_rooms(staging: Telling) -> None:
    letters.owe_sheet(
        "one", SHEET, to="lea@linden.example", subject="A word is owed", at=staging.at("09:01")
    )
    staging.run_lanes()
    (letter,) = [read(path) for path in mails()]
    assert str(letter["Subject"]) == f"{MARK} · A word is owed"

    for room in ("slack", "teams", "discord"):
        assert f"{MARK} · Checkout fails" in json.loads(json.dumps(channel(room).fit(SHEET).text))


def test_in_earnest_there_is_none(night: Telling) -> None:
    night.said_first("09:07")
    night.run_lanes()

    assert "watermark" not in night.reads("index.html")
    assert [str(read(path)["Subject"])[:6] for path in mails()] == ["Linden"] * 2
