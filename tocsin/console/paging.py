"""A long list in pages: one row more is fetched than shown, which tells whether there are more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

LENGTH = 50
FARTHEST = 10_000_000
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Paging:
    """Where in a list a page begins; ``has_more`` once the rows are known."""

    start: int
    has_more: bool = False

    @classmethod
    def asked(cls, text: str) -> "Paging":
        """The page that begins at a row's number; anything else begins at the first."""
        is_number = text.isascii() and text.isdigit() and len(text) < 9
        return cls(min(int(text), FARTHEST) if is_number else 0)

    @property
    def fetched(self) -> int:
        return LENGTH + 1

    @property
    def before(self) -> int:
        return max(self.start - LENGTH, 0)

    @property
    def after(self) -> int:
        return self.start + LENGTH

    @property
    def first(self) -> int:
        return self.start + 1

    def shown(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows of this page."""
        return rows[:LENGTH]

    def of(self, rows: Sequence[object]) -> "Paging":
        """This page, now that it is known whether another follows."""
        return replace(self, has_more=len(rows) > LENGTH)
