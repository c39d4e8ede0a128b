"""The first flight: what a reader's line carries before there is a page, counted on the line."""

import gzip
import re
import socket
from collections.abc import Callable, Generator, Mapping
from contextlib import closing

import brotli
import pytest

from tocsin.front.tests.harness import DEADLINE, LOOPBACK, Page, Running, Site, eventually
from tocsin.page import disk, head, packing
from tocsin.page.tests.large import a_large_page
from tocsin.page.tests.telling import a_snapshot
from tocsin.page.tests.test_html import Elements

# Bytes, response headers included, by how many components the page has: at the swap and after the
# late packing. What is promised is 8,000 and 14,600; fewer, so that a change has room.
AT_THE_SWAP = {
    ("br", 50): 7_600,
    ("br", 200): 13_000,
    ("gzip", 50): 8_000,
    ("gzip", 200): 13_600,
}
LATER = AT_THE_SWAP | {("br", 50): 7_000, ("br", 200): 11_700}
LANGUAGES = {"en": "/", "fr": "/fr/"}
UNPACK: Mapping[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("flight"))


@pytest.fixture(scope="module")
def front(site: Site) -> Generator[Running, None, None]:
    site.page("calm")
    running = Running(site.root)
    yield running
    running.stop()


def is_whole(answer: bytes) -> bool:
    headers, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?mi)^content-length: *(\d+)", headers)
    return bool(end and length and len(body) >= int(length[1]))


class Flight:
    """One answer as it came over the line to a browser, which lets the line stand."""

    def __init__(self, front: Running, page: Page, path: str, coding: str) -> None:
        asked = f"GET {path} HTTP/1.1\r\nHost: {page.host}\r\nAccept-Encoding: {coding}\r\n\r\n"
        self.bytes = b""
        with closing(socket.create_connection((LOOPBACK, front.port), timeout=DEADLINE)) as line:
            line.sendall(asked.encode())
            while not is_whole(self.bytes):
                more = line.recv(65_536)
                assert more, "cut off"
                self.bytes += more
        self.headers, _, self.body = self.bytes.partition(b"\r\n\r\n")
        self.is_packed = f"content-encoding: {coding}".encode() in self.headers.lower()
        self.text = (UNPACK[coding](self.body) if self.is_packed else self.body).decode()


def goes_live(page: Page, components: int) -> str:
    """Compile it as the worker does; returns the number that its pages carry."""
    snapshot = a_large_page(components)
    disk.release(page.root, head.files(snapshot), (snapshot.number, snapshot.revision))
    return snapshot.stamp


@pytest.mark.parametrize(("coding", "components"), sorted(AT_THE_SWAP))
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_large_page_on_a_bad_day_comes_in_one_flight(
    site: Site, front: Running, components: int, coding: str, language: str
) -> None:
    page, path = site.page(f"{language}-{coding}-{components}"), LANGUAGES[language]
    before = head.files(a_snapshot())
    disk.release(page.root, before, (0, 0))
    eventually(lambda: front.get(page, path).status_code == 200)
    seen: list[Flight] = []

    def has_swapped() -> bool:
        seen.append(Flight(front, page, path, coding))
        return f'data-live="{stamp}"' in seen[-1].text

    stamp = goes_live(page, components)
    eventually(has_swapped)
    first = seen[-1]
    while packing.pack_one(page.root):
        pass
    if coding == "br":  # nothing packs gzip anew
        eventually(lambda: Flight(front, page, path, coding).body != first.body)
    late = Flight(front, page, path, coding)

    assert first.is_packed
    assert late.text == first.text
    assert len(first.bytes) <= AT_THE_SWAP[coding, components]
    assert len(late.bytes) <= LATER[coding, components]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_it_is_whole_and_of_use_without_a_script_or_anything_else(language: str) -> None:
    snapshot = a_large_page(50)

    told = Elements(head.files(snapshot)[f"{LANGUAGES[language][1:]}index.html"].decode())

    awaited = [one for tag, one in told.told if tag in {"img", "iframe", "source", "use"}]
    awaited += [one for one in told.named("link") if one.get("rel") == "stylesheet"]
    data = {"application/ld+json"}  # said in place, and run by nobody
    awaited += [
        one for one in told.named("script") if "defer" not in one and one.get("type") not in data
    ]
    assert awaited == []
    assert len([one for one in told.named("details") if one.get("class") in {"g", "c"}]) == len(
        list(snapshot.tree)
    )
    linked = {one.get("href", "") for one in told.named("a")}
    home = LANGUAGES[language]
    assert {f"{home}c/{node.slug}" for node in snapshot.tree if not node.is_group} <= linked
    assert {f"{home}incidents/{story.incident_id}" for story in snapshot.open} <= linked
