"""Child processes kept running: started again when they end, stopped together, none left behind."""

import logging
import multiprocessing
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

from tocsin.cli import lifeline

log = logging.getLogger("tocsin.serve")

LOOK_EVERY = 0.05  # seconds
STEADY_AFTER = 10.0  # seconds; a child that ran this long starts again at once
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds
STOP_WITHIN = 6.0  # seconds from asking to killing


class Running(Protocol):
    """A process of ours, as ``subprocess.Popen`` tells of it."""

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


def program(command: Sequence[str], environ: Mapping[str, str]) -> Callable[[], Running]:
    """How a program of its own is begun.

    In a session of its own: Ctrl-C in the terminal is for the parent, who stops them in order.
    """
    return lambda: subprocess.Popen(
        command,
        env={**environ, lifeline.PARENT: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def fork(work: Callable[[], None]) -> Callable[[], Running]:
    """How some work of this very program is begun, in a process that has all that we imported."""
    return lambda: _Forked(work)


class _Forked:
    """A process that goes on from where we are; neither our signals nor our session are its own."""

    def __init__(self, work: Callable[[], None]) -> None:
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_apart, args=(work, os.getpid()))
        self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        ended = self.poll()
        if ended is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return ended

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


def _apart(work: Callable[[], None], parent: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    lifeline.tie_to(parent)
    work()


@dataclass(slots=True)
class Child:
    """A process to keep running: its name in the log, and how it is begun."""

    name: str
    begin: Callable[[], Running]
    process: Running | None = field(default=None, init=False)
    _started_at: float = field(default=0.0, init=False)
    _due_at: float = field(default=0.0, init=False)
    _pause: float = field(default=0.0, init=False)

    def look(self) -> None:
        """Start it where it isn't running and its pause is over."""
        now = time.monotonic()
        if self.process is not None:
            ended = self.process.poll()
            if ended is None:
                return
            self._mourn(ended, now)
        if now >= self._due_at:
            self._start(now)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, *, by: float) -> None:
        """Wait until it has ended, and kill it when ``by`` (monotonic seconds) has passed."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.0, by - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop in time, and was killed.", self.name)
            self.process.kill()
            self.process.wait()

    def _start(self, now: float) -> None:
        self.process = self.begin()
        self._started_at = now

    def _mourn(self, ended: int, now: float) -> None:
        self.process = None
        steady = now - self._started_at >= STEADY_AFTER
        self._pause = 0.0 if steady else min(LONGEST_PAUSE, max(SHORTEST_PAUSE, self._pause * 2))
        self._due_at = now + self._pause
        log.warning("%s ended (%s); it is started again.", self.name, _how(ended))


class Supervision:
    """Keeps children running until SIGTERM or SIGINT."""

    def __init__(self, children: Iterable[Child]) -> None:
        self._children = list(children)
        self._wake, self._alarm = os.pipe()
        self._stopping = False

    def run(self, *, each_turn: Callable[[], None]) -> None:
        """Block until told to stop, then stop every child; ``each_turn`` must not block."""
        former = {name: signal.signal(name, self._stop) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self._stopping:
                for child in self._children:
                    child.look()
                each_turn()
                select.select([self._wake], [], [], LOOK_EVERY)
        finally:
            self._end_all()
            for name, handler in former.items():
                signal.signal(name, handler)
            os.close(self._wake)
            os.close(self._alarm)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True
        os.write(self._alarm, b"!")  # select wakes: a flag alone would wait for its next turn

    def _end_all(self) -> None:
        by = time.monotonic() + STOP_WITHIN
        for child in self._children:
            child.stop()
        for child in self._children:
            child.end(by=by)


def _how(ended: int) -> str:
    if ended >= 0:
        return f"exit {ended}"
    return signal.Signals(-ended).name
