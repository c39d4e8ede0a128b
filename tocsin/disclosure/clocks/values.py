"""What a clock is, and what it says at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

# As clocks.yaml names them. The last one is never told: it follows from the year of another.
MOMENTS = (
    "started_at",
    "detected_at",
    "aware_at",
    "classified_major_at",
    "determined_at",
    "material_at",
    "paid_at",
    "fix_available_at",
)
YEAR_END, YEAR_OF = "reporting_year_end", "determined_at"


class Kind(StrEnum):
    """What sort of thing wants a report."""

    DUTY = "duty"  # law in force, as far as could be told
    PENDING = "pending"  # not in force, or not confirmed
    CONTRACT = "contract"  # private: a customer, an insurer, a card network
    CONDITION = "condition"  # of being paid, say by an insurer
    THRESHOLD = "threshold"  # says when another clock counts


@dataclass(frozen=True, slots=True)
class Offset:
    """How long after its beginning something is due; ``told`` is how the file says it.

    A span, or ``word`` ("asap", "on_request"), or neither: then it is a sentence for people.
    """

    told: str
    months: int = 0
    days: int = 0
    business_days: int = 0
    elapsed: timedelta = timedelta(0)
    word: str = ""

    @property
    def is_span(self) -> bool:
        return bool(self.months or self.days or self.business_days or self.elapsed)


@dataclass(frozen=True, slots=True)
class Start:
    """What a stage counts from: a moment, or when an earlier stage was submitted (first or last).

    Neither, where the file names in words what no column holds.
    """

    told: str
    moment: str = ""
    stage: str = ""
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """No later than this, whatever the stage itself counts from."""

    offset: Offset
    start: Start


@dataclass(frozen=True, slots=True)
class Stage:
    """One report: by when, to whom."""

    name: str
    offset: Offset
    start: Start
    recipient: str
    note: str = ""
    cap: Cap | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where days are counted. Without a country every Monday to Friday is a business day.

    ``country`` may name its part ("US-NY"); without ``zone``, the reader's own counts.
    """

    name: str
    country: str = ""
    zone: str = ""
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Clock:
    """One regime and its stages; ``source`` is shown wherever anything of it is shown."""

    id: str
    regime: str
    place: Place
    kind: Kind
    applies_to: str
    trigger: str
    stages: tuple[Stage, ...]
    source: str
    confidence: str
    is_personal_data: bool = False
    in_force_from: date | None = None
    feeds: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)

    def stage(self, name: str) -> Stage | None:
        """The stage of that name."""
        return next((stage for stage in self.stages if stage.name == name), None)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one incident: moments by their name in the file, what was submitted when.

    ``set_aside``: stages that somebody said are not owed.
    """

    moments: Mapping[str, datetime]
    submitted: Mapping[tuple[str, str], Sequence[datetime]] = field(default_factory=dict)
    set_aside: frozenset[tuple[str, str]] = frozenset()


class Standing(StrEnum):
    """How one report stands."""

    DUE = "due"  # by a time
    ASAP = "asap"  # without undue delay, from its beginning on
    TOLD = "told"  # the file says it in words that only people can count
    WAITING = "waiting"  # what it counts from has not happened, or nobody told when
    ON_REQUEST = "on_request"
    SUBMITTED = "submitted"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Due:
    """One report of one clock, as it stands. ``begins_at`` is what it counts from, where known.

    While it waits, ``latest_at`` is the cap that already runs. ``is_in_force`` is false of what is
    pending, or applies from a later day. ``remarks`` are codes of what people have to know.
    """

    clock: Clock
    stage: Stage
    standing: Standing
    begins_at: datetime | None = None
    due_at: datetime | None = None
    latest_at: datetime | None = None
    submitted_at: datetime | None = None
    is_in_force: bool = True
    remarks: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.standing not in (Standing.SUBMITTED, Standing.SET_ASIDE)

    def is_late(self, at: datetime) -> bool:
        """Whether its time has passed without it."""
        return self.is_open and self.due_at is not None and self.due_at < at
