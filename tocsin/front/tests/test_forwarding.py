import gzip
from typing import Any

import httpx
import pytest

from tocsin.front.tests.harness import LOOPBACK, Page, Running, Site, eventually
from tocsin.front.tests.standin import LONG, PACKED, StandIn


def told(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_is_not_compiled_is_django_s(front: Running, page: Page) -> None:
    for path in ("/console/", "/subscribe", "/us", "/v1/pages/x", "/hooks/grafana/t", "/readyz"):
        assert told(front.get(page, path))["target"] == path


def test_no_file_is_looked_for_where_django_alone_answers(front: Running, page: Page) -> None:
    for path in ("/console/x", "/v1/pages/x.json", "/api/v1/ping", "/hooks/grafana/t"):
        page.archive(path[1:], "never to be served")

        assert told(front.get(page, path))["target"] == path


def test_all_of_a_closed_page_is_django_s(front: Running, site: Site) -> None:
    page = site.page("closed-one")
    page.archive("incidents/x/index.html", "never to be served")
    page.live("1.0", {"index.html": "never to be served"})
    eventually(lambda: front.get(page, "/").text == "never to be served")

    site.close("closed-one")
    eventually(lambda: front.get(page, "/").headers["content-type"] == "application/json")

    for path in ("/", "/fr/", "/incidents/x", "/api/v2/summary.json", "/events", "/history.atom"):
        assert told(front.get(page, path))["target"] == path
    assert told(front.ask("OPTIONS", page, "/api/v2/summary.json"))["method"] == "OPTIONS"
    assert front.get(page, "/healthz").json() == {"status": "ok"}


def test_the_path_is_encoded_anew_and_the_query_comes_as_it_was(front: Running, page: Page) -> None:
    seen = told(front.get(page, "/console/%C3%A9%20x?q=%2F&r=a+b"))

    assert seen["target"] == "/console/%C3%A9%20x?q=%2F&r=a+b"


def test_django_hears_who_asks_from_us_alone(front: Running, page: Page) -> None:
    answer = front.get(
        page, "/console/", x_forwarded_for="10.9.9.9", x_real_ip="10.9.9.9", forwarded="for=evil"
    )

    headers = dict(map(tuple, told(answer)["headers"]))
    assert headers["x-forwarded-for"] == LOOPBACK
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-host"] == headers["host"] == page.host
    assert {"x-real-ip", "forwarded"}.isdisjoint(headers)


def test_a_body_arrives_whole_and_with_its_length(front: Running, page: Page) -> None:
    seen = told(
        front.client.post("/console/declare", content=b"a=1" * 1000, headers={"host": page.host})
    )

    assert seen["body"] == "a=1" * 1000
    assert ["content-length", "3000"] in seen["headers"]


def test_a_chunked_body_arrives_with_a_length_instead(front: Running, page: Page) -> None:
    seen = told(
        front.client.post("/v1/x", content=iter([b"one ", b"two"]), headers={"host": page.host})
    )

    assert seen["body"] == "one two"
    assert ["content-length", "7"] in seen["headers"]
    assert "transfer-encoding" not in dict(map(tuple, seen["headers"]))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_passes(method: str, front: Running, page: Page) -> None:
    assert told(front.ask(method, page, "/v1/pages/x"))["method"] == method


def test_a_post_to_a_compiled_path_is_django_s_to_judge(front: Running, page: Page) -> None:
    assert told(front.ask("POST", page, "/"))["method"] == "POST"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW"])
def test_odd_methods_stop_here(method: str, front: Running, page: Page) -> None:
    answer = front.raw(
        f"{method} /console/ HTTP/1.1\r\nHost: {page.host}\r\nConnection: close\r\n\r\n".encode()
    )

    assert answer.split(b" ", 2)[1] in (b"400", b"405")


def test_cookies_stay_apart_and_nobody_gets_another_s(front: Running, page: Page) -> None:
    first = front.get(page, "/console/cookies")
    front.client.cookies.clear()

    assert first.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert "cookie" not in dict(map(tuple, told(front.get(page, "/console/"))["headers"]))


def test_redirects_are_the_reader_s_to_follow(front: Running, page: Page) -> None:
    answer = front.get(page, "/console/redirect")

    assert (answer.status_code, answer.headers["location"]) == (302, "/console/elsewhere")


def test_what_django_packed_stays_packed(front: Running, page: Page) -> None:
    with front.client.stream("GET", "/console/packed", headers={"host": page.host}) as answer:
        raw = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert raw == PACKED
    assert gzip.decompress(raw) == b"packed by Django"


def test_hop_by_hop_headers_of_the_answer_stay_inside(front: Running, page: Page) -> None:
    answer = front.get(page, "/console/hop")

    assert answer.text == "ok"
    assert {"x-inner", "keep-alive", "connection"}.isdisjoint(answer.headers)


def test_long_answers_are_streamed_whole(front: Running, page: Page) -> None:
    answer = front.get(page, "/console/long")

    assert answer.content == LONG
    assert answer.headers["content-length"] == str(len(LONG))


def test_answers_without_a_length_are_streamed_too(front: Running, page: Page) -> None:
    assert front.get(page, "/console/chunked").text == "one two three"


def test_an_empty_answer_stays_empty(front: Running, page: Page) -> None:
    answer = front.get(page, "/console/nothing")

    assert (answer.status_code, answer.content) == (204, b"")


def test_an_answer_that_breaks_off_cannot_be_taken_for_a_whole_one(
    front: Running, page: Page
) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        front.get(page, "/console/broken")


def test_an_answer_that_never_comes_is_given_up_in_words(front: Running, page: Page) -> None:
    answer = front.get(page, "/console/hangs")

    assert answer.status_code == 504
    assert "took too long" in answer.text
    assert "a trop tardé" in answer.text


def test_a_body_past_the_limit_is_refused_in_words(
    front: Running, page: Page, web: StandIn
) -> None:
    answer = front.client.post(
        "/console/too-large", content=b"x" * 65_537, headers={"host": page.host}
    )

    assert answer.status_code == 413
    assert "too large" in answer.text
    assert "trop volumineux" in answer.text
    assert "POST /console/too-large" not in web.seen


def test_what_comes_in_at_a_hook_may_be_larger(front: Running, page: Page) -> None:
    def sent(path: str, size: int) -> int:
        answer = front.client.post(path, content=b"x" * size, headers={"host": page.host})
        return int(answer.status_code)

    assert sent("/hooks/alertmanager/token", 131_072) == 200
    assert sent("/hooks/alertmanager/token", 131_073) == 413
    assert sent("/hooksx", 131_072) == 413


def test_whoever_is_refused_a_body_hears_that_the_connection_ends(
    front: Running, page: Page
) -> None:
    large = front.client.post(
        "/hooks/alertmanager/token", content=b"x" * 131_073, headers={"host": page.host}
    )
    bare = front.ask("DELETE", page, "/events")

    assert (large.status_code, large.headers["connection"]) == (413, "close")
    assert (bare.status_code, bare.headers.get("connection")) == (405, None)


def test_a_chunked_body_past_the_limit_is_refused_too(
    front: Running, page: Page, web: StandIn
) -> None:
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"

    answer = front.raw(
        f"POST /console/endless HTTP/1.1\r\nHost: {page.host}\r\n".encode(),
        b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 5,
    )

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert "POST /console/endless" not in web.seen


def test_a_body_that_trickles_in_is_given_up_in_words(
    front: Running, page: Page, web: StandIn
) -> None:
    answer = front.raw(
        f"POST /console/slow HTTP/1.1\r\nHost: {page.host}\r\n".encode(),
        b"Content-Length: 50\r\n\r\nhalf",
    )

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert "took too long to arrive" in answer.decode()
    assert "POST /console/slow" not in web.seen


def test_with_django_down_the_page_stays_and_the_rest_is_said_in_words(
    lonely_front: Running, page: Page
) -> None:
    eventually(lambda: lonely_front.get(page, "/").status_code == 200)

    answer = lonely_front.get(page, "/console/")
    posted = lonely_front.ask("POST", page, "/v1/pages/x/incidents")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "out of reach" in answer.text
    assert "momentanément inaccessible" in answer.text
    assert "script-src" in answer.headers["content-security-policy"]
    assert posted.status_code == 503
    assert "out of reach" in posted.json()["error"]
