"""A text made plain: small letters, straight quotes, simple spaces, with the way back. Pure.

Every offset of the plain text leads back to the letters that were typed, whatever NFKC made of
them. What is not the author's own wording (placeholders, quotations, links, code, names) is masked
with a letter that no phrase can match.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

MASK = "\ufffc"
BLANK = "\ufffd"  # a {placeholder}: it will hold a time, a name, a number
STRAIGHT = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f"), '"'),
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\t\r\u000b\u000c"), " "),
    **dict.fromkeys(map(ord, "\u2010\u2011"), "-"),
}
BLANKS = re.compile("[\t\r\u000b\u000c]")  # of what is made straight, the part that is ASCII
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\ufe0f]")
# A letter with the marks that combine with it: normalised together, or not at all.
CLUSTER = re.compile("(?s).[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]*")
SENTENCE_END = re.compile(
    r"(?<![.!?])[.!?]++[\"'»)\]*_]*+\s+"  # a mark, and whatever closes behind it
    r"|\n[ ]*\n\s*"
    r"|\n(?=[^\S\n]*(?:[-*+•]|\d{1,2}[.)])\s)"  # the next point of a list
    r"|\n(?=#)"
    r"|(?<=:)\n|\n(?=[^\n]{1,60}:\n)"
)
ROW = re.compile(r"^[ ]*\|.*$", re.MULTILINE)  # of a table: its cells are no one's sentence
CELL_END = re.compile(r"(?<!\\)\|[ ]*")
FENCE = r"```.*?(?:```|\Z)"
CODE = r"`[^`\n]{1,500}`"
LINK = r"!?\[[^\[\]\n]{0,300}\]\([^)\n]{0,500}\)"
ADDRESS = r"(?:https?://|www\.)[^\s<>()\[\]]*[^\s<>()\[\].,;:!?'\"]"
MAIL = r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+"
QUOTED = r'"[^"\n]{1,400}"|«[^»\n]{1,400}»|(?<!\w)\'(?=\w)[^\'\n]{2,120}(?<=[\w.,!?])\'(?!\w)'
FOREIGN = re.compile(f"(?s:{FENCE})|{CODE}|{LINK}|{ADDRESS}|{MAIL}|{QUOTED}")
PLACEHOLDER = re.compile(r"\{[^{}\n]{1,60}\}")
# What the product itself writes on pages, as it stands there: before a colon or dash, in a cell, or
# alone.
LABELS = (
    "all systems operational|degraded performance|under maintenance|partial outage|major outage"
    "|operational|investigating|identified|monitoring|resolved|scheduled|in progress|verifying"
    "|completed|panne partielle|panne majeure|panne|fonctionne|en maintenance|performances? "
    "dégradées?|opérationnel|en cours d'analyse|identifié|sous surveillance|résolu|terminé|slow"
    "|lent"
)
LABEL_FIRST = re.compile(rf"[ >#*_-]*(?:{LABELS})[*_]*(?=[ ]*(?:\n|\Z|[:–—]|-[ ]))")
LABEL_AFTER = re.compile(rf"[:→>–—|][ ]*[*_]*(?:{LABELS})[*_]*(?=[ ]*(?:\n|\Z|[,;.)|]))")
MARKS = ("`", "[", '"', "«", "'", "@", "://", "www.")
WORD = re.compile(r"[^\W_]+")
# Of ASCII, which is most of English: small letters, and a space for whatever is between words.
SMALL = bytes(code if chr(code).isalnum() else 32 for code in range(128)).lower().ljust(256)


@dataclass(frozen=True)
class Reading:
    """One text as typed (``typed``), plain (``text``), and with foreign words masked."""

    typed: str
    text: str
    masked: str
    starts: tuple[int, ...] | None  # None: each letter stands where it was typed
    ends: tuple[int, ...] | None
    sentence_starts: tuple[int, ...]

    @cached_property
    def words(self) -> list[tuple[str, int]]:
        """The words that are the author's own, each with its place."""
        return [(found[0], found.start()) for found in WORD.finditer(self.masked)]

    def typed_span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the plain text was typed."""
        if self.starts is None or self.ends is None or start >= end:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def plain_span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of what was typed stands in the plain text."""
        if self.starts is None:
            return start, end
        return bisect_left(self.starts, start), bisect_left(self.starts, end)

    def sentence_at(self, place: int) -> int:
        """The number of the sentence that holds a place."""
        return bisect_right(self.sentence_starts, place) - 1

    def sentence(self, number: int) -> tuple[int, int]:
        """Where a sentence begins and ends."""
        is_last = number + 1 == len(self.sentence_starts)
        end = len(self.text) if is_last else self.sentence_starts[number + 1]
        return self.sentence_starts[number], end

    def sentences(self) -> Iterator[str]:
        """Each sentence of the plain text."""
        for number in range(len(self.sentence_starts)):
            start, end = self.sentence(number)
            yield self.text[start:end].strip()


