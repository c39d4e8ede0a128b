"""Markdown to HTML that can do no harm. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "a"),
    *("ul", "ol", "li", "h4", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "td": {"data-label"}}
LONGEST_HEAD = 60  # letters of a column's head, as its cells repeat it
SCHEMES = {"https", "http", "mailto", "tel"}

# What would turn text around or is forbidden in XML; no language needs them here.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")

_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True})
_PARSER.enable(["table", "strikethrough"]).disable(["image"])


# What other status pages keep is Markdown, HTML, or some of each.
_MIXED = MarkdownIt("commonmark", {"html": True, "breaks": True})
_MIXED.enable(["table", "strikethrough"]).disable(["image"])


@lru_cache(maxsize=4096)
def html_of(text: str) -> str:
    """Markdown as HTML: no raw HTML, no images, no styles, links that lend no authority."""
    return _clean(_PARSER, text)


@lru_cache(maxsize=4096)
def html_of_brought(text: str) -> str:
    """Words that were brought from elsewhere: their HTML stands, as far as it can do no harm."""
    return _clean(_MIXED, text)


def _clean(parser: MarkdownIt, text: str) -> str:
    tokens = _lowered(parser.parse(text))
    _call_cells(tokens)
    raw = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(
        raw,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener",
    )
    return clean.strip()


def _lowered(tokens: Sequence[Token]) -> Sequence[Token]:
    """A heading in somebody's words stays below the page's own headings."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h4"
    return tokens


def _call_cells(tokens: Sequence[Token]) -> None:
    """Each cell knows the head of its column: on a phone it stands below the one before it."""
    heads: list[str] = []
    column = 0
    for token, inside in pairwise(tokens):
        if token.type == "table_open":
            heads = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            heads.append(_plain(inside))
        elif token.type == "td_open":
            if column and heads[column] and inside.content:
                token.attrSet("data-label", heads[column])
            column += 1


def _plain(inline: Token) -> str:
    parts = (part.content for part in inline.children or () if part.type != "html_inline")
    head = "".join(parts).strip()
    # It stands in every row: a long one would make megabytes of some thousand letters.
    return head if len(head) <= LONGEST_HEAD else f"{head[: LONGEST_HEAD - 1]}…"


def without_unseen(text: str) -> str:
    """Take out control characters, and marks that would show text in another order."""
    return UNSEEN.sub("", text)
