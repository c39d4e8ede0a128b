"""Calls to the manage API, 200 a second from 20 machines, while 20,000 mails leave.

Of the calls 70 % read, 25 % change a component's state and 5 % say more of an incident. They are
made on time whether or not the answer before has come: what waits because something else was slow
has waited too. Each machine keeps its own connection, through the front as from outside.
"""

import http.client
import json
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.table import Row, milliseconds, percentile
from tests.serving import House, until
from tests.sink import Sink

READERS, MACHINES, RATE, SECONDS = 20_000, 20, 200, 40.0
WARM, COMPONENTS, WORDS_EACH = 3.0, 30, 5
AT_MOST = 0.150
RELAY_PAUSE = 0.02  # seconds that a real relay takes for a mail: the fan-out lasts as long as calls
SHARES = (("read", 70), ("state", 25), ("word", 5))
PATIENCE = 300.0
QUIETLY: dict[str, Any] = {"deliver_notifications": False}


@dataclass
class Heard:
    """What came of all calls, by any machine."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {n: [] for n, _ in SHARES})
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, status: int, seconds: float, *, counts: bool) -> None:
        with self.lock:
            if status in (200, 201):
                self.accepted[kind] += 1
            else:
                self.refused[f"{kind} {status}"] += 1
            if counts:
                self.seconds[kind].append(seconds)


class Caller:
    """One connection and its key."""

    def __init__(self, port: int, page: str, key: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._place, self._head = f"/v1/pages/{page}/", {"Authorization": f"OAuth {key}"}

    def call(self, method: str, path: str, told: Any = None) -> tuple[int, Any]:
        head = self._head | ({"Content-Type": "application/json"} if told else {})
        body = json.dumps(told) if told else None
        self._line.request(method, self._place + path, body, head)
        answer = self._line.getresponse()
        said = answer.read()
        return answer.status, json.loads(said) if said else None

    def close(self) -> None:
        self._line.close()


def measure(say: Callable[[str], None]) -> list[Row]:
    """Call while mails leave; ``say`` is told how it goes along."""
    with TemporaryDirectory(prefix="tocsin-bench-") as name, ExitStack() as stack:
        directory = Path(name)
        sink = stack.enter_context(Sink(directory, pause=RELAY_PAUSE))
        told = {"TOCSIN_SMTP_URL": sink.url, "TOCSIN_API_CALLS_A_MINUTE": "0"}
        house = stack.enter_context(House(directory, told))
        house.data_dir.mkdir()
        house.start("--no-demo")
        page, key = _furnished(house, directory, say)
        return _measured(house, sink, page, key, say)


def _furnished(house: House, directory: Path, say: Callable[[str], None]) -> tuple[str, str]:
    """A page with components and readers, and a key to it."""
    page = str(house.told_by("page", "list")[0]["id"])
    key = str(house.told_by("key", "create", "--scope", "manage")["key"])
    say(f"Letting {READERS:,} readers in …")
    rows = directory / "readers.csv"
    lines = (f"reader{number}@linden.example,2024-05-01" for number in range(READERS))
    rows.write_text("email,consented_at\n" + "\n".join(lines) + "\n", "utf-8")
    done = house.tocsin("subscribers", "import", str(rows))
    assert done.returncode == 0, done.stderr
    return page, key


def _measured(
    house: House, sink: Sink, page: str, key: str, say: Callable[[str], None]
) -> list[Row]:
    first = Caller(house.port, page, key)
    components = [
        _made(first, "components", {"component": {"name": f"Part {n}"}}) for n in range(COMPONENTS)
    ]
    incidents = [_made(first, "incidents", {"incident": _quiet(n)}) for n in range(MACHINES)]
    heard, before = Heard(), _numbers(house)
    loud = {"name": "Checkout fails", "components": {components[-1]: "major_outage"}}
    _made(first, "incidents", {"incident": loud})
    first.close()
    until(lambda: sink.count() > 0, "mails begin to leave", within=60)
    say(f"{RATE} calls a second for {SECONDS:g} s while mails leave …")
    began = time.monotonic()
    _call_all(house.port, page, key, components, incidents, heard, began)
    took = time.monotonic() - began
    at_end = sink.count()
    until(lambda: sink.count() >= READERS, "every mail has left", within=PATIENCE)
    return _judged(heard, took, at_end, sink.count(), _numbers(house) - before)


def _made(caller: Caller, path: str, told: Any) -> str:
    status, said = caller.call("POST", path, told)
    assert status == 201, said
    return str(said["id"])


def _quiet(number: int) -> dict[str, Any]:
    return {"name": f"Trouble {number}", "body": "We look."} | QUIETLY


def _numbers(house: House) -> Counter[str]:
    """How much was said so far, by kind."""
    with sqlite3.connect(f"file:{house.database}?mode=ro", uri=True) as line:
        rows = line.execute("SELECT kind, count(*) FROM statements_publication GROUP BY kind")
        return Counter(dict(rows.fetchall()))


def _call_all(
    port: int,
    page: str,
    key: str,
    components: list[str],
    incidents: list[str],
    heard: Heard,
    began: float,
) -> None:
    """Every call at its time, by whichever machine is free; a late one has waited that long."""
    due: SimpleQueue[tuple[float, str]] = SimpleQueue()
    chance = random.Random(20261123)
    for number in range(int(RATE * SECONDS)):
        kind = chance.choices([n for n, _ in SHARES], [s for _, s in SHARES])[0]
        due.put((began + number / RATE, kind))
    machines = [
        threading.Thread(
            target=_work,
            args=(Machine(n, components[n], incidents[n]), Caller(port, page, key), due, heard),
        )
        for n in range(MACHINES)
    ]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join()


@dataclass
class Machine:
    """One program: its component, and the incident that it tells of, one after the other."""

    number: int
    component: str
    incident: str
    words: int = 0
    states: int = 0
    reads: int = 0

    def next(self, kind: str) -> tuple[str, str, Any]:
        if kind == "state":
            self.states += 1  # each one another, for what was said already is not said again
            state = "degraded_performance" if self.states % 2 else "operational"
            return "PATCH", f"components/{self.component}", {"component": {"status": state}}
        if kind == "word":
            return self._word()
        self.reads += 1
        reads = ("components", f"components/{self.component}", f"incidents/{self.incident}.json")
        more = ("incidents/unresolved?per_page=5", "incidents?limit=5")
        return "GET", (*reads, *more)[self.reads % 5], None

    def _word(self) -> tuple[str, str, Any]:
        """A night in five words, and then the next one."""
        self.words += 1
        if self.words % WORDS_EACH == 0:
            return "POST", "incidents", {"incident": _quiet(self.number)}
        word = {"body": f"Machine {self.number}, word {self.words}."} | QUIETLY
        if self.words % WORDS_EACH == WORDS_EACH - 1:
            word["status"] = "resolved"
        return "PATCH", f"incidents/{self.incident}", {"incident": word}

    def heard(self, method: str, said: Any) -> None:
        if method == "POST":
            self.incident = said["id"]


def _work(
    machine: Machine, caller: Caller, due: "SimpleQueue[tuple[float, str]]", heard: Heard
) -> None:
    first = None
    while True:
        try:
            at, kind = due.get_nowait()
        except Empty:
            caller.close()
            return
        first = at if first is None else first
        time.sleep(max(0.0, at - time.monotonic()))
        method, path, told = machine.next(kind)
        status, said = caller.call(method, path, told)
        heard.note(kind, status, time.monotonic() - at, counts=at - first > WARM)
        if status == 201:
            machine.heard(method, said)


def _judged(heard: Heard, took: float, at_end: int, mails: int, said: Counter[str]) -> list[Row]:
    every = [seconds for kind in heard.seconds.values() for seconds in kind]
    p99, rate = percentile(every, 0.99), sum(heard.accepted.values()) / took
    lost = (heard.accepted["state"] - said["state"]) + (heard.accepted["word"] - said["word"] + 1)
    refused = sum(heard.refused.values())
    rows = [
        Row(
            f"manage: {kind}, p50 / p99",
            f"{milliseconds(percentile(seconds, 0.5))} / {milliseconds(percentile(seconds, 0.99))}",
        )
        for kind, seconds in heard.seconds.items()
    ]
    return [
        *rows,
        Row("manage: calls a second", f"{rate:.0f}", f"{RATE}", rate >= RATE * 0.99),
        Row(
            "manage: p99 of all calls",
            milliseconds(p99),
            f"< {milliseconds(AT_MOST)}",
            p99 < AT_MOST,
        ),
        Row("manage: refused or lost", f"{refused} / {lost}", "none", not refused and not lost),
        Row("manage: mails that left meanwhile", f"{at_end:,} of {mails:,}"),
    ]
