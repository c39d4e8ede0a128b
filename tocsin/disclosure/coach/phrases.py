"""The small language of lexicons and cues, made into patterns. Pure.

    phrase*      any letters at the end of a word      ~      up to three words, a comma before
    {n}          a number, in figures or in words      (a|b)  a choice
    ( x)?, s?    what may be absent                    {time}, {date}   for cues

A phrase matches on the borders of words. Its heads, the words it can begin with, are known before
it is compiled: a text is then read once, word by word, and most phrases are never tried.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tocsin.disclosure.coach.reading import BLANK, plainly

BEFORE = r"(?<![^\W_])"
AFTER = r"(?:(?<=[\W_])|(?![^\W_]))"
SPACE = r"[\s*_]+"
LETTERS = r"[^\W\d_]*"
GAP = r"(?:[^\s.!?:;]+[\s*_]+){0,3}?"
IN_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty"
    "|forty-five|fifty|sixty|ninety|half an|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze"
    "|quinze|vingt|trente|quarante|quarante-cinq|cinquante|soixante"
)
UNIT = r"(?:\s?(?:am|pm)|h\d{0,2}|min|mins|hrs?|ms|[smkd])?"
ALONE = rf"(?:\d+(?:[.,:]\d+)*{UNIT}|{BLANK}+|(?:{IN_WORDS}))"
DIGITS = r"\d+"
CLOCK = (
    r"(?:\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[ap]\.?m)?|\d{1,2}\s?[ap]\.?m|\d{1,2}\s?h(?:\s?\d{2})?"
    r"|noon|midnight|midi|minuit)"
)
MONTH = (
    r"(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|janv|févr|avr|juil|sept|déc)[a-zéû]*|may|mai"
    r"|août|juin"
)
WEEKDAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche"
)
DAY = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?|\d{{1,2}}(?:st|nd|rd|th|er)?"
    rf"\s(?:of\s)?(?:{MONTH})|(?:{MONTH})\s\d{{1,2}}(?!:)|{WEEKDAY}|today|tomorrow|yesterday|tonight"
    r"|this (?:morning|afternoon|evening)|next week|aujourd'hui|demain|hier|ce matin|cette nuit"
    r"|cet après-midi|ce soir|the end of \w+|fin \w+)"
)
MOMENT = rf"(?:(?:about|around|approximately|environ|roughly)\s)?(?:{CLOCK}|{DAY}|{BLANK}+)"
MOST_APART = 12  # beginnings of one phrase that are tried apart
MACROS = {"{time}": MOMENT, "{date}": rf"(?:{DAY}|{BLANK}+)"}


class BadPhrase(ValueError):
    """A phrase that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a phrase: a letter, a gap, or a choice of sequences."""

    kind: str  # letter, space, star, gap, number, macro, choice, optional
    text: str = ""
    options: tuple[tuple["_Part", ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What a phrase begins with: a whole word, the start of one, any number, or a mark."""

    text: str
    kind: str  # word, stem, number, mark


@dataclass(frozen=True)
class Phrase:
    """One phrase, its heads, and its pattern, which is compiled when it is first needed.

    ``seconds`` are what its second word can begin with; None where that cannot be told.
    """

    source: str
    regex: str
    heads: frozenset[Head]
    seconds: frozenset[Head] | None = None

    def may_go_on(self, word: str) -> bool:
        """Whether it can match where this word comes second; "" where none does."""
        if self.seconds is None:
            return True
        return any(
            word == head.text if head.kind == "word" else word.startswith(head.text)
            for head in self.seconds
            if word
        )

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.regex + AFTER)


def read(source: str) -> Phrase:
    """Read one phrase. Raises BadPhrase."""
    return _phrase(_parts(source), source)


def apart(source: str) -> tuple[Phrase, ...]:
    """A phrase that begins with a choice as several, each tried where its own words stand.

    What is no more than a choice is one phrase for each; before anything else those are set apart
    that are of several words, since two words are seldomer than one. Raises BadPhrase.
    """
    parts = _parts(source)
    first, rest = parts[0], parts[1:]
    if first.kind != "choice":
        return (_phrase(parts, source),)
    if not rest:
        return tuple(_phrase(one, source) for one in first.options)
    longer = [one for one in first.options if any(part.kind == "space" for part in one)]
    if not longer or len(longer) > MOST_APART:
        return (_phrase(parts, source),)
    short = tuple(one for one in first.options if one not in longer)
    told = [one + rest for one in longer]
    if short:
        told.append((_Part("choice", options=short), *rest))
    return tuple(_phrase(one, source) for one in told)


def _parts(source: str) -> tuple[_Part, ...]:
    text = plainly(source).strip()
    if not text:
        raise BadPhrase("a phrase is empty")
    parts, left = _sequence(text, is_inner=False)
    if left:
        raise BadPhrase(f"“{source}” closes a bracket that it never opened")
    return parts


def _phrase(parts: tuple[_Part, ...], source: str) -> Phrase:
    heads = frozenset(_closed(head) for head in _heads(parts, {Head("", "open")}))
    if any(head.kind == "anything" for head in heads):
        raise BadPhrase(f"“{source}” may match nothing at all, or begins with a gap")
    return Phrase(source, _regex(parts), heads, _seconds(parts))