def read(typed: str, names: Iterable[str] = ()) -> Reading:
    """Make a text plain. ``names`` are components, which nobody's wording is judged by."""
    text, starts, ends = _plain(typed)
    breaks = sorted({0, *(end for end in _ends(text) if end < len(text))})
    masked = _masked(text, frozenset(names))
    return Reading(typed, text, masked, starts, ends, tuple(breaks))


def _ends(text: str) -> Iterator[int]:
    """Behind each sentence, and behind each cell of a table."""
    yield from (end.end() for end in SENTENCE_END.finditer(text))
    if "|" in text:
        for row in ROW.finditer(text):
            yield row.start()
            yield from (end.end() for end in CELL_END.finditer(text, row.start(), row.end()))
            yield row.end()


def plainly(text: str) -> str:
    """A phrase as it is compared: the same letters whatever typography made of them."""
    return _plain(text)[0]


def words_of(text: str) -> list[str]:
    """The words of a text, made plain."""
    if text.isascii():
        return text.encode("ascii").translate(SMALL).decode("ascii").split()
    return WORD.findall(plainly(text))


def _plain(typed: str) -> tuple[str, tuple[int, ...] | None, tuple[int, ...] | None]:
    if typed.isascii():
        straight = typed.translate(STRAIGHT) if BLANKS.search(typed) else typed
        return straight.lower(), None, None
    lowered = typed.translate(STRAIGHT).lower()
    is_simple = len(lowered) == len(typed) and not UNSEEN.search(typed)
    if is_simple and unicodedata.is_normalized("NFKC", lowered):
        return lowered, None, None
    pieces, starts, ends = [], [], []
    for cluster in CLUSTER.finditer(typed):
        plain = unicodedata.normalize("NFKC", cluster[0].translate(STRAIGHT))
        plain = UNSEEN.sub("", plain).translate(STRAIGHT).lower()
        pieces.append(plain)
        starts += [cluster.start()] * len(plain)
        ends += [cluster.end()] * len(plain)
    return "".join(pieces), tuple(starts), tuple(ends)


def _masked(text: str, names: frozenset[str]) -> str:
    if "{" in text:
        text = PLACEHOLDER.sub(lambda found: BLANK * len(found[0]), text)
    if any(mark in text for mark in MARKS):
        text = FOREIGN.sub(_over, text)
    text = _without_labels(text)
    named = _naming(names)
    return named.sub(_over, text) if named else text


def _without_labels(text: str) -> str:
    place = 0
    while place != -1:
        label = LABEL_FIRST.match(text, place)
        if label:
            text = text[:place] + MASK * len(label[0]) + text[label.end() :]
        place = text.find("\n", place) + 1 or -1
    return LABEL_AFTER.sub(_over, text)


def _over(found: re.Match[str]) -> str:
    return MASK * len(found[0])


@lru_cache(maxsize=256)
def _naming(names: frozenset[str]) -> re.Pattern[str] | None:
    told = sorted({plainly(name) for name in names if name.strip()}, key=len, reverse=True)
    if not told:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, told))})(?![^\W_])")
