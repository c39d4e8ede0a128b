"""Work that comes again: an RFC 5545 rule told in a zone, right across daylight saving. Pure.

NotARule    the rule cannot be kept; says what to do

A rule says wall-clock times. One that does not exist on the night when clocks go forward happens
when the clocks have moved on ("02:30" at 03:30); one that exists twice happens the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
MOST_COUNTED = 1000
LOOKED_AT = 60  # occurrences that must lie far enough apart
FIRST_WITHIN = timedelta(days=366 * 5)


class NotARule(Exception):
    """The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule without its end, its first wall-clock time (naive), its zone and its end in UTC."""

    pattern: str
    first: datetime
    zone: str
    until: datetime | None = None

    @property
    def text(self) -> str:
        """The rule as RFC 5545 writes it."""
        if self.until is None:
            return self.pattern
        return f"{self.pattern};UNTIL={self.until.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    def ended(self, at: datetime) -> "Rule":
        """The same with nothing after ``at``."""
        return replace(self, until=min(at, self.until) if self.until else at)


def read(text: str, *, starts_at: datetime, zone: str) -> Rule:
    """Read a rule as somebody typed it, from the first window on.

    A COUNT becomes the end that it means, so that every reader counts the same. Raises NotARule.
    """
    parts = _parts(text)
    local = starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    count, until = parts.pop("COUNT", ""), parts.pop("UNTIL", "")
    if count and until:
        raise NotARule("Say either COUNT or UNTIL, not both.")
    pattern = ";".join(f"{name}={parts[name]}" for name in parts)
    rule = Rule(pattern, local, zone)
    _check_pattern(rule)
    first = next(_nominal(rule), None)
    if first is None or first - local > FIRST_WITHIN:
        raise NotARule("This rule never comes true. Look at its days once more.")
    rule = replace(rule, first=first)
    if count:
        return replace(rule, until=_last_of(rule, count))
    return replace(rule, until=_end(until, zone)) if until else rule


def _parts(text: str) -> dict[str, str]:
    told = text.strip().upper().removeprefix("RRULE:")
    pairs = [part.partition("=") for part in told.split(";") if part]
    parts = {name: value for name, _, value in pairs}
    if parts.get("FREQ") not in FREQUENCIES:
        raise NotARule(
            f"Say how often: FREQ={'|'.join(FREQUENCIES)}, such as FREQ=WEEKLY;BYDAY=SU."
        )
    strange = set(parts) - PARTS - {"COUNT", "UNTIL"}
    if strange or len(parts) != len(pairs):
        named = ", ".join(sorted(strange)) or "a part that is said twice"
        raise NotARule(f"The rule cannot hold {named}. It says days; the window says the hour.")
    # FREQ first, as old calendar programs want it.
    return {"FREQ": parts.pop("FREQ")} | parts


def _check_pattern(rule: Rule) -> None:
    try:
        _compiled(rule)
    except (ValueError, TypeError, KeyError) as error:
        raise NotARule(f"{rule.pattern!r} is no rule: {error}.") from error


def _compiled(rule: Rule) -> rrule:
    told = rrulestr(rule.pattern, dtstart=rule.first)
    assert isinstance(told, rrule)
    return told


def _nominal(rule: Rule) -> Iterator[datetime]:
    """The wall-clock times of a rule without its end, as it says them."""
    return iter(_compiled(rule))


def _last_of(rule: Rule, count: str) -> datetime:
    if not count.isdecimal() or not 1 <= int(count) <= MOST_COUNTED:
        raise NotARule(f"COUNT goes from 1 to {MOST_COUNTED}.")
    told = list(islice(_nominal(rule), int(count)))
    return happens_at(told[-1], rule.zone)


def _end(told: str, zone: str) -> datetime:
    """When a rule ends: a day there (all of it), a time there, or a time in UTC."""
    try:
        if len(told) == len("20261231"):
            day = datetime.strptime(told, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
            return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
        moment = datetime.strptime(told.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise NotARule(f"UNTIL={told} is no day. Write it as UNTIL=20261231.") from None
    return moment.replace(tzinfo=UTC) if told.endswith("Z") else happens_at(moment, zone)


def happens_at(wall_clock: datetime, zone: str) -> datetime:
    """When a wall-clock time is, in UTC: moved on where it does not exist, the first of two."""
    return wall_clock.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def occurrences(rule: Rule, *, after: datetime, until: datetime) -> Iterator[datetime]:
    """When it happens in (after, until], in UTC and in order."""
    for nominal in _nominal(rule):
        at = happens_at(nominal, rule.zone)
        if at > until or (rule.until and at > rule.until):
            return
        if at > after:
            yield at


def before(rule: Rule, at: datetime) -> datetime | None:
    """The last time that it happens before ``at``."""
    first = happens_at(rule.first, rule.zone) - timedelta(seconds=1)
    told = occurrences(rule, after=first, until=at - timedelta(microseconds=1))
    return max(told, default=None)


def shifted(rule: Rule, *, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """(what the rule says, what the clock on the wall shows then) where these are two."""
    for nominal in _nominal(rule):
        at = happens_at(nominal, rule.zone)
        if at > until or (rule.until and at > rule.until):
            return
        shown = at.astimezone(ZoneInfo(rule.zone)).replace(tzinfo=None)
        if shown != nominal:
            yield nominal, shown


def check_apart(rule: Rule, lasts_for: timedelta) -> None:
    """Refuse windows that would run into one another. Raises NotARule."""
    far = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
    first = happens_at(rule.first, rule.zone) - timedelta(seconds=1)
    told = islice(occurrences(rule, after=first, until=far), LOOKED_AT)
    if any(latter - former < lasts_for for former, latter in pairwise(told)):
        raise NotARule("A window would begin before the one before it is over. Make them shorter.")
