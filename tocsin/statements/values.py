"""The words of a draft and of a publication, as frozen values, and how they are written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, cast

from tocsin.catalogue.tree import State
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import FINAL, PLANNED, Phase
from tocsin.disclosure.posture import CauseSide, Certainty
from tocsin.disclosure.recurrence import Rule
from tocsin.disclosure.severity import IMPACT_OF, Indicator, Severity
from tocsin.statements import promised
from tocsin.statements.promised import Promise
from tocsin.statements.prose import ANY, TEXT, Shape


class Kind(StrEnum):
    """What a publication is. Each kind goes through the same ``publish``."""

    WORD = "word"
    STATE = "state"
    CORRECTION = "correction"
    TRANSLATION = "translation"
    PROGRESS = "progress"


@dataclass(frozen=True, slots=True)
class Layer:
    """One language's words: a line, a paragraph, and the full story on demand (R-21).

    ``who``, ``still_works`` and ``workaround`` answer three of the reader's four questions;
    ``cause`` is the plain sentence that goes with whose side it is. A last word sums up (R-22):
    ``total`` is its effect in numbers, ``lingering`` what may still be felt, ``customer_action``
    what readers must do.
    """

    headline: str
    body: str
    details: str = ""
    effect: str = ""
    who: str = ""
    still_works: str = ""
    workaround: str = ""
    cause: str = ""
    total: str = ""
    lingering: str = ""
    customer_action: str = ""


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
class Correction:
    """What an earlier word said and should have said (R-27), whole, so that either can be shown.

    ``of`` and ``number`` name the corrected publication. ``was`` and ``now`` hold the languages
    whose text differs; a fact that stands is None, else (what was said, what is right). ``states``
    are such pairs by component id: what that word said of it, and every word after it until the
    incident was over or something else was said (stretches.py).
    """

    of: str
    number: int
    told_at: datetime
    learned_at: datetime
    was: Mapping[str, Layer]
    now: Mapping[str, Layer]
    severity: tuple[Severity, Severity] | None = None
    since: tuple[datetime | None, datetime] | None = None
    until: tuple[datetime | None, datetime] | None = None
    data: tuple[DataStatement | None, DataStatement] | None = None
    states: Mapping[str, tuple[State, State]] = field(default_factory=dict)

    @property
    def has_facts(self) -> bool:
        """Whether it is about more than words."""
        return any((self.severity, self.since, self.until, self.data, self.states))


@dataclass(frozen=True, slots=True)
class Retrospective:
    """Trouble that was noticed only when it was over (T-20): the states it was in, and when found.

    The word's own ``impacts`` are how things stand from the word on: well.
    """

    impacts: Mapping[str, State]
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Repeat:
    """Which of a series a window is: ``occurs_at`` is when the rule has it, wherever it moved.

    ``pattern`` is the rule without its end, ``first`` the wall clock of its first window.
    """

    series: str
    pattern: str
    first: datetime
    zone: str
    until: datetime | None
    lasts_for: timedelta
    occurs_at: datetime
    is_ended: bool = False

    @property
    def rule(self) -> Rule:
        return Rule(self.pattern, self.first, self.zone, self.until)


@dataclass(frozen=True, slots=True)
class Window:
    """When planned work takes place, and what it does meanwhile.

    ``effects``: {component id: state}. ``interruptions`` is how many there will be of
    ``interruption_for`` each, none where the effect lasts for the whole window. ``still_works`` is
    by language. ``ends_itself``: that it is over is said by the clock alone.
    """

    starts_at: datetime
    ends_at: datetime
    effects: Mapping[str, State]
    interruptions: int = 0
    interruption_for: timedelta | None = None
    still_works: Mapping[str, str] = field(default_factory=dict)
    ends_itself: bool = False
    repeat: Repeat | None = None

    @property
    def lasts_for(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def is_off_its_rule(self) -> bool:
        """Whether it takes place otherwise than the rule of its series says."""
        told = self.repeat
        return told is not None and (
            (self.starts_at, self.lasts_for) != (told.occurs_at, told.lasts_for)
        )


@dataclass(frozen=True, slots=True)
class Words:
    """All that one word says. Times are aware; ``impacts`` is {component id: state}.

    ``name`` and ``turn_reason`` are by language; ``turn_reason`` explains going back (R-23). In a
    correction ``layers`` tell what was wrong, and everything else is what holds from then on.
    ``primary`` is the language that leads, which readers of another are shown until theirs comes;
    ``translations_due`` says by when, for each language of the page that the word lacks (R-28).
    ``impact_told`` is the impact as a program told it, whatever states and severity would make it.
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
    data: DataStatement | None = None
    account_due: date | None = None  # by when all of the account is promised
    correction: Correction | None = None
    retrospective: Retrospective | None = None
    primary: str = ""
    translations_due: Mapping[str, datetime] = field(default_factory=dict)
    window: Window | None = None
    impact_told: Indicator | None = None
    promises: tuple[Promise, ...] = ()  # all that are public of the incident, as they stand now
    is_progress: bool = False  # about those alone: the incident's own words stay as they were

    @property
    def is_planned(self) -> bool:
        """Whether this is about planned work within its window (before, during or after)."""
        return self.phase in PLANNED

    @property
    def is_final(self) -> bool:
        return self.phase in FINAL

    @property
    def impact(self) -> Indicator:
        if self.is_planned:
            return Indicator.MAINTENANCE
        return self.impact_told or IMPACT_OF[self.severity]


