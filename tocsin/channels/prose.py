"""Our words in another medium's marks: from HTML that was made safe to plain text, and to chats.

A dialect escapes every word, so that nobody's words become marks, links, or the calling of a name.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SPACES = re.compile(r"[ \t\r\n]+")
_LAST_WORD = re.compile(r"\s+\S*$")
_VOID = frozenset({"br", "hr"})
_BLOCKS = frozenset({"p", "h4", "ul", "ol", "blockquote", "pre", "table", "hr"})
MARKED_AS = {"h4": "strong", "th": "strong", "ins": "strong", "del": "s"}
_ALL_TOLD = frozenset({"thead", "tbody"})  # only their rows matter


def _words_and_url(words: str, url: str) -> str:
    return words if words == url else f"{words} ({url})"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a medium writes what words can carry. An empty mark: the medium has none for it."""

    escape: Callable[[str], str] = str
    escape_code: Callable[[str], str] = str
    link: Callable[[str, str], str] = _words_and_url
    em: str = ""
    strong: str = ""
    strike: str = ""
    code: str = ""
    fence: str = ""
    bullet: str = "• "
    quote: str = "> "
    line: str = "\n"  # a break inside a paragraph

    def mark(self, tag: str) -> str:
        """The sign on both sides of a word in such a tag."""
        told = {"em": self.em, "strong": self.strong, "s": self.strike}
        return told.get(MARKED_AS.get(tag, tag), "")


PLAIN = Dialect(bullet="- ")


@dataclass(slots=True)
class _Node:
    tag: str
    href: str = ""
    start: int = 1
    children: list["_Node | str"] = field(default_factory=list)


def plain(html: str) -> str:
    """Safe HTML as plain text, one empty line between paragraphs."""
    return "\n\n".join(paragraphs(html, PLAIN))


def paragraphs(html: str, dialect: Dialect, *, most: int = 0) -> list[str]:
    """Safe HTML as paragraphs in a dialect; one longer than ``most`` is cut, without its marks."""
    tree = _tree(html)
    written = list(_blocks(tree.children, dialect))
    if not most or all(len(words) <= most for words in written):
        return written
    return [
        words if len(words) <= most else shortened(bare, most, dialect.escape)
        for words, bare in zip(written, _blocks(tree.children, PLAIN), strict=True)
    ]


def shortened(words: str, most: int, escape: Callable[[str], str] = str) -> str:
    """Words escaped and cut to fit, between two words where one is near, with an ellipsis."""
    escaped = escape(words)
    if len(escaped) <= most:
        return escaped
    kept = words[:most]
    while (over := len(escape(kept)) + 1 - most) > 0:
        kept = kept[: -max(1, over // 6)]  # no escape makes more than six signs of one
    whole = _LAST_WORD.sub("", kept)
    return escape(whole if len(kept) - len(whole) < 40 else kept).rstrip() + "…"


def _tree(html: str) -> _Node:
    reading = _Reading()
    reading.feed(html)
    reading.close()
    return reading.root


class _Reading(HTMLParser):
    """HTML as a tree of tags and words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        start = told.get("start") or "1"
        node = _Node(tag, told.get("href") or "", int(start) if start.isdigit() else 1)
        self._open[-1].children.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def _blocks(children: Sequence[_Node | str], dialect: Dialect) -> Iterator[str]:
    """Paragraphs, in order; words that stand in none make one."""
    loose: list[_Node | str] = []
    for child in children:
        if not isinstance(child, _Node) or child.tag not in _BLOCKS:
            loose.append(child)
            continue
        yield from _told(_inline(loose, dialect))
        loose = []
        yield from _block(child, dialect)
    yield from _told(_inline(loose, dialect))


def _told(words: str) -> Iterator[str]:
    if told := words.strip():
        yield told


def _block(node: _Node, dialect: Dialect) -> Iterator[str]:
    match node.tag:
        case "ul" | "ol":
            yield from _told("\n".join(_items(node, dialect)))
        case "blockquote":
            for paragraph in _blocks(node.children, dialect):
                yield "\n".join(f"{dialect.quote}{line}" for line in paragraph.split("\n"))
        case "pre":
            words = dialect.escape_code(_all_words(node).strip("\n"))
            yield f"{dialect.fence}\n{words}\n{dialect.fence}" if dialect.fence else words
        case "table":
            yield from _told(dialect.line.join(_rows(node, dialect)))
        case "hr":
            return
        case _:
            sign = dialect.mark(node.tag)
            if words := _inline(node.children, dialect).strip():
                yield f"{sign}{words}{sign}"


def _items(node: _Node, dialect: Dialect) -> Iterator[str]:
    number = node.start
    for item in node.children:
        if not isinstance(item, _Node):
            continue
        sign = f"{number}. " if node.tag == "ol" else dialect.bullet
        lines = "\n".join(_blocks(item.children, dialect)).split("\n")
        yield f"{sign}{lines[0]}"
        yield from (f"  {line}" for line in lines[1:])
        number += 1


def _rows(node: _Node, dialect: Dialect) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, _Node) and child.tag in _ALL_TOLD:
            yield from _rows(child, dialect)
        elif isinstance(child, _Node):
            cells = [cell for cell in child.children if isinstance(cell, _Node)]
            yield " · ".join(_inline([cell], dialect) for cell in cells)


def _inline(children: Sequence[_Node | str], dialect: Dialect) -> str:
    words = "".join(_phrase(child, dialect) for child in children)
    return words.replace(f"{dialect.line} ", dialect.line)  # HTML breaks its own lines there


def _phrase(child: _Node | str, dialect: Dialect) -> str:
    if isinstance(child, str):
        return dialect.escape(_SPACES.sub(" ", child))
    if child.tag == "br":
        return dialect.line
    if child.tag == "code":
        return f"{dialect.code}{dialect.escape_code(_all_words(child))}{dialect.code}"
    words = _inline(child.children, dialect)
    if child.tag == "a":
        return dialect.link(words or dialect.escape(child.href), child.href)
    if child.tag == "del" and not dialect.strike:
        return f"({words.strip()}) →" if words.strip() else ""
    sign = dialect.mark(child.tag) if words.strip() else ""
    return f"{sign}{words}{sign}"


def _all_words(node: _Node) -> str:
    return "".join(
        child if isinstance(child, str) else _all_words(child) for child in node.children
    )
