"""The languages that pages speak: a file each, beside this one. Pure.

A file holds all that differs by language and is no sentence: names, months, times, marks. The
sentences are in each folder's ``locale`` and in the template library. docs/operating/languages.md
says how one adds a language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

SOURCE = "en"  # the language that the interface is written in, and falls back to
# Every start of `tocsin` reads these files, and libyaml's reader is ten times as quick.
READER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Naming:
    """A language's name in some language ("French"), and how one says so of words ("in French")."""

    name: str
    in_it: str


@dataclass(frozen=True, slots=True)
class Language:
    """One language as its file has it.

    ``names`` holds other languages by their code as this one calls them; ``called`` holds this one
    as others call it, so that a new file need not change an old one. ``failing`` and ``failed``
    name an incident by the state of a ``{function}``. ``example`` shows operators what a
    component's words look like. Patterns take ``{day}``, ``{month}``, ``{time}``, ``{zone}`` and
    the like. ``typography`` is a list of what to find, and what to put there; ``contracted`` one of
    a word, the article after it, and what both become.
    """

    code: str
    name: str
    names: Mapping[str, Naming]
    called: Mapping[str, Naming]
    stand_in: Mapping[str, str]
    failing: Mapping[str, str]
    failed: Mapping[str, str]
    example: Mapping[str, str]
    needs_article: bool
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    day: str
    first_day: str
    clock: str
    clock_on_day: str
    zones: Mapping[str, str]
    feed_time: str
    between: str
    units: tuple[tuple[str, str], ...]
    symbols: tuple[str, str]
    interruptions: tuple[str, str]
    under_a_minute: str
    colon: str
    decimal: str
    typography: tuple[tuple[re.Pattern[str], str], ...]
    contracted: tuple[tuple[str, str, str], ...]


@cache
def every() -> Mapping[str, Language]:
    """Every language by its code: English first, then by their own names."""
    found = [_read(place.name.removesuffix(".yaml"), place.read_text("utf-8")) for place in _kept()]
    found.sort(key=lambda language: (language.code != SOURCE, language.name))
    return {language.code: language for language in found}


def of(code: str) -> Language:
    """A language; the source where there is none of that code."""
    return every().get(code) or every()[SOURCE]


def called(code: str, language: str) -> Naming:
    """What readers of ``language`` call another; its own name where nobody said."""
    told, speaker = every().get(code), of(language)
    if told is None:
        return Naming(code, code)
    own = speaker.names.get(code) or told.called.get(speaker.code)
    return own or Naming(told.name, f"({told.name})")


def code_of(name: str) -> str:
    """The code of a language by its English name, as refusals have it; the name where unknown."""
    return next((code for code in every() if called(code, SOURCE).name == name), name)


def _kept() -> list[Any]:
    return [place for place in files(__name__).iterdir() if place.name.endswith(".yaml")]


def _read(code: str, text: str) -> Language:
    told = yaml.load(text, READER)
    months = tuple(told["months"])
    return Language(
        code=code,
        name=told["name"],
        names=_namings(told["names"]),
        called=_namings(told.get("called", {})),
        stand_in=told["stand_in"],
        failing=told["failing"],
        failed=told["failed"],
        example=told["example"],
        needs_article=told["needs_article"],
        months=months,
        short_months=tuple(told.get("short_months", months)),
        day=told["day"],
        first_day=told.get("first_day", told["day"]),
        clock=told["clock"],
        clock_on_day=told["clock_on_day"],
        zones=told.get("zones", {}),
        feed_time=told["feed_time"],
        between=told["between"],
        units=tuple(tuple(told["units"][unit]) for unit in ("day", "hour", "minute")),
        symbols=tuple(told.get("symbols", ("h", "min"))),
        interruptions=tuple(told["interruptions"]),
        under_a_minute=told["under_a_minute"],
        colon=told["colon"],
        decimal=told["decimal"],
        typography=tuple((re.compile(rule["find"]), rule["put"]) for rule in told["set"]),
        contracted=tuple((one, two, put) for one, two, put in told.get("contracted", [])),
    )


def _namings(told: Mapping[str, Mapping[str, str]]) -> dict[str, Naming]:
    return {code: Naming(said["name"], said["in"]) for code, said in told.items()}