@dataclass(frozen=True, slots=True)
class Source:
    """What the place that a word came from told of it beyond our own fields, kept as it was.

    ``update`` is of this word, without its body, which the layers hold. ``incident`` is of the
    whole story, with the last word that was brought from there. Both have the shapes of Statuspage.
    ``links`` are the paths by which readers knew it there.
    """

    system: str
    update: Mapping[str, Any]
    incident: Mapping[str, Any] | None = None
    links: tuple[str, ...] = ()


# The parts of written words that are prose, in the shape that they are written in (prose.py):
# only there may a text be taken out. Times, ids, states and phases are none.
BY_LANGUAGE: Shape = {ANY: TEXT}
LAYERS: Shape = {
    ANY: {
        "headline": TEXT,
        "body": TEXT,
        "details": TEXT,
        "effect": TEXT,
        "who": TEXT,
        "still_works": TEXT,
        "workaround": TEXT,
        "cause": TEXT,
        "total": TEXT,
        "lingering": TEXT,
        "customer_action": TEXT,
    }
}
PROSE: Shape = {
    "name": BY_LANGUAGE,
    "layers": LAYERS,
    "forecast": {"basis": BY_LANGUAGE},
    "turn_reason": BY_LANGUAGE,
    "long_mode": {"reason": BY_LANGUAGE},
    "correction": {"was": LAYERS, "now": LAYERS},
    "window": {"still_works": BY_LANGUAGE},
    "promises": [{"texts": promised.TEXTS, "link": TEXT, "proof_link": TEXT}],
}
# Of what a source told: whatever somebody may have typed there.
_TOLD_OF_COMPONENT: Shape = {"name": TEXT, "description": TEXT}
SOURCE_PROSE: Shape = {
    "update": {"custom_tweet": TEXT, "affected_components": [_TOLD_OF_COMPONENT]},
    "incident": {
        "name": TEXT,
        "postmortem_body": TEXT,
        "components": [_TOLD_OF_COMPONENT],
    },
}


def written(words: Words) -> dict[str, Any]:
    """Words as JSON values."""
    told: dict[str, Any] = _plain(words)
    return told


