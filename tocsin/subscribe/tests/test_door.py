"""A page behind one password, and one behind names, at their own hosts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from pytest_django.fixtures import Settings

from tests.cast import NOON, SAM, a_page, an_incident, later
from tests.story.reading import Reader
from tocsin.announcements import admissions, audience, readers, throttle
from tocsin.announcements.audience import CannotSubscribe
from tocsin.announcements.models import Subscription
from tocsin.announcements.readers import Standing
from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.post.models import Letter
from tocsin.settings.discretion import without_tokens

pytestmark = pytest.mark.django_db

BAO = "bao@reader.example"
PASSWORD = "nine lanterns at the quay"
HOST = "oak.localhost"


@pytest.fixture(autouse=True)
def at_noon(tmp_path: Path, settings: Settings) -> Iterator[time_machine.Traveller]:
    settings.TOCSIN = replace(
        settings.TOCSIN, site_dir=tmp_path / "site", private_dir=tmp_path / "private"
    )
    with time_machine.travel(later(30), tick=False) as traveller:
        yield traveller


@pytest.fixture
def oak() -> Brand:
    """A second brand, whose page is behind a password."""
    a_page()
    page = a_page(name="Oak")
    return closed(page, Access.PASSWORD)


def closed(page: Brand, access: Access) -> Brand:
    an_incident(page)
    told = PASSWORD if access == Access.PASSWORD else ""
    page = audiences.change_access(
        page.audience_id, access, password=told, by=TERMINAL, at=later(1)
    )
    site.compile(later(2))
    return page


def came_in(password: str = PASSWORD) -> Reader:
    reader = Reader(HOST)
    reader.post("/enter", {"password": password})
    return reader


def test_whoever_knows_the_password_reads(oak: Brand) -> None:
    reader = Reader(HOST)
    refused = reader.get("/")
    entered = reader.post("/enter", {"password": PASSWORD, "next": "/api/v2/summary.json"})

    assert refused.headers["Location"] == "/enter"
    assert entered.headers["Location"] == "/api/v2/summary.json"
    assert reader.get("/api/v2/summary.json").json()["page"]["name"] == "Oak"
    assert reader.get("/history.atom").status_code == 200
    assert reader.get("/nothing/here").status_code == 404


def test_the_cookie_is_for_this_door_and_no_script(oak: Brand) -> None:
    answer = Reader(HOST).post("/enter", {"password": PASSWORD})

    (cookie,) = answer.cookies.values()
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/", True, "Lax")
    assert PASSWORD not in cookie.value


@pytest.mark.parametrize("path", ["/", "/history", "/api/v2/summary.json", "/events", "/reader"])
def test_without_it_nothing_is_shown(oak: Brand, path: str) -> None:
    for reader in (Reader(HOST), came_in("a wrong guess of somebody's")):
        answer = reader.get(path)

        assert answer.status_code in (303, 401)
        assert b"Checkout" not in answer.content


def test_a_new_password_lets_nobody_stay(oak: Brand) -> None:
    reader = came_in()
    audiences.change_access(
        oak.audience_id,
        Access.PASSWORD,
        password="another eleven lanterns",
        by=TERMINAL,
        at=later(3),
    )

    assert reader.get("/").status_code == 303


def test_wrong_passwords_from_one_machine_end_soon(
    oak: Brand, at_noon: time_machine.Traveller
) -> None:
    eve = Reader(HOST, machine="198.51.100.66")
    guesses = [eve.post("/enter", {"password": f"guess {turn}"}) for turn in range(10)]

    spent = eve.post("/enter", {"password": PASSWORD})
    other = Reader(HOST, machine="192.0.2.9").post("/enter", {"password": PASSWORD})
    at_noon.shift(timedelta(minutes=15, seconds=1))
    after = eve.post("/enter", {"password": PASSWORD})

    assert {answer.status_code for answer in guesses} == {422}
    assert (spent.status_code, other.status_code, after.status_code) == (429, 303, 303)


def test_many_machines_together_end_too(oak: Brand, at_noon: time_machine.Traveller) -> None:
    place = f"{oak.id}:"
    for _turn in range(throttle.LIMITS["password page"].most):
        throttle.count(("password page", place), at=later(30))

    spent = Reader(HOST).post("/enter", {"password": PASSWORD})
    at_noon.shift(timedelta(minutes=15, seconds=1))

    assert spent.status_code == 429
    assert Reader(HOST).post("/enter", {"password": PASSWORD}).status_code == 303


@pytest.mark.django_db(transaction=True)
def test_fifty_guesses_at_once_get_no_further_than_one_after_the_other(oak: Brand) -> None:
    at_once = Barrier(50)

    def guesses(turn: int) -> int:
        eve = Reader(HOST, machine="198.51.100.66")
        at_once.wait(10)
        try:
            return int(eve.post("/enter", {"password": f"guess {turn}"}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(guesses, range(50)))

    assert (answers.count(422), answers.count(429)) == (10, 40)


def test_the_right_password_counts_against_nobody(oak: Brand) -> None:
    answers = [
        Reader(HOST, machine="198.51.100.66").post("/enter", {"password": PASSWORD})
        for _turn in range(12)
    ]

    assert {answer.status_code for answer in answers} == {303}


def test_a_household_s_many_addresses_are_one_machine() -> None:
    for turn in range(20):
        assert not throttle.is_too_many("machine", f"2001:db8:1:2::{turn:x}", at=NOON)

    assert throttle.is_too_many("machine", "2001:db8:1:2:ffff::1", at=NOON)
    assert not throttle.is_too_many("machine", "2001:db8:1:3::1", at=NOON)


def test_links_are_asked_for_three_times_an_hour(at_noon: time_machine.Traveller) -> None:
    a_page()
    page = closed(a_page(name="Oak"), Access.NAMED)
    admissions.admit(page.audience_id, address=SAM, by=TERMINAL, at=later(3))
    letters = Letter.objects.count()

    answers = [Reader(HOST).post("/enter", {"email": SAM}) for _turn in range(5)]
    asked = Letter.objects.count() - letters
    at_noon.shift(timedelta(hours=1, seconds=1))
    Reader(HOST).post("/enter", {"email": SAM})

    assert {answer.status_code for answer in answers} == {303}
    assert (asked, Letter.objects.count() - letters) == (3, 4)


def test_one_machine_asks_for_twenty_links_an_hour(at_noon: time_machine.Traveller) -> None:
    a_page()
    closed(a_page(name="Oak"), Access.NAMED)
    eve = Reader(HOST, machine="198.51.100.66")

    answers = [eve.post("/enter", {"email": f"eve{n}@evil.example"}) for n in range(21)]
    at_noon.shift(timedelta(hours=1, seconds=1))

    assert [answer.status_code for answer in answers] == [303] * 20 + [429]
    assert eve.post("/enter", {"email": "eve@evil.example"}).status_code == 303


@pytest.mark.parametrize(
    "onward", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(oak: Brand, onward: str) -> None:
    answer = Reader(HOST).post("/enter", {"password": PASSWORD, "next": onward})

    assert answer.headers["Location"] == "/"


def test_a_closed_page_leaves_the_site_and_comes_back(oak: Brand) -> None:
    site_dir = site.directory_of(replace(oak, access=Access.PUBLIC))
    assert not site_dir.exists()
    assert site.directory_of(oak).joinpath("live").is_file()

    audiences.change_access(oak.audience_id, Access.PUBLIC, by=TERMINAL, at=later(4))
    site.compile(later(5))

    assert site_dir.joinpath("live").is_file()
    assert not site.directory_of(oak).exists()
    assert Reader(HOST).get("/").status_code == 404  # the front's from now on


def test_an_address_of_nothing_is_said_in_the_page_s_words_and_the_reader_s_language() -> None:
    an_incident(a_page())
    site.compile(later(2))
    reader = Reader("localhost")

    told = reader.get("/nowhere", **{"accept": "text/html", "accept-language": "fr-FR"})

    assert told.status_code == 404
    assert '<html lang="fr"' in told.content.decode()
    assert 'href="/fr/history"' in told.content.decode()
    assert b"/fr/history" not in reader.get("/nowhere", accept="image/png").content


def test_only_those_let_in_by_name_can_be_told() -> None:
    a_page()
    page = closed(a_page(name="Oak"), Access.NAMED)

    with pytest.raises(CannotSubscribe):
        audience.subscribe(page.id, address=SAM, at=NOON)
    admissions.admit(page.audience_id, address=SAM, by=TERMINAL, at=NOON)
    audience.subscribe(page.id, address=SAM, at=NOON)

    assert readers.count(page.id) == 1


def test_a_token_leads_to_its_reader_s_own_page_on_any_host() -> None:
    linden, oak = a_page(), a_page(name="Oak")
    sam = audience.subscribe(oak.id, address=SAM, confirmed=True, by=TERMINAL, at=NOON)

    shown = Reader("linden.localhost").get(f"/subscribe/preferences/{sam.token}")

    assert "Oak" in shown.content.decode()
    assert "Linden" not in shown.content.decode()
    assert shelf.brand(linden.id).name == "Linden"


@pytest.fixture(params=[Access.PASSWORD, Access.NAMED])
def shut_out(request: pytest.FixtureRequest) -> tuple[Brand, Subscription]:
    """Sam hears of Oak when it is closed, and Bao was asked and has not answered yet."""
    a_page()
    page = a_page(name="Oak")
    audience.subscribe(page.id, address=SAM, confirmed=True, by=TERMINAL, at=NOON)
    audience.subscribe(page.id, address=BAO, at=NOON)
    return closed(page, request.param), Subscription.objects.get(address=BAO)


def test_an_old_link_shows_nothing_of_what_is_closed_since(
    shut_out: tuple[Brand, Subscription],
) -> None:
    (sam,) = readers.subscribers(shut_out[0].id, matching=SAM)
    link, reader = f"/subscribe/preferences/{sam.token}", Reader(HOST)

    shown, saved = reader.get(link), reader.post(link, {"severity": "sev1", "language": "fr"})

    for answer in (shown, saved):
        assert answer.status_code == 403
        assert "nothing is sent to you" in answer.content.decode()
        assert "Checkout" not in answer.content.decode()
    assert readers.subscribers(shut_out[0].id, matching=SAM) == [sam]
    assert f"/subscribe/unsubscribe/{sam.token}" in shown.content.decode()
    left = reader.post(f"/subscribe/unsubscribe/{sam.token}").content.decode()
    assert "Nothing further will come." in left
    assert "stays open" not in left


def test_an_old_question_promises_nothing_that_will_not_be(
    shut_out: tuple[Brand, Subscription],
) -> None:
    page, bao = shut_out
    link, reader = f"/subscribe/confirm/{bao.asking_token}", Reader(HOST)

    for answer in (reader.get(link), reader.post(link)):
        assert answer.status_code == 403
        assert "nothing is sent to you" in answer.content.decode()
    assert readers.count(page.id, standing=Standing.UNCONFIRMED) == 1

    audiences.change_access(page.audience_id, Access.PUBLIC, by=TERMINAL, at=later(4))

    assert "You will be told" in reader.post(link).content.decode()


def test_whoever_came_in_confirms_and_chooses_as_ever(oak: Brand) -> None:
    reader = came_in()
    reader.post("/subscribe", {"email": SAM, "language": "en"})
    (asked,) = Subscription.objects.all()

    confirmed = reader.post(f"/subscribe/confirm/{asked.asking_token}")
    shown = reader.get(f"/subscribe/preferences/{asked.token}")

    assert "You will be told" in confirmed.content.decode()
    assert "Checkout" in shown.content.decode()


def test_the_path_of_a_link_keeps_its_token_out_of_the_log() -> None:
    assert without_tokens("/enter/abc") == "/enter/..."
    assert without_tokens("/for/acme/enter/abc?next=/") == "/for/acme/enter/...?next=/"
