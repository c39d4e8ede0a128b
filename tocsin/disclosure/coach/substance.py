"""What a text is worth in numbers (metrics 6.4): what it holds, how it owns up, how plain. Pure.

Asked of what was said; whoever writes is told in words what is missing (``reviewing.review``).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from tocsin.catalogue.languages import READER
from tocsin.disclosure.coach import apologies, elements, phrases
from tocsin.disclosure.coach.elements import Looked
from tocsin.disclosure.coach.matching import Index
from tocsin.disclosure.coach.reading import Reading
from tocsin.disclosure.coach.values import Apology

CHUNK = re.compile(r"[^\s|]+")  # cells of a table stand apart, whatever is between them
ANGLICISMS = "fr"  # the one language in which they are counted


class Impossible(ValueError):
    """No text comes to such numbers: whoever made or kept them is wrong."""


class Plainness(NamedTuple):
    """Words in sentences, how many of the words are jargon, and in French how many are English.

    ``anglicisms`` is None in any other language.
    """

    words: int = 0
    sentences: int = 0
    jargon: int = 0
    anglicisms: int | None = None


def checked(told: Plainness) -> Plainness:
    """The same, once it is sure that some text can come to it. Raises Impossible."""
    words, sentences, jargon, anglicisms = told
    is_possible = 0 <= sentences <= words and 0 <= jargon <= words and (sentences or not words)
    if not is_possible or not 0 <= (anglicisms or 0) <= words:
        raise Impossible(f"There is no text of {told}.")
    return told


@dataclass(frozen=True, slots=True)
class Substance:
    """One text's numbers: the checks that apply and pass, those that do not, and the rest."""

    passed: tuple[str, ...]
    lacking: tuple[str, ...]
    apology: Apology | None  # None where none is due yet
    plainness: Plainness


def measured(looked: Looked) -> Substance:
    """The numbers of a text that was looked at."""
    answers = tuple(elements.checked(looked))
    return Substance(
        passed=tuple(name for name, is_there in answers if is_there),
        lacking=tuple(name for name, is_there in answers if not is_there),
        apology=apologies.completeness(looked),
        plainness=_plainness(looked),
    )


def _plainness(looked: Looked) -> Plainness:
    read = looked.reading
    words = list(_words(read.text))
    jargon = [read.plain_span(one.start, one.end) for one in looked.found if one.group == "JAR"]
    is_french = looked.context.language == ANGLICISMS
    told = Plainness(
        words=len(words),
        sentences=sum(elements.words_in(one) > 0 for one in read.sentences()),
        jargon=_touched(words, jargon),
        anglicisms=_touched(words, _english(read)) if is_french else None,
    )
    return checked(told)


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Where each word stands as people count them: "l'envoi" is one, a dash is none."""
    for found in CHUNK.finditer(text):
        if any(letter.isalnum() for letter in found[0]):
            yield found.span()


def _touched(words: Iterable[tuple[int, int]], spans: Iterable[tuple[int, int]]) -> int:
    """How many words stand, at least in part, within a span; each counts once."""
    found = tuple(spans)
    return sum(any(start < end and first < stop for start, stop in found) for first, end in words)


def _english(read: Reading) -> Iterator[tuple[int, int]]:
    """English in a French text, by the first letter alone: "feature flag" is one anglicism."""
    return ((hit.start, hit.start + 1) for hit in _anglicisms().hits(read))


@cache
def _anglicisms() -> Index[str]:
    path = files(__package__) / "lexicons" / "fr.anglicisms.yaml"
    kept: dict[str, Any] = yaml.load(path.read_text("utf-8"), READER)
    return Index((phrases.read(told), told) for told in kept["anglicisms"])
