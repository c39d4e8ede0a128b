"""How soon and how often a first policy speaks, and the reason for each of its times. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from tocsin.disclosure.severity import Severity
from tocsin.disclosure.starting.answers import Answers, Awake, Customers, Field, Languages

Why = tuple[str, ...]  # where its words are kept


@dataclass(frozen=True, slots=True)
class Told:
    """A length of time, and why it is this one."""

    span: timedelta
    why: Why


def _minutes(*spans: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=span) for span in spans)


# The first word, the next one, and the one after a repair: table 1.1 of the playbook, and where a
# field departs from it. Public services keep what the GDS Way asks; colleagues hear each other.
_USUAL = {
    Severity.SEV1: _minutes(10, 20, 60),
    Severity.SEV2: _minutes(20, 30, 60),
    Severity.SEV3: _minutes(60, 120, 240),
    Severity.SEV4: _minutes(60, 120, 240),
}
_PRESETS: Mapping[Field, Mapping[Severity, tuple[timedelta, ...]]] = {
    Field.SOFTWARE: {},
    Field.CONSUMER: {
        Severity.SEV2: _minutes(15, 30, 60),
        Severity.SEV3: _minutes(30, 120, 240),
    },
    Field.BANKING: {
        Severity.SEV2: _minutes(15, 30, 60),
        Severity.SEV3: _minutes(30, 60, 120),
    },
    Field.HEALTH: {
        Severity.SEV1: _minutes(5, 15, 30),
        Severity.SEV2: _minutes(10, 30, 60),
        Severity.SEV3: _minutes(30, 60, 120),
    },
    Field.PUBLIC: {
        Severity.SEV1: _minutes(15, 30, 60),
        Severity.SEV2: _minutes(30, 60, 120),
    },
    Field.INTERNAL: {
        Severity.SEV1: _minutes(15, 30, 60),
        Severity.SEV2: _minutes(30, 60, 120),
        Severity.SEV3: _minutes(120, 240, 240),
        Severity.SEV4: _minutes(120, 240, 240),
    },
}
_HALF_AN_HOUR, _FOUR_HOURS = timedelta(minutes=30), timedelta(hours=4)
_AT_MOST = {Severity.SEV1: timedelta(minutes=20), Severity.SEV2: _HALF_AN_HOUR}
_LONG: Mapping[Awake, tuple[timedelta, ...]] = {
    Awake.NOBODY: _minutes(480, 480, 480, 480),
    Awake.ONE: _minutes(120, 180, 240, 240),
    Awake.TEAM: _minutes(60, 90, 240, 240),
}
NUDGES: Mapping[Awake, tuple[int, ...]] = {
    Awake.NOBODY: (25, 50, 80, 100),
    Awake.ONE: (25, 50, 80, 100),
    Awake.TEAM: (50, 80, 100),
}
_FOLLOWS: Mapping[Languages, tuple[timedelta, ...]] = {
    Languages.ONE: _minutes(15, 30, 60, 240),
    Languages.TOGETHER: _minutes(15, 15, 30, 60),
    Languages.LATER: _minutes(60, 120, 480, 1440),
}


def first_notice(answers: Answers, severity: Severity) -> Told:
    """How soon the first word comes: never later than a contract wants it."""
    usual = _preset(answers.field, severity)[0]
    if answers.notice and answers.notice <= usual and severity != Severity.SEV4:
        return Told(answers.notice, ("first", "notice"))
    return Told(usual, ("first", _named(answers.field, severity)))


def next_word(answers: Answers, severity: Severity) -> Told:
    """How long until the next word: as those who wait for it need it."""
    usual = _preset(answers.field, severity)[1]
    most = _AT_MOST.get(severity)
    if answers.customers == Customers.PEOPLE and most and most < usual:
        return Told(most, ("next", "people"))
    if answers.customers == Customers.COLLEAGUES and usual < _HALF_AN_HOUR:
        return Told(_HALF_AN_HOUR, ("next", "colleagues"))
    if answers.customers == Customers.FEW and severity == Severity.SEV3 and usual < _FOUR_HOURS:
        return Told(_FOUR_HOURS, ("next", "few"))
    return Told(usual, ("next", _named(answers.field, severity)))


def monitoring(answers: Answers, severity: Severity) -> Told:
    """How long until the next word while a repair is watched."""
    return Told(_preset(answers.field, severity)[2], ("monitoring",))


def long_incident(answers: Answers, severity: Severity) -> Told:
    """How long in long-incident mode: what is promised at night must be kept by somebody."""
    span = _LONG[answers.night][list(Severity).index(severity)]
    return Told(max(span, next_word(answers, severity).span), ("long", answers.night))


def follows(answers: Answers, severity: Severity) -> Told:
    """How soon another language follows the first."""
    span = _FOLLOWS[answers.languages][list(Severity).index(severity)]
    return Told(span, ("languages", answers.languages))


def _preset(field: Field, severity: Severity) -> tuple[timedelta, ...]:
    return _PRESETS[field].get(severity) or _USUAL[severity]


def _named(field: Field, severity: Severity) -> str:
    return field if severity == Severity.SEV1 else severity
