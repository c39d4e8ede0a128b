"""The yearly sheet in words, to be read, printed and signed. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from tocsin.catalogue import languages
from tocsin.disclosure import explaining, library, times
from tocsin.disclosure.consent import CASES, STANDARD
from tocsin.disclosure.policy import Policy
from tocsin.disclosure.sheet import Signing
from tocsin.disclosure.typography import set_in

LANGUAGES = ("en", "fr")
LEFT_OUT = re.compile(r" ?\[optional: [^]]*\]")
BLANK = re.compile(r"\{(\w+)\}")
WIDTH = 30  # of a line to write on


@dataclass(frozen=True, slots=True)
class Part:
    """What would happen in one case."""

    case: str
    meaning: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The sheet's own words in one language."""

    language: str

    def say(self, *path: str, **blanks: object) -> str:
        told: Any = _kept()[self.language]
        for part in path:
            told = told[part]
        return set_in(self.language, str(told).format(**blanks))

    def parts(self, policy: Policy) -> list[Part]:
        """Every case in turn: a severity, and security."""
        return [
            Part(
                case,
                self.say("severities", case),
                tuple(explaining.sheet_of(policy, case, self.language)),
            )
            for case in CASES
        ]

    def holding(self) -> list[str]:
        """The holding statement, with what it fills in named in brackets."""
        text = library.template(STANDARD).text(self.language)
        return [self._unfilled(told) for told in (text.headline, *text.paragraphs)]

    def standing(self, signing: Signing) -> str:
        """What a side's signature is worth today."""
        signed = signing.signature
        if signed is None:
            return self.say(signing.standing)
        return self.say(
            signing.standing,
            name=signed.name,
            number=signed.number,
            on=times.day(signed.signed_on, self.language),
            until=times.day(signed.until, self.language),
        )

    def warning(self, signing: Signing) -> str:
        """One side and what is the matter with it: "The lawyer: …"."""
        side = self.say("sides", signing.side)
        return set_in(self.language, f"{side}{_COLON[self.language]}{self.standing(signing)}")

    def _unfilled(self, text: str) -> str:
        plain = LEFT_OUT.sub("", text)
        return BLANK.sub(lambda found: f"[{self._label(found[1])}]", plain)

    def _label(self, blank: str) -> str:
        return library.form(blank, self.language).label


_COLON = {"en": ": ", "fr": " : "}


def words_in(language: str) -> Words:
    """The sheet in a language; in the source where it is not kept in it."""
    return Words(language if language in LANGUAGES else languages.SOURCE)


def lines_to_sign(words: Words) -> Iterator[str]:
    """Room for one side to sign, in a file of plain text."""
    for blank in ("name", "date", "until", "signature"):
        label = words.say("blanks", blank)
        yield f"{label.ljust(10)} {'_' * WIDTH}"


@cache
def _kept() -> Mapping[str, Any]:
    text = (files("tocsin.disclosure") / "sheet.yaml").read_text("utf-8")
    told: Mapping[str, Any] = yaml.load(text, languages.READER)
    return told
