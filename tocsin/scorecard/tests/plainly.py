"""Histories by chance, and the second computation: minutes as numbers, lists and loops.

It shares no line with the first.
"""

import math
from collections.abc import Callable

from hypothesis import strategies as st

from tocsin.disclosure.severity import Severity
from tocsin.scorecard import totals
from tocsin.scorecard.figures import Share, Spread, Tally
from tocsin.scorecard.history import (
    Account,
    Action,
    Closing,
    Filing,
    History,
    Incident,
    Reporting,
    Sighting,
    Sort,
    Told,
    Wait,
    Word,
)
from tocsin.scorecard.tests.nights import LATER, MINUTE, moment
from tocsin.scorecard.totals import Measure

NOON = moment("2026-08-03T12:00")
offsets = st.integers(0, 300).map(lambda minutes: minutes * MINUTE)
few = st.integers(0, 3)
moments = offsets.map(lambda after: NOON + after)
maybe = st.none() | moments

ends = st.sampled_from((NOON + MINUTE, NOON + 99 * MINUTE, LATER + MINUTE))
waits = st.tuples(offsets, offsets).map(lambda told: Wait(NOON + min(told), NOON + max(told)))
filings = st.sets(st.sampled_from(["gdpr notice", "nis2 early"])).flatmap(
    lambda names: st.tuples(
        *(st.builds(Filing, st.just(name), maybe, maybe, maybe) for name in names)
    )
)


@st.composite
def threads(draw: st.DrawFn) -> tuple[Word, ...]:
    times = sorted(draw(st.lists(st.integers(0, 300), max_size=7, unique=True)))
    made = []
    for minutes in times:
        at = NOON + minutes * MINUTE
        promised = draw(st.none() | st.integers(5, 200))
        made.append(
            Word(
                at=at,
                is_final=draw(st.booleans()),
                is_authored=draw(st.sampled_from([True, True, True, False])),
                is_scoped=draw(st.booleans()),
                is_empty=draw(st.booleans()),
                next_word_at=at + promised * MINUTE if promised else None,
                within=draw(st.none() | st.just(20 * MINUTE)),
                lags=draw(st.just({}) | offsets.map(lambda lag: {"fr": lag})),
                forecast=draw(st.none() | st.tuples(moments, moments)),
                went_back=draw(st.booleans()),
                is_wider=draw(st.booleans()),
            )
        )
    return tuple(made)


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    sighting = draw(st.sampled_from(Sighting))
    words = draw(threads())
    is_seen = sighting == Sighting.SEEN and words
    return Incident(
        id=draw(st.uuids()).hex[:12],
        severity=draw(st.sampled_from(Severity)),
        declared_at=NOON + draw(offsets),
        sort=draw(st.sampled_from([Sort.LIVE, Sort.LIVE, *Sort])),
        words=words,
        limit=draw(st.none() | st.just(10 * MINUTE)),
        started_at=draw(maybe),
        start_revisions=draw(st.integers(0, 2)),
        detected_at=draw(maybe),
        customer_first_at=draw(maybe),
        ended_at=draw(maybe),
        drafted_at=draw(maybe),
        cleared_at=draw(maybe),
        sighting=sighting,
        seen_at=words[0].at + draw(offsets) if is_seen else None,
        told=tuple(
            Told(channel, draw(few), draw(few), draw(few), draw(maybe), draw(few))
            for channel in draw(st.sets(st.sampled_from(["email", "slack"])))
        ),
        closing=draw(st.none() | st.builds(Closing, *[st.booleans()] * 4)),
        owes_account=draw(st.booleans()),
        account=draw(st.none() | st.builds(Account, maybe, maybe, maybe)),
        actions=draw(
            st.none()
            | st.just((Action(NOON, NOON + 3 * MINUTE), Action(NOON)))
            | st.lists(st.builds(Action, st.just(NOON), maybe, maybe, maybe), max_size=3).map(tuple)
        ),
        overran=draw(st.booleans()),
        alerted_at=draw(maybe),
        waits=draw(st.lists(waits, max_size=3).map(tuple)),
        filings=draw(st.none() | filings),
        reportings=draw(
            st.lists(st.builds(Reporting, ends, maybe, st.booleans()), max_size=2).map(tuple)
        ),
    )


histories = st.lists(incidents(), max_size=14).map(lambda some: History(LATER, tuple(some)))


def minutes_of(told: Spread) -> tuple[int, list[float]]:
    spans = told.values if told.median is None else (told.median, told.p95, told.longest)
    return told.n, [round(span / MINUTE, 6) for span in spans if span is not None]


def numbers_of(told: Tally) -> tuple[int, list[float]]:
    found = told.values if told.median is None else (told.median, told.p95, told.most)
    return told.n, [round(one, 6) for one in found if one is not None]


def summed_up(numbers: list[float]) -> tuple[int, list[float]]:
    ranked = sorted(numbers)
    if len(ranked) < 5:
        return len(ranked), [round(number, 6) for number in ranked]

    def at(share: float) -> float:
        rank = share * (len(ranked) - 1)
        low, high = ranked[math.floor(rank)], ranked[math.ceil(rank)]
        return low * (1 - (rank - math.floor(rank))) + high * (rank - math.floor(rank))

    return len(ranked), [round(number, 6) for number in (at(0.5), at(0.95), ranked[-1])]


def live(history: History) -> list[Incident]:
    return [one for one in history.incidents if one.sort.value == "live"]


def spoken(history: History) -> list[Incident]:
    apart = ("drill", "planned")
    return [one for one in history.incidents if one.sort.value not in apart]


def apart(end: object, start: object) -> float:
    return float((end - start).total_seconds() / 60)  # type: ignore[operator]


def shown(one: Incident) -> object:
    if not one.words:
        return None
    return one.words[0].at if one.sighting.value == "unmeasured" else one.seen_at


def knew(one: Incident) -> object:
    told = [one.declared_at]
    if one.detected_at is not None:
        told.append(one.detected_at)
    return min(told)


def between(
    history: History,
    start: Callable[[Incident], object],
    end: Callable[[Incident], object],
    *,
    may_be_negative: bool = False,
) -> list[float]:
    found = []
    for one in live(history):
        a, b = start(one), end(one)
        if a is None or b is None:
            continue
        if apart(b, a) >= 0 or may_be_negative:
            found.append(apart(b, a))
    return found


def said(one: Incident) -> object:
    return one.words[0].at if one.words else None


def spread_of(history: History, measure: Measure, of: str = "") -> Spread:
    told = totals.score(history).figure(measure, of)
    assert isinstance(told, Spread)
    return told


def tally_of(history: History, measure: Measure) -> Tally:
    told = totals.score(history).figure(measure)
    assert isinstance(told, Tally)
    return told


def share_of(history: History, measure: Measure, of: str = "") -> Share:
    told = totals.score(history).figure(measure, of)
    assert isinstance(told, Share)
    return told