@cache
def _fields_of(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _plain(value: Any) -> Any:
    """Values by name, times as stamps and durations as seconds, at any depth."""
    if value is None or isinstance(value, str | int):
        return value
    kind: Any = type(value)
    if is_dataclass(kind):
        return {name: _plain(getattr(value, name)) for name in _fields_of(cast(Any, kind))}
    if isinstance(value, datetime):
        return _stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def read(told: Mapping[str, Any]) -> Words:
    """Words from JSON values; the inverse of :func:`written`."""
    forecast = told["forecast"]
    return Words(
        name=told["name"],
        layers=_layers(told["layers"]),
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
        data=DataStatement(told["data"]) if told.get("data") else None,
        account_due=date.fromisoformat(told["account_due"]) if told.get("account_due") else None,
        correction=_correction(told["correction"]) if told.get("correction") else None,
        retrospective=_retrospective(told["retrospective"]) if told.get("retrospective") else None,
        primary=told.get("primary", ""),
        translations_due={
            language: datetime.fromisoformat(due)
            for language, due in told.get("translations_due", {}).items()
        },
        window=_read_window(told.get("window")),
        impact_told=Indicator(told["impact_told"]) if told.get("impact_told") else None,
        promises=tuple(map(promised.read, told.get("promises", ()))),
        is_progress=told.get("is_progress", False),
    )


def written_source(source: Source) -> dict[str, Any]:
    """A source as JSON values."""
    told: dict[str, Any] = {"system": source.system, "update": dict(source.update)}
    if source.incident is not None:
        told["incident"] = dict(source.incident)
    if source.links:
        told["links"] = list(source.links)
    return told


def read_source(told: Mapping[str, Any] | None) -> Source | None:
    """The inverse of :func:`written_source`."""
    if not told:
        return None
    links = tuple(told.get("links", ()))
    return Source(told["system"], told["update"], told.get("incident"), links)


def _layers(told: Mapping[str, Any]) -> dict[str, Layer]:
    return {language: Layer(**layer) for language, layer in told.items()}


def _correction(told: Mapping[str, Any]) -> Correction:
    return Correction(
        of=told["of"],
        number=told["number"],
        told_at=datetime.fromisoformat(told["told_at"]),
        learned_at=datetime.fromisoformat(told["learned_at"]),
        was=_layers(told["was"]),
        now=_layers(told["now"]),
        severity=_pair(told.get("severity"), Severity),
        since=_pair(told.get("since"), datetime.fromisoformat),
        until=_pair(told.get("until"), datetime.fromisoformat),
        data=_pair(told.get("data"), DataStatement),
        states={key: (State(a), State(b)) for key, (a, b) in (told.get("states") or {}).items()},
    )


def _pair(told: Any, kind: Callable[[str], Any]) -> Any:
    """(before, after) of a fact; None where it stands, and before None where it was not told."""
    if told is None:
        return None
    before, after = told
    return (None if before is None else kind(before), kind(after))


def _retrospective(told: Mapping[str, Any]) -> Retrospective:
    return Retrospective(
        impacts={key: State(state) for key, state in told["impacts"].items()},
        found_at=datetime.fromisoformat(told["found_at"]),
    )


def _read_window(told: Mapping[str, Any] | None) -> Window | None:
    if not told:
        return None
    each, repeat = told["interruption_for"], told["repeat"]
    return Window(
        starts_at=datetime.fromisoformat(told["starts_at"]),
        ends_at=datetime.fromisoformat(told["ends_at"]),
        effects={key: State(state) for key, state in told["effects"].items()},
        interruptions=told["interruptions"],
        interruption_for=timedelta(seconds=each) if each else None,
        still_works=told["still_works"],
        ends_itself=told["ends_itself"],
        repeat=_read_repeat(repeat) if repeat else None,
    )


def _read_repeat(told: Mapping[str, Any]) -> Repeat:
    return Repeat(
        series=told["series"],
        pattern=told["pattern"],
        first=datetime.fromisoformat(told["first"]),
        zone=told["zone"],
        until=_time(told["until"]),
        lasts_for=timedelta(seconds=told["lasts_for"]),
        occurs_at=datetime.fromisoformat(told["occurs_at"]),
        is_ended=told["is_ended"],
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
