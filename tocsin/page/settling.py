"""What the archive is owed, paid off the road: a word that comes meanwhile never waits for it.

What an item names is drawn without the page's lock, beside whoever makes a head. Only writing it
takes the lock; and where something happened meanwhile (a word, a redaction, a page that was
closed), what was drawn may tell of before, so it is thrown away and drawn anew later: once the
words pause, on whatever page: while they come fast each drawing would only make one late.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tocsin.catalogue.shelf import Brand
from tocsin.page import disk, record, reviews
from tocsin.page.archivist import Archivist
from tocsin.page.models import Live
from tocsin.statements import published

ZERO = timedelta(0)
SECONDS = 0.25  # of one go: what shares its lane is to have its turn
PAUSE = timedelta(seconds=1)  # without a word, before what was thrown away is drawn anew
LONGEST = timedelta(seconds=10)  # that an archive waits for a pause


def owes(row: Live) -> bool:
    """Whether files of the archive are still to be written for what a head says."""
    return bool(row.owed) or row.rebuilt_down_to is not None


@dataclass(frozen=True, slots=True)
class Arrears:
    """How many incidents of a past are not written out yet, of how many; and what else is owed."""

    left: int
    of: int
    items: int


def arrears(page: Brand, *, place: str) -> Arrears | None:
    """How far behind a page's archive is; None where it is whole."""
    row = Live.objects.filter(audience_id=page.audience_id, place=place).first()
    if row is None or not owes(row):
        return None
    told = published.count_told(page.audience_id)
    down_to = row.rebuilt_down_to
    left = published.count_told(page.audience_id, before=down_to) if down_to else 0
    return Arrears(left, told, len(row.owed))


@dataclass(slots=True)
class _Overtaken:
    """Since when words come too fast, how many there are, and since when there are so many."""

    since: datetime
    told: int
    stands_since: datetime


class Patience:
    """Whether archives wait for a pause between words, whosever those are.

    All pages of a machine share its processors and its disk: what one archive is owed makes another
    page's word late, too. ``told`` counts the words of all of them.
    """

    def __init__(self) -> None:
        self._overtaken: _Overtaken | None = None

    def note_overtaken(self, told: int, *, at: datetime) -> None:
        self._overtaken = _Overtaken(at, told, at)

    def waits(self, told: int, *, at: datetime) -> bool:
        """Whether archives still wait; that they did is forgotten with the answer no."""
        known = self._overtaken
        if known is None:
            return False
        if known.told != told:
            known.told, known.stands_since = told, at
        # Before either, the clock was set back: what it said of then is worth nothing now.
        stands, waited = at - known.stands_since, at - known.since
        if ZERO <= stands < PAUSE and ZERO <= waited < LONGEST:
            return True
        self.forget()
        return False

    def forget(self) -> None:
        """Wait for nothing that was noted before."""
        self._overtaken = None


patience = Patience()  # of this process: another one learns it by throwing away once itself


def words_told() -> int:
    """How many words were said on all pages together, in the count of each audience."""
    return sum(published.last_numbers().values())


class Settling:
    """One page's debts here, and the folder in which they are paid."""

    def __init__(self, page: Brand, directory: Path, row: Live, *, told: int, at: datetime) -> None:
        """``told``: how many words had been said on all pages when ``row`` was looked at."""
        self.page, self.directory, self.row = page, directory, row
        former = (row.number, row.revision)
        snapshot = record.gather(page, former=former, at=at, reviews=reviews.read(directory))
        self._at, self._told = at, told
        self.archivist = Archivist(snapshot, directory / disk.ARCHIVE)

    def take(self) -> int:
        """Pay item by item until all is paid, a word comes anywhere, or the time is over.

        Returns how many: one at least, unless something happened meanwhile.
        """
        done, until = 0, time.monotonic() + SECONDS
        while owes(self.row):
            if self._is_overtaken() or not self._pay_one():
                patience.note_overtaken(self._told, at=self._at)
                break
            done += 1
            if time.monotonic() >= until:
                break
        return done

    def _pay_one(self) -> bool:
        """False if something happened while it was drawn."""
        if not self.row.owed:
            return self._rebuild_some()
        item, *others = self.row.owed
        files = self.archivist.drawn(item)
        return self._if_still_true(lambda: self.archivist.put(item, files), owed=others)

    def _rebuild_some(self) -> bool:
        assert self.row.rebuilt_down_to
        files, down_to = self.archivist.rebuilt(self.row.rebuilt_down_to)
        return self._if_still_true(lambda: self.archivist.write(files), rebuilt_down_to=down_to)

    def _if_still_true(self, write: Callable[[], None], **paid: object) -> bool:
        with disk.locked(self.directory):
            if not self._stands():
                return False
            write()
            for name, value in paid.items():
                setattr(self.row, name, value)
            self.row.save(update_fields=list(paid))
        return True

    def _stands(self) -> bool:
        """Whether nothing changed since the row was read, neither the row nor where the page is."""
        now, row = Live.objects.filter(pk=self.row.pk).first(), self.row
        return (
            now is not None
            and disk.pointed_at(self.directory) == (row.number, row.revision)
            and _state(now) == _state(row)
        )

    def _is_overtaken(self) -> bool:
        return words_told() != self._told


def _state(row: Live) -> tuple[object, ...]:
    return row.number, row.revision, row.redactions, row.owed, row.rebuilt_down_to
