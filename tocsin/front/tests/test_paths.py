import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.front import paths


@pytest.mark.parametrize("path", ["/", "/fr/", "/incidents/abc", "/incidents/é", "/a b/c"])
def test_plain_paths_are_safe(path: str) -> None:
    assert paths.is_safe(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "//",
        "/a//b",
        "/..",
        "/a/../b",
        "/a/..",
        "/.",
        "/.env",
        "/a/.git/config",
        "/a\x00b",
        "/a\nb",
        "/a\\b",
        "/�",
        "/" + "a" * 2000,
        "/a//",
        "/…/../x",
        "*",
    ],
)
def test_paths_with_dots_gaps_or_odd_characters_are_not(path: str) -> None:
    assert not paths.is_safe(path)


@given(st.text(max_size=60))
def test_no_safe_path_leads_out_of_its_folder(text: str) -> None:
    path = "/" + text
    if paths.is_safe(path):
        for file in paths.files_of(path):
            assert ".." not in file.split("/")
            assert not file.startswith("/")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/fr/",
        "/fr/incidents/abc",
        "/incidents/abc",
        "/history",
        "/history.atom",
        "/c/checkout",
        "/maintenance/abc",
        "/maintenance.ics",
        "/api/v2/summary.json",
        "/status.txt",
        "/feed.json",
        "/c/checkout/badge.svg",
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap-2026-11.xml",
        "/history/x",
    ],
)
def test_the_compiled_namespaces_are_the_front_s_own(path: str) -> None:
    assert paths.is_compiled(path)


@pytest.mark.parametrize(
    "path",
    [
        "/console/",
        "/subscribe",
        "/us",
        "/v1/pages/x",
        "/hooks/grafana/t",
        "/readyz",
        "/metrics",
        "/api/v3",
        "/free",
        "/card",
        "/incidental",
        "/favicon.ico",
    ],
)
def test_every_other_path_is_django_s(path: str) -> None:
    assert not paths.is_compiled(path)


def test_dotted_paths_are_not_forwarded_save_the_well_known_ones() -> None:
    assert not paths.is_forwardable("/.env")
    assert not paths.is_forwardable("/.well-known/../console/")
    assert paths.is_forwardable("/.well-known/security.txt")


@pytest.mark.parametrize("name", ["headers.json", "a/.b", "index.html.gz", "x.br", "y.tmp"])
def test_notes_twins_and_dotfiles_are_never_served(name: str) -> None:
    assert not paths.is_served(name)


def test_an_index_answers_its_folder_with_and_without_a_slash() -> None:
    assert paths.addresses_of("index.html") == ["/index.html", "/"]
    assert paths.addresses_of("fr/index.html") == ["/fr/index.html", "/fr/", "/fr"]
    assert paths.addresses_of("api/v2/status.json") == ["/api/v2/status.json"]


def test_a_target_is_encoded_anew_and_keeps_its_query() -> None:
    assert paths.target_of("/a b/é?#%", "x=%20&y=é") == b"/a%20b/%C3%A9%3F%23%25?x=%20&y=%C3%A9"
    assert paths.target_of("/a", "x=1\r\nHost: evil") == b"/a?x=1%0D%0AHost:%20evil"


ANY = "*/*"
PAGE_2 = ("/history/page-2.json", "/history/beyond.json")


@pytest.mark.parametrize(
    ("path", "query", "accept", "found"),
    [
        ("/history.json", "", ANY, ["/history.json"]),
        ("/history.json", "page=1", ANY, ["/history.json"]),
        ("/history.json", "page=2", ANY, [*PAGE_2]),
        ("/history.json", "a=b&page=03&c", ANY, ["/history/page-3.json", "/history/beyond.json"]),
        ("/history.json", "page=0", ANY, ["/history.json"]),
        ("/history.json", "page=../../x", ANY, ["/history.json"]),
        ("/history.json", "homepage=4", ANY, ["/history.json"]),
        ("/history.json", "page=99999", ANY, ["/history.json"]),
        ("/history", "", ANY, ["/history"]),
        ("/history", "page=2", "text/html,application/json;q=0.1", ["/history"]),
        (
            "/history",
            "page=2",
            "application/json",
            ["/history/page-2.json", "/history/beyond.json"],
        ),
        ("/api/v2/incidents.json", "page=2", ANY, ["/api/v2/incidents.json"]),
    ],
)
def test_pages_of_the_history_are_files(
    path: str, query: str, accept: str, found: list[str]
) -> None:
    assert paths.candidates(path, query, accept) == found


@pytest.mark.parametrize(
    ("path", "is_read_alone"),
    [
        ("/api/v2/summary.json", True),
        ("/api/v2/nothing.json", True),
        ("/api/v2/subscribers.json", False),
        ("/api/v2/subscribers/a-token_1.json", False),
        ("/history.json", False),
        ("/v1/pages", False),
    ],
)
def test_the_public_api_is_read_save_for_its_subscribers(path: str, is_read_alone: bool) -> None:
    assert paths.is_read_alone(path) == is_read_alone
