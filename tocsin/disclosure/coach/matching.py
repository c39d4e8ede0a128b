"""Which entries hit where in a text, and how much each weighs in this context. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Generic, TypeVar

from tocsin.catalogue.tree import State
from tocsin.disclosure.coach import detectors, lexicon, stock
from tocsin.disclosure.coach.detectors import Known
from tocsin.disclosure.coach.lexicon import Entry
from tocsin.disclosure.coach.phrases import Phrase
from tocsin.disclosure.coach.reading import WORD, Reading
from tocsin.disclosure.coach.reasons import why
from tocsin.disclosure.coach.values import (
    Allowed,
    Context,
    Finding,
    Kind,
    Level,
    Register,
    Strictness,
)

OUTAGE = frozenset({State.PARTIAL, State.MAJOR})
# The lexicon says it of these: where the whole post is no more than that, it is a block.
DEFAULT_SENTENCES = frozenset({"en-emp-01", "fr-emp-01"})
MOST_PAIRS = 50_000  # of words, remembered with the phrases that can begin so
FAR = 500  # letters to either side of a phrase, beyond which no sentence speaks of it any more
MOST_BESIDE = 1  # words beside a default sentence that still say nothing
REGISTERS = {
    "leg-01": Register.LIABILITY,
    "leg-03": Register.LIABILITY,
    "leg-04": Register.LIABILITY,
    "leg-05": Register.OWNERSHIP,
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """Something that a phrase stands for, and where in the plain text it stands."""

    of: T
    start: int
    end: int


class Index(Generic[T]):
    """Phrases by the words that they can begin with, so that a text is read once."""

    def __init__(self, told: Iterable[tuple[Phrase, T]]) -> None:
        self._words: dict[str, list[tuple[Phrase, T]]] = {}
        self._stems: dict[str, list[tuple[Phrase, T]]] = {}
        self._numbers: list[tuple[Phrase, T]] = []
        self._marks: list[tuple[Phrase, T]] = []
        for phrase, of in told:
            for head in phrase.heads:
                self._place(head.kind, head.text).append((phrase, of))
        self._lengths = sorted({len(stem) for stem in self._stems})
        self._known: dict[tuple[str, str], tuple[tuple[Phrase, T], ...]] = {}

    def _place(self, kind: str, text: str) -> list[tuple[Phrase, T]]:
        if kind in ("number", "mark"):
            return self._numbers if kind == "number" else self._marks
        return (self._words if kind == "word" else self._stems).setdefault(text, [])

    def hits(self, reading: Reading) -> Iterator[Hit[T]]:
        """Every place where a phrase stands."""
        text, known = reading.masked, self._known
        words = reading.words
        for number, (word, start) in enumerate(words, 1):
            after = words[number][0] if number < len(words) else ""
            likely = known.get((word, after))
            for phrase, of in self._beginning_with(word, after) if likely is None else likely:
                match = phrase.pattern.match(text, start)
                if match:
                    yield Hit(of, start, match.end())
        for phrase, of in self._marks:
            for match in phrase.pattern.finditer(text):
                yield Hit(of, match.start(), match.end())

    def may_begin(self, word: str, after: str) -> bool:
        """Whether some phrase can begin with this word before that one; "" where none comes."""
        likely = self._known.get((word, after))
        return bool(self._beginning_with(word, after) if likely is None else likely)

    def _beginning_with(self, word: str, after: str) -> tuple[tuple[Phrase, T], ...]:
        likely = tuple(one for one in self._likely(word) if one[0].may_go_on(after))
        if len(self._known) < MOST_PAIRS:
            self._known[word, after] = likely
        return likely

    def _likely(self, word: str) -> Iterator[tuple[Phrase, T]]:
        yield from self._words.get(word, ())
        for length in self._lengths:
            if length > len(word):
                break
            yield from self._stems.get(word[:length], ())
        if word[0].isdigit():
            yield from self._numbers


@dataclass(frozen=True, eq=False)
class Compiled:
    """A language's entries, ready to be looked for."""

    entries: tuple[Entry, ...]
    index: Index[Entry]

    @cached_property
    def detecting(self) -> tuple[Entry, ...]:
        """The entries that name a detector, which are few."""
        return tuple(entry for entry in self.entries if entry.detectors)


