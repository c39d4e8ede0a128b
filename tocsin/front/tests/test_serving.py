import gzip
import json
import os
from pathlib import Path

import brotli
import pytest

from tocsin.front.tests.harness import INDEX, Page, Running, Site, eventually

LONG = "<!doctype html><title>Linden</title>" + "Checkouts are failing. " * 60


def test_the_head_answers_its_front_page_with_every_header(front: Running, page: Page) -> None:
    answer = front.get(page, "/")

    assert answer.status_code == 200
    assert answer.text == INDEX
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["etag"].startswith('"')


def test_another_release_is_served_as_soon_as_the_pointer_names_it(
    front: Running, page: Page
) -> None:
    page.live("2.0", {"index.html": "checkout is failing"})

    eventually(lambda: front.get(page, "/").text == "checkout is failing")


@pytest.mark.parametrize("pointer", ["9.9", "nonsense", "../../1.0", ""])
def test_a_pointer_to_nothing_leaves_the_former_head(
    pointer: str, front: Running, page: Page, site: Site
) -> None:
    page.point_at(pointer)
    other = site.page(page.root.name + "-later")
    other.live("1.0")
    # Pages are followed in turn: once the later one is seen, so is the pointer.
    eventually(lambda: front.get(other, "/").status_code == 200)

    assert front.get(page, "/").text == INDEX


def test_a_release_that_arrives_after_its_pointer_is_found(front: Running, page: Page) -> None:
    page.point_at("2.0")
    page.release("2.0", {"index.html": "late"})

    eventually(lambda: front.get(page, "/").text == "late")


def test_whoever_has_the_bytes_gets_304(front: Running, page: Page) -> None:
    tag = front.get(page, "/").headers["etag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = front.get(page, "/", if_none_match=known)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"].startswith('"')
        assert answer.headers["cache-control"] == "no-cache"
    assert front.get(page, "/", if_none_match='"other"').status_code == 200


def test_gzip_is_served_to_whom_takes_it(front: Running, page: Page) -> None:
    page.live("2.0", {"index.html": LONG})

    def answer_is_packed() -> bool:
        answer = front.get(page, "/", accept_encoding="gzip")
        return answer.headers.get("content-encoding") == "gzip" and answer.text == LONG

    eventually(answer_is_packed)
    assert "content-encoding" not in front.get(page, "/").headers


def test_brotli_that_comes_after_the_swap_is_picked_up(front: Running, page: Page) -> None:
    directory = page.live("2.0", {"index.html": LONG})
    eventually(lambda: front.get(page, "/").text == LONG)
    plain = front.get(page, "/").headers["etag"]

    (directory / "index.html.br").write_bytes(brotli.compress(LONG.encode()))

    def is_brotli() -> bool:
        answer = front.get(page, "/", accept_encoding="br, gzip")
        return answer.headers.get("content-encoding") == "br" and answer.text == LONG

    eventually(is_brotli)
    unchanged = front.get(page, "/", accept_encoding="br", if_none_match=plain)
    assert unchanged.status_code == 304


def test_compile_s_own_policy_is_sent_and_its_note_is_not(front: Running, page: Page) -> None:
    note = json.dumps({"html": {"Content-Security-Policy": "default-src 'none'"}})
    page.archive("incidents/abc/index.html", "<!doctype html>")
    page.live("2.0", {"headers.json": note, "index.html": "two"})
    eventually(lambda: front.get(page, "/").text == "two")

    for path in ("/", "/incidents/abc"):
        policy = front.get(page, path).headers["content-security-policy"]
        assert policy == "default-src 'none'"
    assert "two" not in front.get(page, "/headers.json").text
    assert front.get(page, "/api/v2/headers.json").status_code == 404


def test_the_archive_is_read_from_disk_as_it_is_now(front: Running, page: Page) -> None:
    path = page.archive("incidents/abc/index.html", "<!doctype html>then")
    assert front.get(page, "/incidents/abc").text == "<!doctype html>then"
    assert front.get(page, "/incidents/abc/").text == "<!doctype html>then"

    beside = path.with_name("new")
    beside.write_text("<!doctype html>corrected")
    os.replace(beside, path)

    answer = front.get(page, "/incidents/abc")
    assert answer.text == "<!doctype html>corrected"
    unchanged = front.get(page, "/incidents/abc", if_none_match=answer.headers["etag"])
    assert unchanged.status_code == 304


