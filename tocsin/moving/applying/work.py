"""What all that applies a file works with: who, when, what was done, where it was refused."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tocsin.catalogue.shelf import CannotKeep
from tocsin.disclosure.coach.lexicon import BadLexicon
from tocsin.journal.actors import Actor
from tocsin.moving.applying.reading import Given
from tocsin.people.access import NotAllowed
from tocsin.statements.policies import BadPolicy
from tocsin.watch.hooks import CannotHook

SHOWN = 60
LARGEST_READ = 1024 * 1024


class NotBeside(Exception):
    """What is named is no file that may be read; says which."""


REFUSALS = (
    *(CannotKeep, CannotHook, NotAllowed, BadPolicy, BadLexicon, NotBeside),
    *(OSError, UnicodeDecodeError),
)


class CannotApply(Exception):
    """Nothing was changed; the message says in which line the trouble is."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done, or would be: ``+`` made, ``~`` changed, ``-`` retired."""

    sign: str
    what: str

    def __str__(self) -> str:
        return f"{self.sign} {self.what}"


@dataclass(slots=True)
class Report:
    """What an apply did. ``kept`` is there though the file does not name it; ``shown`` holds
    secrets that are shown this once."""

    is_dry: bool
    changes: list[Change] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def note(self, sign: str, what: str) -> None:
        self.changes.append(Change(sign, what))

    def note_value(self, what: str, before: Any, now: Any) -> None:
        """A value that changes, both shown."""
        self.note("~", f"{what}: {_short(before)} → {_short(now)}")


@dataclass(frozen=True, slots=True)
class Making:
    """Who applies, when, from which folder, and what is written down of it."""

    by: Actor
    at: datetime
    folder: Path
    prunes: bool
    report: Report

    @property
    def act(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}

    def file(self, name: str) -> bytes:
        """A file beside the one that is applied, or in a folder there. Raises NotBeside, OSError.

        Whoever may change the file that is applied may so not publish any other of this machine.
        """
        found = Path(os.path.realpath(self.folder / name))
        if not found.is_relative_to(os.path.realpath(self.folder)):
            raise NotBeside(f"“{name[:60]}” does not lie beside the file, nor in a folder there.")
        if found.exists() and not found.is_file():
            raise NotBeside(f"“{name[:60]}” is no file.")
        with found.open("rb") as file:
            return file.read(LARGEST_READ + 1)


@contextmanager
def at_line(line: int) -> Iterator[None]:
    """What is refused in here is refused in that line."""
    try:
        yield
    except UnicodeDecodeError:
        raise CannotApply(f"Line {line}: The file it names is not UTF-8 text.") from None
    except OSError as error:
        told = f"{error.filename} cannot be read: {error.strerror}."
        raise CannotApply(f"Line {line}: {told}") from None
    except REFUSALS as error:
        raise CannotApply(f"Line {line}: {error}") from error


def reworded(making: Making, what: str, given: Given, every: dict[str, dict[str, str]]) -> bool:
    """Put the words that the file gives into ``every``; whether any of them are new."""
    is_new = False
    for code, parts in given.parts.items():
        said = every.setdefault(code, {})
        for name, told in parts.parts.items():
            before = said.get(name, "")
            if told.strip() != before:
                said[name], is_new = told.strip(), True
                making.report.note_value(f"{what}: {name} ({code})", before, told.strip())
    return is_new


def _short(value: Any) -> str:
    if isinstance(value, tuple | list):
        value = ", ".join(map(str, value))
    told = " ".join(str(value).split())
    return repr(told if len(told) <= SHOWN else f"{told[:SHOWN]}…")