@lru_cache(maxsize=64)
def compiled(language: str, own: str = "") -> Compiled:
    """The entries of a language and of a page's own lexicon. Raises BadLexicon."""
    entries = lexicon.of(language, own)
    index = Index((phrase, entry) for entry in entries for phrase in entry.phrases)
    return Compiled(entries, index)


@dataclass(frozen=True, slots=True)
class Matched:
    """What a text says that an entry looks for, and in which voices it speaks (R-31)."""

    findings: tuple[Finding, ...]
    registers: frozenset[Register]


def matched(reading: Reading, context: Context) -> Matched:
    """Everything that a careful reader would stop at, in the order of the text."""
    told = compiled(context.language, context.own)
    hits = sorted(_within_sentences(reading, told.index.hits(reading)), key=_by_place)
    spoken = {_register(hit.of) for hit in hits} | {Register.FACT}
    applies = _applying(told, context.moments, context.allowed, _conditions(context.states))
    own = [hit for hit in _longest(hits) if hit.of.id in applies]
    own += _detected(told.detecting, applies, reading, Known(context.staff, context.customers))
    weighed = ((hit, _level(hit, reading, context)) for hit in sorted(own, key=_by_place))
    found = [
        (hit.of, _finding(hit, level, reading, context.language)) for hit, level in weighed if level
    ]
    first = {(one.sentence, one.group) for entry, one in found if not entry.is_added}
    told_of = {one.sentence for entry, one in found if not entry.is_last}
    return Matched(
        tuple(
            one
            for entry, one in found
            if not (entry.is_added and (one.sentence, one.group) in first)
            and not (entry.is_last and one.sentence in told_of)
        ),
        frozenset(one for one in spoken if one),
    )


def _within_sentences(reading: Reading, hits: Iterable[Hit[Entry]]) -> Iterator[Hit[Entry]]:
    """Without what begins in one sentence and ends in the next: nobody said that."""
    for hit in hits:
        if reading.sentence_at(hit.start) == reading.sentence_at(hit.end - 1):
            yield hit


def _by_place(hit: Hit[Entry]) -> tuple[int, int]:
    return hit.start, -hit.end


def _longest(hits: Iterable[Hit[Entry]]) -> Iterator[Hit[Entry]]:
    """Of each entry's phrases that overlap, the first and longest."""
    furthest: dict[str, int] = {}
    for hit in hits:
        if hit.start >= furthest.get(hit.of.id, 0):
            furthest[hit.of.id] = hit.end
            yield hit


def _detected(
    entries: Iterable[Entry], applies: frozenset[str], reading: Reading, known: Known
) -> Iterator[Hit[Entry]]:
    for entry in entries:
        if entry.id in applies:
            for start, end in sorted(_spans(entry, reading, known)):
                yield Hit(entry, start, end)


def _spans(entry: Entry, reading: Reading, known: Known) -> set[tuple[int, int]]:
    """What an entry's detectors find; of two that overlap, the longer one."""
    spans = {span for name in entry.detectors for span in detectors.found(name, reading, known)}
    kept, furthest = set(), -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > furthest:  # else one that began no later holds it
            kept.add((start, end))
            furthest = end
    return kept


@lru_cache(maxsize=256)
def _applying(
    told: Compiled, moments: frozenset[str], allowed: Allowed, conditions: frozenset[str]
) -> frozenset[str]:
    """The ids of the entries that are asked at such a moment."""
    return frozenset(
        entry.id
        for entry in told.entries
        if (not entry.when or entry.when & moments)
        and (not entry.allowed or allowed in entry.allowed)
        and (not entry.condition or entry.condition in conditions)
    )


