"""Times, days and durations in words, in a stated zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTHS = {
    "en": (
        "January February March April May June July August September October November December"
    ).split(),
    "fr": (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    ).split(),
}
ON = {"en": "on", "fr": "le"}
UNITS = {
    "en": (("day", "days"), ("hour", "hours"), ("minute", "minutes")),
    "fr": (("jour", "jours"), ("heure", "heures"), ("minute", "minutes")),
}
UNDER_A_MINUTE = {"en": "less than a minute", "fr": "moins d'une minute"}


def spoken(at: datetime, zone: str, language: str, *, now: datetime) -> str:
    """Say a time to the minute with its zone, and with its day when that is not today there.

    "09:50 UTC", "10:50 CET", "09:50 UTC on 24 November" / "09:50 UTC le 24 novembre": the hour
    comes first so that "by …", "since …", "à …" and "depuis …" may stand before it. ``at`` and
    ``now`` are aware; ``zone`` is a name such as "Europe/Paris". Raises ZoneInfoNotFoundError.
    """
    there, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    clock = f"{there:%H:%M} {_zone_name(there)}"
    if there.date() == today:
        return clock
    return f"{clock} {ON[language]} {_day_of_year(there.date(), language, today)}"


def day(on: date, language: str) -> str:
    """Say a day with its year: "8 December 2026", "1er décembre 2026"."""
    return f"{_day_and_month(on, language)} {on.year}"


def lasted(lasted_for: timedelta, language: str) -> str:
    """Say a duration by its two largest units, down to the minute: "1 hour 12 minutes"."""
    minutes = int(lasted_for.total_seconds()) // 60
    counts = (minutes // 1440, minutes // 60 % 24, minutes % 60)
    # After days the minutes say nothing any more.
    shown = [(count, unit) for count, unit in zip(counts, UNITS[language], strict=True) if count]
    if counts[0]:
        shown = [pair for pair in shown if pair[1] != UNITS[language][2]]
    if not shown:
        return UNDER_A_MINUTE[language]
    return " ".join(f"{count} {unit[count != 1]}" for count, unit in shown)


def _zone_name(there: datetime) -> str:
    """The zone's letters, or its distance from UTC where it has none: "UTC+05:45"."""
    name = there.tzname() or ""
    if name.isalpha():
        return name
    return f"UTC{name[:3]}:{name[3:]}" if name[3:] else f"UTC{name}"


def _day_of_year(on: date, language: str, today: date) -> str:
    return _day_and_month(on, language) if on.year == today.year else day(on, language)


def _day_and_month(on: date, language: str) -> str:
    number = "1er" if language == "fr" and on.day == 1 else str(on.day)
    return f"{number} {MONTHS[language][on.month - 1]}"
