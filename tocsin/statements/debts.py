"""What became of the words that were promised: kept or missed, and how late. Pure but for reading.

A debt is a stated time of the next word (metrics 6.2). The next word on the same incident answers
it, and the last one answers all; within the grace it is kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.disclosure.keeping import Fate, fate_of, percentile
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.disclosure.severity import Severity
from tocsin.statements import published
from tocsin.statements.published import Kind, Publication, Story

__all__ = ["Debt", "Fate", "Tally", "debts_of", "fate_of", "of_page", "percentile", "tally"]

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Debt:
    """One promise of a next word. ``answered_at`` is None until somebody spoke again."""

    incident_id: str
    page_id: str
    publication_id: str
    number: int
    severity: Severity
    phase: Phase
    made_at: datetime
    by: datetime
    answered_at: datetime | None
    fate: Fate

    @property
    def is_strictly_kept(self) -> bool:
        """Kept without the grace."""
        return self.answered_at is not None and self.answered_at <= self.by

    @property
    def lateness(self) -> timedelta:
        """How long after its time it was answered; nothing for what was in time or is open."""
        return max(self.answered_at - self.by, ZERO) if self.answered_at else ZERO


@dataclass(frozen=True, slots=True)
class Tally:
    """How words were kept. ``stating`` of ``sayable`` words that were not the last one stated a
    next one; the lateness is that of the missed ones, None where none was missed and answered.
    """

    kept: int
    missed: int
    owed: int
    strictly_kept: int
    stating: int
    sayable: int
    lateness_median: timedelta | None
    lateness_p95: timedelta | None

    @property
    def settled(self) -> int:
        """How many are kept or missed by now."""
        return self.kept + self.missed

    @property
    def adherence(self) -> float | None:
        """The share that was kept; None before any was due."""
        return self.kept / self.settled if self.settled else None

    @property
    def coverage(self) -> float | None:
        """The share of words, the last ones aside, that promised a next one."""
        return self.stating / self.sayable if self.sayable else None


def debts_of(story: Story, *, at: datetime) -> tuple[Debt, ...]:
    """Every promise made in a story, oldest first, as it stands at ``at``."""
    said = tuple(_words(story))
    answers = (*said[1:], None)
    return tuple(
        debt
        for promise, answer in zip(said, answers, strict=True)
        if (debt := _debt(promise, answer.published_at if answer else None, at)) is not None
    )


def _words(story: Story) -> Iterator[Publication]:
    """What an author said: a translation or a correction keeps no promise and makes none."""
    return (said for said in story.publications if said.kind == Kind.WORD)


def _debt(promise: Publication, answered_at: datetime | None, at: datetime) -> Debt | None:
    words = promise.words
    if words is None or words.next_word_at is None:
        return None
    made_at, by = promise.published_at, words.next_word_at
    return Debt(
        incident_id=promise.incident_id or "",
        page_id=promise.page_id,
        publication_id=promise.id,
        number=promise.number,
        severity=words.severity,
        phase=words.phase,
        made_at=made_at,
        by=by,
        answered_at=answered_at,
        fate=fate_of(made_at, by, answered_at, at),
    )


def tally(stories: Iterable[Story], *, at: datetime) -> Tally:
    """Count what became of every promise in some stories."""
    told = tuple(stories)
    debts = [debt for story in told for debt in debts_of(story, at=at)]
    missed = [debt for debt in debts if debt.fate == Fate.MISSED]
    late = [debt.lateness for debt in missed if debt.answered_at]
    sayable = [
        said.words
        for story in told
        for said in _words(story)
        if said.words and said.words.phase not in FINAL
    ]
    return Tally(
        kept=sum(debt.fate == Fate.KEPT for debt in debts),
        missed=len(missed),
        owed=sum(debt.fate == Fate.OWED for debt in debts),
        strictly_kept=sum(debt.is_strictly_kept for debt in debts),
        stating=sum(words.next_word_at is not None for words in sayable),
        sayable=len(sayable),
        lateness_median=percentile(late, 50),
        lateness_p95=percentile(late, 95),
    )


def of_page(audience_id: str, start: datetime, end: datetime, *, at: datetime) -> tuple[Debt, ...]:
    """Every promise in the incidents first told of in [start, end), newest first."""
    stories = published.stories_between(audience_id, start, end)
    debts = [debt for story in stories for debt in debts_of(story, at=at)]
    return tuple(sorted(debts, key=lambda debt: debt.made_at, reverse=True))
