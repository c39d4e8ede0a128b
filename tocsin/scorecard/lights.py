"""Five lights per incident, and no sum (metrics 6.8): an average would hide the worst. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.disclosure.keeping import Fate
from tocsin.scorecard.figures import NotMeasured
from tocsin.scorecard.measures import CLOSING, ZERO, Card, closing_told


class Light(StrEnum):
    """How one of the five stands; ``grey`` is not measured, and never a kind of green."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


class Lamp(StrEnum):
    """Which of the five."""

    FIRST_NOTICE = "first_notice"
    OWED_WORDS = "owed_words"
    SILENCE = "silence"
    RESOLUTION = "resolution"
    ACCOUNT = "account"


GREEN_SILENCE, AMBER_SILENCE = 2.0, 3.0  # times the cadence that the policy asked for
AMBER_NOTICE = 2  # times the limit
AMBER_KEPT = 0.8


def lights(card: Card, *, at: datetime) -> Mapping[Lamp, Light]:
    """The row of five."""
    return {
        Lamp.FIRST_NOTICE: _first_notice(card),
        Lamp.OWED_WORDS: _owed_words(card),
        Lamp.SILENCE: _silence(card),
        Lamp.RESOLUTION: _resolution(card),
        Lamp.ACCOUNT: _account(card),
    }


def _first_notice(card: Card) -> Light:
    if isinstance(card.in_time, NotMeasured):
        return Light.GREY
    if card.in_time:
        return Light.GREEN
    took, limit = card.detect_to_notice, card.incident.limit
    is_close = isinstance(took, timedelta) and limit and took <= limit * AMBER_NOTICE
    return Light.AMBER if is_close else Light.RED


def _owed_words(card: Card) -> Light:
    settled = [debt for debt in card.debts if debt.fate != Fate.OWED]
    if not settled:
        return Light.GREY
    kept = sum(debt.fate == Fate.KEPT for debt in settled) / len(settled)
    if kept == 1:
        return Light.GREEN
    return Light.AMBER if kept >= AMBER_KEPT else Light.RED


def _silence(card: Card) -> Light:
    ratios = [gap.length / gap.within for gap in card.gaps if gap.within and gap.within > ZERO]
    if not ratios:
        return Light.GREY
    if max(ratios) <= GREEN_SILENCE:
        return Light.GREEN
    return Light.AMBER if max(ratios) <= AMBER_SILENCE else Light.RED


def _resolution(card: Card) -> Light:
    if isinstance(card.complete, NotMeasured):
        return Light.GREY
    lacking = CLOSING - closing_told(card.incident)
    return (Light.GREEN, Light.AMBER)[lacking] if lacking < 2 else Light.RED


def _account(card: Card) -> Light:
    if isinstance(card.account_on_time, NotMeasured):
        return Light.GREY
    if card.account_on_time:
        return Light.GREEN
    return Light.AMBER if card.account_shown is True else Light.RED  # late, or not there at all
