"""Many incidents: two ways to count, one of them plain, come to the same."""

import math
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure.severity import Severity
from tocsin.scorecard import totals
from tocsin.scorecard.figures import Why
from tocsin.scorecard.history import (
    Action,
    History,
    Incident,
    Sort,
    Word,
    quarter_of,
)
from tocsin.scorecard.tests.nights import LATER, MINUTE
from tocsin.scorecard.tests.plainly import (
    NOON,
    apart,
    between,
    histories,
    knew,
    live,
    minutes_of,
    numbers_of,
    said,
    share_of,
    shown,
    spoken,
    spread_of,
    summed_up,
    tally_of,
)
from tocsin.scorecard.totals import Measure


@given(histories)
def test_the_road_to_the_first_notice(history: History) -> None:
    plainly = {
        Measure.FIRST_NOTICE: between(history, lambda one: one.started_at, shown),
        Measure.DETECT_TO_NOTICE: between(history, knew, shown),
        Measure.NOTICED: between(history, lambda one: one.started_at, knew),
        Measure.DRAFTED: between(history, knew, lambda one: one.drafted_at if one.words else None),
        Measure.CLEARED: between(
            history, lambda one: one.drafted_at if one.words else None, lambda one: one.cleared_at
        ),
        Measure.PUBLISHED: between(history, lambda one: one.cleared_at, said),
        Measure.SEEN: between(
            history, said, lambda one: one.seen_at if one.sighting.value == "seen" else None
        ),
        Measure.LEAD: between(
            history, shown, lambda one: one.customer_first_at, may_be_negative=True
        ),
    }

    for measure, numbers in plainly.items():
        assert minutes_of(spread_of(history, measure)) == summed_up(numbers), measure


@given(histories)
def test_what_was_owed_and_kept(history: History) -> None:
    kept = settled = strictly = 0
    late = []
    for one in spoken(history):
        authored = [word for word in one.words if word.is_authored]
        for number, word in enumerate(authored):
            if word.next_word_at is None:
                continue
            wanted = apart(word.next_word_at, word.at)
            grace = 5 if wanted <= 120 else 10
            if number + 1 < len(authored):
                took = apart(authored[number + 1].at, word.at)
            else:
                took = math.inf  # LATER is months past every due time
            settled += 1
            kept += took <= wanted + grace
            strictly += took <= wanted
            if wanted + grace < took < math.inf:
                late.append(took - wanted)

    owed, strict = share_of(history, Measure.OWED_KEPT), share_of(history, Measure.OWED_STRICTLY)
    assert (owed.hits, owed.n) == (kept, settled)
    assert (strict.hits, strict.n) == (strictly, settled)
    assert minutes_of(spread_of(history, Measure.OWED_LATE)) == summed_up(late)


@given(histories)
def test_silences_and_empty_updates(history: History) -> None:
    longest, empty, follow_ups = [], 0, 0
    for one in spoken(history):
        clock = [(word.at, word.is_final) for word in one.words]
        if clock and not clock[-1][1]:
            clock.append((history.at, True))
        quiet = [apart(b[0], a[0]) for a, b in pairwise(clock) if not a[1]]
        if quiet:
            longest.append(max(quiet))
        for number, word in enumerate(one.words):
            if number and word.is_authored and not word.is_final:
                follow_ups += 1
                empty += word.is_empty

    told, hour = share_of(history, Measure.EMPTY), share_of(history, Measure.SILENCE_HOUR)
    assert minutes_of(spread_of(history, Measure.SILENCE)) == summed_up(longest)
    assert (hour.hits, hour.n) == (sum(one <= 60 for one in longest), len(longest))
    assert (told.hits, told.n) == (empty, follow_ups)


@given(histories)
def test_the_pace_that_the_policy_wanted(history: History) -> None:
    held, silences, beyond = 0, 0, []
    for one in spoken(history):
        said = [(word.at, word.is_final, word.within) for word in one.words]
        if said and not said[-1][1]:
            said.append((history.at, True, None))
        excess = []
        for before, after in pairwise(said):
            if before[1] or before[2] is None:
                continue
            took, wanted = apart(after[0], before[0]), before[2].total_seconds() / 60
            silences += 1
            held += took <= wanted
            excess.append(max(0, took - wanted))
        if excess:
            beyond.append(sum(excess))

    paced = share_of(history, Measure.PACED)
    assert (paced.hits, paced.n) == (held, silences)
    assert minutes_of(spread_of(history, Measure.BEYOND)) == summed_up(beyond)


