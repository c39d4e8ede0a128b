import gzip
import json
from pathlib import Path

import brotli
import pytest

from tocsin.front.errors import BrokenRelease
from tocsin.front.head import compressed, load
from tocsin.front.tests.harness import Page, write

LONG = "<!doctype html>" + "Checkouts are failing. " * 50


@pytest.fixture
def linden(tmp_path: Path) -> Page:
    return Page(tmp_path / "linden")


def test_a_release_that_isn_t_there_is_broken(tmp_path: Path) -> None:
    with pytest.raises(BrokenRelease):
        load(tmp_path / "releases" / "9.9")


def test_a_release_without_an_index_is_broken(tmp_path: Path) -> None:
    write(tmp_path / "1.0" / "status.txt", "x")

    with pytest.raises(BrokenRelease, match=r"index\.html"):
        load(tmp_path / "1.0")


def test_a_release_that_has_not_changed_is_not_read_again(linden: Page) -> None:
    directory = linden.release("1.0")
    head = load(directory)

    assert load(directory, former=head) is head


def test_a_twin_that_comes_later_is_picked_up(linden: Page) -> None:
    directory = linden.release("1.0", {"a/index.html": LONG})
    head = load(directory)
    write(directory / "a/index.html.gz", gzip.compress(LONG.encode()))

    again = load(directory, former=head)

    assert "gzip" not in head.answers["/a"].codings
    assert "gzip" in again.answers["/a"].codings


def test_the_first_page_is_packed_before_anybody_is_sent_it(linden: Page) -> None:
    head = load(linden.release("1.0", {"index.html": LONG, "fr/index.html": LONG, "a.txt": LONG}))

    packed = {path: set(head.answers[path].codings) for path in ("/", "/fr", "/a.txt")}
    assert packed == {
        "/": {"identity", "gzip", "br"},
        "/fr": {"identity", "gzip", "br"},
        "/a.txt": {"identity"},
    }
    assert brotli.decompress(head.answers["/"].codings["br"][1]) == LONG.encode()


def test_a_better_packed_twin_takes_the_place_of_what_was_packed_in_haste(linden: Page) -> None:
    directory = linden.release("1.0", {"index.html": LONG})
    head = load(directory)
    better = brotli.compress(LONG.encode(), quality=11)
    write(directory / "index.html.br", better)

    again = load(directory, former=head).answers["/"]

    assert again.codings["br"][1] == better
    assert again.codings["gzip"] == head.answers["/"].codings["gzip"]


def test_a_file_mended_in_place_is_read_again_and_the_others_are_kept(linden: Page) -> None:
    directory = linden.release("1.0", {"status.txt": "up"})
    head = load(directory)
    write(directory / "status.txt", "down")

    again = load(directory, former=head)

    assert again.answers["/status.txt"].body == b"down"
    assert again.answers["/"] is head.answers["/"]


def test_a_file_linked_from_the_release_before_is_not_read_again(linden: Page) -> None:
    first = linden.release("1.0", {"status.txt": "up"})
    second = linden.release("1.1", {"index.html": "another"})
    (second / "status.txt").hardlink_to(first / "status.txt")
    head = load(first)

    following = load(second, former=head)

    assert following.answers["/status.txt"] is head.answers["/status.txt"]
    assert following.answers["/"].body == b"another"


def test_what_was_packed_once_holds_for_the_next_release(linden: Page) -> None:
    head = compressed(load(linden.release("1.0", {"index.html": LONG})))

    following = load(linden.release("1.1", {"index.html": LONG, "a.txt": "new"}), former=head)

    assert following.release == "1.1"
    assert "gzip" in following.answers["/"].codings


def test_links_are_passed_over(linden: Page, tmp_path: Path) -> None:
    write(tmp_path / "secret.txt", "private")
    directory = linden.release("1.0")
    (directory / "secret.txt").symlink_to(tmp_path / "secret.txt")
    (directory / "out").symlink_to(tmp_path)

    head = load(directory)

    assert set(head.files) == {"index.html"}


def test_the_404_page_has_no_address_of_its_own(linden: Page) -> None:
    files = {"404.html": "nothing", "fr/404.html": "rien", "fr/index.html": "bonjour"}

    head = load(linden.release("1.0", files))

    assert "/404.html" not in head.answers
    found = {path: head.missing(path) for path in ("/incidents/x", "/fr/incidents/x")}
    assert {path: own.body for path, own in found.items() if own} == {
        "/incidents/x": b"nothing",
        "/fr/incidents/x": b"rien",
    }


def test_the_first_page_may_have_headers_of_its_own(linden: Page) -> None:
    notes = {"html": {"X-Kept": "by all", "X-Said": "all"}, "first": {"X-Said": "first"}}
    pages = {"headers.json": json.dumps(notes), "fr/index.html": LONG, "a/index.html": LONG}

    head = compressed(load(linden.release("1.0", pages)))

    said = {path: dict(head.answers[path].headers) for path in ("/", "/fr", "/a")}
    assert {told["x-kept"] for told in said.values()} == {"by all"}
    assert [told["x-said"] for told in said.values()] == ["first", "first", "all"]
