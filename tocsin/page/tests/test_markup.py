import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.page.markup import html_of, html_of_brought, without_unseen


def test_markdown_becomes_html() -> None:
    assert html_of("**Route B** fails") == "<p><strong>Route B</strong> fails</p>"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe src='https://evil.example'></iframe>",
        "![x](https://evil.example/pixel.png)",
        "<style>body{display:none}</style>",
        "</textarea><script>alert(1)</script>",
        "<a href='x' style='position:fixed'>x</a>",
    ],
)
def test_hostile_markup_is_text(hostile: str) -> None:
    html = html_of(hostile)

    for tag in ("<script", "<img", "<svg", "<iframe", "<style", "</textarea", "<a href='x'"):
        assert tag not in html


@pytest.mark.parametrize(
    "link",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
    ],
)
def test_links_run_nothing(link: str) -> None:
    html = html_of(link)

    assert "href" not in html


def test_links_lend_no_authority() -> None:
    html = html_of("[x](https://example.org)")

    assert html == '<p><a href="https://example.org" rel="nofollow noopener">x</a></p>'


def test_headings_in_words_stay_below_the_pages_own() -> None:
    assert html_of("# Loud") == "<h4>Loud</h4>"


def test_marks_that_turn_text_around_are_taken_out() -> None:
    assert without_unseen("a\u202egnp.exe\u2066b\x00c\x1b") == "agnp.exebc"


def test_text_written_from_right_to_left_stays_as_it_is() -> None:
    assert without_unseen("الدفع لا يعمل") == "الدفع لا يعمل"


@given(st.text(max_size=200))
def test_no_text_makes_an_element_that_is_not_allowed(text: str) -> None:
    html = html_of(text)

    assert "<script" not in html.lower()
    assert " on" not in [part[:3] for part in html.split("<a ")[1:]]


def test_a_cell_knows_the_head_of_its_column_for_whoever_reads_it_on_a_phone() -> None:
    html = html_of("| When | **What** we told |\n|---|---|\n| 10:24 | It works |")

    assert "<td>10:24</td>" in html
    assert '<td data-label="What we told">It works</td>' in html


def test_the_head_of_a_column_can_do_no_harm_in_its_cells() -> None:
    html = html_of('| a | "><script>x</script> |\n|---|---|\n| 1 | 2 |')

    assert "<script" not in html


def test_tags_in_the_head_of_a_column_that_was_brought_are_no_part_of_its_name() -> None:
    html = html_of_brought("| a | <i>What</i> we told |\n|---|---|\n| 1 | 2 |")

    assert '<td data-label="What we told">2</td>' in html


def test_a_long_head_is_not_said_whole_in_every_row_nor_at_all_where_there_is_nothing() -> None:
    head, rows = "x" * 10_000, 2_000
    html = html_of(f"| a | {head} |\n|---|---|\n" + "| 1 | 2 |\n" * rows + "| 1 | |\n")

    assert html.count("data-label=") == rows
    assert len(html) < 400_000
