"""Labelled sentences, and how the coach's groups compare with theirs."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from tocsin.catalogue.languages import READER
from tocsin.catalogue.tree import State
from tocsin.disclosure.coach import reviewing
from tocsin.disclosure.coach.values import Component, Context, Kind
from tocsin.disclosure.phases import Phase

HERE = Path(__file__).parent
LANGUAGES, HALVES = ("en", "fr"), ("tune", "held")
# A third set beside them, by somebody who knew the lexicon: written first, then tuned on.
OWN = "own"
# A fourth, twice as large, by people who knew no lexicon; split by halving.py.
SECOND = ("second-tune", "second-held")
# A fifth, by somebody who had read what the lists started from and nothing that we added to them.
THIRD = ("third-tune", "third-held")
KINDS_AS_PHASES = {"security", "maintenance"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One sentence and the groups that a careful reader would flag in it; ``made_for`` one."""

    id: str
    text: str
    context: Context
    groups: frozenset[str]
    made_for: str

    @property
    def found(self) -> frozenset[str]:
        """The groups that the coach flags in it."""
        return frozenset(one.group for one in reviewing.review(self.text, self.context).findings)


@dataclass
class Cell:
    """Right, false and missed alarms of one rule group."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.false, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)


@dataclass
class Measured:
    """Every rule group's cell, and all of them together."""

    cells: dict[str, Cell] = field(default_factory=dict)
    clean: int = 0
    disturbed: int = 0  # clean sentences that were flagged at all

    @property
    def whole(self) -> Cell:
        cells = self.cells.values()
        return Cell(
            sum(cell.right for cell in cells),
            sum(cell.false for cell in cells),
            sum(cell.missed for cell in cells),
        )


@cache
def sentences(language: str, half: str) -> tuple[Labelled, ...]:
    """The labelled sentences of a language and half."""
    rows = yaml.load((HERE / f"labelled-{language}-{half}.yaml").read_text("utf-8"), READER)
    return tuple(
        Labelled(
            id=row["id"],
            text=row["text"],
            context=_context(language, row),
            groups=frozenset(row["groups"]),
            made_for=row["for"],
        )
        for row in rows
    )


def measured(labelled: Iterable[Labelled]) -> Measured:
    """Compare what the coach flags with the labels, group by group."""
    told = Measured()
    for one in labelled:
        found = one.found
        for group in found | one.groups:
            cell = told.cells.setdefault(group, Cell())
            cell.right += group in found & one.groups
            cell.false += group in found - one.groups
            cell.missed += group in one.groups - found
        told.clean += not one.groups
        told.disturbed += not one.groups and bool(found)
    return told


def mistaken(labelled: Iterable[Labelled]) -> Iterator[tuple[Labelled, frozenset[str]]]:
    """Each sentence that is judged otherwise than it is labelled, and what the coach said."""
    for one in labelled:
        if one.found != one.groups:
            yield one, one.found


def weights(language: str) -> Counter[str]:
    """How many sentences were made for each group, over both halves."""
    return Counter(one.made_for for half in HALVES for one in sentences(language, half))


def _context(language: str, row: dict[str, object]) -> Context:
    states = row.get("states") or ()
    assert isinstance(states, list | tuple)
    phase = str(row["phase"])
    return Context(
        language=language,
        phase=None if phase in KINDS_AS_PHASES else Phase(phase),
        kind=Kind(str(row["kind"])),
        components=tuple(Component("", state=State(state)) for state in states),
    )
