"""How announcements stand, for every screen that shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tocsin.announcements import progress
from tocsin.announcements.progress import Held, Progress
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console.declaring_form import Declared
from tocsin.statements import published
from tocsin.statements.published import Publication, Words

WHY_NOBODY: dict[str, str | Promise] = {
    "silent": _("Published without telling anybody, as asked."),
    "too old": _("Too old to be told: the news would mislead."),
    "dropped": _("Somebody decided to tell nobody."),
    "moved": _("Cut short when the record moved here; whoever was not told by then is not."),
}
FATES: dict[str, str | Promise] = {
    "pending": _("waiting"),
    "retrying": _("retrying"),
    "withheld": _("waiting for a digest"),
    "delivered": _("told"),
    "given_up": _("given up"),
    "skipped": _("left out"),
}
# Told first, so that the bar grows from the left; what waits is the bar's ground.
DRAWN = ("delivered", "skipped", "given_up", "retrying")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the bar, in per cent of its length."""

    kind: str
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Line:
    """One audience's share in the telling of a word."""

    publication_id: str
    name: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Shown:
    """A word's telling, as screens show it; a line for each audience where there are several."""

    progress: Progress
    elapsed_for: timedelta | None
    lines: tuple[Line, ...] = ()

    @property
    def total(self) -> int:
        return self.progress.counts.total

    @property
    def delivered(self) -> int:
        return self.progress.counts.delivered

    @property
    def pending(self) -> int:
        return self.progress.counts.pending + self.progress.counts.withheld

    @property
    def retrying(self) -> int:
        return self.progress.counts.retrying

    @property
    def given_up(self) -> int:
        return self.progress.counts.given_up

    @property
    def skipped(self) -> int:
        return self.progress.counts.skipped

    @property
    def is_held(self) -> bool:
        return self.progress.state == "held"

    @property
    def is_over(self) -> bool:
        return self.progress.state == "told"

    @property
    def is_moving(self) -> bool:
        return self.progress.state in ("waiting", "announcing", "telling")

    @property
    def why_nobody(self) -> str | Promise:
        return WHY_NOBODY.get(self.progress.state, "")

    @property
    def elapsed(self) -> str:
        """Seconds while they are few, minutes and seconds afterwards."""
        if self.elapsed_for is None:
            return ""
        seconds = int(self.elapsed_for.total_seconds())
        return f"{seconds} s" if seconds < 100 else f"{seconds // 60} min {seconds % 60} s"

    @property
    def parts(self) -> list[Piece]:
        return list(self._pieces())

    def _pieces(self) -> Iterator[Piece]:
        start = 0.0
        for kind in DRAWN:
            width = 100 * getattr(self.progress.counts, kind) / max(self.total, 1)
            if width:
                yield Piece(kind, f"{start:.3f}", f"{width:.3f}")
            start += width


def shown(publication: Publication, *, at: datetime) -> Shown:
    """How the telling of a word goes now, over every audience that is told it."""
    lines = _lines(publication)
    told = progress.together([line.progress for line in lines])
    return Shown(told, _elapsed(told, publication, at), lines if len(lines) > 1 else ())


def shown_to_one(publication: Publication, *, at: datetime) -> Shown:
    """How the telling goes in one audience, and beside it in the others that are told the same."""
    lines = _lines(publication)
    told = next(line.progress for line in lines if line.publication_id == publication.id)
    return Shown(told, _elapsed(told, publication, at), lines if len(lines) > 1 else ())


def _lines(publication: Publication) -> tuple[Line, ...]:
    return tuple(
        Line(said.id, _named(said.audience_id), progress.progress_of(said.id))
        for said in published.in_every_audience(publication.id)
    )


def _named(audience_id: str) -> str:
    seen = shelf.seen_by(audience_id)
    return gettext("Everyone") if seen.is_for_everyone else seen.audience_name


def _elapsed(told: Progress, publication: Publication, at: datetime) -> timedelta | None:
    if told.state in ("announcing", "telling"):
        return at - publication.published_at
    return told.took


def held(pages: Sequence[Brand]) -> list[tuple[Brand, Held]]:
    """What the circuit breaker holds, on these pages."""
    seen = (view for page in pages for view in shelf.audiences_of(page.id))
    return [(view, hold) for view in seen for hold in progress.held(view.audience_id)]


def reach_of_words(page: Brand, words: Words, incident_id: str, *, at: datetime) -> int:
    """How many would be told of these words now."""
    return sum(
        progress.reach_of(
            page.id,
            audience_id,
            at=at,
            components=list(words.impacts),
            severity=words.severity,
            incident_id=incident_id,
        )
        for audience_id in _told(page)
    )


def reach_of_declared(page: Brand, declared: Declared, *, at: datetime) -> int:
    """How many would be told of this declaration; before a choice, of the whole page."""
    return sum(
        progress.reach_of(
            page.id,
            audience_id,
            at=at,
            components=list(declared.components),
            severity=declared.severity,
        )
        for audience_id in _told(page)
    )


def _told(page: Brand) -> list[str]:
    """Whom a word is said to that is said to these first: everyone means each circle too."""
    if not page.is_for_everyone:
        return [page.audience_id]
    return [view.audience_id for view in shelf.audiences_of(page.id)]
