"""Posts of stock words: every word of theirs could stand in anybody's post. Pure.

Such a post says nothing, whatever its grammar: no figure, no name, no part of a product, nothing
that a reader cannot do. The words lie in ``lexicons/<language>.words.yaml``, as ``stock``.
"""

from collections.abc import Iterator
from functools import cache

from tocsin.disclosure.coach import inflecting
from tocsin.disclosure.coach.reading import BLANK, MASK, Reading

FEWEST, MOST = 3, 20  # words; fewer are a label, and of more the entries speak one by one
MOST_OWN = 4  # words that are no stock words, in a post that is empty all the same


def spans(reading: Reading, language: str) -> Iterator[tuple[int, int]]:
    """The whole post, where it is of stock words alone; offsets of the plain text."""
    words = reading.words
    if not FEWEST <= len(words) <= MOST or MASK in reading.masked or BLANK in reading.masked:
        return
    known = words_of(language)
    if all(word in known for word, _ in words):
        last, start = words[-1]
        yield words[0][1], start + len(last)


def says_something(reading: Reading, language: str) -> bool:
    """Whether a post has so many words of its own that none of its sentences makes it empty."""
    known = words_of(language)
    return sum(word not in known for word, _ in reading.words) > MOST_OWN


@cache
def first_names() -> frozenset[str]:
    """What people are called, in small letters."""
    return inflecting.members("names", "names")


@cache
def words_of(language: str) -> frozenset[str]:
    """The stock words of a language in all their forms."""
    return inflecting.members("stock", language)
