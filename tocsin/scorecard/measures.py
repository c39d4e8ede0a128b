"""The measures of one incident (metrics 6). Pure: a value in, a card out.

A span is a time, or says why there is none. First in public is when the first word was found where
readers look; where nobody looked it counts from publishing, and the card says so; where somebody
looked and did not find it, nothing counts. Recorded times that contradict each other measure
nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tocsin.disclosure.keeping import Fate, percentile
from tocsin.scorecard import filings, rhythm
from tocsin.scorecard.figures import (
    Claim,
    Counted,
    NotMeasured,
    Number,
    Span,
    Why,
    between,
    unmeasured,
)
from tocsin.scorecard.filings import Filed
from tocsin.scorecard.history import Incident, Reporting, Sighting, Sort, Told, Word
from tocsin.scorecard.rhythm import Debt, Gap

ACCOUNT_MISSING_AFTER = timedelta(days=30)
LEAVES_LATER = timedelta(days=7)  # who unsubscribes after that has another reason
ZERO = timedelta(0)


class Stage(StrEnum):
    """The steps from the first effect to the first word that was seen, in order."""

    NOTICED = "noticed"
    DRAFTED = "drafted"
    CLEARED = "cleared"
    PUBLISHED = "published"
    SEEN = "seen"


class Source(StrEnum):
    """Who noticed an incident first. Whether a supplier told our staff is recorded nowhere."""

    MONITORING = "monitoring"
    CUSTOMER = "customer"
    STAFF = "staff"


class Card(NamedTuple):
    """One incident's measures. ``by_publication``: nobody looked whether it could be seen."""

    incident: Incident
    by_publication: bool
    first_notice: Span
    detect_to_notice: Span
    in_time: Claim
    stages: Mapping[Stage, Span]
    told: Mapping[str, Span]
    scope: Span
    debts: tuple[Debt, ...]
    stating: tuple[int, int]
    gaps: tuple[Gap, ...]
    silence: Span
    paced: tuple[int, int]
    beyond: Span
    empty: tuple[int, int]
    corrected: tuple[int, int]
    went_back: tuple[int, int]
    forecast_kept: Claim
    forecasts: tuple[Span, ...]
    forecast_changes: Number
    widened: Number
    lags: Mapping[str, tuple[Span, ...]]
    lead: Span
    told_first: Claim
    resolution_lag: Span
    complete: Claim
    account_shown: Claim
    account_on_time: Claim
    account_took: Span
    skew: Span
    alerted: Claim
    source: Source | NotMeasured
    reach: Mapping[str, tuple[int, int]]
    approval: Span
    approval_share: Number
    filed: Mapping[str, Filed]
    reported: tuple[Claim, ...]
    left: Counted

    @property
    def gap_p95(self) -> Span:
        """What 95 in 100 silences keep within: with few of them the longest, so n is told too."""
        found = percentile([gap.length for gap in self.gaps], 95)
        return unmeasured(rhythm.why_no_gap(self.incident)) if found is None else found


@dataclass(frozen=True, slots=True)
class Review:
    """The five numbers for the review of the communication itself (R-57)."""

    first_notice: Span
    scope: Span
    kept: tuple[int, int]  # of the words that were owed by now
    silence: Span
    lead: Span


