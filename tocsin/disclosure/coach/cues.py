"""The cues by which free text answers a check, and when each check is asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from tocsin.catalogue.languages import READER
from tocsin.disclosure.coach import phrases
from tocsin.disclosure.coach.matching import Index
from tocsin.disclosure.coach.reading import Reading
from tocsin.disclosure.coach.values import Level
from tocsin.disclosure.severity import Severity


@dataclass(frozen=True, slots=True)
class Check:
    """One row of table 3.4: its level, and the moments and severities that it is asked at."""

    name: str
    level: Level
    when: frozenset[str]
    but: frozenset[str]
    at: frozenset[Severity]

    def is_asked(self, moments: frozenset[str], severity: Severity | None) -> bool:
        """Whether readers of such a word wait for it."""
        if self.at and severity not in self.at:
            return False
        return bool(self.when & moments) if self.when else not self.but & moments


@dataclass(frozen=True)
class Asking:
    """A language's prompts, and its cues as one index."""

    prompts: Mapping[str, str]
    index: Index[str]


@cache
def checks() -> tuple[Check, ...]:
    """Every check of the table, in its order."""
    return tuple(
        Check(
            name=name,
            level=Level(row["level"]),
            when=frozenset(row.get("when", ())),
            but=frozenset(row.get("but", ())),
            at=frozenset(map(Severity, row.get("at", ()))),
        )
        for name, row in _kept("when").items()
    )


@lru_cache(maxsize=256)
def asked(moments: frozenset[str], severity: Severity | None) -> tuple[Check, ...]:
    """The checks that are asked of such a word."""
    return tuple(check for check in checks() if check.is_asked(moments, severity))


@cache
def asking(language: str) -> Asking:
    """What is asked in a language, and how a text answers it."""
    rows = _kept(language)
    told = [(phrases.read(cue), name) for name, row in rows.items() for cue in row.get("cues", ())]
    prompts = {name: row["prompt"] for name, row in rows.items() if "prompt" in row}
    return Asking(prompts, Index(told))


def given(reading: Reading, language: str) -> dict[str, list[int]]:
    """The checks that a text has cues for, and in the plain text where each cue stands."""
    found: dict[str, list[int]] = {}
    for hit in asking(language).index.hits(reading):
        found.setdefault(hit.of, []).append(hit.start)
    return found


def _kept(name: str) -> dict[str, Any]:
    path = files(__package__) / "checks" / f"{name}.yaml"
    kept: dict[str, Any] = yaml.load(path.read_text("utf-8"), READER)
    return kept
