"""Looking at real processes: who is whose child, and who is gone."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

DEADLINE = 30.0  # seconds until a condition that never comes true fails the test


def eventually(claim: Callable[[], bool]) -> None:
    """Wait until a claim holds; fail when it doesn't in time."""
    until = time.monotonic() + DEADLINE
    while not claim():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether a process is there, and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def children_of(pid: int) -> list[int]:
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in told.split() if is_running(int(child))]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def name_of(pid: int) -> str:
    """The short name, as `top` shows it."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def descendants_of(pid: int) -> list[int]:
    found = []
    for child in children_of(pid):
        found += [child, *descendants_of(child)]
    return found


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
