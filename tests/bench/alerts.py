"""How soon an alert is drafted once its source was answered, and how many come in at once."""

import http.client
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.table import Row, milliseconds, percentile
from tests.burst import Burst, a_hook, bodies
from tests.serving import House, until

EACH, STORM = 24, 2000
DRAFTED_WITHIN, TAKEN_WITHIN = 2.0, 4.0  # seconds


def measure(say: Callable[[str], None]) -> list[Row]:
    """One alert after the other, then a storm of them in groups, then as many one by one."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        house = House(Path(name) / "house")
        house.data_dir.mkdir(parents=True)
        with house:
            house.start("--no-demo")
            path = a_hook(house)
            say(f"{EACH} alerts, each by itself …")
            waits = [_drafted_after(house, path, number) for number in range(EACH)]
            say(f"{STORM} alerts in groups of ten, then {STORM} more in a call each …")
            grouped = Burst(house.port, path, bodies(2 * STORM, each=10)[STORM // 10 :]).run()
            singly = Burst(house.port, path, bodies(4 * STORM, each=1)[3 * STORM :]).run()
    return [
        Row(
            "an alert is answered → it is drafted",
            f"median {milliseconds(percentile(waits, 0.5))}, worst {milliseconds(max(waits))}",
            "≤ 2 s",
            max(waits) <= DRAFTED_WITHIN,
        ),
        Row(
            f"{STORM} alerts in groups of ten, all taken",
            f"{grouped:.2f} s",
            "≤ 4 s",
            grouped <= TAKEN_WITHIN,
        ),
        Row(f"{STORM} alerts in a call each, all taken", f"{singly:.2f} s"),
    ]


def _drafted_after(house: House, path: str, number: int) -> float:
    """Seconds from the answer until the drafted incident has the alert."""
    line = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
    body = bodies(number + 1, each=1)[number]
    line.request("POST", path, body, {"Content-Type": "application/json"})
    assert json.loads(line.getresponse().read())["new"] == 1
    answered = time.monotonic()
    line.close()
    until(lambda: _drafted(house) > number, "it is drafted", within=30, glance=0.005)
    return time.monotonic() - answered


def _drafted(house: House) -> int:
    line = sqlite3.connect(f"file:{house.database}?mode=ro", uri=True, timeout=20)
    try:
        return int(line.execute("SELECT COUNT(*) FROM incidents_notice").fetchone()[0])
    finally:
        line.close()
