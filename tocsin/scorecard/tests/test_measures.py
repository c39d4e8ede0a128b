"""One incident: what real nights come to, and every case in which there is no figure."""

from datetime import timedelta

import pytest

from tocsin.disclosure.keeping import Fate, percentile
from tocsin.disclosure.severity import Severity
from tocsin.scorecard import measures
from tocsin.scorecard.figures import NotMeasured, Span, Why
from tocsin.scorecard.history import (
    Account,
    Action,
    Closing,
    Filing,
    Incident,
    Reporting,
    Sighting,
    Sort,
    Told,
    Wait,
    Word,
)
from tocsin.scorecard.lights import Lamp, Light, lights
from tocsin.scorecard.measures import Card, Source, Stage
from tocsin.scorecard.tests import nights
from tocsin.scorecard.tests.nights import LATER, MINUTE, moment

NOON = moment("2026-11-23T12:00")
BEFORE = NOON - timedelta(days=9)


def card(incident: Incident) -> Card:
    return measures.card(incident, at=LATER)


def minutes(span: Span | None) -> float:
    assert isinstance(span, timedelta)
    return round(span / MINUTE, 1)


def a_live_one(**told: object) -> Incident:
    """Began at noon, known at 12:02, written 12:04, cleared 12:05, said 12:06, over at 12:30."""
    first = Word(NOON + 6 * MINUTE, next_word_at=NOON + 26 * MINUTE, within=20 * MINUTE)
    plain = Incident(
        id="one",
        severity=Severity.SEV1,
        declared_at=NOON + 2 * MINUTE,
        words=(first, Word(NOON + 30 * MINUTE, is_final=True)),
        limit=10 * MINUTE,
        started_at=NOON,
        detected_at=NOON + 2 * MINUTE,
        drafted_at=NOON + 4 * MINUTE,
        cleared_at=NOON + 5 * MINUTE,
        sighting=Sighting.SEEN,
        seen_at=NOON + 7 * MINUTE,
        ended_at=NOON + 28 * MINUTE,
        owes_account=True,
    )
    return plain._replace(**told)  # type: ignore[arg-type]


# Real nights


def test_an_edge_network_eleven_minutes_from_the_start_ten_from_detection() -> None:
    told = card(nights.an_edge_network())

    assert minutes(told.first_notice) == 11
    assert minutes(told.detect_to_notice) == 10
    assert minutes(told.resolution_lag) == 9
    assert told.in_time is True
    assert told.account_on_time is True


def test_a_code_host_kept_both_its_words() -> None:
    told = card(nights.a_code_host())
    gaps = [gap.length for gap in told.gaps]

    assert minutes(told.first_notice) == 45.1
    assert [debt.is_strictly_kept for debt in told.debts] == [True, True]
    assert (minutes(percentile(gaps, 50)), minutes(percentile(gaps, 95))) == (12.5, 15.3)


def test_a_storage_domain_of_which_customers_knew_first() -> None:
    told = card(nights.a_storage_domain())

    assert minutes(told.first_notice) == 103.5
    assert minutes(told.lead) == -84.5
    assert told.told_first is False
    assert minutes(told.silence) == 70.5
    assert minutes(percentile([gap.length for gap in told.gaps], 50)) == 29.1
    assert told.debts == ()


def test_a_password_safe_broke_a_promise_and_slept() -> None:
    told = card(nights.a_password_safe())

    assert [debt.fate for debt in told.debts] == [Fate.MISSED, Fate.KEPT]
    assert minutes(told.debts[0].lateness) == 43.7
    assert minutes(told.silence) == 1192.7


def test_the_same_team_three_years_later() -> None:
    told = card(nights.the_same_team_later())
    gaps = [gap.length for gap in told.gaps]

    assert (minutes(told.first_notice), minutes(told.detect_to_notice)) == (31.6, 22.6)
    assert minutes(percentile(gaps, 95)) == 27.8
    assert abs(minutes(percentile(gaps, 50)) - 15.6) < 1, "most times are known to the minute"
    assert minutes(told.silence) == 31.5