def card(incident: Incident, *, at: datetime) -> Card:
    """Measure one incident as it stands at a moment."""
    public_at, knew_at = _public_at(incident), _detected_at(incident)
    debts = tuple(rhythm.debts(incident, at=at))
    gaps = tuple(rhythm.gaps(incident, at=at))
    lead = _lead(incident, public_at)
    forecasts = rhythm.forecasts(incident)
    return Card(
        incident=incident,
        by_publication=_is_by_publication(incident),
        first_notice=between(incident.started_at, public_at, Why.NO_START),
        detect_to_notice=between(knew_at, public_at, Why.NO_START),
        in_time=_in_time(incident, knew_at, public_at, at=at),
        stages=_stages(incident, knew_at),
        told={told.channel: _told(incident, told) for told in incident.told},
        scope=_scope(incident, public_at),
        debts=debts,
        stating=rhythm.stating(incident),
        gaps=gaps,
        silence=max((gap.length for gap in gaps), default=unmeasured(rhythm.why_no_gap(incident))),
        paced=rhythm.paced(gaps),
        beyond=rhythm.beyond(incident, gaps),
        empty=rhythm.empty(incident),
        corrected=rhythm.corrected(incident),
        went_back=rhythm.went_back(incident),
        forecast_kept=rhythm.forecast_kept(incident),
        forecasts=tuple(map(rhythm.width, forecasts)),
        forecast_changes=len(forecasts) - 1 if forecasts else unmeasured(Why.NO_FORECAST),
        widened=rhythm.widened(incident),
        lags=_lags(incident),
        lead=lead,
        told_first=lead if isinstance(lead, NotMeasured) else lead > ZERO,
        resolution_lag=_resolution_lag(incident),
        complete=_complete(incident),
        account_shown=_account_shown(incident),
        account_on_time=_account_on_time(incident, at=at),
        account_took=_account_took(incident),
        skew=_skew(incident),
        alerted=_alerted(incident),
        source=_source(incident, knew_at),
        reach={told.channel: _reach(told) for told in incident.told},
        approval=_approval(incident, at=at),
        approval_share=_approval_share(incident, public_at, at=at),
        filed=filings.filed(incident, at=at),
        reported=tuple(_reported(incident, one, at=at) for one in incident.reportings),
        left=_left(incident, at=at),
    )


def review(told: Card) -> Review:
    """The five numbers beside an account (R-57)."""
    settled = [debt for debt in told.debts if debt.fate != Fate.OWED]
    kept = sum(debt.fate == Fate.KEPT for debt in settled)
    return Review(told.first_notice, told.scope, (kept, len(settled)), told.silence, told.lead)


def _is_fast(incident: Incident) -> bool:
    return incident.sort == Sort.LIVE


def _is_by_publication(incident: Incident) -> bool:
    return bool(incident.words) and incident.sighting == Sighting.UNMEASURED


def _public_at(incident: Incident) -> datetime | NotMeasured:
    if not _is_fast(incident):
        return unmeasured(Why.NOT_SPEED)
    if not incident.words:
        return unmeasured(Why.NOTHING_SAID)
    if incident.sighting == Sighting.UNMEASURED:
        return incident.words[0].at
    return incident.seen_at or unmeasured(Why.NOT_SEEN)


def _detected_at(incident: Incident) -> datetime:
    """The first alert or the first who knew: whoever declared it did."""
    return min(incident.declared_at, incident.detected_at or incident.declared_at)


def _in_time(
    incident: Incident, knew_at: datetime, public_at: datetime | NotMeasured, *, at: datetime
) -> Claim:
    """Within the severity's limit; what was not said or not found by then was not in time."""
    if not _is_fast(incident):
        return unmeasured(Why.NOT_SPEED)
    if incident.limit is None:
        return unmeasured(Why.NO_LIMIT)
    due_at = knew_at + incident.limit
    if isinstance(public_at, datetime):
        return public_at <= due_at
    return False if at > due_at else unmeasured(Why.NOT_DUE_YET)


def _stages(incident: Incident, knew_at: datetime) -> Mapping[Stage, Span]:
    if not _is_fast(incident):
        return dict.fromkeys(Stage, unmeasured(Why.NOT_SPEED))
    said: datetime | NotMeasured = (
        incident.words[0].at if incident.words else unmeasured(Why.NOTHING_SAID)
    )
    drafted = incident.drafted_at or unmeasured(Why.NO_DRAFT)
    cleared = incident.cleared_at or unmeasured(Why.NO_DRAFT)
    if isinstance(said, NotMeasured):
        drafted = cleared = said
    return {
        Stage.NOTICED: between(incident.started_at, knew_at, Why.NO_START),
        Stage.DRAFTED: between(knew_at, drafted, Why.NO_DRAFT),
        Stage.CLEARED: between(incident.drafted_at, cleared, Why.NO_DRAFT),
        Stage.PUBLISHED: between(incident.cleared_at, said, Why.NO_DRAFT),
        Stage.SEEN: _seen(incident, said),
    }


def _approval(incident: Incident, *, at: datetime) -> Span:
    """How long its words waited for somebody's consent, in all; a wait that lasts still counts."""
    if not _is_fast(incident):
        return unmeasured(Why.NOT_SPEED)
    if not incident.waits:
        return unmeasured(Why.NO_REVIEW)
    return sum(((wait.ended_at or at) - wait.asked_at for wait in incident.waits), ZERO)


