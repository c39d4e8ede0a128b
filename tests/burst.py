"""A storm of alerts, from machines that try again for as long as they are not told it is taken.

As Alertmanager does: 2xx is the end of it, 5xx and a broken connection are tried again, and any
other answer would lose the alert.
"""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.serving import House

PAUSE = 0.05  # seconds before a sender tries again
PATIENCE = 20.0  # seconds for one answer


class Lost(Exception):
    """A sender was told never to try again: what it had to tell is lost."""


@dataclass
class Burst:
    """Bodies to be taken, each by one of ``senders``; ``answers`` counts what they were told."""

    port: int
    path: str
    bodies: Sequence[bytes]
    senders: int = 16
    answers: Counter[str] = field(default_factory=Counter)
    taken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, *, meanwhile: Callable[[], None] = lambda: None) -> float:
        """Send it all; ``meanwhile`` runs once half of it is taken. Returns the seconds."""
        todo = list(reversed(self.bodies))
        began = time.monotonic()
        threads = [threading.Thread(target=self._send, args=[todo]) for _ in range(self.senders)]
        for thread in threads:
            thread.start()
        while self.taken < len(self.bodies) / 2 and any(one.is_alive() for one in threads):
            time.sleep(0.002)
        meanwhile()
        for thread in threads:
            thread.join()
        if self.taken < len(self.bodies):
            raise Lost(f"{len(self.bodies) - self.taken} calls were refused: {dict(self.answers)}")
        return time.monotonic() - began

    def _send(self, todo: list[bytes]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while body := self._next(todo):
            while not (status := self._told(line, body)).startswith("2"):
                if status.startswith("4"):
                    return
                time.sleep(PAUSE)
            with self._lock:
                self.taken += 1
        line.close()

    def _next(self, todo: list[bytes]) -> bytes:
        with self._lock:
            return todo.pop() if todo else b""

    def _told(self, line: http.client.HTTPConnection, body: bytes) -> str:
        try:
            line.request("POST", self.path, body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            answer.read()
            status = str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            line.close()  # the next try opens it again
            status = type(error).__name__
        with self._lock:
            self.answers[status] += 1
        return status


def bodies(alerts: int, *, each: int, component: str = "checkout") -> list[bytes]:
    """Webhooks of Alertmanager's with ``each`` alerts, until there are so many different ones."""
    return [
        json.dumps(
            {
                "version": "4",
                "groupKey": f"{{}}:{{group={start}}}",
                "status": "firing",
                "alerts": [_alert(number, component) for number in range(start, start + each)],
            }
        ).encode()
        for start in range(0, alerts, each)
    ]


def _alert(number: int, component: str) -> dict[str, object]:
    return {
        "status": "firing",
        "labels": {
            "alertname": "InstanceDown",
            "instance": f"web-{number}.shop.example:9100",
            "component": component,
            "severity": "critical",
        },
        "annotations": {"summary": f"Instance web-{number} is down", "runbook": "x" * 200},
        "startsAt": "2026-11-24T09:00:00.123456789Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.shop.example:9090/graph?g0.expr=up+%3D%3D+0",
        "fingerprint": f"{number:016x}",
    }


def a_hook(house: House) -> str:
    """The path of a new hook for Alertmanager, on the only page; with a checkout if need be."""
    if not house.told_by("component", "list"):
        done = house.tocsin("component", "add", "Checkout")
        assert done.returncode == 0, done.stderr
    url: str = house.told_by("hook", "create", "--source", "alertmanager")["url"]
    return "/hooks/" + url.partition("/hooks/")[2]
