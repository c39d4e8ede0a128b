"""`make faults`: kills, a storm of alerts, deadlines that lapse, the page without its database.

Words name the parts to run: ``kills alerts lapse database``. FAULTS_SEED repeats a siege.
"""

import os
import random
import sys
from collections.abc import Callable

from tests.bench.machine import described
from tests.faults import alerts, database, kills, lapse

Say = Callable[[str], None]


def say(text: str) -> None:
    """Tell how it goes along."""
    print(text, flush=True)


def _kills(say: Say) -> bool:
    seed = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(10**6))
    return kills.besiege(seed, say)


PARTS: dict[str, Callable[[Say], bool]] = {
    "kills": _kills,
    "alerts": alerts.measure,
    "lapse": lapse.measure,
    "database": database.measure,
}


def main(asked: list[str]) -> int:
    """Run the parts asked for (all of them when none is); 1 when one does not hold."""
    unknown = [name for name in asked if name not in PARTS]
    if unknown:
        print(f"No part {unknown[0]!r}. Say which of: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    say(described())
    verdicts = {}
    for name in asked or PARTS:
        say(f"\n== {name}")
        verdicts[name] = PARTS[name](say)
    say("")
    for name, holds in verdicts.items():
        say(f"{name}: {'holds' if holds else 'MISSED'}")
    return 0 if all(verdicts.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
