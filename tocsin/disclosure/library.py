"""The template library, as it is kept beside this file: words by language, and what blanks hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from tocsin.catalogue import languages

LANGUAGES = tuple(languages.every())


class Kind(StrEnum):
    """What a blank takes."""

    PHRASE = "phrase"  # part of a sentence: the template brings the full stop
    SENTENCE = "sentence"
    TIME = "time"
    DATE = "date"
    LINK = "link"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Form:
    """One blank in one language: what it takes, and how to ask for it.

    ``given``: the product fills it. ``required_at``: the severities that may not leave it empty,
    where others may. ``options``: the label of each option of a choice.
    """

    name: str
    kind: Kind
    given: bool
    most_words: int | None
    required_at: frozenset[str]
    label: str
    hint: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Text:
    """One template in one language; ``choices`` maps a choice's name to its options' words."""

    headline: str
    paragraphs: tuple[str, ...]
    choices: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Template:
    """One template in every language; the key is its name in the library ("T-02", "sms")."""

    key: str
    texts: Mapping[str, Text]

    def text(self, language: str) -> Text:
        """The template in a language; in the source where nobody has translated it."""
        return self.texts.get(language) or self.texts[languages.SOURCE]


@cache
def template(key: str) -> Template:
    """The template of that key. Raises KeyError where there is none."""
    kept = {language: _kept(language) for language in LANGUAGES}
    found = {language: _text(words[key]) for language, words in kept.items() if key in words}
    if languages.SOURCE not in found:
        raise KeyError(key)
    return Template(key, found)


@cache
def every_key() -> tuple[str, ...]:
    """The key of every template, in the library's order."""
    return tuple(_kept(languages.SOURCE))


@cache
def form(name: str, language: str) -> Form:
    """What the blank of that name takes. Raises KeyError where the library has no such blank."""
    kept = _kept("blanks")[name]
    asked = _kept(f"asking/{language}") if language in LANGUAGES else {}
    said = asked.get(name) or _kept(f"asking/{languages.SOURCE}")[name]
    return Form(
        name=name,
        kind=Kind(kept["kind"]),
        given=kept.get("given", False),
        most_words=kept.get("most_words"),
        required_at=frozenset(kept.get("required_at", ())),
        label=said["label"],
        hint=said["hint"],
        options=said.get("options", {}),
    )


def kept(name: str, language: str) -> Mapping[str, Any]:
    """What else the library keeps by language; in the source where nobody has translated it."""
    return _kept(f"{name}/{language if language in LANGUAGES else languages.SOURCE}")


def _text(kept: Mapping[str, Any]) -> Text:
    return Text(kept.get("headline", ""), tuple(kept["body"]), kept.get("choices", {}))


@cache
def _kept(name: str) -> dict[str, Any]:
    path = files("tocsin.disclosure") / "templates" / f"{name}.yaml"
    kept: dict[str, Any] = yaml.load(path.read_text("utf-8"), languages.READER)
    return kept