def test_a_carrier_kept_all_with_grace_and_all_but_one_to_the_minute() -> None:
    told = card(nights.a_carrier())

    assert [debt.fate for debt in told.debts] == [Fate.KEPT] * 6
    assert sum(debt.is_strictly_kept for debt in told.debts) == 5
    assert told.debts[0].lateness == timedelta(seconds=28)


# The road to the first notice


def test_the_stages_add_up_to_the_first_notice() -> None:
    told = card(a_live_one())

    spans = [told.stages[stage] for stage in Stage]
    assert [minutes(span) for span in spans] == [2, 2, 1, 1, 1]
    assert minutes(told.first_notice) == 7


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"started_at": None}, Why.NO_START),
        ({"started_at": NOON + 20 * MINUTE}, Why.CONTRADICTORY),
        ({"sighting": Sighting.UNSEEN, "seen_at": None}, Why.NOT_SEEN),
        ({"words": ()}, Why.NOTHING_SAID),
        ({"sort": Sort.RETROSPECTIVE}, Why.NOT_SPEED),
        ({"sort": Sort.IMPORTED}, Why.NOT_SPEED),
        ({"sort": Sort.DRILL}, Why.NOT_SPEED),
    ],
)
def test_without_its_ends_the_first_notice_is_not_measured(
    told: dict[str, object], why: Why
) -> None:
    assert card(a_live_one(**told)).first_notice == NotMeasured(why)


def test_where_nobody_looked_it_counts_from_publishing_and_says_so() -> None:
    told = card(a_live_one(sighting=Sighting.UNMEASURED, seen_at=None))

    assert minutes(told.first_notice) == 6
    assert told.by_publication
    assert told.stages[Stage.SEEN] == NotMeasured(Why.NOT_LOOKED)


def test_what_was_never_seen_was_not_in_time() -> None:
    assert card(a_live_one(sighting=Sighting.UNSEEN, seen_at=None)).in_time is False


def test_silence_past_the_limit_is_late_and_before_it_is_not_judged() -> None:
    silent = a_live_one(words=())

    assert card(silent).in_time is False
    early = measures.card(silent, at=NOON + 5 * MINUTE)
    assert early.in_time == NotMeasured(Why.NOT_DUE_YET)


def test_told_is_when_the_last_reader_was_and_nobody_may_be_waiting() -> None:
    last = NOON + 8 * MINUTE
    told = card(
        a_live_one(
            told=(
                Told("email", delivered=9, given_up=1, last_at=last),
                Told("slack", delivered=1, pending=1, last_at=last),
                Told("teams", given_up=2),
            )
        )
    )

    assert minutes(told.told["email"]) == 2
    assert told.told["slack"] == NotMeasured(Why.STILL_TELLING)
    assert told.told["teams"] == NotMeasured(Why.NOBODY_TOLD)
    assert told.reach == {"email": (9, 10), "slack": (1, 2), "teams": (0, 2)}


# Rhythm and words


def test_the_silence_that_lasts_counts() -> None:
    told = card(a_live_one(words=(Word(LATER - 90 * MINUTE),)))

    assert minutes(told.silence) == 90


def test_the_quiet_after_the_end_is_no_silence() -> None:
    first, last = a_live_one().words
    again = Word(NOON + timedelta(days=2))
    end = Word(NOON + timedelta(days=2, minutes=5), is_final=True)

    assert minutes(card(a_live_one(words=(first, last, again, end))).silence) == 24


def test_one_word_said_when_it_was_over_was_no_silence_and_no_feat() -> None:
    told = card(a_live_one(words=(Word(NOON, is_final=True),)))

    assert told.silence == NotMeasured(Why.ONE_WORD)
    assert lights(told, at=LATER)[Lamp.SILENCE] == Light.GREY


