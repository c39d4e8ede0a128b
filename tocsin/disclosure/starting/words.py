"""The questions and reasons as they are kept beside this file, by language."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from tocsin.catalogue import languages
from tocsin.disclosure.typography import set_in

LANGUAGES = ("en", "fr")


@cache
def kept(language: str) -> dict[str, Any]:
    """Everything that is kept in a language; in the source where it is not."""
    known = language if language in LANGUAGES else languages.SOURCE
    text = (files("tocsin.disclosure.starting") / f"{known}.yaml").read_text("utf-8")
    told: dict[str, Any] = yaml.load(text, languages.READER)
    return told


def asked(question: str, language: str) -> str:
    """A question, as it is asked."""
    return _set(kept(language)["questions"][question]["asked"], language)


def hint(question: str, language: str) -> str:
    """What helps to answer it."""
    return _set(kept(language)["questions"][question]["hint"], language)


def choices(question: str, language: str) -> dict[str, str]:
    """The answers that it has, and what each means; empty where it is typed."""
    told = kept(language)["questions"][question].get("choices", {})
    return {answer: _set(meant, language) for answer, meant in told.items()}


def none_of(question: str, language: str) -> str:
    """What it means to choose none, of a question that takes several."""
    return _set(kept(language)["questions"][question]["none"], language)


def header(language: str) -> list[str]:
    """What a first policy says of itself."""
    return [_set(sentence, language) for sentence in kept(language)["header"]]


def reason(language: str, *path: str, **blanks: str) -> str:
    """Why a line says what it says."""
    told: Any = kept(language)
    for part in path:
        told = told[part]
    return _set(told.format(**blanks), language)


def _set(text: str, language: str) -> str:
    return set_in(language if language in LANGUAGES else languages.SOURCE, text)
