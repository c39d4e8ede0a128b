"""Whether an update tells its readers anything (R-09): it repeats, or is a default sentence. Pure.

The coach warns of either before a word goes out; here it is asked of what was said.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from tocsin.disclosure.coach import lexicon, reading
from tocsin.disclosure.coach.matching import MOST_BESIDE, Index
from tocsin.disclosure.coach.reading import WORD, plainly

MUCH_THE_SAME = 0.8
LOOKED_BACK = 2  # posts before it
# The lexicon's entries for what vendors ship as a default; "-05" is of closing words alone.
DEFAULTS = ("emp-01", "emp-02", "emp-03", "emp-04")
LONGEST_DEFAULT = 40  # words; whatever is longer says more than any of them


def repeats(text: str, previous: Sequence[str]) -> bool:
    """Whether a post says much what one of the two before it said."""
    now = _looked_at(text)
    return any(_is_same(now, _looked_at(post)) for post in previous[-LOOKED_BACK:])


def is_default(text: str, language: str) -> bool:
    """Whether a post is no more than default sentences; never of a language without a lexicon."""
    post = _looked_at(text)
    if language not in lexicon.LANGUAGES or len(post.words) > LONGEST_DEFAULT:
        return False
    return _opens_so(post, language) and _is_default(text, language)


def is_empty(text: str, previous: Sequence[str], language: str) -> bool:
    """Whether a follow-up tells nothing new."""
    return repeats(text, previous) or is_default(text, language)


class _Post(NamedTuple):
    """A post's words in order, and which words it has."""

    words: tuple[str, ...]
    vocabulary: frozenset[str]


# A long record is asked of each post twice more, as what came before; and defaults come again.
@lru_cache(maxsize=4096)
def _looked_at(text: str) -> _Post:
    words = tuple(WORD.findall(plainly(text)))
    return _Post(words, frozenset(words))


def _is_same(one: _Post, other: _Post) -> bool:
    many, few = len(one.words), len(other.words)
    longest = max(many, few)
    # Cheap bounds first: what two posts share is no more than the shorter one has, nor than the
    # words of one that the other has at all.
    if not longest or min(many, few) / longest <= MUCH_THE_SAME:
        return False
    if sum(map(other.vocabulary.__contains__, one.words)) / longest <= MUCH_THE_SAME:
        return False
    return (Counter(one.words) & Counter(other.words)).total() / longest > MUCH_THE_SAME


def _opens_so(post: _Post, language: str) -> bool:
    """Whether a default sentence stands where one must: no more may go before it than beside it.

    Most posts are told apart by this alone, and need not be read whole.
    """
    index, first = _defaults(language), post.words[: MOST_BESIDE + 1]
    after = (*post.words[1 : MOST_BESIDE + 2], "")
    return any(map(index.may_begin, first, after))


@lru_cache(maxsize=4096)
def _is_default(text: str, language: str) -> bool:
    read = reading.read(text)
    taken = bytearray(len(read.text))
    for hit in _defaults(language).hits(read):
        taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    if not any(taken):
        return False
    left = "".join(
        " " if is_taken else sign for sign, is_taken in zip(read.text, taken, strict=True)
    )
    return len(WORD.findall(left)) <= MOST_BESIDE


@lru_cache(maxsize=8)
def _defaults(language: str) -> Index[str]:
    return Index(
        (phrase, entry.id)
        for entry in lexicon.first(language)
        if entry.id.partition("-")[2] in DEFAULTS
        for phrase in entry.phrases
    )