def _approval_share(
    incident: Incident, public_at: datetime | NotMeasured, *, at: datetime
) -> Number:
    """How much of the time to the first notice somebody's consent was waited for, from 0 to 1.

    What waits beside another word is no further wait, nor is what waits once one was public.
    """
    if isinstance(public_at, NotMeasured):
        return public_at
    if not incident.waits:
        return unmeasured(Why.NO_REVIEW)
    took = between(incident.started_at, public_at, Why.NO_START)
    if isinstance(took, NotMeasured):
        return took
    if not took:
        return unmeasured(Why.AT_ONCE)
    waited, reached = ZERO, public_at - took
    for asked_at, ended_at in sorted(incident.waits, key=lambda wait: wait.asked_at):
        until = min(ended_at or at, public_at)
        waited += max(until - max(asked_at, reached), ZERO)
        reached = max(reached, until)
    return waited / took


def _reported(incident: Incident, one: Reporting, *, at: datetime) -> Claim:
    """Whether readers were told on its day how promises stand; once all is settled, one is owed
    only where they were told of its day."""
    if one.at is not None:
        return one.at <= one.ends_at
    if incident.is_open:
        return unmeasured(Why.STILL_OPEN)
    if at <= one.ends_at:
        return unmeasured(Why.NOT_DUE_YET)
    was_open = any(action.was_open(one.ends_at) for action in incident.actions or ())
    return False if was_open or one.is_announced else unmeasured(Why.ALL_SETTLED)


def _left(incident: Incident, *, at: datetime) -> Counted:
    """(readers who left within a week of being told of it, readers told)."""
    if not _is_fast(incident):
        return unmeasured(Why.NOT_SPEED)
    last_at = max((told.last_at for told in incident.told if told.last_at), default=None)
    if last_at is None:
        return unmeasured(Why.NOBODY_TOLD)
    if any(told.pending for told in incident.told):
        return unmeasured(Why.STILL_TELLING)
    if at <= last_at + LEAVES_LATER:
        return unmeasured(Why.NOT_DUE_YET)
    return sum(told.left for told in incident.told), sum(told.delivered for told in incident.told)


def _seen(incident: Incident, said: datetime | NotMeasured) -> Span:
    if isinstance(said, NotMeasured):
        return said
    if incident.sighting == Sighting.UNMEASURED:
        return unmeasured(Why.NOT_LOOKED)
    if incident.seen_at is None:
        return unmeasured(Why.NOT_SEEN)
    return between(said, incident.seen_at, Why.NOTHING_SAID)


def _told(incident: Incident, told: Told) -> Span:
    """From publishing to handing it over for the last reader of a channel."""
    if not _is_fast(incident):
        return unmeasured(Why.NOT_SPEED)
    if not incident.words:
        return unmeasured(Why.NOTHING_SAID)
    if told.pending:
        return unmeasured(Why.STILL_TELLING)
    if told.last_at is None:
        return unmeasured(Why.NOBODY_TOLD)
    return between(incident.words[0].at, told.last_at, Why.NOTHING_SAID)


def _reach(told: Told) -> tuple[int, int]:
    """(told, to be told): what is pending was not told."""
    return told.delivered, told.delivered + told.given_up + told.pending


def _scope(incident: Incident, public_at: datetime | NotMeasured) -> Span:
    """From the first word to the first that tells effect, who or where, since, and what next."""
    if isinstance(public_at, NotMeasured):
        return public_at
    scoped = next((word.at for word in incident.words if word.is_scoped), None)
    if scoped is None:
        return unmeasured(Why.NEVER_SCOPED)
    return max(scoped - public_at, ZERO)  # seen a moment after it was said, and so was this


def _skew(incident: Incident) -> Span:
    """Between the first channel whose readers had all been told and the last one."""
    if not _is_fast(incident):
        return unmeasured(Why.NOT_SPEED)
    if any(told.pending for told in incident.told):
        return unmeasured(Why.STILL_TELLING)
    last = [told.last_at for told in incident.told if told.last_at is not None]
    return max(last) - min(last) if len(last) > 1 else unmeasured(Why.ONE_CHANNEL)


