"""A page's score of the last four quarters, made anew only when something is another.

What changes without a word (a silence that lasts, who was told, what was seen) shows within the
hour.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from tocsin.catalogue.shelf import Brand
from tocsin.incidents.models import Moment
from tocsin.scorecard import gathering, measures, totals
from tocsin.scorecard.history import History
from tocsin.scorecard.measures import Card
from tocsin.scorecard.totals import Score
from tocsin.statements import appraisals, published
from tocsin.statements.published import Extent


@dataclass(frozen=True, slots=True)
class Mark:
    """All that a score is made of, as far as it is asked at little cost."""

    changed_at: datetime
    told: Extent
    moments: int
    read_at: datetime | None
    hour: str


@dataclass(frozen=True, slots=True)
class Scored:
    """A history as it was scored: whole, and by quarter; ``cards`` are the newest first."""

    mark: Mark
    history: History
    whole: Score
    quarters: dict[str, Score]
    cards: tuple[Card, ...]


_known: dict[tuple[str, bool], Scored] = {}


def mark_of(page: Brand, *, at: datetime) -> Mark:
    """What would be scored now."""
    return Mark(
        changed_at=page.changed_at,
        told=published.extent(page.audience_id),
        moments=Moment.objects.aggregate(newest=Max("pk"))["newest"] or 0,
        read_at=appraisals.last_read_at(),
        hour=f"{at:%Y-%m-%dT%H}",
    )


def scored(page: Brand, *, at: datetime, is_public: bool = False) -> Scored:
    """The score of the last four quarters; for readers, of what everyone was told alone."""
    mark = mark_of(page, at=at)
    known = _known.get((page.id, is_public))
    if known is None or known.mark != mark:
        known = _known[page.id, is_public] = made(page, mark, at=at, is_public=is_public)
    return known


def made(page: Brand, mark: Mark, *, at: datetime, is_public: bool) -> Scored:
    """The same, made now."""
    history = gathering.lately(page, at=at)
    history = history.public() if is_public else history
    cards = {one.id: measures.card(one, at=at) for one in history.incidents}

    def score(some: Iterable[Card]) -> Score:
        told = totals.total(list(some), at=at)
        return told.public() if is_public else told

    return Scored(
        mark=mark,
        history=history,
        whole=score(cards.values()),
        quarters={
            key: score(cards[one.id] for one in some.incidents)
            for key, some in history.by_quarter().items()
        },
        cards=tuple(reversed(cards.values())),
    )


def forget() -> None:
    """Let all be made anew."""
    _known.clear()