def anywhere_one(source: str) -> re.Pattern[str] | None:
    """A pattern that finds one phrase in a stretch of text. Raises BadPhrase."""
    return anywhere((source,))


def anywhere(sources: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern that finds any of several phrases in a stretch of text."""
    told = [_bordered(read(source)) for source in sources]
    return re.compile(f"(?:{'|'.join(told)}){AFTER}") if told else None


def _bordered(phrase: Phrase) -> str:
    """A mark may follow a word at once; a word begins at a border."""
    is_mark = all(head.kind == "mark" for head in phrase.heads)
    return phrase.regex if is_mark else BEFORE + phrase.regex


def _sequence(text: str, *, is_inner: bool) -> tuple[tuple[_Part, ...], str]:
    """The parts up to the end, or within brackets to a bar or bracket, and what is left."""
    parts: list[_Part] = []
    while text:
        if is_inner and text[0] in "|)":
            break
        if text[0] == ")":
            return tuple(parts), text
        part, text = _part(text)
        is_double = part.kind == "space" and parts and parts[-1].kind == "gap"
        if not is_double:  # the gap brought its space
            parts.append(part)
        if text.startswith("?") and parts[-1].kind in ("letter", "choice", "space"):
            parts[-1], text = _Part("optional", options=((parts[-1],),)), text[1:]
        elif text.startswith("?") and parts[-1].kind == "gap":
            text = text[1:]  # a gap may be no words at all as it is
    return tuple(parts), text


def _part(text: str) -> tuple[_Part, str]:
    for macro in MACROS:
        if text.startswith(macro):
            return _Part("macro", MACROS[macro]), text[len(macro) :]
    if text.startswith("{n}"):
        return _Part("number"), text[3:]
    first, rest = text[0], text[1:]
    if first == "(":
        return _choice(rest)
    if first == "{":
        raise BadPhrase(f"“{text}” has braces that hold neither n, time nor date")
    kinds = {" ": "space", "*": "star", "~": "gap"}
    return _Part(kinds.get(first, "letter"), first), rest


def _choice(text: str) -> tuple[_Part, str]:
    options = []
    while True:
        option, text = _sequence(text, is_inner=True)
        options.append(option)
        if not text:
            raise BadPhrase("a bracket is never closed")
        closes, text = text[0] == ")", text[1:]
        if closes:
            return _Part("choice", options=tuple(options)), text


def _regex(parts: tuple[_Part, ...]) -> str:
    return "".join(_piece(parts, number) for number in range(len(parts)))


def _piece(parts: tuple[_Part, ...], number: int) -> str:
    part = parts[number]
    match part.kind:
        case "space":
            after = parts[number + 1 : number + 2]
            if after == (_Part("letter", "%"),):
                return r"\s*"
            return f",?{SPACE}" if after and after[0].kind == "gap" else SPACE
        case "star":
            return LETTERS
        case "gap":
            return GAP
        case "number":
            return ALONE if _stands_alone(parts, number) else DIGITS
        case "macro":
            return part.text
        case "choice":
            return f"(?:{'|'.join(map(_regex, part.options))})"
        case "optional":
            return f"(?:{_regex(part.options[0])})?"
    return "'" if part.text == "'" else re.escape(part.text)


def _stands_alone(parts: tuple[_Part, ...], number: int) -> bool:
    """Whether a number is a word of its own, which may be spelled out, and not a part of one."""
    if len(parts) == 1:
        return False
    beside = [*parts[max(number - 1, 0) : number], *parts[number + 1 : number + 2]]
    return all(part.kind in ("space", "gap") for part in beside)


def _seconds(parts: tuple[_Part, ...]) -> frozenset[Head] | None:
    """What can follow the first word, where a plain space always does."""
    for number, part in enumerate(parts):
        if part.kind == "space":
            rest = _heads(parts[number + 1 :], {Head("", "open")})
            seconds = frozenset(_closed(head) for head in rest)
            is_told = all(head.kind in ("word", "stem") for head in seconds)
            return seconds if is_told else None
        first = _heads(parts[: number + 1], {Head("", "open")})
        if any(head.kind != "open" or not head.text for head in first):
            return None
    return None


def _heads(parts: tuple[_Part, ...], heads: set[Head]) -> set[Head]:
    """Every beginning that a sequence may have, after those that came before it."""
    for part in parts:
        if all(head.kind != "open" for head in heads):
            break
        grown: set[Head] = set()
        for head in heads:
            grown |= set(_grown(head, part)) if head.kind == "open" else {head}
        heads = grown
    return heads


def _grown(head: Head, part: _Part) -> Iterator[Head]:
    match part.kind:
        case "letter" if part.text.isalnum():
            yield Head(head.text + part.text, "open")
        case "letter":
            yield Head(head.text or part.text, "word" if head.text else "mark")
        case "space":
            yield Head(head.text, "word") if head.text else head
        case "star" | "gap":
            yield Head(head.text, "stem") if head.text else Head("", "anything")
        case "number":
            yield Head(head.text, "stem" if head.text else "number")
        case "macro":
            yield Head(head.text, "stem" if head.text else "anything")
        case "choice":
            for option in part.options:
                yield from _heads(option, {head})
        case "optional":
            yield head
            yield from _heads(part.options[0], {head})


def _closed(head: Head) -> Head:
    if head.kind != "open":
        return head
    return Head(head.text, "word") if head.text else Head("", "anything")
