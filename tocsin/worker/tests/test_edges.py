"""What the clock alone changes is on the page in time: no visitor asks, and nobody publishes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import cast
from tests.cast import NOON, later
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import WORKER
from tocsin.page import site
from tocsin.people.models import Role
from tocsin.statements import policies, word
from tocsin.statements.asking import Pending
from tocsin.statements.models import Ending, Request
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying
from tocsin.worker import due, lanes, wake

WITHIN = timedelta(seconds=2)


class TurnedClock:
    """The lane's clock and what wakes it: nothing ever does, so each wait is as long as it gets."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.waited: list[float] = []

    def now(self) -> datetime:
        return self.at

    def wait(self, is_over: Callable[[], bool], *, at_most: float = wake.IDLE_FOR) -> bool:
        self.waited.append(at_most)
        self.at += timedelta(seconds=at_most)
        return False

    def tell(self) -> None:
        """Nobody else listens."""

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.django_db
def test_overdue_is_on_the_page_within_two_seconds_of_its_moment(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, data_dir=tmp_path, site_dir=tmp_path / "site")
    page = cast.a_page()
    cast.an_incident(page, at=NOON)  # sev1: again by 12:20, and five minutes of grace
    overdue_at = later(25)
    clock = TurnedClock(overdue_at - timedelta(seconds=30))
    monkeypatch.setattr(lanes, "Clock", lambda: clock)
    monkeypatch.setattr(wake, "waker", lambda: clock)
    said: dict[datetime, bool] = {}

    def is_over() -> bool:
        index = site.directory_of(page) / "releases"
        live = site.directory_of(page) / "live"
        if live.exists():
            html = (index / live.read_text().strip() / "index.html").read_text("utf-8")
            said.setdefault(clock.at, "This word is overdue." in html)
        return clock.at > overdue_at + WITHIN

    lanes.run("words", is_over=is_over)

    first = min(at for at, is_overdue in said.items() if is_overdue)
    assert overdue_at <= first <= overdue_at + WITHIN
    assert not any(is_overdue for at, is_overdue in said.items() if at <= overdue_at)


def looped(
    clock: TurnedClock, moment: due.Moment, monkeypatch: pytest.MonkeyPatch, *, takes: float = 0.0
) -> list[float]:
    """How long a lane waits, three times, whose turns take so many seconds and find nothing."""
    monkeypatch.setattr(lanes, "Clock", lambda: clock)
    monkeypatch.setattr(wake, "waker", lambda: clock)

    def look(at: datetime) -> int:
        clock.at += timedelta(seconds=takes)
        return 0

    lanes._Loop((look,), due.Pace(), lambda: len(clock.waited) == 3, (moment,)).run()
    return clock.waited


def test_a_lane_waits_until_its_next_moment_and_for_one_past_not_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    soon = NOON + timedelta(seconds=0.2)

    waited = looped(TurnedClock(NOON), lambda after: soon if soon > after else None, monkeypatch)

    assert waited == [0.2, wake.IDLE_FOR, wake.IDLE_FOR]


def test_a_lane_waits_no_longer_for_a_distant_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looped(TurnedClock(NOON), lambda after: later(5), monkeypatch) == [wake.IDLE_FOR] * 3


def test_a_moment_that_came_while_the_lane_looked_is_met_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    soon = NOON + timedelta(seconds=0.2)

    def moment(after: datetime) -> datetime | None:
        return soon if soon > after else None

    assert looped(TurnedClock(NOON), moment, monkeypatch, takes=0.4)[0] == 0.0


@pytest.mark.django_db
def test_a_deadline_that_nobody_answered_is_met_in_its_instant(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, data_dir=tmp_path, site_dir=tmp_path / "site")
    waiting = a_word_that_waits_for_legal()
    clock = TurnedClock(waiting.due_at - timedelta(seconds=0.3))
    monkeypatch.setattr(lanes, "Clock", lambda: clock)
    monkeypatch.setattr(wake, "waker", lambda: clock)

    lanes.run("words", is_over=lambda: clock.at > waiting.due_at)

    lapsed = Request.objects.get(pk=waiting.request_id)
    assert (lapsed.ended_as, lapsed.ended_at) == (Ending.LAPSED, waiting.due_at)
    assert clock.waited == [0.3, wake.IDLE_FOR]


def a_word_that_waits_for_legal() -> Pending:
    page = cast.a_page()
    asks = "clearance:\n  sev1:\n    words: legal\n    within: 15m\n"
    policies.adopt(page.id, asks, by=WORKER, at=NOON)
    cast.an_operator("Lea", Role.LEGAL)
    olu = cast.an_operator("Olu", Role.RESPONDER)
    layers = {"en": Layer("Checkout is failing", "A change of ours broke it.")}
    saying = Saying(phase=Phase.IDENTIFIED, layers=layers)
    spoken = word.say(cast.an_incident(page).incident_id, saying, by=olu.actor, at=NOON)
    assert spoken.pending is not None
    return spoken.pending
