import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import httpcore
import pytest
from pytest_django.fixtures import Settings

from tests import cast
from tocsin.catalogue.shelf import Brand
from tocsin.page import looking, seen, site
from tocsin.page.looking import CannotLook, NotSeen, Place, place_of
from tocsin.page.models import Sight
from tocsin.page.seen import Seen
from tocsin.statements import published

Told = Callable[[str], tuple[int, dict[str, str], bytes]]


class Outside:
    """What answers at the page's public address: whatever a test lets it tell."""

    def __init__(self) -> None:
        self.tell: Told = lambda path: (404, {}, b"")
        self.asked: list[str] = []
        self.asked_as: list[str] = []
        self.wait: Event | None = None
        self.url = ""

    def shows(self, number: int) -> None:
        page = f'<!doctype html>\n<html lang="en" data-live="{number}.0">'.encode()
        self.tell = lambda path: (200, {}, page)


@contextmanager
def serving() -> Iterator[Outside]:
    told = Outside()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            told.asked.append(self.path)
            told.asked_as.append(self.headers.get("authorization", ""))
            if told.wait:
                told.wait.wait(30)
            status, headers, body = told.tell(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return  # the reader had enough

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        if told.wait:
            told.wait.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def outside() -> Iterator[Outside]:
    with serving() as told:
        yield told


@pytest.fixture(autouse=True)
def unheard() -> Iterator[None]:
    yield
    seen.await_looks(within=30)
    seen.forget()


@pytest.fixture
def page(db: None, settings: Settings, outside: Outside) -> Brand:
    """Linden's page, live, at an address that is looked at."""
    settings.TOCSIN = replace(
        settings.TOCSIN, base_url=outside.url, allow_private_targets=True, seen_by=()
    )
    return cast.a_page()


def said(page: Brand, at: datetime = cast.NOON) -> str:
    """Say a first word; it is live at once. Returns the publication's id."""
    cast.an_incident(page, at=at)
    site.compile(at)
    return published.numbered(page.audience_id, after=0)[-1].id


def confirmed(at: datetime) -> None:
    """Let a look begin, end and be taken up."""
    for _ in range(3):
        seen.confirm_due(at)
        assert seen.await_looks(within=30)


def state_of(publication_id: str) -> Seen:
    found = seen.of(publication_id)
    assert found is not None
    return found


def test_live_is_not_seen_until_it_is_found_where_readers_look(
    page: Brand, outside: Outside
) -> None:
    word = said(page)
    assert seen.of(word) is None
    outside.shows(0)

    confirmed(cast.later(0.1))
    assert (state_of(word).state, state_of(word).reason) == ("pending", "No. 0 stands there.")

    outside.shows(1)
    confirmed(cast.later(0.2))
    told = state_of(word)
    assert told.state == "seen"
    assert told.took is not None
    assert timedelta(seconds=12) <= told.took < timedelta(seconds=30)
    asked = len(outside.asked)
    confirmed(cast.later(0.3))
    assert len(outside.asked) == asked, "what was seen is not looked for again"


def test_a_newer_word_shows_that_the_older_ones_came_through(page: Brand, outside: Outside) -> None:
    first = said(page)
    second = said(page, cast.later(0.1))
    outside.shows(2)

    confirmed(cast.later(0.2))

    assert {state_of(first).state, state_of(second).state} == {"seen"}


def test_an_address_that_nobody_can_reach_is_not_measured(page: Brand, settings: Settings) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, allow_private_targets=False)

    word = said(page)
    confirmed(cast.later(0.1))

    told = state_of(word)
    assert (told.state, told.took) == ("unmeasured", None)
    assert "is no address that anybody else can reach" in told.reason
    assert seen.last_seen(page.id) is None
    assert seen.late(cast.later(5), within=timedelta(minutes=1)) == []


