"""How soon the page follows the clock alone: a word turns overdue, a window begins and ends.

Nobody visits (the reader here asks only for what is compiled), and nothing is published by hand.
Run as ``python -m tests.bench.clock`` it is the operator beforehand, who promises words and plans
work in the installation of TOCSIN_DATA_DIR, and prints when each is to show, in seconds since 1970.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.agreement.markup import open_on
from tests.bench.table import Row, milliseconds, percentile
from tests.bench.visible import a_past, is_live
from tests.serving import ROOT, House, NeverHappened, until

EACH = 12  # of promised words, and of windows
AT_MOST = 2.0  # seconds
PATIENCE = 30.0
SOON, APART = 20.0, 1.7  # seconds until the first moment, and between two
LASTS = 30.0  # seconds of a window: the last has begun before the first ends

Due = Mapping[str, float]


def measure(say: Callable[[str], None]) -> list[Row]:
    """Promise and plan, and then only look; takes as long as the grace of a late word (5 min)."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        house = House(Path(name) / "house")
        house.data_dir.mkdir(parents=True)
        last = a_past(house, 10)
        with house:
            house.start("--no-demo")
            until(lambda: is_live(house, last), "the page is compiled", within=60)
            due = _arranged(house)
            say(f"{EACH} windows begin and end …")
            begun = _seen(due["begun"], lambda: _active(house))
            ended = _seen(due["ended"], lambda: due["ended"].keys() - _active(house))
            say(f"{EACH} words are not kept; the grace is five minutes …")
            overdue = _seen(due["overdue"], lambda: _overdue(house))
    return [
        _row("a window begins → page", begun),
        _row("a window ends → page", ended),
        _row("a word turns overdue → page", overdue),
    ]


def _arranged(house: House) -> dict[str, Due]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.clock"],
        env=house.environ,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    told: dict[str, Due] = json.loads(done.stdout.splitlines()[-1])
    return told


def _seen(due: Due, now_shown: Callable[[], Iterable[str]]) -> list[float]:
    """Seconds from each moment until it is shown. Raises NeverHappened, and where it came early."""
    waits: dict[str, float] = {}
    over = max(due.values()) + PATIENCE
    while len(waits) < len(due):
        shown, now = set(now_shown()), time.time()
        for key in shown & (due.keys() - waits.keys()):
            waits[key] = now - due[key]
        if now > over:
            raise NeverHappened(f"{len(due) - len(waits)} of {len(due)} never showed.")
        time.sleep(0.02)
    if early := [wait for wait in waits.values() if wait < -0.1]:
        raise NeverHappened(f"One showed {-min(early):.1f} s before its moment.")
    return list(waits.values())


def _active(house: House) -> set[str]:
    told = json.loads(house.read("/api/v2/scheduled-maintenances/active.json").body)
    return {work["id"] for work in told["scheduled_maintenances"]}


def _overdue(house: House) -> set[str]:
    text = house.read("/").text
    return {key for key, part in open_on(text) if 'late"' in part}


def _row(measure: str, seconds: list[float]) -> Row:
    median, worst = percentile(seconds, 0.5), max(seconds)
    seen = f"{milliseconds(worst)} at worst, {milliseconds(median)} median of {len(seconds)}"
    return Row(measure, seen, f"≤ {AT_MOST:g} s", worst <= AT_MOST)


def arrange() -> dict[str, Due]:
    """Promise words that nobody will keep, and plan work that the clock begins and ends."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.settings")
    django.setup()
    from tocsin.catalogue import shelf

    page = shelf.pages()[0].id
    at = datetime.now(UTC)
    moments = [at + timedelta(seconds=SOON + APART * turn) for turn in range(EACH)]
    windows = {_planned(page, moment, at): moment for moment in moments}
    return {
        "begun": {key: moment.timestamp() for key, moment in windows.items()},
        "ended": {key: moment.timestamp() + LASTS for key, moment in windows.items()},
        "overdue": dict(_promised(page, moment, at) for moment in moments),
    }


def _planned(page: str, begins: datetime, at: datetime) -> str:
    from tocsin.catalogue.tree import State
    from tocsin.incidents.plans import Plan
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import maintenance
    from tocsin.statements.notices import Script

    texts = {
        "en": {"benefit": "keep it fast", "work": "move to a larger machine"},
        "fr": {"benefit": "garder un service rapide", "work": "changer de machine"},
    }
    plan = Plan(
        title="A move",
        effects={"exports": State.MAINTENANCE},
        starts_at=begins,
        ends_at=begins + timedelta(seconds=LASTS),
        ends_itself=True,
    )
    said = maintenance.announce(page, plan, Script(texts=texts), by=TERMINAL, at=at)
    return said[0].incident_id


def _promised(page: str, by: datetime, at: datetime) -> tuple[str, float]:
    from tocsin.catalogue.tree import State
    from tocsin.disclosure.severity import grace_of
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import word

    said = word.declare(
        page,
        title="Search is slow",
        components={"search": State.DEGRADED},
        next_word_at=by,
        by=TERMINAL,
        at=at,
    )
    return said.incident_id, (by + grace_of(by - at)).timestamp()


if __name__ == "__main__":
    print(json.dumps(arrange()))
