import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tocsin.cli import supervision
from tocsin.cli.supervision import Child, Supervision, program
from tocsin.cli.tests.processes import is_running, kill

# Each start leaves a line, so that a test can wait for what has happened.
LIVES = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
DIES = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); sys.exit(3)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + LIVES


class Watched:
    """A child whose starts are told in a file."""

    def __init__(self, path: Path, code: str) -> None:
        self._path = path
        self.child = Child("lives", program((sys.executable, "-c", code, str(path)), os.environ))

    @property
    def pids(self) -> list[int]:
        if not self._path.exists():
            return []
        return [int(line) for line in self._path.read_text().split("\n") if line]


def run_until(claim: Callable[[], bool], *children: Child) -> None:
    """Supervise until the claim holds, then stop as an operator would."""
    until = time.monotonic() + 20

    def stop_when_true() -> None:
        if claim() or time.monotonic() > until:
            os.kill(os.getpid(), signal.SIGTERM)

    Supervision(children).run(each_turn=stop_when_true)
    assert time.monotonic() < until, "it never came true"


def test_stopping_leaves_no_child_behind_and_restores_the_signals(tmp_path: Path) -> None:
    former = signal.getsignal(signal.SIGTERM)
    watched = Watched(tmp_path / "pids", LIVES)

    run_until(lambda: len(watched.pids) == 1, watched.child)

    assert not is_running(watched.pids[0])
    assert signal.getsignal(signal.SIGTERM) is former


def test_a_killed_child_is_started_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    watched = Watched(tmp_path / "pids", LIVES)

    def killed_once_and_back() -> bool:
        if len(watched.pids) == 1 and is_running(watched.pids[0]):
            kill(watched.pids[0])
        return len(watched.pids) == 2

    run_until(killed_once_and_back, watched.child)

    assert "lives ended (SIGKILL); it is started again." in caplog.text


class Stillborn:
    """A process that has ended before anybody looks."""

    def poll(self) -> int:
        return 1

    def wait(self, timeout: float | None = None) -> int:
        return 1

    def terminate(self) -> None:
        """It has ended."""

    def kill(self) -> None:
        """It has ended."""


class Watch:
    """A clock that goes on by hundredths of a second, when it is told to."""

    def __init__(self) -> None:
        self.hundredths = 0

    def monotonic(self) -> float:
        return self.hundredths / 100


def test_a_child_that_keeps_ending_is_started_ever_less_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, started = Watch(), list[float]()
    monkeypatch.setattr(supervision, "time", clock)

    def begin() -> Stillborn:
        started.append(clock.monotonic())
        return Stillborn()

    child = Child("stillborn", begin)
    for clock.hundredths in range(2_500):
        child.look()

    pauses = [round(later - before, 1) for before, later in pairwise(started)]
    assert pauses[:8] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_child_that_ignores_the_request_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervision, "STOP_WITHIN", 0.2)
    watched = Watched(tmp_path / "pids", STUBBORN)

    with caplog.at_level(logging.WARNING):
        run_until(lambda: len(watched.pids) == 1, watched.child)

    assert not is_running(watched.pids[0])
    assert "did not stop in time" in caplog.text


def test_one_child_s_end_leaves_the_others_alone(tmp_path: Path) -> None:
    dies, lives = Watched(tmp_path / "dies", DIES), Watched(tmp_path / "lives", LIVES)

    run_until(lambda: len(dies.pids) == 2, lives.child, dies.child)

    assert len(lives.pids) == 1
