import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from tocsin.journal import chain
from tocsin.journal.actors import WORKER
from tocsin.worker import due, lanes, wake
from tocsin.worker.clock import Clock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DEADLINE = 20.0  # seconds, past which nothing will come any more


class Pending:
    """An entry with so many units to do, so many a call."""

    def __init__(self, units: int) -> None:
        self.units = units
        self.asked = 0

    def __call__(self, at: datetime) -> int:
        self.asked += 1
        done = min(self.units, 2)
        self.units -= done
        return done


def broken(at: datetime) -> int:
    raise RuntimeError("the printer is on fire")


def a_note() -> None:
    with transaction.atomic():
        chain.note("test:thing:done", by=WORKER, at=NOON, subject=("thing", "1"))


def test_a_lane_drains_until_nothing_is_left() -> None:
    pending = Pending(5)

    done = lanes.drain((pending,), NOON)

    assert (done, pending.units) == (5, 0)


def test_a_lane_that_never_ends_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="Still not done after 3 turns"):
        lanes.drain((lambda at: 1,), NOON, turns=3)


@pytest.mark.django_db
def test_a_broken_entry_does_not_keep_the_next_from_its_turn() -> None:
    pending = Pending(1)

    done = lanes.turn((broken, pending), lambda: NOON)

    assert (done, pending.asked) == (1, 1)


@pytest.mark.django_db
def test_a_broken_entry_is_recorded_at_every_doubling(capsys: pytest.CaptureFixture[str]) -> None:
    faults = lanes.Faults()

    for _ in range(9):
        lanes.turn((broken,), lambda: NOON, faults=faults)

    assert capsys.readouterr().out.count("the printer is on fire") >= 4
    assert faults._counts == {f"{__name__}.broken": 9}


@pytest.mark.django_db
def test_an_entry_that_works_again_starts_its_count_anew() -> None:
    faults = lanes.Faults()
    answers: Iterator[bool] = iter([False, True])

    def moody(at: datetime) -> int:
        if not next(answers):
            raise RuntimeError("not now")
        return 0

    lanes.turn((moody,), lambda: NOON, faults=faults)
    lanes.turn((moody,), lambda: NOON, faults=faults)

    assert faults._counts == {}


def test_a_stop_lets_the_unit_in_hand_finish_and_begins_no_other() -> None:
    stopped: list[bool] = []
    after = Pending(1)

    def stopping(at: datetime) -> int:
        stopped.append(True)
        return 1

    lanes.turn((stopping, after), lambda: NOON, is_over=lambda: bool(stopped))

    assert (stopped, after.asked) == ([True], 0)


def test_each_entry_is_told_the_time_afresh() -> None:
    ticks = iter([NOON, NOON + timedelta(seconds=40)])
    told: list[datetime] = []

    def telling(at: datetime) -> int:
        told.append(at)
        return 0

    lanes.turn((telling, telling), lambda: next(ticks))

    assert told == [NOON, NOON + timedelta(seconds=40)]


@pytest.mark.django_db
def test_the_lanes_go_by_the_database_s_clock() -> None:
    apart = Clock().now() - datetime.now(UTC)

    assert abs(apart) < timedelta(seconds=5), "the same machine, the same time"


def test_sigterm_ends_the_loop() -> None:
    with lanes.stopping_on_signals() as is_over:
        before = is_over()
        os.kill(os.getpid(), signal.SIGTERM)

        assert (before, is_over()) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_an_act_of_another_process_wakes_the_lane() -> None:
    waker = wake.waker()
    in_another_connection(a_note)

    woken = waker.wait(lambda: False, at_most=DEADLINE)

    waker.close()
    assert woken


@pytest.mark.django_db(transaction=True)
def test_a_lane_that_did_something_wakes_the_others() -> None:
    other = wake.waker()
    mine = wake.waker()
    if connection.vendor == "sqlite":
        in_another_connection(a_note)  # doing something is a write, and writes are counted
    mine.tell()

    woken = other.wait(lambda: False, at_most=DEADLINE)

    mine.close()
    other.close()
    assert woken


@pytest.mark.django_db(transaction=True)
def test_where_nothing_happens_nobody_is_woken() -> None:
    waker = wake.waker()

    woken = waker.wait(lambda: False, at_most=0.0)

    waker.close()
    assert not woken


def in_another_connection(act: Callable[[], None]) -> None:
    def acting() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=acting)
    thread.start()
    thread.join()


@pytest.mark.django_db
def test_sealing_keeps_the_end_of_the_chain_outside_the_database() -> None:
    a_note()

    sealed = lanes.drain(due.HOUSEKEEPING, NOON)

    assert sealed >= 1
    assert chain.verify(settings.TOCSIN.data_dir / "journal.anchor").faults == []


class Hours:
    """Time that passes only while somebody works or rests."""

    def __init__(self) -> None:
        self.at = 0.0
        self.turns: list[float] = []

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    def working(self, *units: int) -> due.Entry:
        """An entry that takes a tenth of a second, and finds so much to do turn by turn."""
        left = iter(units)

        def work(at: datetime) -> int:
            self.turns.append(round(self.at, 2))
            self.at += 0.1
            return next(left, 0)

        return work

    def went(self, lane: due.Lane, pace: due.Pace, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take a lane's turns until one finds nothing to do."""
        monkeypatch.setattr(lanes, "time", self)
        loop = lanes._Loop(lane, pace, lambda: False)
        while loop._turn(Clock()):
            pass


@pytest.mark.django_db
def test_what_comes_after_a_rest_is_done_at_once_and_a_stream_is_done_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone, stream = Hours(), Hours()

    alone.went((alone.working(1),), due.PACES["words"], monkeypatch)
    stream.went((stream.working(1, 1, 1),), due.PACES["words"], monkeypatch)

    assert alone.turns == [0.0, 0.1]
    assert stream.turns == [0.0, 0.1, 0.3, 0.5], "a rest as long as the turn, from the second on"


@pytest.mark.django_db
def test_the_house_is_kept_a_few_times_a_second_and_packed_without_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sealing, packing = Hours(), Hours()
    pack = packing.working(1, 1, 1)
    monkeypatch.setattr(lanes, "UNPACED", {pack})

    sealing.went((sealing.working(1, 1),), due.PACES["housekeeping"], monkeypatch)
    packing.went((pack,), due.PACES["housekeeping"], monkeypatch)

    assert sealing.turns == [0.0, 0.5, 1.0]
    assert packing.turns == [0.0, 0.1, 0.2, 0.3]


@pytest.mark.django_db
def test_who_looks_through_the_whole_record_is_asked_seldom_however_busy_the_lane_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hours = Hours()
    sealing = hours.working(*[1] * 8)
    asked: list[float] = []

    def nudge(at: datetime) -> int:
        asked.append(round(hours.at, 2))
        return 0

    monkeypatch.setattr(lanes, "SELDOM", {nudge: 0.5})
    hours.went((nudge, sealing), due.Pace(), monkeypatch)

    assert len(hours.turns) == 9, "the others have every turn"
    assert asked == [0.0, 0.5]


def test_what_is_asked_seldom_is_of_a_lane_and_is_not_done_step_by_step() -> None:
    entries = [entry for lane in due.LANES.values() for entry in lane]

    assert set(due.SELDOM) <= set(entries)
    assert not set(due.SELDOM) & due.UNPACED