def test_a_name_that_leads_to_a_private_address_is_not_measured(
    page: Brand, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    settings.TOCSIN = replace(
        settings.TOCSIN, allow_private_targets=False, base_url="https://status.linden.shop"
    )

    word = said(page)
    confirmed(cast.later(0.1))

    assert state_of(word).state == "unmeasured"
    assert "leads to a private address from here" in state_of(word).reason


def test_the_operator_s_checker_is_asked_instead(
    page: Brand, settings: Settings, outside: Outside
) -> None:
    settings.TOCSIN = replace(
        settings.TOCSIN,
        allow_private_targets=False,
        base_url="https://status.linden.example",
        seen_by=(f"linden={outside.url}/look?at={{url}}&page={{page}}", f"{outside.url}/others"),
    )
    outside.tell = lambda path: (200, {}, b'{"number": 1}')

    word = said(page)
    confirmed(cast.later(0.1))

    assert state_of(word).state == "seen"
    assert outside.asked == ["/look?at=https%3A%2F%2Fstatus.linden.example&page=linden"]


@pytest.mark.parametrize(
    ("tell", "reason"),
    [
        (lambda path: (500, {}, b""), "It answers 500."),
        (lambda path: (200, {}, b"<html><p>Welcome to nginx"), "What answers there is not this"),
        (lambda path: (200, {}, b'{"number": 1}'), "What answers there is not this page."),
        (
            lambda path: (302, {"location": "https://elsewhere.example/"}, b""),
            "sends its readers else",
        ),
        (lambda path: (302, {"location": "ftp://127.0.0.1/"}, b""), "sends its readers elsewhere"),
        (lambda path: (302, {"location": path}, b""), "in circles"),
        (lambda path: (200, {}, b"x" * (looking.MOST_BYTES + 1)), "more than a page"),
    ],
)
def test_what_is_not_the_page_is_not_seen(tell: Told, reason: str, outside: Outside) -> None:
    outside.tell = tell

    with pytest.raises(NotSeen, match=reason):
        looking.number_at(Place(f"{outside.url}/", is_checker=False, private=True))


@contextmanager
def dripping(piece: bytes) -> Iterator[str]:
    """A server that always has a little more to say, and never comes to an end."""
    over = Event()

    def drip(connection: socket.socket) -> None:
        with connection:
            while not over.wait(0.02):
                try:
                    connection.sendall(piece)
                except OSError:
                    return

    def accept(listener: socket.socket) -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            drip(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = Thread(target=accept, args=(listener,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    "piece", [b"x", b"HTTP/1.1 200 OK\r\n\r\n<html>", b"HTTP/1.1 100 \r\n\r\n"]
)
def test_who_answers_drop_by_drop_is_not_listened_to_for_long(
    piece: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "DEADLINE", 0.5)

    with dripping(piece) as url, pytest.raises(NotSeen, match="does not answer"):
        looking.number_at(Place(url, is_checker=False, private=True))


def test_a_name_that_changes_its_answer_is_asked_once(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, answers = urlsplit(outside.url).port, ["93.184.215.14", "127.0.0.1"]
    called: list[str] = []

    def found(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    def connect(_self: object, host: str, *_: object, **__: object) -> Any:
        called.append(host)
        raise httpcore.ConnectError("nobody is in")

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(NotSeen):
        looking.number_at(Place(f"http://rebound.example.org:{port}/", is_checker=False))

    assert (called, answers) == (["93.184.215.14"], ["127.0.0.1"])
    assert outside.asked == []


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.1.2.3", "fd00::1"]
)
def test_one_private_address_among_others_is_enough(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(*_: object, **__: object) -> list[Any]:
        both = ("93.184.215.14", address)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in both]

    monkeypatch.setattr(socket, "getaddrinfo", found)

    with pytest.raises(CannotLook, match="leads to a private address"):
        looking.number_at(Place("https://status.linden.shop/", is_checker=False))


@pytest.mark.parametrize(
    "checker",
    [
        "http://127.0.0.1:1/look?key=s3cret",
        "http://user:s3cret@127.0.0.1:1/",
        "gopher://127.0.0.1/s3cret",
        "http://[s3cret/",
        "http://127.0.0.1:s3cret/",
        "http://s3cret..example/",
        f"http://{'s3cret' * 20}.example/",
        "s3cret",
    ],
)
def test_a_reason_holds_nothing_of_the_checker_s_address(
    page: Brand, settings: Settings, checker: str
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, seen_by=(checker,))
    word = said(page)

    confirmed(cast.later(0.1))

    assert state_of(word).state == "pending"
    assert state_of(word).reason
    assert "s3cret" not in state_of(word).reason


def test_a_checker_is_told_who_asks_and_nobody_else_is(outside: Outside) -> None:
    outside.tell = lambda path: (
        (200, {}, b'{"number": 3}')
        if path == "/there"
        else (302, {"location": f"{outside.url}/there"}, b"")
    )
    url = outside.url.replace("http://", "http://tocsin:s%3Acret@")

    assert looking.number_at(Place(f"{url}/", is_checker=True, private=True)) == 3
    assert outside.asked_as == ["Basic dG9jc2luOnM6Y3JldA==", "Basic dG9jc2luOnM6Y3JldA=="]

    with serving() as elsewhere:
        outside.tell = lambda path: (302, {"location": f"{elsewhere.url}/there"}, b"")
        elsewhere.tell = lambda path: (200, {}, b'{"number": 3}')
        looking.number_at(Place(f"{url}/", is_checker=True, private=True))

        assert elsewhere.asked_as == [""]


def test_a_redirect_within_the_address_is_followed(outside: Outside) -> None:
    page = b'<html lang="en" data-live="7.2">'
    outside.tell = lambda path: (
        (200, {}, page) if path == "/en/" else (301, {"location": "/en/"}, b"")
    )

    assert looking.number_at(Place(f"{outside.url}/", is_checker=False, private=True)) == 7


def test_one_who_never_answers_is_not_waited_for_by_anybody(
    page: Brand, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "PATIENCE", 0.2)
    outside.wait = Event()
    word = said(page)

    seen.confirm_due(cast.later(0.1))  # returns while the look lasts
    seen.confirm_due(cast.later(0.1))
    assert state_of(word).state == "pending"
    assert seen.await_looks(within=30)
    seen.confirm_due(cast.later(0.2))

    assert state_of(word).reason.startswith("It does not answer")


def test_what_is_not_seen_within_a_minute_is_late_and_in_the_end_given_up(
    page: Brand, outside: Outside
) -> None:
    word = said(page)
    outside.shows(0)

    for minute in (0.1, 0.5, 1.5):
        confirmed(cast.later(minute))
    assert [one.publication_id for one in seen.late(cast.later(1.5), within=timedelta(minutes=1))]
    for minute in (30, 61, 62, 90):
        confirmed(cast.later(minute))

    assert state_of(word).state == "unseen"
    asked = len(outside.asked)
    confirmed(cast.later(120))
    assert len(outside.asked) == asked


def test_a_past_that_was_brought_along_is_not_looked_for(page: Brand, outside: Outside) -> None:
    cast.an_incident(page, at=cast.later(-600))
    site.compile(cast.NOON)

    confirmed(cast.NOON)

    assert not Sight.objects.exists()
    assert outside.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000", "http://harbour.localhost", "http://10.0.0.1", "http://[::1]:8000"],
)
def test_some_addresses_are_nobody_s(url: str) -> None:
    with pytest.raises(CannotLook):
        place_of(url, "linden", (), private=False)


def test_a_turn_at_many_pages_asks_no_more_than_one_at_one(
    page: Brand, outside: Outside, django_assert_max_num_queries: Any
) -> None:
    said(page, cast.NOON - timedelta(days=2))  # a past that was brought along
    for name in ("Fennel", "Juniper", "Sorrel"):
        cast.an_incident(cast.a_page(name=name), at=cast.NOON - timedelta(days=2))
    site.compile(cast.NOON)
    seen.confirm_due(cast.NOON)

    with django_assert_max_num_queries(4):
        assert seen.confirm_due(cast.later(0.1)) == 0
    assert not Sight.objects.exists()
