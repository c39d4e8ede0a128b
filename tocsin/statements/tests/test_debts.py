"""Promises of a next word: kept, missed, how late (metrics 6.2)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import later
from tocsin.disclosure.phases import Phase
from tocsin.page import changes
from tocsin.statements import debts
from tocsin.statements.debts import Debt, Fate
from tocsin.statements.published import Kind, Publication
from tocsin.statements.tests.telling import a_story, a_word

OVER = Phase.RESOLVED


def debts_of(*said: Publication, at: float = 1000) -> tuple[Debt, ...]:
    return debts.debts_of(a_story(*said), at=later(at))


@pytest.mark.parametrize(
    ("due", "answer", "fate", "strictly"),
    [
        (20, 15, Fate.KEPT, True),
        (20, 20, Fate.KEPT, True),
        (20, 25, Fate.KEPT, False),  # five minutes of grace
        (20, 25.1, Fate.MISSED, False),
        (120, 125, Fate.KEPT, False),
        (120, 126, Fate.MISSED, False),
        (121, 131, Fate.KEPT, False),  # ten, for what was promised for later than two hours
        (121, 131.1, Fate.MISSED, False),
    ],
)
def test_a_promise_is_kept_within_its_grace(
    due: float, answer: float, fate: Fate, strictly: bool
) -> None:
    (first, _) = debts_of(a_word(0, due=due), a_word(answer, due=answer + 20), at=answer)

    assert (first.fate, first.is_strictly_kept) == (fate, strictly)
    assert first.lateness == max(timedelta(minutes=answer - due), timedelta(0))


def test_a_promise_nobody_answers_is_owed_until_its_grace_is_over() -> None:
    assert debts_of(a_word(0, due=20), at=25)[0].fate == Fate.OWED
    assert debts_of(a_word(0, due=20), at=25.1)[0].fate == Fate.MISSED


def test_the_last_word_answers_and_promises_nothing() -> None:
    (only,) = debts_of(a_word(0, due=60), a_word(30, phase=OVER))

    assert only.fate == Fate.KEPT


def test_a_promise_whose_incident_ended_before_it_was_due_is_kept() -> None:
    (only,) = debts_of(a_word(0, due=600), a_word(5, phase=OVER), at=6)

    assert only.fate == Fate.KEPT


def test_a_change_of_state_keeps_no_promise() -> None:
    """Only what an author says is a word."""
    between = a_word(10, due=20, kind=Kind.STATE)

    (first, _) = debts_of(a_word(0, due=20), between, a_word(30, due=50), at=30)

    assert (first.fate, first.answered_at) == (Fate.MISSED, later(30))


def test_a_tally_counts_and_measures_the_missed_ones() -> None:
    story = a_story(
        a_word(0, due=20),
        a_word(18, due=38),  # kept
        a_word(48, due=68),  # ten minutes late
        a_word(88, due=108),  # twenty
        a_word(110, phase=OVER),  # kept, not strictly
    )

    told = debts.tally([story], at=later(200))

    assert (told.kept, told.missed, told.owed, told.strictly_kept) == (2, 2, 0, 1)
    assert told.adherence == 0.5
    assert told.coverage == 1.0
    assert told.lateness_median == timedelta(minutes=15)
    assert told.lateness_p95 == timedelta(minutes=19.5)


def test_of_nothing_there_is_no_share() -> None:
    told = debts.tally([], at=later(0))

    assert (told.adherence, told.coverage, told.lateness_median) == (None, None, None)


@given(st.lists(st.floats(0.1, 300), min_size=1, max_size=12), st.floats(1, 300))
def test_every_promise_has_one_fate_and_only_the_last_may_be_open(
    gaps: list[float], wait: float
) -> None:
    minute, said = 0.0, []
    for gap in gaps:
        said.append(a_word(minute, due=minute + wait))
        minute += gap

    found = debts_of(*said, at=minute)

    assert len(found) == len(said)
    assert all(debt.fate != Fate.OWED for debt in found[:-1])
    assert all(debt.answered_at is not None for debt in found[:-1])


@given(st.integers(1, 600), st.integers(0, 1300))
def test_the_page_and_the_tally_agree_on_what_is_overdue(wait: int, minute: int) -> None:
    story = a_story(a_word(0, due=wait))
    at = later(minute)

    (debt,) = debts.debts_of(story, at=at)

    assert changes.is_overdue(story, at=at) == (debt.fate == Fate.MISSED)