def test_a_correction_breaks_the_silence_and_keeps_no_promise() -> None:
    first, last = a_live_one().words
    corrected = Word(NOON + 20 * MINUTE, is_authored=False)
    told = card(a_live_one(words=(first, corrected, last._replace(at=NOON + 40 * MINUTE))))

    assert minutes(told.silence) == 20
    assert [debt.fate for debt in told.debts] == [Fate.MISSED]


def test_empty_updates_are_counted_among_follow_ups_alone() -> None:
    said = (
        Word(NOON, is_empty=True),
        Word(NOON + MINUTE, is_empty=True),
        Word(NOON + 2 * MINUTE),
        Word(NOON + 3 * MINUTE, is_final=True, is_empty=True),
    )

    assert card(a_live_one(words=said)).empty == (1, 2)


def test_scope_is_told_once_all_of_it_is() -> None:
    first, last = a_live_one().words
    scoped = Word(NOON + 15 * MINUTE, is_scoped=True)

    assert minutes(card(a_live_one(words=(first, scoped, last))).scope) == 8
    assert card(a_live_one()).scope == NotMeasured(Why.NEVER_SCOPED)


def test_a_language_that_never_came_is_no_lag_of_nothing() -> None:
    first, last = a_live_one().words
    said = (first._replace(lags={"fr": None}), last._replace(lags={"fr": 2 * MINUTE}))

    lags = card(a_live_one(words=said)).lags
    assert lags == {"fr": (NotMeasured(Why.NOT_TRANSLATED), 2 * MINUTE)}


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ({"alerted_at": NOON + MINUTE}, Source.MONITORING),
        ({"alerted_at": NOON + 3 * MINUTE}, NotMeasured(Why.NO_CUSTOMER)),  # after it was declared
        ({"alerted_at": NOON + MINUTE, "customer_first_at": NOON}, Source.CUSTOMER),
        ({"alerted_at": NOON, "customer_first_at": NOON + MINUTE}, Source.MONITORING),
        ({"customer_first_at": NOON + MINUTE}, Source.CUSTOMER),
        ({"customer_first_at": NOON + 9 * MINUTE}, Source.STAFF),
        ({}, NotMeasured(Why.NO_CUSTOMER)),  # people, and nobody knows whose
        ({"sort": Sort.IMPORTED, "alerted_at": NOON}, NotMeasured(Why.NOT_SPEED)),
    ],
)
def test_who_noticed_first_is_told_where_the_record_does_and_never_guessed(
    told: dict[str, object], source: Source | NotMeasured
) -> None:
    assert card(a_live_one(**told)).source == source


def test_ninety_five_in_a_hundred_of_few_silences_are_nearly_the_longest() -> None:
    told = card(nights.the_same_team_later())
    assert (minutes(told.gap_p95), len(told.gaps)) == (27.8, 12)

    one = card(a_live_one())
    assert (one.gap_p95, len(one.gaps)) == (24 * MINUTE, 1)
    assert card(a_live_one(words=())).gap_p95 == NotMeasured(Why.NOTHING_SAID)
    last = Word(NOON, is_final=True)
    assert card(a_live_one(words=(last,))).gap_p95 == NotMeasured(Why.ONE_WORD)
    at_once = (Word(NOON), last)
    assert card(a_live_one(words=at_once)).gap_p95 == 0 * MINUTE


def test_a_forecast_said_again_is_the_same_and_one_in_a_correction_is_none() -> None:
    hour, day = (NOON, NOON + 60 * MINUTE), (NOON, NOON + timedelta(days=1))
    said = (
        Word(NOON, forecast=hour),
        Word(NOON + MINUTE),
        Word(NOON + 2 * MINUTE, forecast=hour),
        Word(NOON + 3 * MINUTE, forecast=day, is_authored=False),
        Word(NOON + 4 * MINUTE, forecast=(NOON + MINUTE, NOON)),
        Word(NOON + 5 * MINUTE, forecast=hour),
    )
    told = card(a_live_one(words=said))

    assert told.forecasts == (60 * MINUTE, NotMeasured(Why.CONTRADICTORY), 60 * MINUTE)
    assert told.forecast_changes == 2
    none = card(a_live_one())
    assert (none.forecasts, none.forecast_changes) == ((), NotMeasured(Why.NO_FORECAST))