def test_the_archive_uses_the_twins_that_stand_beside_a_file(front: Running, page: Page) -> None:
    page.archive("incidents/abc/index.html", LONG)
    page.archive("incidents/abc/index.html.br", brotli.compress(LONG.encode()))

    packed = front.get(page, "/incidents/abc", accept_encoding="br, gzip")
    made = front.get(page, "/incidents/abc", accept_encoding="gzip")

    assert (packed.headers["content-encoding"], packed.text) == ("br", LONG)
    assert (made.headers["content-encoding"], made.text) == ("gzip", LONG)


def test_the_head_comes_before_the_archive(front: Running, page: Page) -> None:
    page.archive("incidents/abc/index.html", "archived")
    page.live("2.0", {"incidents/abc/index.html": "open"})

    eventually(lambda: front.get(page, "/incidents/abc").text == "open")


def test_a_path_with_odd_but_lawful_characters_is_found(front: Running, page: Page) -> None:
    page.archive("history/été 2026.html", "summer")

    assert front.get(page, "/history/%C3%A9t%C3%A9%202026.html").text == "summer"


@pytest.mark.parametrize(
    "target",
    [
        "/incidents/../../../hosts.json",
        "/incidents/..%2f..%2f..%2fhosts.json",
        "/incidents/%2e%2e/%2e%2e/%2e%2e/hosts.json",
        "/incidents/..%5c..%5chosts.json",
        "/../hosts.json",
        "//hosts.json",
        "/incidents/%00",
        "/incidents/abc%00.html",
        "/incidents/%ff%fe",
        "/incidents/.hidden",
        "/.hidden",
        "/incidents/out/hosts.json",
        "/incidents/link.html",
        "/incidents/abc.html.gz",
        "/incidents/" + "a" * 5000,
    ],
)
def test_nothing_outside_the_page_can_be_reached(
    target: str, front: Running, page: Page, site: Site
) -> None:
    page.archive("incidents/.hidden", "hidden")
    page.archive(".hidden", "hidden")
    page.archive("incidents/abc.html", "shown")
    page.archive("incidents/abc.html.gz", gzip.compress(b"shown"))
    (page.root / "archive/incidents/out").symlink_to(site.root)
    (page.root / "archive/incidents/link.html").symlink_to(site.root / "hosts.json")

    answer = front.raw(
        f"GET {target} HTTP/1.1\r\nHost: {page.host}\r\nConnection: close\r\n\r\n".encode()
    )

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"hosts" not in answer
    assert b"hidden" not in answer


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/incidents/abc",
        "/incidents/none",
        "/healthz",
        "/console/",
        "/console/long",
        "/api/v2/a.json",
    ],
)
def test_head_answers_as_get_does_without_a_body(path: str, front: Running, page: Page) -> None:
    page.archive("incidents/abc/index.html", LONG)

    got, headed = front.get(page, path), front.ask("HEAD", page, path)

    assert headed.status_code == got.status_code
    assert headed.content == b""
    # Django's answer tells the method back, so there its length alone may differ.
    volatile = {"date", "content-length"} if path == "/console/" else {"date"}
    told = {name: value for name, value in got.headers.items() if name not in volatile}
    assert told.items() <= dict(headed.headers).items()


def test_an_unknown_compiled_path_is_answered_in_the_page_s_words(
    front: Running, page: Page
) -> None:
    page.live("2.0", {"404.html": "not here", "fr/404.html": "pas ici", "index.html": "two"})
    eventually(lambda: front.get(page, "/").text == "two")

    english, french = front.get(page, "/incidents/x"), front.get(page, "/fr/incidents/x")

    assert (english.status_code, english.text) == (404, "not here")
    assert (french.status_code, french.text) == (404, "pas ici")


def test_an_unknown_path_of_the_v2_api_is_answered_as_its_clients_expect(
    front: Running, page: Page
) -> None:
    answer = front.get(page, "/api/v2/incidents/none.json")

    assert answer.status_code == 404
    assert answer.json() == {"error": "Not found"}
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/api/v2/summary.json", "/history.atom"])
def test_other_origins_may_ask_first(path: str, front: Running, page: Page) -> None:
    answer = front.ask(
        "OPTIONS", page, path, origin="https://a.example", access_control_request_method="GET"
    )

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]