@given(histories)
def test_what_was_put_right_taken_back_and_foretold(history: History) -> None:
    right = words = back = further = held = foretold = 0
    for one in spoken(history):
        latest = None
        for number, word in enumerate(one.words):
            latest = word.forecast[1] if word.forecast else latest
            if not word.is_authored:
                right += 1
                continue
            words += 1
            if number:
                further += 1
                back += word.went_back
        if latest and one.ended_at:
            foretold += 1
            held += one.ended_at <= latest

    for measure, hits, n in (
        (Measure.CORRECTED, right, words),
        (Measure.WENT_BACK, back, further),
        (Measure.FORECAST_KEPT, held, foretold),
    ):
        told = share_of(history, measure)
        assert (told.hits, told.n) == (hits, n), measure


@given(histories)
def test_every_silence_in_all_and_by_severity(history: History) -> None:
    quiet: dict[str, list[float]] = {"": []}
    for one in spoken(history):
        mine = quiet.setdefault(one.severity.value, [])
        for number, word in enumerate(one.words):
            if word.is_final:
                continue
            is_last = number + 1 == len(one.words)
            after = history.at if is_last else one.words[number + 1].at
            mine.append(apart(after, word.at))
        quiet[""] += [apart(b.at, a.at) for a, b in pairwise(one.words) if not a.is_final]
        if one.words and not one.words[-1].is_final:
            quiet[""].append(apart(history.at, one.words[-1].at))

    for severity, lengths in quiet.items():
        told = spread_of(history, Measure.GAPS, severity)
        assert minutes_of(told) == summed_up(lengths), severity


@given(histories)
def test_how_wide_forecasts_were_how_often_they_changed_and_scopes_grew(history: History) -> None:
    widths, changes, wider = [], [], []
    for one in spoken(history):
        told = [word.forecast for word in one.words if word.is_authored and word.forecast]
        different = told[:1] + [after for before, after in pairwise(told) if before != after]
        widths += [apart(late, early) for early, late in different if late >= early]
        if different:
            changes.append(len(different) - 1.0)
        if len(one.words) > 1:
            wider.append(float(len([word for word in one.words if word.is_wider])))

    assert minutes_of(spread_of(history, Measure.FORECAST_WIDTH)) == summed_up(widths)
    assert numbers_of(tally_of(history, Measure.FORECAST_CHANGES)) == summed_up(changes)
    assert numbers_of(tally_of(history, Measure.WIDENED)) == summed_up(wider)


@given(histories)
def test_who_noticed_first(history: History) -> None:
    first = dict.fromkeys(("monitoring", "customer", "staff"), 0)
    unknown = 0
    for one in live(history):
        machine = one.alerted_at if one.alerted_at and one.alerted_at <= one.declared_at else None
        customer = one.customer_first_at
        if machine:
            first["customer" if customer and customer < machine else "monitoring"] += 1
        elif customer:
            first["customer" if apart(customer, knew(one)) <= 0 else "staff"] += 1
        else:
            unknown += 1

    for source, count in first.items():
        told = share_of(history, Measure.DETECTED_BY, source)
        assert (told.hits, told.n) == (count, sum(first.values())), source
        assert told.left_out == ({Why.NO_CUSTOMER: unknown} if unknown else {})


@given(histories)
def test_how_old_open_actions_are(history: History) -> None:
    ages = [
        apart(history.at, action.promised_at)
        for one in spoken(history)
        for action in one.actions or ()
        if not action.done_at and not action.dropped_at
    ]

    assert minutes_of(spread_of(history, Measure.ACTION_AGE)) == summed_up(ages)


