"""A past of incidents of four words each, scored some times over; prints what that took as JSON.

Run as ``python -m tests.bench.scoring write COUNT``, then ``score COUNT ROUNDS``, with
TOCSIN_DATA_DIR set.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench import past
from tocsin.catalogue import shelf
from tocsin.cli import tables
from tocsin.disclosure.phases import Phase
from tocsin.scorecard import gathering, totals
from tocsin.statements import appraisals

# No two posts say the same, as in life: whoever remembers a text gains nothing by it here.
FOUR = (
    (
        6,
        Phase.INVESTIGATING,
        "About {many} customers see errors, case {case}. Reading works. Next word in half an hour.",
    ),
    (
        15,
        Phase.IDENTIFIED,
        "A change of ours, number {case}, did it. We take it back; {many} orders wait, none lost.",
    ),
    (
        24,
        Phase.MONITORING,
        "The change is out, and {many} orders go through one by one. We keep watching case {case}.",
    ),
    (
        50,
        Phase.RESOLVED,
        "Everything works again. It lasted fifty minutes and {many} customers met it, case {case}.",
    ),
)


def write(count: int) -> None:
    """Write the past."""
    past.STEPS = FOUR
    tables.stand()
    now = datetime.now(UTC)
    page = past.a_page(at=now - past.SPREAD - timedelta(days=1))
    past.a_past(page, count, until=now - timedelta(hours=8))
    # What the coach makes of it lies there, as the worker leaves it, or a score had less to read.
    appraisals.reread(shelf.brand(page.id), at=now, progress=lambda *_told: None)


def score(count: int, rounds: int) -> None:
    """Score it some times over, in a process that did nothing else, like a command; print."""
    page, now = shelf.pages()[0], datetime.now(UTC)
    took, questions = [], 0
    for _turn in range(rounds):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            history = gathering.history(page, at=now)
        read = time.perf_counter()
        scored = totals.score(history)
        took.append((read - began, time.perf_counter() - read))
        questions = len(asked)
        words = sum(len(one.words) for one in history.incidents)
        del history  # a command reads one record, and has room for it
    assert sum(scored.counts.values()) == count
    told = {
        "incidents": count,
        "words": words,
        "read": median(read for read, _ in took),
        "measured": median(measured for _, measured in took),
        "questions": questions,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(int(sys.argv[2]))
    else:
        score(int(sys.argv[2]), int(sys.argv[3]))