def test_a_page_that_is_not_compiled_yet_says_so_in_both_languages(
    front: Running, site: Site, page: Page
) -> None:
    empty = site.page(page.root.name + "-empty")
    eventually(lambda: front.get(empty, "/").status_code == 503)

    answer = front.get(empty, "/")

    assert "has not been compiled yet" in answer.text
    assert "pas encore compilée" in answer.text
    assert answer.headers["retry-after"] == "2"


def test_without_any_hosts_the_front_says_that_nothing_is_compiled(tmp_path: Path) -> None:
    running = Running(tmp_path)
    page = Page(tmp_path / "later")
    try:
        assert front_says_not_compiled(running, page)
    finally:
        running.stop()


def test_what_the_front_says_itself_begins_with_the_mark_of_an_installation_not_in_earnest(
    tmp_path: Path, front: Running, page: Page
) -> None:
    marked = Running(tmp_path, TOCSIN_WATERMARK="STAGING <1>")
    later = Page(tmp_path / "later")
    try:
        assert front_says_not_compiled(marked, later)
        answers = [marked.get(later, path) for path in ("/", "/%00", "/console/")]
    finally:
        marked.stop()

    assert [answer.status_code for answer in answers] == [503, 404, 503]
    for answer in answers:
        first = answer.text.partition("<body>")[2]
        assert first.startswith('<aside class="watermark" aria-label="STAGING &lt;1&gt;">STAGING')
    assert "watermark" not in front.get(page, "/%00").text.partition("<body>")[2]


def front_says_not_compiled(running: Running, page: Page) -> bool:
    answer = running.get(page, "/")
    return answer.status_code == 503 and "has not been compiled yet" in answer.text


def test_each_host_has_its_own_page(front: Running, site: Site, page: Page) -> None:
    other = site.page(page.root.name + "-ash")
    other.live("1.0", {"index.html": "Ash"})

    eventually(lambda: front.get(other, "/").text == "Ash")
    assert front.get(page, "/").text == INDEX


def test_the_front_is_alive_by_itself(lonely_front: Running) -> None:
    answer = lonely_front.client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert lonely_front.client.post("/healthz").status_code == 405


def test_pages_of_the_history_are_asked_for_by_number(front: Running, page: Page) -> None:
    page.archive("history.json", '{"page":1}')
    page.archive("history/page-2.json", '{"page":2}')
    page.archive("history/beyond.json", '{"page":0}')

    told = {
        asked: front.get(page, f"/history{asked}").json()["page"]
        for asked in (".json", ".json?page=1", ".json?page=2", ".json?page=3")
    }
    negotiated = front.client.get(
        "/history?page=2", headers={"host": page.host, "accept": "application/json"}
    )

    assert told == {".json": 1, ".json?page=1": 1, ".json?page=2": 2, ".json?page=3": 0}
    assert negotiated.json() == {"page": 2}
    assert "Accept" in negotiated.headers["vary"].split(", ")
    assert negotiated.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_can_only_be_read_says_so_in_json(method: str, front: Running, page: Page) -> None:
    answer = front.ask(method, page, "/api/v2/summary.json")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["error"]


def test_a_page_of_another_origin_may_sign_a_reader_up(front: Running, page: Page) -> None:
    answer = front.ask("OPTIONS", page, "/api/v2/subscribers.json")

    assert answer.status_code == 204
    assert "POST" in answer.headers["access-control-allow-methods"]


def test_the_sign_up_is_django_s_by_any_method(front: Running, page: Page) -> None:
    for method in ("GET", "POST", "DELETE"):
        told = front.ask(method, page, "/api/v2/subscribers.json?subscriber[email]=x").json()
        assert told["method"] == method


def test_the_frame_alone_may_stand_in_others_pages(front: Running, page: Page) -> None:
    page.live("1.0", {"embed/frame/index.html": "<main>", "fr/embed/frame/index.html": "<main>"})
    eventually(lambda: front.get(page, "/embed/frame").status_code == 200)

    policies = {
        path: front.get(page, path).headers["content-security-policy"]
        for path in ("/embed/frame?mobile=true", "/fr/embed/frame", "/")
    }

    assert policies["/embed/frame?mobile=true"].endswith("frame-ancestors *")
    assert policies["/fr/embed/frame"].endswith("frame-ancestors *")
    assert "frame-ancestors 'none'" in policies["/"]