@given(histories)
def test_how_long_consent_was_waited_for(history: History) -> None:
    sums, shares = [], []
    for one in live(history):
        spans = [(wait.asked_at, wait.ended_at or LATER) for wait in one.waits]
        if spans:
            sums.append(sum(apart(end, start) for start, end in spans))
        start, end = one.started_at, shown(one)
        if not spans or start is None or end is None or apart(end, start) <= 0:
            continue
        # Minute by minute: in how many of them did anybody wait?
        minutes = [start + turn * MINUTE for turn in range(int(apart(end, start)))]
        waited = [any(a <= minute < b for a, b in spans) for minute in minutes]
        shares.append(sum(waited) / len(minutes))

    assert minutes_of(spread_of(history, Measure.APPROVAL)) == summed_up(sums)
    assert numbers_of(tally_of(history, Measure.APPROVAL_SHARE)) == summed_up(shares)


@given(histories)
def test_how_soon_authorities_were_told_and_how_long_before_their_time(history: History) -> None:
    took: dict[str, list[float]] = {}
    margins: dict[str, list[float]] = {}
    late = 0
    for one in live(history):
        for name, begins_at, due_at, submitted_at in one.filings or ():
            took.setdefault(name, [])
            margins.setdefault(name, [])
            if submitted_at and begins_at and apart(submitted_at, begins_at) >= 0:
                took[name].append(apart(submitted_at, begins_at))
            if submitted_at and due_at:
                margins[name].append(apart(due_at, submitted_at))
            late += bool(begins_at and due_at and not submitted_at)  # LATER is past all of them

    scored = totals.score(history)
    for name in took:
        assert minutes_of(spread_of(history, Measure.AUTHORITY_TOOK, name)) == summed_up(took[name])
        assert minutes_of(spread_of(history, Measure.CLOCK_MARGIN, name)) == summed_up(
            margins[name]
        )
    lines = [line for line in scored.lines if line.measure == Measure.CLOCK_MARGIN]
    assert {line.of for line in lines if line.of} == set(took)
    assert sum(line.figure.left_out.get(Why.NOT_SUBMITTED, 0) for line in lines) == late
    unasked = sum(line.figure.left_out.get(Why.NOT_ANSWERED, 0) for line in lines)
    assert unasked == sum(one.filings is None for one in live(history))


@given(histories)
def test_reports_on_promises_and_readers_who_left(history: History) -> None:
    in_time = told = left = readers = 0
    for one in spoken(history):
        for day in one.reportings:
            was_open = any(
                action.promised_at < day.ends_at
                and (action.done_at or action.dropped_at or LATER) >= day.ends_at
                for action in one.actions or ()
            )
            is_past = one.words and one.words[-1].is_final and day.ends_at < history.at
            missed = is_past and (was_open or day.is_announced)
            if day.at or missed:
                told += 1
                in_time += bool(day.at and day.at <= day.ends_at)
    for one in live(history):
        if any(way.last_at for way in one.told) and not any(way.pending for way in one.told):
            left += sum(way.left for way in one.told)
            readers += sum(way.delivered for way in one.told)

    reported, gone = share_of(history, Measure.REPORTED_BACK), share_of(history, Measure.LEFT)
    assert (reported.hits, reported.n) == (in_time, told)
    assert (gone.hits, gone.n) == (left, readers)


@given(histories)
def test_accounts_actions_channels_and_machines(history: History) -> None:
    took, skews, first, late, still = [], [], 0, 0, 0
    for one in spoken(history):
        closed = one.words and one.words[-1].is_final
        account = one.account
        if one.owes_account and closed and account and account.at and account.over_at:
            took.append(max(0, apart(account.at, account.over_at)))
        for action in one.actions or ():
            if not action.done_at and not action.dropped_at and action.due_at:
                still += 1
                late += action.due_at < history.at
    for one in live(history):
        first += bool(one.alerted_at and one.alerted_at <= one.declared_at)
        ends = [told.last_at for told in one.told if told.last_at]
        if len(ends) > 1 and not sum(told.pending for told in one.told):
            skews.append(apart(max(ends), min(ends)))

    machines, overdue = share_of(history, Measure.ALERTED), share_of(history, Measure.ACTIONS_LATE)
    assert minutes_of(spread_of(history, Measure.ACCOUNT_TOOK)) == summed_up(took)
    assert minutes_of(spread_of(history, Measure.SKEW)) == summed_up(skews)
    assert (machines.hits, machines.n) == (first, len(live(history)))
    assert (overdue.hits, overdue.n) == (late, still)


