"""How far a page's public log has come: its newest link, and that at the end of each file.

Links follow from what is published, so nothing is kept but what this process has counted already.
"""

from tocsin.page.log import format, writing
from tocsin.statements import published
from tocsin.statements.published import Mark


class Tally:
    """One audience's chain as far as it was read."""

    def __init__(self, audience_id: str) -> None:
        self._audience = audience_id
        self._forget()

    def _forget(self) -> None:
        self._link = format.first_link(self._audience)
        self._last: Mark | None = None
        self._ends = [self._link]  # what each file's first link is made after

    def at(self, number: int) -> str:
        """The link of a publication; with 0, what the first one is made after."""
        last = self._last
        if last is None or last.number > number or not self._read_on(last, number):
            self._forget()
            self._read(published.marks(self._audience, first=1, last=number))
        return self._link

    def before_file(self, file: int, *, newest: int) -> str:
        """What the first link of a file is made after; files count from 1."""
        self.at(newest)  # what was counted before may be of a record that was put back since
        return self._ends[file - 1]

    def _read_on(self, last: Mark, number: int) -> bool:
        """False where another record stands now: a backup was put back."""
        fresh = published.marks(self._audience, first=last.number, last=number)
        if fresh[:1] != [last]:
            return False
        self._read(fresh[1:])
        return True

    def _read(self, marks: list[Mark]) -> None:
        for mark in marks:
            self._link = writing.after(self._link, mark)
            self._last = mark
            if mark.number % format.PER_FILE == 0:
                self._ends.append(self._link)


_tallies: dict[str, Tally] = {}


def of(audience_id: str) -> Tally:
    """What this process has counted of an audience's log."""
    return _tallies.setdefault(audience_id, Tally(audience_id))
