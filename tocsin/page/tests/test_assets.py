"""The sheets: which page wears which, and under what policy."""

import re

import pytest

from tocsin.page import assets, html
from tocsin.page.tests.telling import NOON, a_closed_story, a_past, a_snapshot, a_story, a_word

TABLE_PARTS = ("<tbody>", "<tr>", "<th>", "<td>")
TABLE = "| what | failed |\n|---|---|\n| cards | one in three |"


def sheets_of(page: str) -> list[str]:
    return re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)


def policy_of(page: str) -> str:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    return found[1]


def test_a_front_page_wears_what_it_needs_and_no_more() -> None:
    page = html.front(a_snapshot(a_story()), "en")

    assert sheets_of(page) == [assets.style()]


@pytest.mark.parametrize("body", [TABLE, "> They said so.", "    a command", "# A heading"])
def test_words_with_more_than_paragraphs_are_dressed_too(body: str) -> None:
    page = html.front(a_snapshot(a_story(a_word(body=body))), "en")

    assert sheets_of(page) == [assets.seldom_style(), assets.style()]


def test_each_page_allows_the_sheets_that_it_wears_and_no_other() -> None:
    story = a_closed_story()
    snapshot = a_snapshot(story)
    pages = [
        html.front(snapshot, "en"),
        html.incident(snapshot, "en", story),
        html.history(snapshot, "en", {"2026-11": 1}),
        html.month(snapshot, "en", NOON.date(), [story]),
        *(html.component(snapshot, "en", node, a_past(snapshot, node)) for node in snapshot.tree),
    ]

    for page in pages:
        styles = " ".join(f"'sha256-{assets.digest_of(sheet)}'" for sheet in sheets_of(page))
        assert f";style-src {styles};" in policy_of(page)
        for sheet in sheets_of(page):
            assert assets.digest_of(sheet) in assets.policy()


def test_whatever_the_seldom_sheet_speaks_of_calls_for_it() -> None:
    # By what a selector names besides the elements and classes that every page may have.
    sheet = re.sub(r"@media[^{]*\{", "", assets.seldom_style())
    selectors = [one for found in re.findall(r"([^{}]+)\{", sheet) for one in found.split(",")]

    for selector in selectors:
        named = re.findall(r"\.([\w-]+)|(?:^|[ >+])(\w+)", re.sub(r"::?[\w-]+", "", selector))
        marks = [f'<p class="{name}">' if name else f"<{tag}>" for name, tag in named]
        inside = {'<p class="plot">', '<p class="rule">', *TABLE_PARTS}  # of charts, of a table
        assert any(assets.SELDOM.search(mark) or mark in inside for mark in marks), selector
