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

    def to_be_told(self, *, after: int) -> int:
        """How many publications with a number above ``after`` are for announcing."""
        return self._count(
            "SELECT COUNT(*) FROM statements_publication WHERE announces AND number > ?", after
        )

    def _count(self, question: str, *values: int) -> int:
        return int(self._line.execute(question, values).fetchone()[0])

    def close(self) -> None:
        self._line.close()