@pytest.mark.parametrize(
    ("words", "widened"),
    [
        ((), NotMeasured(Why.NOTHING_SAID)),
        ((Word(NOON),), NotMeasured(Why.NO_FOLLOW_UP)),
        ((Word(NOON), Word(NOON + MINUTE)), 0),
        ((Word(NOON), Word(NOON + MINUTE, is_wider=True)), 1),
    ],
)
def test_a_scope_that_could_not_grow_is_no_steady_one(
    words: tuple[Word, ...], widened: float | NotMeasured
) -> None:
    assert card(a_live_one(words=words)).widened == widened


# Beside the words


@pytest.mark.parametrize(
    ("waits", "approval", "share"),
    [
        ((), NotMeasured(Why.NO_REVIEW), NotMeasured(Why.NO_REVIEW)),
        # Seen at 12:07, begun at 12:00.
        (((2, 4),), 2, 2 / 7),
        (((2, 4), (3, 5)), 4, 3 / 7),  # side by side: the clock goes once
        (((2, 4), (20, 29)), 11, 2 / 7),  # a later word's is none of the first one's
        (((5, 15),), 10, 2 / 7),
        (((-5, 1),), 6, 1 / 7),
    ],
)
def test_waiting_for_consent_is_summed_and_shared_out(
    waits: tuple[tuple[int, int], ...], approval: object, share: object
) -> None:
    spans = tuple(Wait(NOON + a * MINUTE, NOON + b * MINUTE) for a, b in waits)
    told = card(a_live_one(waits=spans))

    assert told.approval == (approval * MINUTE if isinstance(approval, int) else approval)
    assert told.approval_share == share


def test_a_share_of_no_time_or_of_an_unknown_one_is_none() -> None:
    waits = (Wait(NOON, NOON + MINUTE),)

    assert card(a_live_one(waits=waits, seen_at=NOON)).approval_share == NotMeasured(Why.AT_ONCE)
    unknown = card(a_live_one(waits=waits, started_at=None))
    assert (unknown.approval, unknown.approval_share) == (MINUTE, NotMeasured(Why.NO_START))
    afterwards = card(a_live_one(waits=waits, sort=Sort.RETROSPECTIVE))
    assert afterwards.approval == NotMeasured(Why.NOT_SPEED)


@pytest.mark.parametrize(
    ("filing", "took", "margin"),
    [
        ((0, 60, 20), 20, 40),
        ((0, 60, 90), 90, -30),  # late
        ((0, None, 20), 20, NotMeasured(Why.NO_TIME_SAID)),
        ((None, None, 20), NotMeasured(Why.NOT_BEGUN), NotMeasured(Why.NO_TIME_SAID)),
        ((30, 60, 20), NotMeasured(Why.CONTRADICTORY), 40),
        ((0, 60, None), NotMeasured(Why.NOT_SUBMITTED), NotMeasured(Why.NOT_SUBMITTED)),
        ((0, None, None), NotMeasured(Why.NOT_DUE_YET), NotMeasured(Why.NOT_DUE_YET)),
        ((None, None, None), NotMeasured(Why.NOT_BEGUN), NotMeasured(Why.NOT_BEGUN)),
    ],
)
def test_a_report_to_an_authority_counts_once_it_is_submitted(
    filing: tuple[int | None, ...], took: object, margin: object
) -> None:
    times = (None if one is None else NOON + one * MINUTE for one in filing)
    filed = card(a_live_one(filings=(Filing("nis2 early", *times),))).filed["nis2 early"]

    assert filed.took == (took * MINUTE if isinstance(took, int) else took)
    assert filed.margin == (margin * MINUTE if isinstance(margin, int) else margin)


