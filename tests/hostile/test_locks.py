"""Whoever changes what is known or said takes its locks in one order: nobody waits for ever."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import models

from tests.cast import NOON, a_page, an_incident, later
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents import locking, planning
from tocsin.incidents.plans import Plan
from tocsin.journal.actors import TERMINAL
from tocsin.journal.compiled import Compiled
from tocsin.statements import corrections, maintenance, redaction, word
from tocsin.statements.corrections import Amending
from tocsin.statements.models import Ready
from tocsin.statements.notices import Script
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db
ORDER = ("Series", "Incident", "Audience")  # as incidents/locking.py has it; then all others
DAY = timedelta(days=1)
START, END = NOON + 10 * DAY, NOON + 10 * DAY + timedelta(hours=2)


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is locked, in order; each the first time that it is."""
    names: list[str] = []
    lock, ask = models.QuerySet.select_for_update, Compiled.raw

    def note(model: type[models.Model]) -> None:
        if model.__name__ not in names:
            names.append(model.__name__)

    def noting(rows: Any, *args: Any, **kwargs: Any) -> Any:
        note(rows.model)
        return lock(rows, *args, **kwargs)

    def asking(query: Any, *values: str) -> Any:
        found = ask(query, *values)
        if query.locks:
            note(query.locks)
        return found

    monkeypatch.setattr(models.QuerySet, "select_for_update", noting)
    monkeypatch.setattr(Compiled, "raw", asking)
    return names


def planned(page: Brand, *, rule: str = "") -> str:
    plan = Plan("Moving the orders", {"checkout": State.MAINTENANCE}, START, END)
    said = maintenance.announce(page.id, plan, Script(), rule=rule, by=TERMINAL, at=NOON)
    return said[0].incident_id


def said(page: Brand) -> str:
    layers = {code: Layer("Checkout", "The key is hunter22.") for code in ("en", "fr")}
    return an_incident(page, layers=layers).incident_id


def begun(work: str) -> str:
    maintenance.begin(work, by=TERMINAL, at=later(1))
    return work


Act = Callable[[Brand], Callable[[], object]]
MORE = Saying(phase=Phase.INVESTIGATING, layers={"en": Layer("More", "m"), "fr": Layer("P", "p")})
ACTS: dict[str, Act] = {
    "say": lambda page: _then(
        said(page), lambda key: word.say(key, MORE, by=TERMINAL, at=later(1))
    ),
    "correct": lambda page: _then(said(page), _corrected),
    "redact": lambda page: _then(said(page), lambda _: _redacted(page)),
    "move": lambda page: _then(planned(page), _moved),
    "extend": lambda page: _then(planned(page), _extended),
    "begin": lambda page: _then(planned(page), begun),
    "check": lambda page: _then(begun(planned(page)), _checked),
    "end": lambda page: _then(begun(planned(page)), _ended),
    "cancel": lambda page: _then(planned(page), _cancelled),
    "the clock says a word": lambda page: _then(planned(page), lambda _: _clock()),
    "the clock opens a window": lambda page: _then(
        planned(page, rule="FREQ=WEEKLY"), lambda _: maintenance.turn(NOON + 200 * DAY)
    ),
}


def _then(key: str, act: Callable[[str], object]) -> Callable[[], object]:
    return lambda: act(key)


def _corrected(key: str) -> object:
    amending = Amending(since=later(-30))
    return corrections.correct(key, amending, by=TERMINAL, at=later(5))


def _redacted(page: Brand) -> object:
    reason = {"en": "A password."}
    return redaction.redact(page.id, "hunter22", reason=reason, by=TERMINAL, at=later(5))


def _moved(work: str) -> object:
    return maintenance.move(
        work, starts_at=START + DAY, ends_at=END + DAY, by=TERMINAL, at=later(5)
    )


def _extended(work: str) -> object:
    return maintenance.extend(work, ends_at=END + timedelta(hours=1), by=TERMINAL, at=later(5))


def _checked(work: str) -> object:
    return maintenance.check(work, by=TERMINAL, at=later(5))


def _ended(work: str) -> object:
    return maintenance.end(work, by=TERMINAL, at=later(5))


def _cancelled(work: str) -> object:
    return maintenance.cancel(work, by=TERMINAL, at=later(5))


def _clock() -> object:
    due = Ready.objects.order_by("due_at").values_list("due_at", flat=True)[0]
    return maintenance.turn(due)


@pytest.mark.parametrize("name", ACTS)
def test_the_incident_comes_before_the_audiences_and_those_before_the_rest(
    name: str, locked: list[str]
) -> None:
    act = ACTS[name](a_page())
    locked.clear()

    act()

    assert "Incident" in locked, "two at once change one incident in turn"
    assert locked == sorted(locked, key=_place)


def _place(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)


def test_whoever_ends_a_series_holds_all_its_windows_before_the_audiences(
    locked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    page = a_page()
    work = planned(page, rule="FREQ=DAILY")
    series = planning.planned_of(work).series_id
    lock = locking.lock
    monkeypatch.setattr(locking, "lock", lambda ids: _noted(lock, ids, held))
    locked.clear()

    cancelled = maintenance.cancel_series(series, by=TERMINAL, at=later(5))

    assert held[0] == len(cancelled) > 1
    assert locked == sorted(locked, key=_place)


def _noted(lock: Callable[[list[str]], None], ids: Any, held: list[int]) -> None:
    told = list(ids)
    held.append(len(told))
    lock(told)
