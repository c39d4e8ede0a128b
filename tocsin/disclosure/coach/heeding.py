"""How often the coach was heeded, entry by entry (metrics 6.4). Pure.

What it marked while somebody wrote was either changed before it was said, or let stand. An entry
that hardly anybody heeds is wrong, or tells people what they know: it is one to take out.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 50  # marks, before an entry is judged
LEAST = 0.2  # of them heeded, or it is one to take out


@dataclass(frozen=True, slots=True)
class Heeded:
    """What became of one entry's marks. Raises ValueError below none."""

    entry: str
    acted_on: int
    stood: int

    def __post_init__(self) -> None:
        if self.acted_on < 0 or self.stood < 0:
            raise ValueError(f"No entry comes to {self}.")

    @property
    def marks(self) -> int:
        """How often it was shown, each phrase once for a word."""
        return self.acted_on + self.stood

    @property
    def precision(self) -> float | None:
        """From 0 to 1; None where it never marked anything, which is no 100 %."""
        return self.acted_on / self.marks if self.marks else None

    @property
    def is_to_go(self) -> bool:
        """Whether it was marked often enough, and heeded too seldom to be kept."""
        return self.marks >= ENOUGH and (self.precision or 0.0) < LEAST


def tallied(acted_on: Iterable[str], stood: Iterable[str]) -> tuple[Heeded, ...]:
    """Entries as they were heeded or not, one mention for each mark; the most marked first."""
    heeded, ignored = Counter(acted_on), Counter(stood)
    told = (Heeded(entry, heeded[entry], ignored[entry]) for entry in {*heeded, *ignored})
    return tuple(sorted(told, key=lambda one: (-one.marks, one.entry)))
