"""How the world does, as far as anybody counted it: figures of others with their source. Pure.

Shares from 0 to 1. They are of public posts alone, so what happened behind them is not there to be
compared with: nobody's time to a first notice is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.scorecard.totals import Measure

SOURCE = "https://github.com/slok/stactus-showcase"
COMMIT = "11fbed09"
PAGES, INCIDENTS, POSTS = 25, 10_088, 42_143
FIRST, LAST = "2017-10-31", "2026-08-22"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What others come to; ``n`` of what it was counted over."""

    share: float
    n: int
    note: str = ""  # a key: what to bear in mind


# One provider made nearly all promises of that record, so the other 24 pages stand for the world.
BASELINES: Mapping[Measure, Baseline] = {
    Measure.OWED_KEPT: Baseline(0.63, 70, "without_the_one"),
    Measure.OWED_STRICTLY: Baseline(0.56, 70, "without_the_one"),
    Measure.OWED_STATED: Baseline(0.025, 5_393, "first_notices"),
    Measure.SILENCE_HOUR: Baseline(0.52, 206, "critical"),
    Measure.EMPTY: Baseline(0.136, 9_389, "without_the_one"),
    Measure.ACCOUNT_SHOWN: Baseline(0.02, 1_150, "major_and_critical"),
}
