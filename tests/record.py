"""What is written down, read from the database file itself, beside every process of the product."""

import sqlite3
from pathlib import Path


class Record:
    """A read-only look at an installation's SQLite file."""

    def __init__(self, path: Path) -> None:
        self._line = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)

    def last_number(self) -> int:
        """The number of the last word that was committed."""
        return self._count("SELECT COALESCE(MAX(number), 0) FROM statements_publication")

    def is_compiled(self) -> bool:
        """Whether the page shows the last word, and nothing is owed to its archive."""
        done = "SELECT COALESCE(MAX(number), 0) FROM page_live WHERE owed = '[]'"
        return self._count(f"{done} AND rebuilt_down_to IS NULL") >= self.last_number()

    def are_compiled(self, pages: int) -> bool:
        """Whether so many pages stand, and nothing is owed to the archive of any."""
        done = "SELECT COUNT(*) FROM page_live WHERE owed = '[]' AND rebuilt_down_to IS NULL"
        return self._count(done) >= pages

    def to_be_told(self, *, after: int) -> int:
        """How many publications with a number above ``after`` are for announcing."""
        return self._count(
            "SELECT COUNT(*) FROM statements_publication WHERE announces AND number > ?", after
        )

    def _count(self, question: str, *values: int) -> int:
        return int(self._line.execute(question, values).fetchone()[0])

    def __enter__(self) -> "Record":
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()
