"""Severities, what they show on the page, and the grace of a stated next word."""

from datetime import timedelta
from enum import StrEnum

from tocsin.catalogue.tree import State


class Severity(StrEnum):
    SEV1 = "sev1"  # most customers cannot use a core function, or data is at risk
    SEV2 = "sev2"  # a core function badly degraded, or one region or plan down
    SEV3 = "sev3"  # partial trouble, a workaround exists
    SEV4 = "sev4"  # no effect that customers can see


class Indicator(StrEnum):
    """How the whole page stands, in the words that Statuspage clients know."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


INDICATORS = list(Indicator)  # from well to worst

IMPACT_OF = {
    Severity.SEV1: Indicator.CRITICAL,
    Severity.SEV2: Indicator.MAJOR,
    Severity.SEV3: Indicator.MINOR,
    Severity.SEV4: Indicator.NONE,
}
INDICATOR_OF = {
    State.OPERATIONAL: Indicator.NONE,
    State.MAINTENANCE: Indicator.MAINTENANCE,
    State.DEGRADED: Indicator.MINOR,
    State.PARTIAL: Indicator.MAJOR,
    State.MAJOR: Indicator.CRITICAL,
}
SEVERITY_OF = {
    State.MAJOR: Severity.SEV1,
    State.PARTIAL: Severity.SEV2,
    State.DEGRADED: Severity.SEV3,
    State.MAINTENANCE: Severity.SEV4,
    State.OPERATIONAL: Severity.SEV4,
}


def worst_indicator(indicators: list[Indicator]) -> Indicator:
    """The worst of several; of none, ``none``."""
    return max(indicators, key=INDICATORS.index, default=Indicator.NONE)


OWING_AN_ACCOUNT = frozenset({Severity.SEV1, Severity.SEV2})  # by a day (table 1.1)
SHORT_DUE, LONG_DUE = timedelta(minutes=5), timedelta(minutes=10)
SHORTLY = timedelta(hours=2)


def grace_of(made_for: timedelta) -> timedelta:
    """The grace of a stated next word: 5 min for dues up to 2 h, 10 min above (metrics 6.2)."""
    return SHORT_DUE if made_for <= SHORTLY else LONG_DUE
