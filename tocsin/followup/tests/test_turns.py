"""What may become of a promise: each turn from each state, and the history that it leaves."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import cast
from tests.cast import later
from tocsin.catalogue.tree import State
from tocsin.followup import promises
from tocsin.followup.models import Act
from tocsin.followup.pledges import CannotPromise, NoLongerOpen, Pledge, Proof
from tocsin.followup.promises import Kept, Turn
from tocsin.journal.actors import TERMINAL
from tocsin.statements import word
from tocsin.statements.promised import Fate, Promised

TEXTS = {
    "en": Promised("Renew certificates", "none is older than 60 days", "platform"),
    "fr": Promised("Renouveler les certificats", "aucun n’a plus de 60 jours", "plateforme"),
}
DUE = date(2026, 12, 20)
WHY = {"en": "The supplier is late.", "fr": "Le fournisseur est en retard."}
SHOWN = Proof({"en": "Renewed.", "fr": "Renouvelés."}, "https://linden.example/proof")
Doing = Callable[[str], promises.Turned]


def slip(key: str) -> promises.Turned:
    return promises.slip(key, due_on=DUE + timedelta(days=7), reason=WHY, by=TERMINAL, at=later(20))


def prove(key: str) -> promises.Turned:
    return promises.prove(key, SHOWN, by=TERMINAL, at=later(20))


def drop(key: str) -> promises.Turned:
    return promises.drop(key, reason=WHY, by=TERMINAL, at=later(20))


def reword(key: str) -> promises.Turned:
    return promises.reword(key, Pledge(TEXTS, DUE, is_public=True), by=TERMINAL, at=later(20))


TURNS: dict[Act, Doing] = {
    Act.SLIPPED: slip,
    Act.PROVED: prove,
    Act.DROPPED: drop,
    Act.REWORDED: reword,
}


@pytest.fixture
def promise(db: None) -> str:
    page = cast.a_page()
    incident = word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        by=TERMINAL,
        at=later(0),
    ).incident_id
    pledge = Pledge(TEXTS, DUE, is_public=True)
    return promises.promise(incident, pledge, by=TERMINAL, at=later(10)).promise.id


@pytest.mark.parametrize("act", TURNS)
def test_every_turn_is_open_to_what_is_open(promise: str, act: Act) -> None:
    kept = TURNS[act](promise).promise

    assert [turn.act for turn in kept.turns] == [Act.MADE, act]
    expected = {Act.PROVED: Fate.DONE, Act.DROPPED: Fate.DROPPED}.get(act, Fate.OPEN)
    assert kept.fate == expected


@pytest.mark.parametrize("act", TURNS)
@pytest.mark.parametrize("end", [prove, drop])
def test_what_is_settled_is_turned_no_more(promise: str, end: Doing, act: Act) -> None:
    before = end(promise).promise

    with pytest.raises(NoLongerOpen):
        TURNS[act](promise)

    assert promises.kept(promise) == before


@pytest.mark.parametrize(
    "refused",
    [
        lambda key: promises.slip(key, due_on=DUE, reason=WHY, by=TERMINAL, at=later(20)),
        lambda key: promises.slip(
            key, due_on=date(2026, 11, 23), reason=WHY, by=TERMINAL, at=later(20)
        ),
        lambda key: promises.slip(
            key, due_on=DUE + timedelta(days=1), reason={}, by=TERMINAL, at=later(20)
        ),
        lambda key: promises.drop(key, reason={"en": " "}, by=TERMINAL, at=later(20)),
        lambda key: promises.drop(key, reason={"en": "Late."}, by=TERMINAL, at=later(20)),
        lambda key: promises.prove(key, Proof(), by=TERMINAL, at=later(20)),
        lambda key: promises.reword(key, Pledge(TEXTS, DUE), by=TERMINAL, at=later(20)),
    ],
    ids=[
        *("to its own day", "to a day that came", "without a reason", "dropped for nothing"),
        *("a reason in one language alone", "proved by nothing", "hidden once readers knew"),
    ],
)
def test_a_turn_that_tells_too_little_is_refused_and_leaves_nothing(
    promise: str, refused: Doing
) -> None:
    before = promises.kept(promise)

    with pytest.raises(CannotPromise):
        refused(promise)

    assert promises.kept(promise) == before


def a_turn(act: Act, due_on: date, minute: int) -> Turn:
    return Turn(act, TEXTS, due_on, is_public=True, at=later(minute), by="Olu")


@given(st.lists(st.integers(1, 60), max_size=8), st.sampled_from([None, Act.PROVED, Act.DROPPED]))
def test_the_days_of_slips_stay_in_their_order(slips: list[int], end: Act | None) -> None:
    """However often it slipped: readers see each earlier day once, and never the one in force."""
    days = [DUE, *(DUE + timedelta(days=days) for days in slips)]
    turns = [a_turn(Act.MADE, DUE, 0)]
    turns += [a_turn(Act.SLIPPED, on, n) for n, on in enumerate(days[1:], 1)]
    turns += [a_turn(end, days[-1], 99)] if end else []
    kept = Kept("promise", "incident", "", tuple(turns))

    told = kept.told("Etc/UTC")

    assert told.due_on == days[-1]
    assert told.due_on not in told.due_before
    assert set(told.due_before) | {told.due_on} == set(days)
    assert list(told.due_before) == sorted(set(told.due_before), key=days.index)
    assert (told.settled_on is not None) == (end is not None)
    assert kept.is_late(days[-1]) is False
    assert kept.is_late(days[-1] + timedelta(days=1)) == (end is None)
