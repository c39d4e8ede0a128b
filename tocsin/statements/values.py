"""The words of a draft and of a publication, as frozen values, and how they are written down."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.disclosure.posture import CauseSide, Certainty
from tocsin.disclosure.severity import IMPACT_OF, Indicator, Severity


class Kind(StrEnum):
    """What a publication is. Each kind goes through the same ``publish``."""

    WORD = "word"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Layer:
    """One language's words: a line, a paragraph, and the full story on demand (R-21).

    ``who``, ``still_works`` and ``workaround`` answer three of the reader's four questions;
    ``cause`` is the plain sentence that goes with whose side it is.
    """

    headline: str
    body: str
    details: str = ""
    effect: str = ""
    who: str = ""
    still_works: str = ""
    workaround: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A repair forecast: a range and its basis by language, never a promise (R-08)."""

    earliest: datetime
    latest: datetime
    basis: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LongMode:
    """Long-incident mode (R-11): since when words come less often, and why, by language.

    ``severity`` is that at which it was declared: what gets worse is slow no longer.
    """

    since: datetime
    reason: Mapping[str, str]
    severity: Severity


@dataclass(frozen=True, slots=True)
class Words:
    """All that one word says. Times are aware; ``impacts`` is {component id: state}.

    ``name`` and ``turn_reason`` are by language; ``turn_reason`` explains going back (R-23).
    """

    name: Mapping[str, str]
    layers: Mapping[str, Layer]
    phase: Phase
    severity: Severity
    impacts: Mapping[str, State]
    cause_side: CauseSide = CauseSide.UNKNOWN
    certainty: Certainty = Certainty.UNKNOWN
    since: datetime | None = None
    until: datetime | None = None
    next_word_at: datetime | None = None
    forecast: Forecast | None = None
    turn_reason: Mapping[str, str] = field(default_factory=dict)
    long_mode: LongMode | None = None
    is_shouted: bool = False  # written in an emergency, by hand

    @property
    def is_final(self) -> bool:
        return self.phase in FINAL

    @property
    def impact(self) -> Indicator:
        return IMPACT_OF[self.severity]


def written(words: Words) -> dict[str, Any]:
    """Words as JSON values."""
    told = asdict(words)
    for name in ("since", "until", "next_word_at"):
        told[name] = _stamp(told[name])
    if words.forecast:
        told["forecast"]["earliest"] = _stamp(words.forecast.earliest)
        told["forecast"]["latest"] = _stamp(words.forecast.latest)
    if words.long_mode:
        told["long_mode"]["since"] = _stamp(words.long_mode.since)
    return told


def read(told: Mapping[str, Any]) -> Words:
    """Words from JSON values; the inverse of :func:`written`."""
    forecast = told["forecast"]
    return Words(
        name=told["name"],
        layers={language: Layer(**layer) for language, layer in told["layers"].items()},
        phase=Phase(told["phase"]),
        severity=Severity(told["severity"]),
        impacts={key: State(state) for key, state in told["impacts"].items()},
        cause_side=CauseSide(told["cause_side"]),
        certainty=Certainty(told["certainty"]),
        since=_time(told["since"]),
        until=_time(told["until"]),
        next_word_at=_time(told["next_word_at"]),
        forecast=Forecast(
            earliest=datetime.fromisoformat(forecast["earliest"]),
            latest=datetime.fromisoformat(forecast["latest"]),
            basis=forecast["basis"],
        )
        if forecast
        else None,
        turn_reason=told["turn_reason"],
        long_mode=_long_mode(told.get("long_mode")),
        is_shouted=told.get("is_shouted", False),
    )


def _long_mode(told: Mapping[str, Any] | None) -> LongMode | None:
    if not told:
        return None
    since, severity = datetime.fromisoformat(told["since"]), Severity(told["severity"])
    return LongMode(since=since, reason=told["reason"], severity=severity)


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _time(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