def test_a_report_on_promises_is_owed_while_one_is_open() -> None:
    ends = NOON + timedelta(days=30)
    still = (Action(NOON),)
    done = (Action(NOON, done_at=NOON + timedelta(days=9)),)
    afterwards = (Action(NOON, done_at=ends + MINUTE), Action(ends + MINUTE))

    def reported(actions: tuple[Action, ...], **told: object) -> object:
        one = a_live_one(actions=actions, reportings=(Reporting(ends),), **told)
        (claim,) = measures.card(one, at=ends + timedelta(days=1)).reported
        return claim

    assert reported(still) is False
    assert reported(afterwards) is False
    assert reported(done) == NotMeasured(Why.ALL_SETTLED)
    assert reported((Action(ends + MINUTE),)) == NotMeasured(Why.ALL_SETTLED)
    assert reported(still, words=(Word(NOON),)) == NotMeasured(Why.STILL_OPEN)
    named = a_live_one(actions=done, reportings=(Reporting(ends, is_announced=True),))
    assert card(named).reported == (NotMeasured(Why.NOT_DUE_YET),)
    assert measures.card(named, at=ends + MINUTE).reported == (False,), "its day was told"


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ((), NotMeasured(Why.NOBODY_TOLD)),
        ((Told("email", given_up=3),), NotMeasured(Why.NOBODY_TOLD)),
        ((Told("email", 5, last_at=BEFORE, left=2), Told("slack", 1, last_at=BEFORE)), (2, 6)),
        ((Told("email", 5, pending=1, last_at=NOON),), NotMeasured(Why.STILL_TELLING)),
        ((Told("email", 5, last_at=LATER),), NotMeasured(Why.NOT_DUE_YET)),
    ],
)
def test_readers_have_a_week_to_leave(told: tuple[Told, ...], left: object) -> None:
    assert card(a_live_one(told=told)).left == left


# Afterwards


@pytest.mark.parametrize(
    ("account", "claim"),
    [
        (None, False),  # missing for more than thirty days
        (Account(at=NOON + timedelta(days=1)), NotMeasured(Why.NO_DUE_DATE)),
        (Account(due_at=NOON + timedelta(days=2)), False),
        (Account(due_at=NOON + timedelta(days=99)), NotMeasured(Why.NOT_DUE_YET)),
        (Account(NOON + timedelta(days=2), NOON + timedelta(days=1)), True),
        (Account(NOON + timedelta(days=2), NOON + timedelta(days=3)), False),
    ],
)
def test_an_account_is_on_time_by_its_date_and_never_by_default(
    account: Account | None, claim: bool | NotMeasured
) -> None:
    told = measures.card(a_live_one(account=account), at=NOON + timedelta(days=40))

    assert told.account_on_time == claim


def test_no_account_is_owed_and_none_is_praised() -> None:
    told = card(a_live_one(owes_account=False))

    assert told.account_on_time == NotMeasured(Why.NOT_OWED)
    assert lights(told, at=LATER)[Lamp.ACCOUNT] == Light.GREY


@pytest.mark.parametrize(
    ("closing", "light"),
    [
        (Closing(True, True, True, True), Light.GREEN),
        (Closing(True, True, True, False), Light.AMBER),
        (Closing(True, True, False, False), Light.RED),
        (None, Light.GREY),
    ],
)
def test_a_closing_word_is_judged_by_what_it_owes(closing: Closing | None, light: Light) -> None:
    assert lights(card(a_live_one(closing=closing)), at=LATER)[Lamp.RESOLUTION] == light


def test_a_night_with_nothing_recorded_is_grey_all_over() -> None:
    bare = Incident(id="bare", severity=Severity.SEV4, declared_at=LATER)

    assert set(lights(card(bare), at=LATER).values()) == {Light.GREY}


def test_the_five_numbers_beside_an_account() -> None:
    five = measures.review(card(nights.a_password_safe()))

    assert five.first_notice == NotMeasured(Why.NO_START)
    assert five.scope == NotMeasured(Why.NEVER_SCOPED)
    assert five.kept == (1, 2)
    assert minutes(five.silence) == 1192.7
    assert five.lead == NotMeasured(Why.NO_CUSTOMER)
