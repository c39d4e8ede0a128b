"""From a commit until readers see it, as the past grows from a handful to a thousand times that."""

from collections.abc import Callable

from tests.bench.table import Row, milliseconds, percentile
from tests.bench.visible import Subject, compared
from tests.watcher import PLACES

PASTS = (20, 2_000, 20_000)
AT_MOST, RATIO = 0.200, 1.3  # seconds; the largest p99 over the smallest


def measure(say: Callable[[str], None]) -> list[Row]:
    """Measure all pasts in turns; ``say`` is told how it goes along."""
    subjects = compared(say, PASTS)
    return [row for place in PLACES for row in _judged(place, subjects)]


def _judged(place: str, subjects: list[Subject]) -> list[Row]:
    seen = [percentile(subject.seconds[place], 0.99) for subject in subjects]
    most, least = max(seen), min(seen)
    pasts = " / ".join(f"{past:,}" for past in PASTS)
    return [
        Row(
            f"commit → {place}, p99 with {pasts} past incidents",
            " / ".join(milliseconds(one) for one in seen),
            f"≤ {milliseconds(AT_MOST)}",
            most <= AT_MOST,
        ),
        Row(
            f"commit → {place}, the largest p99 over the smallest",
            f"{most / least:.2f} ×",
            f"≤ {RATIO} ×",
            most <= RATIO * least,
        ),
    ]
