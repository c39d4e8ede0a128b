"""One turn at one page's head: what is true now, and a list of what the archive is owed for it."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.catalogue.shelf import Brand
from tocsin.page import assets, changes, disk, head, html, record, reviews
from tocsin.page.archivist import PICTURE, PROMISES, Archivist
from tocsin.page.edition import edition_of
from tocsin.page.models import Live
from tocsin.page.settling import owes
from tocsin.page.snapshot import Snapshot
from tocsin.statements import published
from tocsin.statements.published import Extent, Publication, Story
from tocsin.watch import shown

# A head from further ahead was made by a clock that has been set back since.
AHEAD = timedelta(minutes=1)
# Past this many publications at once (an import, a restore), the whole archive is made anew.
MANY = 500
MOST_STYLES = 5  # those of the catalogue's last changes, and seldom.css


def is_due(
    page: Brand,
    row: Live | None,
    told: Extent,
    directory: Path,
    *,
    charts_at: datetime | None,
    at: datetime,
) -> bool:
    """Whether a head has to be made: something newer, something later, or something missing.

    Asks the files, never the database: that is read for all pages at once. ``charts_at`` is when
    what is measured was last renamed, shown or hidden; its points come with the next head.
    """
    return (
        row is None
        or told.number != row.number
        or page.changed_at != row.catalogue_at
        or at >= row.changes_at
        or row.at > at + AHEAD
        or row.edition != edition_of(page)
        or told.redactions != row.redactions
        or (charts_at is not None and row.at < charts_at <= at)
        or not _stands(page, directory, row)
    )


def _stands(page: Brand, directory: Path, row: Live) -> bool:
    named = (row.number, row.revision)
    index = disk.release_dir(directory, named) / "index.html"
    return disk.pointed_at(directory) == named and index.exists() and _has_archive(page, directory)


def _has_archive(page: Brand, directory: Path) -> bool:
    return (directory / disk.ARCHIVE / assets.script(page.language)[0]).exists()


class Turn:
    """A page, its folder with the lock held, and the row that says what stands there."""

    def __init__(
        self, page: Brand, directory: Path, row: Live | None, *, place: str, at: datetime
    ) -> None:
        self.page, self.directory, self.place, self.at = page, directory, place, at
        self.row = row
        self._archivist: Archivist | None = None

    def take(self) -> int:
        """Make a head if one is due; returns how many were made."""
        told = published.extent(self.page.audience_id)
        charts_at = shown.changed_at(self.page.id)
        if not is_due(self.page, self.row, told, self.directory, charts_at=charts_at, at=self.at):
            return 0
        self._make_head()
        return 1

    @property
    def archivist(self) -> Archivist:
        if self._archivist is None:
            told = reviews.read(self.directory)
            snapshot = record.gather(self.page, former=self._former(), at=self.at, reviews=told)
            self._archivist = Archivist(snapshot, self.directory / disk.ARCHIVE)
        return self._archivist

    @property
    def snapshot(self) -> Snapshot:
        return self.archivist.snapshot

    def _former(self) -> disk.Release | None:
        named = (self.row.number, self.row.revision) if self.row else None
        return max(filter(None, (named, disk.pointed_at(self.directory))), default=None)

    def _make_head(self) -> None:
        # Counted before the words are read: one that comes between is found by the next turn.
        redactions = published.redactions(self.page.audience_id)
        redacted = self._redacted(redactions)
        snapshot, anew = self.snapshot, self._must_rebuild()
        said = self._said_since(self.row.number) if self.row and not anew else ()
        stories = self._stories_of((*said, *redacted))
        stories += html.lately(snapshot) if anew else ()
        turned = [] if anew else self._turned_late()
        self.archivist.prepare(anew=anew)
        self.archivist.write_closed([*stories, *turned])
        if any(word.words and word.words.promises for word in (*said, *redacted)):
            self.archivist.pay(PROMISES)
        files = head.files(
            snapshot,
            overlay=disk.contents(self.directory / disk.OVERLAY),
            shouts=published.shouts_waiting(self.directory),
            older_styles=self._older_styles(anew=anew),
        )
        disk.release(self.directory, files, (snapshot.number, snapshot.revision))
        owed = self._owed((*said, *redacted), stories, anew=anew)
        shown = (*snapshot.open, *snapshot.planned, *stories, *turned)
        owed = self._in_turn([*owed, *self.archivist.owed_to_pictures(shown)])
        if redacted:
            owed = self._cleanse(owed)
        self._keep(owed, anew=anew, redactions=redactions)

    def _redacted(self, redactions: int) -> tuple[Publication, ...]:
        """What something was taken out of since the head that stands was made."""
        known = self.row.redactions if self.row else 0
        if redactions == known:
            return ()
        return published.redacted_since(self.page.audience_id, known if redactions > known else 0)

    def _cleanse(self, owed: list[str]) -> list[str]:
        """Let no file tell what was taken out: all that is owed at once, and no old release.

        Nothing says that it was done until the row is kept, so a kill means doing it again.
        """
        for item in owed:
            self.archivist.pay(item)
        disk.prune(self.directory, kept=1)
        disk.sweep(self.directory)
        return []

    def _older_styles(self, *, anew: bool) -> tuple[str, ...]:
        """What files of the archive wear that are not made anew yet."""
        is_settled = self.row and not owes(self.row)
        live = disk.pointed_at(self.directory)
        if live is None or (is_settled and not anew):
            return ()
        try:
            notes = json.loads(
                (disk.release_dir(self.directory, live) / "headers.json").read_bytes()
            )
            return assets.styles_in(notes["html"]["Content-Security-Policy"])[:MOST_STYLES]
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def _must_rebuild(self) -> bool:
        row = self.row
        return (
            row is None
            or self.page.changed_at != row.catalogue_at
            or row.edition != edition_of(self.page)
            or not 0 <= self.snapshot.number - row.number <= MANY
            or not _has_archive(self.page, self.directory)
        )

    def _said_since(self, number: int) -> tuple[Publication, ...]:
        return published.numbered(self.page.audience_id, after=number, limit=MANY)

    def _stories_of(self, said: Iterable[Publication]) -> list[Story]:
        seen = self.snapshot
        told = (*seen.recent_planned, *seen.planned, *seen.recent, *seen.open)
        at_hand = {story.incident_id: story for story in told}
        keys = dict.fromkeys(word.incident_id for word in said if word.incident_id)
        found = (at_hand.get(key) or published.story(self.page.audience_id, key) for key in keys)
        return [story for story in found if story]

    def _turned_late(self) -> list[Story]:
        """Closed incidents whose translation has become late since the last head."""
        since = self.row.at if self.row else self.at
        return [
            story
            for story in self.snapshot.recent
            if any(since < edge <= self.at for edge in changes.translations_late_at(story))
        ]

    def _owed(self, said: Sequence[Publication], stories: list[Story], *, anew: bool) -> list[str]:
        owed = list(self.row.owed) if self.row else []
        if self.row and self._day(self.row.at) != self._day(self.at):
            owed += self.archivist.owed_to_components()
            owed += [PROMISES] if self.snapshot.has_promises else ()  # a day may have passed
        if self.row and self._day(self.row.at).replace(day=1) != self._day(self.at).replace(day=1):
            owed.append("history")
        changes = [change for word in said for change in word.changes]
        owed += self.archivist.owed_to(changes, stories)
        owed += self.archivist.owed_to_log(said)
        owed += self.archivist.owed_to_all() if anew else ()
        return owed

    def _in_turn(self, owed: list[str]) -> list[str]:
        """Each once. Pictures first: who shares a link to a new word has it shown within seconds.

        The history last, for it tells what the others count.
        """
        return sorted(
            dict.fromkeys(owed), key=lambda item: (not item.startswith(PICTURE), item == "history")
        )

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.page.time_zone)).date()

    def _keep(self, owed: list[str], *, anew: bool, redactions: int) -> None:
        snapshot = self.snapshot
        kept: dict[str, Any] = {
            "number": snapshot.number,
            "revision": snapshot.revision,
            "catalogue_at": self.page.changed_at,
            "changes_at": snapshot.changes_at,
            "at": self.at,
            "edition": edition_of(self.page),
            "owed": owed,
            "redactions": redactions,
        }
        if anew:
            ahead = published.last_placed_at(self.page.audience_id) or self.at
            kept["rebuilt_down_to"] = max(self.at, ahead) + timedelta(days=1)
        Live.objects.update_or_create(
            page_id=self.page.id,
            audience_id=self.page.audience_id,
            place=self.place,
            defaults=kept,
        )
