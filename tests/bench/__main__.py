"""`make bench`: every measure in turn, then one table of what was seen against what is wanted.

Ends with 0 even where a target is missed (a busy machine is no defect), and with 1 where a part
could not run. Words name the parts to run (``PARTS``, such as ``visible shell``). BENCH_OUT
names a file that gets the table too.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    alerts,
    arrive,
    brands,
    clock,
    front,
    growth,
    leave,
    lighthouse,
    log,
    manage,
    nginx,
    rush,
    score,
    shell,
    streams,
    visible,
)
from tests.bench.machine import described
from tests.bench.table import Row, printed

Say = Callable[[str], None]


def _mail(say: Say) -> list[Row]:
    from tests.bench import mail

    say("Sending 20,000 mails through the ledger, and through Django's own backend …")
    return list(mail.measure(say))


PARTS: dict[str, Callable[[Say], list[Row]]] = {
    "visible": visible.measure,
    "brands": brands.measure,
    "shell": shell.measure,
    "clock": clock.measure,
    "alerts": alerts.measure,
    "mail": _mail,
    "front": front.measure,
    "arrive": arrive.measure,
    "leave": leave.measure,
    "log": log.measure,
    "manage": manage.measure,
    "nginx": nginx.measure,
    "streams": streams.measure,
    "rush": rush.measure,
    "growth": growth.measure,
    "lighthouse": lighthouse.measure,
    "score": score.measure,
}


def tidily() -> None:
    """Let whoever ends us end us as an error does: servers stopped, their directories removed."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def say(text: str) -> None:
    """Tell how it goes along."""
    print(text, flush=True)


def main(asked: list[str]) -> int:
    """Run the parts asked for (all of them when none is); returns the exit code."""
    unknown = [name for name in asked if name not in PARTS]
    if unknown:
        print(f"No part {unknown[0]!r}. Say which of: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    machine = described()
    say(machine)
    rows, broken = [], []
    for name in asked or PARTS:
        say(f"\n== {name}")
        try:
            rows += PARTS[name](say)
        except Exception:  # one part that cannot run must not hide what the others saw
            traceback.print_exc()
            broken.append(name)
    return _report(machine, rows, broken)


def _report(machine: str, rows: list[Row], broken: list[str]) -> int:
    told = f"{machine}\n\n{printed(rows)}\n"
    if broken:
        told += f"\nCould not run: {', '.join(broken)}.\n"
    print(f"\n{told}", end="")
    if "BENCH_OUT" in os.environ:
        Path(os.environ["BENCH_OUT"]).write_text(told, "utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    tidily()
    sys.exit(main(sys.argv[1:]))
