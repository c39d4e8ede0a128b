"""What a source tells of one alert, as a value of bounded size. Pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import Severity

ALERT_LENGTH, OCCASION_LENGTH, TITLE_LENGTH, URL_LENGTH = 160, 80, 255, 1000
MOST_LABELS, LABEL_LENGTH, VALUE_LENGTH = 64, 100, 500
SLACK = timedelta(minutes=5)  # for clocks that run ahead
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # "0001-01-01" and the like say that nobody knows
# What no database takes: NUL, other control characters, halves of surrogate pairs.
_UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

# How bad it is, in the words that sources use for it.
WEIGHTS: Mapping[str, State | None] = {
    **dict.fromkeys(
        ("critical", "crit", "fatal", "emergency", "emerg", "disaster", "page", "p1", "sev1"),
        State.MAJOR,
    ),
    **dict.fromkeys(("error", "err", "high", "major", "alert", "p2", "sev2"), State.PARTIAL),
    **dict.fromkeys(
        ("warning", "warn", "average", "medium", "minor", "low", "p3", "p4", "sev3"),
        State.DEGRADED,
    ),
    **dict.fromkeys(
        ("info", "information", "informational", "notice", "none", "debug", "p5", "ok"), None
    ),
}
# Alerts about alerting: recorded, and nobody's outage.
ABOUT_ALERTING = frozenset({"Watchdog", "DeadMansSwitch", "InfoInhibitor"}) | frozenset(
    {"DatasourceError", "DatasourceNoData"}
)


@dataclass(frozen=True, slots=True)
class Alert:
    """One turn of an alert. Without ``occasion`` its source tells no firing from the next.

    ``state`` is what it suggests of a component; None where it is worth recording alone.
    """

    name: str
    is_firing: bool
    title: str
    state: State | None
    occasion: str = ""
    severity: Severity | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    happened_at: datetime | None = None
    url: str = ""


def state_of(weight: str, *, usual: State = State.PARTIAL) -> State | None:
    """The state that a source's word for "how bad" suggests; ``usual`` for what nobody knows."""
    return WEIGHTS.get(weight.strip().lower(), usual)


def bounded(alert: Alert, *, at: datetime) -> Alert:
    """The same alert as a row can hold it: short, printable, and not in the future."""
    happened = alert.happened_at
    if happened is None or happened < BEGINNING or happened > at + SLACK:
        happened = at
    return replace(
        alert,
        name=_named(alert.name),
        occasion=_short(alert.occasion, OCCASION_LENGTH),
        title=(keepable(alert.title).strip() or "Alert")[:TITLE_LENGTH],
        labels={
            keepable(name)[:LABEL_LENGTH]: keepable(value)[:VALUE_LENGTH]
            for name, value in list(alert.labels.items())[:MOST_LABELS]
        },
        happened_at=min(happened, at),
        url=_address(alert.url),
    )


def keepable(text: str) -> str:
    """The text without what no database can hold."""
    return _UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _named(name: str) -> str:
    return _short(name, ALERT_LENGTH) or "-"


def _short(text: str, most: int) -> str:
    """The text itself where it is short; else its beginning and a digest of the whole."""
    kept = keepable(text)
    if len(kept) <= most:
        return kept
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{kept[: most - 33]}~{digest}"


def _address(url: str) -> str:
    """A link that may be shown: of the web, and short enough; empty for any other."""
    told = keepable(url).strip()
    is_web = told.startswith(("https://", "http://")) and len(told) <= URL_LENGTH
    return told if is_web else ""
