"""What a measure comes to: a value, many of them, a share, or why there is none. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from statistics import median

from tocsin.disclosure.keeping import percentile

FEW = 5  # below this a percentile says nothing: the values themselves are told (metrics 6)


class Why(StrEnum):
    """Why something is not measured. Each is told as it is, and none counts as good."""

    NOTHING_SAID = "nothing_said"
    NO_START = "no_start"
    NO_END = "no_end"
    CONTRADICTORY = "contradictory"
    NOT_SEEN = "not_seen"
    NOT_LOOKED = "not_looked"
    NO_DRAFT = "no_draft"
    NO_LIMIT = "no_limit"
    NOT_DUE_YET = "not_due_yet"
    NOBODY_TOLD = "nobody_told"
    STILL_TELLING = "still_telling"
    NO_CUSTOMER = "no_customer"
    NEVER_SCOPED = "never_scoped"
    NOTHING_STATED = "nothing_stated"
    NONE_LATE = "none_late"
    ONE_WORD = "one_word"
    NO_FOLLOW_UP = "no_follow_up"
    STILL_OPEN = "still_open"
    NOT_TRANSLATED = "not_translated"
    NOT_OWED = "not_owed"
    NO_DUE_DATE = "no_due_date"
    NO_REGISTER = "no_register"
    NO_ACTIONS = "no_actions"
    NO_ACCOUNT = "no_account"
    NO_FORECAST = "no_forecast"
    ONE_CHANNEL = "one_channel"
    ALL_SETTLED = "all_settled"
    NO_REVIEW = "no_review"
    AT_ONCE = "at_once"
    NOT_ANSWERED = "not_answered"
    NOT_BEGUN = "not_begun"
    NO_TIME_SAID = "no_time_said"
    NOT_SUBMITTED = "not_submitted"
    NOT_READ = "not_read"
    NO_LEXICON = "no_lexicon"
    NOT_SPEED = "not_speed"  # a drill, told afterwards, or brought from elsewhere


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """There is no figure, and this is why."""

    why: Why


@cache  # a dozen for each of ten thousand incidents, and all alike
def unmeasured(why: Why) -> NotMeasured:
    """That there is no figure, for this reason."""
    return NotMeasured(why)


Span = timedelta | NotMeasured
Claim = bool | NotMeasured
Number = float | NotMeasured
Counted = tuple[int, int] | NotMeasured  # (hits, n)


def between(start: datetime | None, end: datetime | NotMeasured, why: Why) -> Span:
    """From one moment to another; ``why`` there is none where nobody recorded the first."""
    if isinstance(end, NotMeasured):
        return end
    if start is None:
        return unmeasured(why)
    return end - start if end >= start else unmeasured(Why.CONTRADICTORY)


@dataclass(frozen=True, slots=True)
class Spread:
    """Many spans: ``n`` of them, and how many could not be measured for which reason.

    ``values``, in order, are kept where they are too few for percentiles; then those are None.
    """

    n: int
    values: tuple[timedelta, ...] = ()
    median: timedelta | None = None
    p95: timedelta | None = None
    longest: timedelta | None = None
    left_out: Mapping[Why, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``n``, and how many could not be judged for which reason."""

    hits: int
    n: int
    left_out: Mapping[Why, int] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of nothing, which is no 100 %."""
        return self.hits / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Tally:
    """Many numbers, such as how often something happened in each incident; as :class:`Spread`."""

    n: int
    values: tuple[float, ...] = ()
    median: float | None = None
    p95: float | None = None
    most: float | None = None
    left_out: Mapping[Why, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Points:
    """Many grades out of ``of``: never one alone, but with what was lacking, and how often.

    ``values``, in order, are kept where they are too few for a median.
    """

    n: int
    of: int
    values: tuple[int, ...] = ()
    median: float | None = None
    lacking: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[Why, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mean:
    """What ``n`` of something hold of another together, and on average."""

    total: int
    n: int
    left_out: Mapping[Why, int] = field(default_factory=dict)

    @property
    def mean(self) -> float | None:
        """The average; None of nothing, which is no 0."""
        return self.total / self.n if self.n else None


Figure = Spread | Share | Tally | Points | Mean


def points(
    told: Iterable[int], of: int, lacking: Mapping[str, int], left_out: Mapping[Why, int]
) -> Points:
    """What many grades come to; what lacks most comes first. Raises ValueError beyond ``of``."""
    values = tuple(sorted(told))
    if values and not 0 <= values[0] <= values[-1] <= of:
        raise ValueError(f"Out of {of} there are no such points: {values[0]} to {values[-1]}.")
    gone = dict(sorted(lacking.items(), key=lambda pair: (-pair[1], pair[0])))
    if len(values) < FEW:
        return Points(len(values), of, values, lacking=gone, left_out=left_out)
    return Points(len(values), of, median=median(values), lacking=gone, left_out=left_out)


def spread(told: Iterable[Span]) -> Spread:
    """What many spans come to."""
    every = tuple(told)
    measured = sorted(span for span in every if isinstance(span, timedelta))
    left_out = _left_out(every, len(measured))
    if len(measured) < FEW:
        return Spread(len(measured), tuple(measured), left_out=left_out)
    return Spread(
        len(measured),
        median=percentile(measured, 50),
        p95=percentile(measured, 95),
        longest=measured[-1],
        left_out=left_out,
    )


def tally(told: Iterable[Number]) -> Tally:
    """What many numbers come to."""
    every = tuple(told)
    measured = sorted(float(one) for one in every if not isinstance(one, NotMeasured))
    left_out = _left_out(every, len(measured))
    if len(measured) < FEW:
        return Tally(len(measured), tuple(measured), left_out=left_out)
    return Tally(
        len(measured),
        median=percentile(measured, 50),
        p95=percentile(measured, 95),
        most=measured[-1],
        left_out=left_out,
    )


def share(told: Iterable[Claim]) -> Share:
    """How many of many claims hold."""
    every = tuple(told)
    judged = [claim for claim in every if isinstance(claim, bool)]
    return Share(sum(judged), len(judged), _left_out(every, len(judged)))


def counted(counts: Iterable[Counted], nothing: Why) -> Share:
    """The same of what was counted already: (hits, n) of each; ``nothing`` is why one has none."""
    every = tuple(counts)
    told = [one for one in every if not isinstance(one, NotMeasured)]
    none = [NotMeasured(nothing) for _, n in told if not n]
    left_out = _left_out([*none, *(one for one in every if isinstance(one, NotMeasured))])
    return Share(sum(hits for hits, _ in told), sum(n for _, n in told), left_out)


def _left_out(told: Sequence[object], measured: int = 0) -> Mapping[Why, int]:
    """Why how many were left out; ``measured`` were not."""
    if len(told) == measured:
        return {}
    return dict(sorted(Counter(one.why for one in told if isinstance(one, NotMeasured)).items()))
