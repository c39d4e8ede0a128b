"""What the measures of many incidents come to: of a page, of a quarter. Pure.

Speed is told of live incidents alone. What was told afterwards, or brought from elsewhere, was said
in public all the same: its rhythm and words count. A drill counts nowhere but among drills.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.disclosure.keeping import Fate
from tocsin.scorecard import collecting, figures, measures, substance
from tocsin.scorecard.figures import Claim, Figure, NotMeasured, Share, Span, Why
from tocsin.scorecard.history import Action, History, Incident, Sort
from tocsin.scorecard.measures import Card, Source, Stage

HOUR = timedelta(hours=1)
COMPLETED_WITHIN = (timedelta(days=30), timedelta(days=90))


class Measure(StrEnum):
    """Every figure of a score, in the order in which it is told."""

    FIRST_NOTICE = "first_notice"
    DETECT_TO_NOTICE = "detect_to_notice"
    IN_TIME = "in_time"
    NOTICED = "noticed"
    DRAFTED = "drafted"
    CLEARED = "cleared"
    PUBLISHED = "published"
    SEEN = "seen"
    APPROVAL = "approval_time"
    APPROVAL_SHARE = "approval_share"
    TOLD = "told"  # by channel
    SKEW = "skew"
    SCOPE = "scope"
    LEAD = "lead"
    TOLD_FIRST = "told_first"
    ALERTED = "alerted"
    DETECTED_BY = "detection_source"  # by source
    OWED_KEPT = "owed_kept"
    OWED_STRICTLY = "owed_strictly"
    OWED_STATED = "owed_stated"
    OWED_LATE = "owed_late"
    SILENCE = "silence"
    SILENCE_HOUR = "silence_hour"
    GAPS = "update_gap"  # in all, and by severity
    PACED = "paced"
    BEYOND = "beyond"
    EMPTY = "empty"
    COMPLETENESS = "completeness"  # by phase
    APOLOGY = "apology"  # by phase
    JARGON = "jargon"  # by language
    ANGLICISMS = "anglicisms"  # by language
    SENTENCES = "sentences"  # by language
    CORRECTED = "corrected"
    WENT_BACK = "went_back"
    WIDENED = "scope_growth"
    FORECAST_KEPT = "forecast_kept"
    FORECAST_WIDTH = "eta_width"
    FORECAST_CHANGES = "eta_revisions"
    LANGUAGE_LAG = "language_lag"  # by language
    RESOLUTION_LAG = "resolution_lag"
    COMPLETE = "complete"
    AUTHORITY_TOOK = "time_to_authority"  # by clock and stage
    CLOCK_MARGIN = "clock_margin"  # by clock and stage
    ACCOUNT_SHOWN = "account_shown"
    ACCOUNT_ON_TIME = "account_on_time"
    ACCOUNT_TOOK = "account_took"
    ACTIONS_30 = "actions_30"
    ACTIONS_90 = "actions_90"
    ACTIONS_LATE = "actions_late"
    ACTION_AGE = "action_age"
    REPORTED_BACK = "progress_reports_on_time"
    REACH = "reach"  # by channel
    LEFT = "unsubscribes"
    PLANNED_KEPT = "planned_kept"
    PLANNED_OVERRAN = "planned_overran"


# What is no part of how readers were told: for our own people alone, and never on `/score`.
OURS = frozenset(
    {
        *(Measure.DETECTED_BY, Measure.APPROVAL, Measure.APPROVAL_SHARE, Measure.LEFT),
        *(Measure.AUTHORITY_TOOK, Measure.CLOCK_MARGIN),
    }
)
WORDED: Mapping[Measure, Callable[[substance.Gathered], Iterator[tuple[str, Figure]]]] = {
    Measure.COMPLETENESS: substance.completeness,
    Measure.APOLOGY: substance.apologies,
    Measure.JARGON: substance.jargon,
    Measure.ANGLICISMS: substance.anglicisms,
    Measure.SENTENCES: substance.sentences,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure; ``of`` is the channel, language, phase, severity or source of which it is."""

    measure: Measure
    figure: Figure
    of: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What some incidents come to. ``counts`` are how many entries of each sort there were.

    ``unsaid`` live ones were never told of; of ``by_publication`` nobody looked whether readers
    could see the first word; of ``revised`` the recorded beginning was changed afterwards.
    """

    at: datetime
    counts: Mapping[Sort, int]
    unsaid: int
    by_publication: int
    revised: int
    lines: tuple[Line, ...]

    def public(self) -> "Score":
        """Without what is for our own people alone."""
        return replace(self, lines=tuple(one for one in self.lines if one.measure not in OURS))

    def figure(self, measure: Measure, of: str = "") -> Figure:
        """One figure. Raises KeyError where there is none of that channel or the like."""
        for line in self.lines:
            if (line.measure, line.of) == (measure, of):
                return line.figure
        raise KeyError((measure, of))


def score(history: History) -> Score:
    """Score a history."""
    with collecting.paused():
        cards = [measures.card(one, at=history.at) for one in history.incidents]
        return total(cards, at=history.at)


def total(cards: Sequence[Card], *, at: datetime) -> Score:
    """Score what was measured already."""
    by_sort: dict[Sort, list[Card]] = {sort: [] for sort in Sort}
    for card in cards:
        by_sort[card.incident.sort].append(card)
    live = by_sort[Sort.LIVE]
    said = [*live, *by_sort[Sort.RETROSPECTIVE], *by_sort[Sort.IMPORTED]]
    return Score(
        at=at,
        counts={sort: len(found) for sort, found in by_sort.items()},
        unsaid=sum(not card.incident.words for card in live),
        by_publication=sum(card.by_publication for card in live),
        revised=sum(card.incident.start_revisions > 0 for card in live),
        lines=(
            *_speed(live),
            *_said(said),
            *_afterwards(live, said, at=at),
            *_planned(by_sort[Sort.PLANNED]),
        ),
    )


def _speed(live: Sequence[Card]) -> Iterator[Line]:
    yield Line(Measure.FIRST_NOTICE, figures.spread(card.first_notice for card in live))
    yield Line(Measure.DETECT_TO_NOTICE, figures.spread(card.detect_to_notice for card in live))
    yield Line(Measure.IN_TIME, figures.share(card.in_time for card in live))
    for stage in Stage:
        yield Line(Measure(stage), figures.spread(card.stages[stage] for card in live))
    yield Line(Measure.APPROVAL, figures.spread(card.approval for card in live))
    yield Line(Measure.APPROVAL_SHARE, figures.tally(card.approval_share for card in live))
    yield from _told(live)
    yield Line(Measure.SKEW, figures.spread(card.skew for card in live))
    yield Line(Measure.SCOPE, figures.spread(card.scope for card in live))
    yield Line(Measure.LEAD, figures.spread(card.lead for card in live))
    yield Line(Measure.TOLD_FIRST, figures.share(card.told_first for card in live))
    yield Line(Measure.ALERTED, figures.share(card.alerted for card in live))
    for source in Source:
        claims = [_is_from(card, source) for card in live]
        yield Line(Measure.DETECTED_BY, figures.share(claims), source.value)


def _is_from(card: Card, source: Source) -> Claim:
    return card.source if isinstance(card.source, NotMeasured) else card.source == source


def _told(live: Sequence[Card]) -> Iterator[Line]:
    """By channel; of what was told on none, once."""
    nobody = [
        NotMeasured(Why.NOBODY_TOLD) for card in live if card.incident.words and not card.told
    ]
    channels = sorted({channel for card in live for channel in card.told})
    if nobody or not channels:
        yield Line(Measure.TOLD, figures.spread(nobody))
    for channel in channels:
        spans = [card.told[channel] for card in live if channel in card.told]
        yield Line(Measure.TOLD, figures.spread(spans), channel)


def _said(said: Sequence[Card]) -> Iterator[Line]:
    yield from _owed(said)
    yield Line(Measure.SILENCE, figures.spread(card.silence for card in said))
    yield Line(Measure.SILENCE_HOUR, figures.share(_within_an_hour(card) for card in said))
    yield from _gaps(said)
    paced = figures.counted((card.paced for card in said), Why.ONE_WORD)
    yield Line(Measure.PACED, paced)
    yield Line(Measure.BEYOND, figures.spread(card.beyond for card in said))
    empty = figures.counted((card.empty for card in said), Why.NO_FOLLOW_UP)
    yield Line(Measure.EMPTY, empty)
    yield from worded([card.incident for card in said])
    corrected = figures.counted((card.corrected for card in said), Why.NOTHING_SAID)
    yield Line(Measure.CORRECTED, corrected)
    went_back = figures.counted((card.went_back for card in said), Why.NO_FOLLOW_UP)
    yield Line(Measure.WENT_BACK, went_back)
    yield Line(Measure.WIDENED, figures.tally(card.widened for card in said))
    yield from _forecasts(said)
    for language in sorted({language for card in said for language in card.lags}):
        spans = [span for card in said for span in card.lags.get(language, ())]
        yield Line(Measure.LANGUAGE_LAG, figures.spread(spans), language)


def _gaps(said: Sequence[Card]) -> Iterator[Line]:
    """Every silence, in all and by severity; 95 in 100 of few are the longest, and n tells it."""
    by_severity: dict[str, list[Span]] = {}
    for card in said:
        found = by_severity.setdefault(card.incident.severity.value, [])
        # Without a silence its reason stands where the longest would.
        found += [gap.length for gap in card.gaps] or [card.silence]
    every = [span for spans in by_severity.values() for span in spans]
    yield Line(Measure.GAPS, figures.spread(every))
    for severity in sorted(by_severity):
        yield Line(Measure.GAPS, figures.spread(by_severity[severity]), severity)


def _forecasts(said: Sequence[Card]) -> Iterator[Line]:
    yield Line(Measure.FORECAST_KEPT, figures.share(card.forecast_kept for card in said))
    none = [NotMeasured(Why.NO_FORECAST) for card in said if not card.forecasts]
    widths = [width for card in said for width in card.forecasts]
    yield Line(Measure.FORECAST_WIDTH, figures.spread([*widths, *none]))
    yield Line(Measure.FORECAST_CHANGES, figures.tally(card.forecast_changes for card in said))


def worded(said: Sequence[Incident]) -> Iterator[Line]:
    """What the coach made of the words (metrics 6.4), each by phase or by language."""
    found = substance.gathered(said)
    for measure, told in WORDED.items():
        yield from (Line(measure, figure, of) for of, figure in told(found))


def _owed(said: Sequence[Card]) -> Iterator[Line]:
    debts = [debt for card in said for debt in card.debts]
    settled = [debt for debt in debts if debt.fate != Fate.OWED]
    missed = [debt for debt in settled if debt.fate == Fate.MISSED]
    left_out = _counts(
        (Why.NOT_DUE_YET, len(debts) - len(settled)),
        (Why.NOTHING_STATED, sum(not card.debts for card in said)),
    )
    kept = sum(debt.fate == Fate.KEPT for debt in settled)
    yield Line(Measure.OWED_KEPT, Share(kept, len(settled), left_out))
    strictly = sum(debt.is_strictly_kept for debt in settled)
    yield Line(Measure.OWED_STRICTLY, Share(strictly, len(settled), left_out))
    stating = figures.counted((card.stating for card in said), Why.ONE_WORD)
    yield Line(Measure.OWED_STATED, stating)
    late = [debt.lateness or NotMeasured(Why.STILL_OPEN) for debt in missed]
    none = [NotMeasured(Why.NONE_LATE)] if settled and not missed else []
    yield Line(Measure.OWED_LATE, figures.spread([*late, *none]))


def _counts(*told: tuple[Why, int]) -> Mapping[Why, int]:
    return {why: count for why, count in told if count}


def _within_an_hour(card: Card) -> bool | NotMeasured:
    return card.silence if isinstance(card.silence, NotMeasured) else card.silence <= HOUR


def _afterwards(live: Sequence[Card], said: Sequence[Card], *, at: datetime) -> Iterator[Line]:
    yield Line(Measure.RESOLUTION_LAG, figures.spread(card.resolution_lag for card in live))
    yield Line(Measure.COMPLETE, figures.share(card.complete for card in said))
    yield from _authorities(live)
    yield Line(Measure.ACCOUNT_SHOWN, figures.share(card.account_shown for card in said))
    yield Line(Measure.ACCOUNT_ON_TIME, figures.share(card.account_on_time for card in said))
    yield Line(Measure.ACCOUNT_TOOK, figures.spread(card.account_took for card in said))
    incidents = [card.incident for card in said]
    for measure, within in zip(
        (Measure.ACTIONS_30, Measure.ACTIONS_90), COMPLETED_WITHIN, strict=True
    ):
        yield Line(measure, _actions(incidents, within, at=at))
    yield Line(Measure.ACTIONS_LATE, _late(incidents, at=at))
    ages = [age for one in incidents for age in _ages(one, at=at)]
    yield Line(Measure.ACTION_AGE, figures.spread(ages))
    reported = [claim for card in said for claim in card.reported]
    none = [NotMeasured(_why_no_report(one)) for one in incidents if not one.reportings]
    yield Line(Measure.REPORTED_BACK, figures.share([*reported, *none]))
    yield from _reach(live)
    left = figures.counted((card.left for card in live), Why.NOBODY_TOLD)
    yield Line(Measure.LEFT, left)


def _authorities(live: Sequence[Card]) -> Iterator[Line]:
    """By clock and stage; of what nobody owes, or nobody answered the question, once."""
    none = [NotMeasured(why_no_filing(card.incident)) for card in live if not card.filed]
    names = sorted({name for card in live for name in card.filed})
    for measure in (Measure.AUTHORITY_TOOK, Measure.CLOCK_MARGIN):
        if none or not names:
            yield Line(measure, figures.spread(none))
        for name in names:
            filed = [card.filed[name] for card in live if name in card.filed]
            is_margin = measure == Measure.CLOCK_MARGIN
            spans = [one.margin if is_margin else one.took for one in filed]
            yield Line(measure, figures.spread(spans), name)


def why_no_filing(one: Incident) -> Why:
    """Why no report to an authority is measured of an incident."""
    return Why.NOT_ANSWERED if one.filings is None else Why.NOT_OWED


def _why_no_report(one: Incident) -> Why:
    """Promises that readers were not told of yet are none to them."""
    return Why.NOTHING_SAID if one.actions else _why_no_actions(one)


def _reach(live: Sequence[Card]) -> Iterator[Line]:
    channels = sorted({channel for card in live for channel in card.reach})
    nobody = [(0, 0) for card in live if card.incident.words and not card.reach]
    if nobody or not channels:
        yield Line(Measure.REACH, figures.counted(nobody, Why.NOBODY_TOLD))
    for channel in channels:
        counts = [card.reach[channel] for card in live if channel in card.reach]
        yield Line(Measure.REACH, figures.counted(counts, Why.NOBODY_TOLD), channel)


def _actions(incidents: Sequence[Incident], within: timedelta, *, at: datetime) -> Share:
    """Public actions that were done within so long; those promised later are not due yet.

    What was dropped leaves the count: the register tells it with its reason.
    """
    left_out = Counter(_why_no_actions(one) for one in incidents if not one.actions)
    judged: list[bool] = []
    for action in (action for one in incidents for action in one.actions or ()):
        if action.dropped_at is not None:
            continue
        is_done = _is_done(action, within)
        if is_done or at - action.promised_at > within:
            judged.append(is_done)
        else:
            left_out[Why.NOT_DUE_YET] += 1
    return Share(sum(judged), len(judged), dict(sorted(left_out.items())))


def _late(incidents: Sequence[Incident], *, at: datetime) -> Share:
    """Public actions that are open past their day, of all that are open."""
    left_out = Counter(_why_no_actions(one) for one in incidents if not one.actions)
    still = [action.due_at for one in incidents for action in one.actions or () if action.is_open]
    left_out[Why.NO_DUE_DATE] += sum(due_at is None for due_at in still)
    known = [due_at for due_at in still if due_at is not None]
    told = {why: count for why, count in sorted(left_out.items()) if count}
    return Share(sum(due_at < at for due_at in known), len(known), told)


def _ages(one: Incident, *, at: datetime) -> Iterator[Span]:
    """How long ago each public action was promised that is open."""
    if not one.actions:
        yield NotMeasured(_why_no_actions(one))
        return
    still = [action for action in one.actions if action.is_open]
    yield from (at - action.promised_at for action in still)
    if not still:
        yield NotMeasured(Why.ALL_SETTLED)


def _why_no_actions(one: Incident) -> Why:
    return Why.NO_REGISTER if one.actions is None else Why.NO_ACTIONS


def _is_done(action: Action, within: timedelta) -> bool:
    return action.done_at is not None and action.done_at - action.promised_at <= within


def _planned(planned: Sequence[Card]) -> Iterator[Line]:
    """Planned work is judged by what it promised alone, and by whether it outlasted its window."""
    debts = [debt for card in planned for debt in card.debts if debt.fate != Fate.OWED]
    kept = sum(debt.fate == Fate.KEPT for debt in debts)
    yield Line(Measure.PLANNED_KEPT, Share(kept, len(debts)))
    over = [card.incident for card in planned if not card.incident.is_open]
    yield Line(Measure.PLANNED_OVERRAN, figures.share(one.overran for one in over))
