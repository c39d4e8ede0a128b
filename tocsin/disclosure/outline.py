"""The outline of an account (T-15): its mandatory headings, and what each asks for. Pure.

It is kept in the template library, a file for each language, and is no template of a word: it holds
headings and questions, which nobody says. What is still to be written stands as ``{{…}}``: an
account with one left cannot be published.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tocsin.disclosure import library

LEFT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*$", re.MULTILINE)
PARTS = (
    "short",
    "effect",
    "data",
    "timeline",
    "happened",
    "possible",
    "response",
    "changing",
    "do",
    "apology",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One section: its heading, and the question that it answers."""

    heading: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Outline:
    """T-15 in one language, with the words for what is filled in from the record.

    ``timeline`` and ``changes`` are the columns of two tables, ``fates`` says how a promise stands;
    ``internal`` is why an internal fact is withheld, until somebody says otherwise.
    """

    title: str
    parts: Mapping[str, Part]
    timeline: tuple[str, ...]
    began: str
    ended: str
    changes: tuple[str, ...]
    fates: Mapping[str, str]
    internal: str


@cache
def of(language: str) -> Outline:
    """The outline in a language; in the source where nobody has translated it."""
    kept = library.kept("outline", language)
    return Outline(
        title=kept["title"],
        parts={name: Part(**kept["parts"][name]) for name in PARTS},
        timeline=tuple(kept["timeline"]),
        began=kept["began"],
        ended=kept["ended"],
        changes=tuple(kept["changes"]),
        fates=kept["fates"],
        internal=kept["internal"],
    )


def drafted(language: str, facts: Mapping[str, str]) -> str:
    """An account to be filled: every heading, what is known below it, and what is still to say."""
    return "\n\n".join(_sections(language, facts)) + "\n"


def _sections(language: str, facts: Mapping[str, str]) -> Iterator[str]:
    for number, name in enumerate(PARTS, start=1):
        part = of(language).parts[name]
        told = facts.get(name, "")
        left = "" if name in ("timeline", "changing") and told else f"{{{{{part.prompt}}}}}"
        below = (left, told) if name == "apology" else (told, left)  # regret, then the address
        yield "\n\n".join(filter(None, (f"## {number}. {part.heading}", *below)))


def sections(source: str, language: str) -> Mapping[str, str]:
    """What stands below each heading of the outline, by part; what is left to write is nothing."""
    names = {part.heading.casefold(): name for name, part in of(language).parts.items()}
    _before, *told = HEADING.split(LEFT.sub("", source))
    pairs = zip(told[::2], told[1::2], strict=True)
    return {
        names[heading]: text.strip()
        for heading, text in ((_unnumbered(found), text) for found, text in pairs)
        if heading in names
    }


def _unnumbered(heading: str) -> str:
    return re.sub(r"^\d+\.\s*", "", heading).casefold()


def faults(source: str, language: str) -> Iterator[str]:
    """What an account still lacks, a sentence each."""
    found = [_unnumbered(told) for told in HEADING.findall(source)]
    for part in of(language).parts.values():
        if part.heading.casefold() not in found:
            yield f"The heading “{part.heading}” is missing ({language}). Readers look for it."
    for left in LEFT.finditer(source):
        above = HEADING.findall(source[: left.start()])
        under = f", “{above[-1]}”" if above else ""
        yield f"Still to be written ({language}){under}: {' '.join(left[1].split())}"
