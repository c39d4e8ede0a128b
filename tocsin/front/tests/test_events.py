import socket
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import pytest

from tocsin.front.tests.harness import LOOPBACK, Page, Running, Site, eventually


class Stream:
    """An open event stream; ``until`` reads on until it has said something."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self.said = b""

    def until(self, words: bytes) -> None:
        while words not in self.said:
            chunk = self._link.recv(4096)
            assert chunk, f"it ended without saying {words!r}"
            self.said += chunk

    def to_its_end(self) -> None:
        while b"\r\n0\r\n\r\n" not in self.said and (chunk := self._link.recv(4096)):
            self.said += chunk


@contextmanager
def listening(front: Running, page: Page) -> Generator[Stream, None, None]:
    with socket.create_connection((LOOPBACK, front.port), timeout=10) as link:
        link.sendall(f"GET /events HTTP/1.1\r\nHost: {page.host}\r\n\r\n".encode())
        yield Stream(link)


@contextmanager
def let_in(front: Running, page: Page) -> Generator[Stream, None, None]:
    """A stream that has a place: that somebody left theirs may show a moment later."""
    with ExitStack() as open_ones:

        def asked() -> bool:
            open_ones.close()
            stream = open_ones.enter_context(listening(front, page))
            stream.until(b"\r\n\r\n")
            streams.append(stream)
            return b" 200 OK" in stream.said

        streams: list[Stream] = []
        eventually(asked)
        yield streams[-1]


def event(number: int, revision: int) -> bytes:
    data = f'{{"number":{number},"revision":{revision}}}'
    return f"id: {number}.{revision}\nevent: publication\ndata: {data}\n\n".encode()


def test_a_stream_begins_with_what_is_live(front: Running, page: Page) -> None:
    with listening(front, page) as stream:
        stream.until(event(1, 0))

        assert b"content-type: text/event-stream" in stream.said
        assert b"cache-control: no-store" in stream.said


def test_every_revision_is_told_at_once(front: Running, page: Page) -> None:
    with listening(front, page) as stream:
        stream.until(event(1, 0))
        page.live("1.1")
        stream.until(event(1, 1))
        page.live("2.0")
        stream.until(event(2, 0))


def test_another_page_s_publications_are_none_of_theirs(
    front: Running, page: Page, site: Site
) -> None:
    other = site.page(page.root.name + "-other")
    with listening(front, page) as stream:
        stream.until(event(1, 0))
        other.live("77.7")
        eventually(lambda: front.get(other, "/").status_code == 200)
        page.live("1.1")
        stream.until(event(1, 1))

        assert b"77" not in stream.said


def test_a_release_that_cannot_be_served_is_not_announced(front: Running, page: Page) -> None:
    with listening(front, page) as stream:
        stream.until(event(1, 0))
        page.point_at("5.0")
        page.live("6.0")
        stream.until(event(6, 0))

        assert b"5.0" not in stream.said


def test_a_quiet_stream_is_kept_open_by_comments(front: Running, page: Page) -> None:
    with listening(front, page) as stream:
        stream.until(b":\n\n")


def test_streams_are_bounded_and_end_in_time_and_their_places_are_free_again(
    lonely_front: Running, page: Page
) -> None:
    eventually(lambda: lonely_front.get(page, "/").status_code == 200)
    with let_in(lonely_front, page) as one, let_in(lonely_front, page) as other:
        one.until(event(1, 0))
        other.until(event(1, 0))
        refused = lonely_front.get(page, "/events")
        one.to_its_end()

    assert refused.status_code == 503
    assert "retry-after" in refused.headers
    eventually(lambda: _can_listen(lonely_front, page))


def test_a_reader_who_leaves_makes_room(lonely_front: Running, page: Page) -> None:
    for _ in range(6):
        eventually(lambda: _can_listen(lonely_front, page))


def _can_listen(front: Running, page: Page) -> bool:
    with listening(front, page) as stream:
        stream.until(b"\r\n\r\n")
        return b" 200 OK" in stream.said


def test_a_stream_of_a_page_nobody_has_compiled_waits_for_its_first_word(
    front: Running, page: Page, site: Site
) -> None:
    empty = site.page(page.root.name + "-empty")
    eventually(lambda: _can_listen(front, empty))  # its host is known from then on
    with listening(front, empty) as stream:
        stream.until(b"retry: ")
        empty.live("1.0")
        stream.until(event(1, 0))


def test_who_asks_for_the_head_of_a_stream_alone_holds_none(front: Running, page: Page) -> None:
    answer = front.ask("HEAD", page, "/events")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_events_can_only_be_read(method: str, front: Running, page: Page) -> None:
    assert front.ask(method, page, "/events").status_code == 405
