import pytest

from tocsin.front.headers import DEFAULT_POLICY, headers_of, html_headers


def test_html_is_asked_for_again_each_time() -> None:
    assert dict(headers_of("/index.html", {}))["cache-control"] == ("no-cache")


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v2/summary.json", "/history.atom", "/fr/history.rss", "/feed.json", "/fr/a.ics"),
        *("/status.txt", "/fr/status.txt", "/badge.svg", "/fr/c/checkout/badge.svg"),
    ],
)
def test_the_api_and_the_feeds_may_be_read_from_any_origin_and_kept_briefly(path: str) -> None:
    headers = dict(headers_of(path, {}))

    assert headers["access-control-allow-origin"] == "*"
    assert headers["cache-control"] == "public, max-age=5"


def test_a_file_named_after_its_bytes_is_kept_for_ever() -> None:
    hashed, plain = headers_of("/assets/live.0123456789ab.js", {}), headers_of("/assets/a.js", {})

    assert dict(hashed)["cache-control"] == "public, max-age=31536000, immutable"
    assert dict(plain)["cache-control"] == "no-cache"


def test_pages_may_not_be_read_from_other_origins() -> None:
    assert "access-control-allow-origin" not in dict(headers_of("/incidents/a/index.html", {}))


@pytest.mark.parametrize("path", ["/index.html", "/history.atom", "/a.svg", "/unknown.kind"])
def test_every_file_carries_the_security_headers(path: str) -> None:
    headers = dict(headers_of(path, {}))

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["content-security-policy"] == DEFAULT_POLICY
    assert {"permissions-policy", "cross-origin-opener-policy", "vary"} <= headers.keys()


def test_compile_s_own_headers_hold_for_html_alone() -> None:
    own = {"content-security-policy": "default-src 'none'"}

    assert dict(headers_of("/index.html", own))["content-security-policy"] == "default-src 'none'"
    assert dict(headers_of("/a.json", own))["content-security-policy"] == DEFAULT_POLICY


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"html": None},
        {"html": {"X-A": 1}},
        {"html": {"X-A": "a\r\nSet-Cookie: b"}},
        {"html": {"X A": "b"}},
        {"html": {"X-É": "b"}},
        {"html": {"X-A": "é"}},
    ],
)
def test_unlawful_headers_are_passed_over(said: object) -> None:
    assert html_headers(said) == {}


def test_lawful_headers_are_taken_in_lower_case() -> None:
    assert html_headers({"html": {"X-Frame-Options": "DENY"}}) == {"x-frame-options": "DENY"}
