import pytest

from tocsin.front.tests.harness import Page, Running
from tocsin.front.tests.standin import StandIn

INNER = b"GET /console/smuggled HTTP/1.1\r\nHost: inner.example\r\n\r\n"


def post(page: Page, *lines: str) -> bytes:
    head = [f"POST /console/outer HTTP/1.1\r\nHost: {page.host}", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")


def was_smuggled(web: StandIn) -> bool:
    return any("smuggled" in seen for seen in web.seen)


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5, 6",),
        ("Content-Length: +5",),
        ("Content-Length: 0x5",),
        ("Content-Length: -1",),
        ("Content-Length: 99999999999999999999999",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding : chunked",),
        ("X-Folded: one\r\n two",),
        ("X-Nul: a\0b",),
        ("X-Bare\rLine: a",),
    ],
)
def test_ambiguous_framing_is_refused_and_never_reaches_django(
    lines: tuple[str, ...], front: Running, page: Page, web: StandIn
) -> None:
    before = len(web.seen)

    answer = front.raw(post(page, *lines) + b"0\r\n\r\n" + INNER)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not was_smuggled(web)
    assert "POST /console/outer" not in web.seen[before:]


def test_a_length_beside_chunks_neither_frames_nor_passes(
    front: Running, page: Page, web: StandIn
) -> None:
    framed = post(page, "Content-Length: 4", "Transfer-Encoding: chunked")

    answer = front.raw(framed + b"5\r\nhello\r\n0\r\n\r\n" + INNER)

    # Read by its chunks, sent on with the true length, and the connection closed behind it.
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"body": "hello"' in answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert not was_smuggled(web)


def test_a_length_shorter_than_what_follows_makes_two_requests_of_ours(
    front: Running, page: Page
) -> None:
    answer = front.raw(
        post(page, "Content-Length: 4") + b"abcd" + b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
        b"Connection: close\r\n\r\n"
    )

    assert answer.count(b"HTTP/1.1 200") == 2
    assert b'{"status":"ok"}' in answer


def test_chunks_that_break_off_are_never_taken_for_a_whole_body(
    front: Running, page: Page, web: StandIn
) -> None:
    before = len(web.seen)

    answer = front.raw(post(page, "Transfer-Encoding: chunked") + b"5\r\nhello\r\nZZ\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert "POST /console/outer" not in web.seen[before:]


def test_a_client_that_leaves_in_mid_body_leaves_nothing_behind(
    front: Running, page: Page, web: StandIn
) -> None:
    before = len(web.seen)

    front.raw(post(page, "Transfer-Encoding: chunked") + b"5\r\nhello\r\n", wait=0.05)
    front.raw(post(page, "Content-Length: 50") + b"hello", wait=0.05)

    # A later request is answered, so the earlier ones have been dealt with.
    assert front.get(page, "/console/after").status_code == 200
    assert "POST /console/outer" not in web.seen[before:]


@pytest.mark.parametrize(
    "head",
    [
        "GET /console/ HTTP/1.1\r\n",
        "GET /console/ HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n",
        "GET http://evil.example/console/ HTTP/1.1\r\nHost: a.example\r\n",
        "GET /console/ HTTP/1.1\r\nHost: a.example/../x\r\n",
    ],
)
def test_a_request_with_no_single_host_is_not_passed_on(head: str, front: Running) -> None:
    answer = front.raw((head + "Connection: close\r\n\r\n").encode())

    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("path", ["/console/../v1/x", "/console/%2e%2e/v1/x", "/console//x"])
def test_a_path_that_means_another_one_is_not_passed_on(
    path: str, front: Running, page: Page, web: StandIn
) -> None:
    before = len(web.seen)

    answer = front.raw(
        f"GET {path} HTTP/1.1\r\nHost: {page.host}\r\nConnection: close\r\n\r\n".encode()
    )

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert web.seen[before:] == []


def test_an_upgrade_is_not_passed_on(front: Running, page: Page) -> None:
    answer = front.raw(
        f"GET /console/ HTTP/1.1\r\nHost: {page.host}\r\n".encode(),
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
        wait=0.3,
    )

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"h2c" not in answer
    assert b"upgrade" not in answer


def test_headers_past_the_limit_are_refused(front: Running, page: Page) -> None:
    answer = front.raw(
        f"GET / HTTP/1.1\r\nHost: {page.host}\r\nX-Long: {'a' * 1_000_000}\r\n\r\n".encode()
    )

    assert answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 ")) or answer == b""