def _alerted(incident: Incident) -> Claim:
    """Whether machines had it drafted before anybody declared it."""
    if not _is_fast(incident):
        return unmeasured(Why.NOT_SPEED)
    return incident.alerted_at is not None and incident.alerted_at <= incident.declared_at


def _source(incident: Incident, knew_at: datetime) -> Source | NotMeasured:
    """Who noticed it first, as far as the record tells: without an alert it was people, and those
    were ours only where the first customer's report is known to have come later."""
    if not _is_fast(incident):
        return unmeasured(Why.NOT_SPEED)
    reported_at, alerted_at = incident.customer_first_at, incident.alerted_at
    if alerted_at is not None and alerted_at <= incident.declared_at:
        is_first = reported_at is None or alerted_at <= reported_at
        return Source.MONITORING if is_first else Source.CUSTOMER
    if reported_at is None:
        return unmeasured(Why.NO_CUSTOMER)
    return Source.CUSTOMER if reported_at <= knew_at else Source.STAFF


def _lags(incident: Incident) -> Mapping[str, tuple[Span, ...]]:
    if not _is_fast(incident):
        return {}
    found: dict[str, list[Span]] = {}
    for word in incident.words:
        for language, lag in word.lags.items():
            span = unmeasured(Why.NOT_TRANSLATED) if lag is None else lag
            found.setdefault(language, []).append(span)
    return {language: tuple(spans) for language, spans in found.items()}


def _lead(incident: Incident, public_at: datetime | NotMeasured) -> Span:
    """How long before the first customer's report it was public; below zero they knew first."""
    if isinstance(public_at, NotMeasured):
        return public_at
    if incident.customer_first_at is None:
        return unmeasured(Why.NO_CUSTOMER)
    return incident.customer_first_at - public_at


def _resolution_lag(incident: Incident) -> Span:
    if not _is_fast(incident):
        return unmeasured(Why.NOT_SPEED)
    if incident.is_open:
        return unmeasured(Why.STILL_OPEN)
    return between(incident.ended_at, _resolved_at(incident.words), Why.NO_END)


def _resolved_at(words: tuple[Word, ...]) -> datetime:
    """When it was last said to be over; what is said after that, an account, is no end."""
    resolved = words[-1].at
    for word in reversed(words):
        if not word.is_final:
            break
        resolved = word.at
    return resolved


def _complete(incident: Incident) -> Claim:
    """Whether the closing word told when it began and ended, its effect, and how data fared."""
    if incident.is_open:
        return unmeasured(Why.STILL_OPEN)
    if incident.closing is None:
        return unmeasured(Why.NOTHING_SAID)
    return closing_told(incident) == CLOSING


CLOSING = 4


def closing_told(incident: Incident) -> int:
    """How many of the four that a closing word owes were told."""
    told = incident.closing
    return told.since + told.until + told.effect + told.data if told else 0


def _account_shown(incident: Incident) -> Claim:
    if not incident.owes_account:
        return unmeasured(Why.NOT_OWED)
    if incident.is_open:
        return unmeasured(Why.STILL_OPEN)
    return incident.account is not None and incident.account.at is not None


def _account_on_time(incident: Incident, *, at: datetime) -> Claim:
    """By the date that was promised; without one, missing for thirty days is late for sure."""
    if not incident.owes_account:
        return unmeasured(Why.NOT_OWED)
    if incident.is_open:
        return unmeasured(Why.STILL_OPEN)
    due_at = incident.account.due_at if incident.account else None
    came_at = incident.account.at if incident.account else None
    if due_at is not None:
        if came_at is not None:
            return came_at <= due_at
        return False if at > due_at else unmeasured(Why.NOT_DUE_YET)
    if came_at is None and at - _resolved_at(incident.words) > ACCOUNT_MISSING_AFTER:
        return False
    return unmeasured(Why.NO_DUE_DATE)


def _account_took(incident: Incident) -> Span:
    """From when readers were told that it was over to the account."""
    if not incident.owes_account:
        return unmeasured(Why.NOT_OWED)
    if incident.is_open:
        return unmeasured(Why.STILL_OPEN)
    told = incident.account
    if told is None or told.at is None or told.over_at is None:
        return unmeasured(Why.NO_ACCOUNT)
    return max(told.at - told.over_at, ZERO)
