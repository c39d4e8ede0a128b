"""What happened, as plain values: all that a score is made of. Pure.

What nobody recorded is None, and what is not kept here at all (drills) is
None too: a score tells both as "not measured". Whoever comes to keep it fills it in here.

Of what there are tens of thousands are named tuples: a frozen dataclass takes three times as long
to make.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tocsin.disclosure.coach.sums import Sums
from tocsin.disclosure.severity import Severity

NONE: Mapping[str, timedelta | None] = MappingProxyType({})
NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Sort(StrEnum):
    """How an entry is counted: only ``live`` ones say how fast we are."""

    LIVE = "live"
    RETROSPECTIVE = "retrospective"  # told only when it was over
    IMPORTED = "imported"  # told elsewhere, and brought here
    DRILL = "drill"
    PLANNED = "planned"  # planned work, also where it outlasted its window


class Sighting(StrEnum):
    """Whether the first word was found where readers look."""

    SEEN = "seen"
    UNSEEN = "unseen"  # looked for and not found, yet or at all
    UNMEASURED = "unmeasured"  # nobody looked


class Word(NamedTuple):
    """One thing said in public, oldest first in its incident.

    ``is_authored`` is False of a correction: it breaks a silence, and keeps no promise.
    ``is_scoped``: it tells effect, who or where, since when, and when the next word comes.
    ``within`` is how soon the policy wanted the next word; None after a last one.
    ``forecast`` is the earliest and the latest that a repair forecast said; ``went_back``: to an
    earlier phase; ``is_wider``: it names as affected what the word before it did not.
    ``lags`` tell for each further language of the page how long after the first it came, None where
    it never did.
    """

    at: datetime
    is_final: bool = False
    is_authored: bool = True
    is_scoped: bool = False
    is_empty: bool = False
    next_word_at: datetime | None = None
    within: timedelta | None = None
    lags: Mapping[str, timedelta | None] = NONE
    forecast: tuple[datetime, datetime] | None = None
    went_back: bool = False
    is_wider: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """How telling readers of the first word went on one channel; ``last_at`` of those told.

    ``left`` are those of them who unsubscribed within a week of it.
    """

    channel: str
    delivered: int = 0
    given_up: int = 0
    pending: int = 0
    last_at: datetime | None = None
    left: int = 0


class Wait(NamedTuple):
    """For how long somebody's consent to a word was asked; ``ended_at`` is None while it is."""

    asked_at: datetime
    ended_at: datetime | None = None


class Filing(NamedTuple):
    """One report that is owed to an authority: ``name`` is its clock and its stage.

    ``begins_at`` is what it counts from, ``due_at`` its end, where it has one.
    """

    name: str
    begins_at: datetime | None = None
    due_at: datetime | None = None
    submitted_at: datetime | None = None


class Reporting(NamedTuple):
    """One report on promises that readers are owed by the end of a day, and when they got it.

    One that ``is_announced`` is owed whether or not anything is open still.
    """

    ends_at: datetime
    at: datetime | None = None
    is_announced: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """Which of the four that a closing word owes (R-22, R-50) the last one said."""

    since: bool = False
    until: bool = False
    effect: bool = False
    data: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """The account that was owed: when it was promised for, and when it was published.

    ``over_at`` is when readers were told that the incident was over.
    """

    due_at: datetime | None = None
    at: datetime | None = None
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One public prevention action, from when it was promised to what became of it.

    ``due_at`` is the end of the day for which it is promised now.
    """

    promised_at: datetime
    done_at: datetime | None = None
    dropped_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Neither done nor dropped."""
        return self.done_at is None and self.dropped_at is None

    def was_open(self, at: datetime) -> bool:
        """Whether it was promised by then, and neither done nor dropped."""
        settled_at = self.done_at or self.dropped_at
        return self.promised_at < at and (settled_at is None or settled_at >= at)


class Incident(NamedTuple):
    """One incident, or planned work, as it was known and as it was told.

    ``names`` are those that readers know it by, by language. ``limit`` is how soon after detection
    the policy wanted the first word. ``start_revisions`` is how often the recorded beginning was
    changed: measures go by the latest. ``overran`` is of planned work alone. ``alerted_at`` is when
    machines first had it drafted. ``waits`` are those for consent to any of its words. ``filings``
    is None where nobody said which authorities are to be told. ``sums`` is what the coach made of
    its words; None while it read none.
    """

    id: str
    severity: Severity
    declared_at: datetime
    sort: Sort = Sort.LIVE
    names: Mapping[str, str] = NO_NAMES
    is_public: bool = True
    words: tuple[Word, ...] = ()
    limit: timedelta | None = None
    started_at: datetime | None = None
    start_revisions: int = 0
    detected_at: datetime | None = None
    customer_first_at: datetime | None = None
    ended_at: datetime | None = None
    drafted_at: datetime | None = None
    cleared_at: datetime | None = None
    sighting: Sighting = Sighting.UNMEASURED
    seen_at: datetime | None = None
    told: tuple[Told, ...] = ()
    closing: Closing | None = None
    owes_account: bool = False
    account: Account | None = None
    actions: tuple[Action, ...] | None = None
    overran: bool = False
    alerted_at: datetime | None = None
    waits: tuple[Wait, ...] = ()
    filings: tuple[Filing, ...] | None = None
    reportings: tuple[Reporting, ...] = ()
    sums: Sums | None = None

    @property
    def placed_at(self) -> datetime:
        """When it counts: when it was first told of, else when it was declared."""
        return self.words[0].at if self.words else self.declared_at

    @property
    def is_open(self) -> bool:
        """Whether a word is still to come."""
        return not self.words or not self.words[-1].is_final


@dataclass(frozen=True, slots=True)
class History:
    """A page's incidents, oldest first, as they stood ``at`` a moment; ``zone`` is the page's."""

    at: datetime
    incidents: tuple[Incident, ...]
    zone: str = "Etc/UTC"
    languages: tuple[str, ...] = ("en",)

    def public(self) -> "History":
        """Without what only a closed circle was told of, and what nobody was told of yet."""
        return self.of(one for one in self.incidents if one.is_public and one.words)

    def of(self, incidents: Iterable[Incident]) -> "History":
        """The same with some of its incidents."""
        return History(self.at, tuple(incidents), self.zone, self.languages)

    def by_quarter(self) -> "dict[str, History]":
        """Each quarter in which something was told of, such as ``2026Q3``, the oldest first."""
        found: dict[str, list[Incident]] = {}
        for one in self.incidents:
            found.setdefault(quarter_of(one.placed_at, self.zone), []).append(one)
        return {key: self.of(found[key]) for key in sorted(found)}


def quarter_of(at: datetime, zone: str) -> str:
    """The quarter of a moment in a zone: ``2026Q3``."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{there.year:04}Q{(there.month + 2) // 3}"
