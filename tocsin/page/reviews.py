"""How readers were told of an incident, in sentences beside its account: handed in, kept in a file.

The page knows nothing of how well it did. Whoever measures that hands the sentences in, by incident
and language; they lie in one file of this place, and are compiled like all else.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tocsin.page import disk

FILE = "reviews.json"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure in words. Where it was not measured, ``value`` says why, and loudly."""

    name: str
    value: str
    is_measured: bool


@dataclass(frozen=True, slots=True)
class Review:
    """All that is told in one language; ``notes`` are sentences on how it was counted."""

    lines: Sequence[Line]
    notes: Sequence[str] = ()


Reviews = Mapping[str, Mapping[str, Review]]  # by incident, by language


def read(directory: Path) -> Reviews:
    """What was handed in; nothing where nothing was, or where it cannot be read."""
    try:
        told = json.loads((directory / FILE).read_bytes())
        return {
            incident: {language: _review(one) for language, one in by_language.items()}
            for incident, by_language in told.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _review(told: Mapping[str, Any]) -> Review:
    return Review(tuple(Line(**line) for line in told["lines"]), tuple(told["notes"]))


def write(directory: Path, told: Reviews) -> None:
    """Keep what is handed in, in place of all that was; no file where that is nothing."""
    if not told:
        (directory / FILE).unlink(missing_ok=True)
        return
    plain = {
        incident: {language: asdict(one) for language, one in by_language.items()}
        for incident, by_language in sorted(told.items())
    }
    disk.replace(directory / FILE, json.dumps(plain, ensure_ascii=False, indent=1).encode())


def changed(before: Reviews, after: Reviews) -> list[str]:
    """The incidents of which something else is told now, or nothing any more."""
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
