"""Whether an update tells its readers anything (R-09): it repeats, or is a default sentence. Pure.

The coach warns of either before a word goes out; here it is asked of what was said.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from tocsin.disclosure.coach import lexicon, reading
from tocsin.disclosure.coach.matching import MOST_BESIDE, Index
from tocsin.disclosure.coach.reading import WORD, words_of

MUCH_THE_SAME = 0.8
LOOKED_BACK = 2  # posts before it
# The lexicon's entries for what vendors ship as a default; "-05" is of closing words alone.
DEFAULTS = ("emp-01", "emp-02", "emp-03", "emp-04")
LONGEST_DEFAULT = 40  # words; whatever is longer says more than any of them


def repeats(text: str, previous: Sequence[str]) -> bool:
    """Whether a post says much what one of the two before it said."""
    return any(_is_same(text, post) for post in previous[-LOOKED_BACK:])


def is_default(text: str, language: str) -> bool:
    """Whether a post is no more than default sentences; never of a language without a lexicon."""
    words = _words(text)
    if language not in lexicon.LANGUAGES or len(words) > LONGEST_DEFAULT:
        return False
    return _opens_so(words, language) and _is_default(text, language)


def is_empty(text: str, previous: Sequence[str], language: str) -> bool:
    """Whether a follow-up tells nothing new."""
    return repeats(text, previous) or is_default(text, language)


# A long record is asked of each post twice more, as what came before; and defaults come again.
@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(words_of(text))


@lru_cache(maxsize=4096)
def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(_words(text))


def _is_same(one: str, other: str) -> bool:
    words, before = _words(one), _words(other)
    longest = max(len(words), len(before))
    # Cheap bounds first: what two posts share is no more than the shorter one has, nor than the
    # words of one that the other has at all.
    if not longest or min(len(words), len(before)) / longest <= MUCH_THE_SAME:
        return False
    if sum(map(_vocabulary(other).__contains__, words)) / longest <= MUCH_THE_SAME:
        return False
    return (Counter(words) & Counter(before)).total() / longest > MUCH_THE_SAME


def _opens_so(words: Sequence[str], language: str) -> bool:
    """Whether a default sentence stands where one must: no more may go before it than beside it.

    Most posts are told apart by this alone, and need not be read whole.
    """
    index, after = _defaults(language), (*words[1 : MOST_BESIDE + 2], "")
    return any(map(index.may_begin, words[: MOST_BESIDE + 1], after))


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