def _conditions(states: tuple[State, ...]) -> frozenset[str]:
    """What holds of the components; where no state is known, nothing does."""
    if not states:
        return frozenset()
    is_out = bool(OUTAGE & set(states))
    holding = {"component_in_outage" if is_out else "no_component_in_outage"}
    return frozenset(
        holding | ({"component_not_well"} if set(states) - {State.OPERATIONAL} else set())
    )


def _level(hit: Hit[Entry], reading: Reading, context: Context) -> Level | None:
    entry = hit.of
    level = _level_here(entry, context)
    if level is None:
        return None
    if entry.id in DEFAULT_SENTENCES and _is_whole(hit, reading):
        return Level.BLOCK
    if _is_spared(hit, reading, context.language):
        return None
    excuse = entry.excuse
    if excuse is not None and excuse.search(_around(hit, reading)):
        return level.lowered
    return level


def _is_spared(hit: Hit[Entry], reading: Reading, language: str) -> bool:
    if hit.of.is_of_emptiness and stock.says_something(reading, language):
        return True
    spared, post, company = hit.of.spared, hit.of.post_spared, hit.of.company
    if spared is not None and spared.search(_sentence(hit, reading)):
        return True
    if company is not None and not company.search(_around(hit, reading)):
        return True
    return post is not None and _stands_in(post, reading.text)


@lru_cache(maxsize=64)
def _stands_in(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a pattern stands anywhere in a text, sought once however often an entry hits."""
    return bool(pattern.search(text))


def _level_here(entry: Entry, context: Context) -> Level | None:
    """An entry's level for these readers, this kind of incident, and this policy."""
    level = entry.level
    if level is None:
        return None
    if entry.group == "JAR":
        if context.is_detail or context.audience is Strictness.INTERNAL:
            return None
        return level.lowered if context.audience is Strictness.DEVELOPERS else level
    if entry.group == "MIN" and context.kind is Kind.SECURITY and level is Level.WARN:
        return Level.REVIEW  # made small in public, it was fined
    return _level_of_register(_register(entry), level, context.allowed)


def _level_of_register(register: Register | None, level: Level, allowed: Allowed) -> Level | None:
    if register is Register.OWNERSHIP and allowed is Allowed.FACTS_ONLY:
        return Level.REVIEW
    if register is Register.OWNERSHIP and allowed is Allowed.FULL_APOLOGY:
        return None
    if register is Register.LIABILITY and allowed is Allowed.FULL_APOLOGY:
        return level.lowered
    return level


def _register(entry: Entry) -> Register | None:
    return entry.register or REGISTERS.get(entry.id.partition("-")[2])


def _is_whole(hit: Hit[Entry], reading: Reading) -> bool:
    """Whether a post says nothing but this sentence; a heading is not counted."""
    body = [line for line in reading.text[: hit.start].split("\n") if not line.startswith("#")]
    beside = WORD.findall(" ".join(body)) + WORD.findall(reading.text[hit.end :])
    return len(beside) <= MOST_BESIDE


def _sentence(hit: Hit[Entry], reading: Reading) -> str:
    start, end = _bounds(hit, reading)
    return reading.text[start:end]


def _around(hit: Hit[Entry], reading: Reading) -> str:
    """The sentence without the phrase itself, which cannot excuse itself."""
    start, end = _bounds(hit, reading)
    return f"{reading.text[start : hit.start]} \n {reading.text[hit.end : end]}"


def _bounds(hit: Hit[Entry], reading: Reading) -> tuple[int, int]:
    """The sentence around a hit, as far as anybody reads it as one."""
    start, end = reading.sentence(reading.sentence_at(hit.start))
    return max(start, hit.start - FAR), min(end, hit.end + FAR)


def _finding(hit: Hit[Entry], level: Level, reading: Reading, language: str) -> Finding:
    start, end = reading.typed_span(hit.start, hit.end)
    return Finding(
        rule=hit.of.id,
        group=hit.of.group,
        level=level,
        start=start,
        end=end,
        text=reading.typed[start:end],
        why=hit.of.why or why(hit.of.group, language),
        fix=hit.of.fix,
        sentence=reading.sentence_at(hit.start),
    )
