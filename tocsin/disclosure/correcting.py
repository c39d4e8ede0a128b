"""What a correction changes: the difference as readers see it, and whether they must hear of it.

Pure. A difference is told in pieces that stand as they were, are gone, or are new.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache


class DataStatement(StrEnum):
    """What readers were told of their data (T-07, R-22)."""

    NONE_LOST = "none_lost"
    UNDER_CHECK = "under_check"
    SOME_LOST = "some_lost"
    IN_WORDS = "in_words"


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    mark: Mark
    text: str


Difference = tuple[Piece, ...]  # one place that changed: a sentence or more, read in order

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\s*\n\s*")
SENTENCE_MARKS = frozenset(".!?…")
TOKEN = re.compile(r"\d+(?:[:.,]\d+)+|\w+|\s+|[^\w\s]")  # a time or a number is one word
# Bounded: of twenty thousand stars, or brackets, each would else look through all that follows.
EMPHASIS = re.compile(r"(\*{1,3}|_{2,3}|~~|`+)(?=\S)(.{1,600}?)(?<=\S)\1", re.DOTALL)
LINK = re.compile(r"\[([^\[\]]*)\]\([^)]*\)")
LINE_MARK = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+)", re.MULTILINE)
ROW = re.compile(r"^[ \t]*\|(.*)\|[ \t]*$\n?", re.MULTILINE)
CELL_END = re.compile(r"(?<!\\)\|")
RULE = re.compile(r"\s*:?-+:?\s*")
# Below this much in common, word by word would be a riddle: the sentences are set side by side.
MUCH_IN_COMMON = 0.45
MOST_WORDS = 600  # past so many on both sides, too: comparing takes their product
# Stems: a sentence that has one of these may tell of what became of somebody's data.
OF_DATA = {
    "en": re.compile(r"\b(data|lost|loss|corrupt\w*|record|records|backups?)\b", re.IGNORECASE),
    "fr": re.compile(
        r"\b(donnée|données|perdue?s?|perte|pertes|corromp\w*|sauvegardes?)\b", re.IGNORECASE
    ),
    "de": re.compile(
        r"\b(daten\w*|verlor\w*|verlust\w*|beschädig\w*|sicherung\w*)\b", re.IGNORECASE
    ),
}


@lru_cache(maxsize=16)  # one correction asks the same of the same texts many times
def differences(before: str, after: str) -> tuple[Difference, ...]:
    """Every place where two texts differ, sentence by sentence, in order; none if they are equal.

    Marks of Markdown are left out, unless nothing else differs.
    """
    if before == after:
        return ()
    told = _compared(plainly(before), plainly(after))
    return told or _compared(before, after)


def plainly(text: str) -> str:
    """Words without the marks that Markdown sets around them; a dot between cells of a table."""
    text = ROW.sub(_row, text)
    text = LINE_MARK.sub("", LINK.sub(r"\1", text))
    former = None
    while former != text:
        former, text = text, EMPHASIS.sub(r"\2", text)
    return text.strip()


def _row(found: "re.Match[str]") -> str:
    cells = CELL_END.split(found[1])
    if all(map(RULE.fullmatch, cells)):
        return ""
    told = (cell.replace("\\|", "|").strip() for cell in cells)
    return f"{' · '.join(filter(None, told))}\n"


def sentences(text: str) -> list[str]:
    """A text cut after its sentences and at its line breaks."""
    return [part for part in SENTENCE_END.split(text.strip()) if part]


def _compared(before: str, after: str) -> tuple[Difference, ...]:
    old, new = _without_ends(sentences(before), sentences(after))
    matched = SequenceMatcher(None, old, new).get_opcodes()
    return tuple(
        _words_apart(" ".join(old[a:b]), " ".join(new[c:d]))
        for what, a, b, c, d in matched
        if what != "equal"
    )


def _without_ends(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """What lies between the sentences that both begin and both end with."""
    first, most = 0, min(len(old), len(new))
    while first < most and old[first] == new[first]:
        first += 1
    last = 0
    while last < most - first and old[-1 - last] == new[-1 - last]:
        last += 1
    return old[first : len(old) - last], new[first : len(new) - last]


def _words_apart(before: str, after: str) -> Difference:
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    is_long = min(len(old), len(new)) > 2 * MOST_WORDS  # a word and what follows it
    if not before or not after or is_long or matcher.ratio() < MUCH_IN_COMMON:
        both = (Piece(Mark.GONE, before), Piece(Mark.NEW, after))
        return tuple(piece for piece in both if piece.text)
    return tuple(_joined(_runs(matcher, old, new)))


def _runs(matcher: "SequenceMatcher[str]", old: list[str], new: list[str]) -> Iterator[Piece]:
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            yield Piece(Mark.SAME, "".join(old[a:b]))
            continue
        yield Piece(Mark.GONE, "".join(old[a:b]))
        yield Piece(Mark.NEW, "".join(new[c:d]))


def _joined(runs: Iterator[Piece]) -> Iterator[Piece]:
    """Whole phrases: what changed on both sides of a mere space is one change."""
    gone = new = gap = ""
    for piece in runs:
        if piece.mark is Mark.SAME and (gone or new) and not piece.text.strip():
            gap += piece.text
        elif piece.mark is Mark.SAME:
            yield from _change(gone, new)
            yield Piece(Mark.SAME, gap + piece.text)
            gone = new = gap = ""
        elif piece.text:
            gone, new, gap = gone + gap, new + gap, ""
            gone += piece.text if piece.mark is Mark.GONE else ""
            new += piece.text if piece.mark is Mark.NEW else ""
    yield from _change(gone, new)
    if gap:
        yield Piece(Mark.SAME, gap)


def _change(gone: str, new: str) -> Iterator[Piece]:
    yield from (p for p in (Piece(Mark.GONE, gone), Piece(Mark.NEW, new)) if p.text)


def former(told: Difference) -> str:
    """What stood there before."""
    return "".join(piece.text for piece in told if piece.mark is not Mark.NEW)


def latter(told: Difference) -> str:
    """What stands there now."""
    return "".join(piece.text for piece in told if piece.mark is not Mark.GONE)


def speaks_of_data(told: Iterable[Difference], language: str) -> bool:
    """Whether a changed sentence may tell what became of data; when in doubt, it does.

    A language without stems of its own is taken to speak of data: readers then hear of it.
    """
    stems = OF_DATA.get(language)
    if stems is None:
        return any(True for _ in told)
    return any(stems.search(f"{former(one)} {latter(one)}") for one in told)


def carried(text: str, before: str, after: str) -> str | None:
    """What stands in ``after`` where ``text`` stood in ``before``; None where it did not."""
    sought = [word for word, _ in _placed(text)]
    old, new = _placed(before), _placed(after)
    start = _found(sought, [word for word, _ in old])
    if start is None:
        return None
    first, last = _reached(
        start, start + len(sought), [word for word, _ in old], [word for word, _ in new]
    )
    if first >= last:
        return ""
    return after[new[first][1].start() : new[last - 1][1].end()]


def _placed(text: str) -> list[tuple[str, "re.Match[str]"]]:
    """Words and marks as they are compared, whatever typography made of them, and where each is."""
    found = (piece for piece in TOKEN.finditer(text) if piece[0].strip())
    return [(piece[0].casefold().replace("\u2019", "'"), piece) for piece in found]


def _found(sought: list[str], words: list[str]) -> int | None:
    places = range(len(words) - len(sought) + 1) if sought else ()
    return next((at for at in places if words[at : at + len(sought)] == sought), None)


def _reached(start: int, end: int, old: list[str], new: list[str]) -> tuple[int, int]:
    """The words of the new text that stand for some of the old one's."""
    first, last = len(new), 0
    matched = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for what, a, b, c, d in matched:
        is_within = start <= a <= end and not SENTENCE_MARKS.intersection(new[c:d])
        if what == "equal" and max(a, start) < min(b, end):
            c, d = c + max(a, start) - a, c + min(b, end) - a
        elif not (what == "replace" and max(a, start) < min(b, end)) and not (
            what == "insert" and is_within
        ):
            continue
        first, last = min(first, c), max(last, d)
    return first, last
