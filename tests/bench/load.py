"""Load on the public page from `wrk`: another process, on the other core, keep-alive."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.bench.machine import other_core

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
CONNECTIONS = 16
PACED = Path(__file__).with_name("paced.lua")


class NoWrk(Exception):
    """`wrk` is missing; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Load:
    """What `wrk` saw: requests a second, p99 in seconds, and what was not answered with 2xx."""

    rate: float
    p99: float
    refused: int


def _command(url: str, seconds: float, connections: int, headers: Mapping[str, str]) -> list[str]:
    if shutil.which("wrk") is None:
        raise NoWrk("wrk is missing. Install it (Debian: apt-get install wrk), and start again.")
    told = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    duration = f"{seconds:g}s"
    return ["wrk", "-t1", f"-c{connections}", f"-d{duration}", "--latency", *told, url]


def _settle() -> None:
    os.sched_setaffinity(0, other_core())


def _start(command: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_settle,
    )


def measured(
    url: str,
    *,
    seconds: float,
    connections: int = CONNECTIONS,
    headers: Mapping[str, str] | None = None,
) -> Load:
    """Load a URL for a while, and say what came of it."""
    process = _start(_command(url, seconds, connections, headers or {}))
    told, _ = process.communicate(timeout=seconds + 30)
    return _read(told)


def _read(told: str) -> Load:
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    p99 = re.search(r"^\s+99%\s+([\d.]+)(us|ms|s|m)\s*$", told, re.MULTILINE)
    if rate is None or p99 is None:
        raise NoWrk(f"wrk said nothing that could be read:\n{told}")
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    broken = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told
    )
    refused = int(wrong[1]) if wrong else 0
    refused += sum(map(int, broken.groups())) if broken else 0
    return Load(float(rate[1]), float(p99[1]) * UNITS[p99[2]], refused)


class Meanwhile(AbstractContextManager["Meanwhile"]):
    """Steady load in the background while something else is measured; ``load`` is what came of it.

    It is paced (each reader some 125 requests a second, or as ``script`` says): at full speed a
    server of two cores would have none left for what is measured, however the load were called.
    """

    def __init__(
        self,
        url: str,
        *,
        at_most: float,
        connections: int = CONNECTIONS,
        script: Path = PACED,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        *first, last = _command(url, at_most, connections, headers or {})
        self._command = [*first, "-s", str(script), last]
        self.load = Load(0.0, 0.0, 0)

    @property
    def rate(self) -> float:
        return self.load.rate

    def __enter__(self) -> "Meanwhile":
        self._process = _start(self._command)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(2)  # wrk then reports what it did so far
        told, _ = self._process.communicate(timeout=30)
        if error is None:
            self.load = _read(told)