@given(histories)
def test_whatever_is_not_measured_is_counted_with_its_reason(history: History) -> None:
    scored = totals.score(history)

    for measure in (Measure.FIRST_NOTICE, Measure.LEAD, Measure.IN_TIME, Measure.RESOLUTION_LAG):
        figure = scored.figure(measure)
        assert figure.n + sum(figure.left_out.values()) == len(live(history)), measure
    assert sum(scored.counts.values()) == len(history.incidents)
    assert scored.unsaid == sum(not one.words for one in live(history))


@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_incidents_does_not_matter(history: History, random: object) -> None:
    shuffled = list(history.incidents)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert totals.score(history.of(shuffled)) == totals.score(history)


@given(histories)
def test_the_quarters_hold_every_incident_once(history: History) -> None:
    quarters = history.by_quarter()

    held = sorted(one.id for some in quarters.values() for one in some.incidents)
    assert held == sorted(one.id for one in history.incidents)
    for quarter, some in quarters.items():
        assert {quarter_of(one.placed_at, "Etc/UTC") for one in some.incidents} == {quarter}


@given(histories)
def test_drills_and_what_came_from_elsewhere_say_nothing_of_speed(history: History) -> None:
    slow = [
        one._replace(sort=sort)
        for one, sort in zip(
            history.incidents, [Sort.DRILL, Sort.RETROSPECTIVE, Sort.IMPORTED] * 5, strict=False
        )
    ]
    scored = totals.score(history.of(slow))

    for measure in (Measure.FIRST_NOTICE, Measure.SEEN, Measure.LEAD, Measure.RESOLUTION_LAG):
        assert scored.figure(measure).n == 0
    assert scored.counts[Sort.LIVE] == 0


def test_nothing_is_no_hundred_percent() -> None:
    scored = totals.score(History(LATER, ()))

    assert {line.figure.n for line in scored.lines} == {0}
    assert share_of(History(LATER, ()), Measure.OWED_KEPT).share is None


def test_below_five_the_values_stand_for_themselves_and_at_five_they_do_not() -> None:
    def some(count: int) -> History:
        return History(
            LATER,
            tuple(
                Incident(
                    id=str(turn),
                    severity=Severity.SEV1,
                    declared_at=NOON,
                    started_at=NOON - turn * MINUTE,
                    words=(Word(NOON, is_final=True),),
                )
                for turn in range(count)
            ),
        )

    few, many = spread_of(some(4), Measure.NOTICED), spread_of(some(5), Measure.NOTICED)
    assert few.values == (0 * MINUTE, MINUTE, 2 * MINUTE, 3 * MINUTE)
    assert (few.median, few.p95) == (None, None)
    assert (many.values, many.median, many.p95) == ((), 2 * MINUTE, 3.8 * MINUTE)


def test_actions_are_due_by_their_days_and_dropped_ones_leave_the_count() -> None:
    day = timedelta(days=1)
    actions = (
        Action(LATER - 50 * day, done_at=LATER - 30 * day),
        Action(LATER - 50 * day, done_at=LATER - 5 * day),
        Action(LATER - 50 * day),
        Action(LATER - 50 * day, dropped_at=LATER - 40 * day),
        Action(LATER - 3 * day),
    )
    one = Incident(id="one", severity=Severity.SEV1, declared_at=NOON, actions=actions)
    history = History(LATER, (one,))

    within_30 = share_of(history, Measure.ACTIONS_30)
    assert (within_30.hits, within_30.n) == (1, 3)
    assert within_30.left_out == {Why.NOT_DUE_YET: 1}
    within_90 = share_of(history, Measure.ACTIONS_90)
    assert (within_90.hits, within_90.n) == (2, 2)
    assert within_90.left_out == {Why.NOT_DUE_YET: 2}
