"""The page from its files alone: nginx as we configure it, every process of ours stopped."""

import gzip
import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.visible import a_past
from tests.nginx import Nginx, shipped
from tests.record import Record
from tests.serving import House, Reply, until

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("nginx")]

COMPONENT = ("--page", "linden", "--component", "checkout=major_outage")
PAGES = {"status.linden.example": "linden", "status.birch.example": "linden-2"}


class Reader:
    """Who asks nginx, by a name of their choice."""

    def __init__(self, server: Nginx) -> None:
        self._port = server.port

    def read(self, path: str, *, host: str = "status.linden.example", **headers: str) -> Reply:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request("GET", path, headers={"Host": host, **named})
        answer = line.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        reply = Reply(answer.status, told, answer.read())
        line.close()
        return reply


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Two pages with a past that were compiled and packed, and nobody at home."""
    house = House(tmp_path_factory.mktemp("house"))
    house.data_dir.mkdir()
    a_past(house, 12, 2)
    with house:
        house.start("--no-demo")
        with Record(house.database) as record:
            until(lambda: record.are_compiled(len(PAGES)), "the pages are compiled", within=60)
        live = house.data_dir / "site" / "linden" / "current"
        until((live / "index.html.gz").exists, "the front page is packed", within=60)
    return house


@pytest.fixture(scope="module")
def reader(stopped: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    place, site_dir = tmp_path_factory.mktemp("nginx"), stopped.data_dir / "site"
    with shipped(place, site_dir=site_dir, pages=PAGES, front=stopped.port) as server:
        yield Reader(server)


def test_the_page_stands_with_everything_of_ours_stopped(stopped: House, reader: Reader) -> None:
    answer = reader.read("/")

    live = stopped.data_dir / "site" / "linden"
    assert answer.status == 200
    assert answer.body == (live / "releases" / _live(live) / "index.html").read_bytes()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert b'http-equiv="Content-Security-Policy"' in answer.body
    assert answer.headers["cache-control"] == "no-cache"


def _live(page: Path) -> str:
    return (page / "live").read_text().strip()


def test_it_is_sent_packed_and_not_twice(reader: Reader) -> None:
    packed = reader.read("/", Accept_Encoding="gzip")

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == reader.read("/").body
    tag = packed.headers["etag"]
    assert reader.read("/", Accept_Encoding="gzip", If_None_Match=tag).status == 304


def test_each_name_has_its_page_and_an_unknown_one_none(reader: Reader) -> None:
    names = [json.loads(reader.read("/api/v2/summary.json", host=host).body) for host in PAGES]

    assert [told["page"]["name"] for told in names] == ["Linden", "Linden 2"]
    assert reader.read("/", host="elsewhere.example").status == 404


def test_every_language_has_its_own(reader: Reader) -> None:
    for path in ("/fr", "/fr/", "/fr/history", "/fr/history/"):
        assert b'lang="fr"' in reader.read(path).body, path
    missing = reader.read("/fr/incidents/nobody")
    assert (missing.status, b'lang="fr"' in missing.body) == (404, True)
    assert b'lang="en"' in reader.read("/incidents/nobody").body


def test_programs_read_it_from_anywhere(reader: Reader) -> None:
    for path, kind in (
        ("/api/v2/summary.json", "application/json; charset=utf-8"),
        ("/history.atom", "application/atom+xml; charset=utf-8"),
        ("/status.txt", "text/plain; charset=utf-8"),
        ("/badge.svg", "image/svg+xml; charset=utf-8"),
    ):
        answer = reader.read(path)
        assert (answer.status, answer.headers["content-type"]) == (200, kind), path
        assert answer.headers["access-control-allow-origin"] == "*", path
    assert "access-control-allow-origin" not in reader.read("/").headers


def test_the_history_is_one_address_with_many_pages(reader: Reader) -> None:
    first = json.loads(reader.read("/history.json").body)
    second = json.loads(reader.read("/history.json?page=2").body)
    beyond = json.loads(reader.read("/history.json?page=400").body)
    asked = json.loads(reader.read("/history", Accept="application/json").body)

    assert first == asked
    assert first["months"] != second["months"]
    assert beyond["months"] == []
    assert (
        reader.read("/history", Accept="text/html").headers["content-type"].startswith("text/html")
    )


def test_a_past_incident_its_month_and_its_component_are_there(reader: Reader) -> None:
    told = json.loads(reader.read("/api/v2/incidents.json").body)["incidents"][-1]

    page = reader.read(f"/incidents/{told['id']}")
    assert (page.status, told["name"].encode() in page.body) == (200, True)
    assert reader.read("/c/checkout").status == 200
    assert reader.read(f"/history/{told['created_at'][:7]}").status == 200


def test_what_is_not_for_readers_is_not_there(reader: Reader) -> None:
    for path in (
        "/headers.json",
        "/index.html.gz",
        "/.lock",
        "/../hosts.json",
        "/%2e%2e/hosts.json",
    ):
        assert reader.read(path).status in (400, 404), path


def test_what_needs_us_says_that_we_are_away(reader: Reader) -> None:
    assert reader.read("/subscribe").status == 502


def test_a_new_word_is_read_from_the_files_at_once(stopped: House, tmp_path: Path) -> None:
    with stopped:
        stopped.start("--no-demo")
        pages = {"status.linden.example": "linden"}
        with shipped(
            tmp_path, site_dir=stopped.data_dir / "site", pages=pages, front=stopped.port
        ) as server:
            said = stopped.told_by("declare", "Nobody can pay", *COMPONENT)
            reader, incident = Reader(server), said["incident"].encode()

            until(lambda: incident in reader.read("/").body, "nginx shows it", within=10)
            assert reader.read("/subscribe").status == 200
