"""Times, days and durations in words, in a stated zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.catalogue import languages
from tocsin.catalogue.languages import Language


def spoken(at: datetime, zone: str, language: str, *, now: datetime) -> str:
    """Say a time to the minute with its zone, and with its day when that is not today there.

    "09:50 UTC", "10:50 CET", "09:50 UTC on 24 November" / "09:50 UTC le 24 novembre": the hour
    comes first so that "by …", "since …", "à …" and "depuis …" may stand before it. ``at`` and
    ``now`` are aware; ``zone`` is a name such as "Europe/Paris". Raises ZoneInfoNotFoundError.
    """
    there, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    speech = languages.of(language)
    clock = speech.clock.format(time=f"{there:%H:%M}", zone=_zone_name(there, speech))
    if there.date() == today:
        return clock
    on = there.date()
    said = day_of_month(on, language) if on.year == today.year else day(on, language)
    return speech.clock_on_day.format(clock=clock, day=said)


def day(on: date, language: str) -> str:
    """Say a day with its year: "8 December 2026", "1er décembre 2026"."""
    return f"{day_of_month(on, language)} {on.year}"


def day_of_month(on: date, language: str) -> str:
    """Say a day where its year goes without saying: "14 November", "1er décembre"."""
    speech = languages.of(language)
    pattern = speech.first_day if on.day == 1 else speech.day
    return pattern.format(day=on.day, month=month(on, language))


def month(on: date, language: str) -> str:
    """The name of a day's month: "November"."""
    return languages.of(language).months[on.month - 1]


def lasted(lasted_for: timedelta, language: str) -> str:
    """Say a duration by its two largest units, down to the minute: "1 hour 12 minutes"."""
    speech = languages.of(language)
    minutes = int(lasted_for.total_seconds()) // 60
    counts = (minutes // 1440, minutes // 60 % 24, minutes % 60)
    # After days the minutes say nothing any more.
    told = counts[:2] if counts[0] else counts
    shown = [(count, unit) for count, unit in zip(told, speech.units, strict=False) if count]
    if not shown:
        return speech.under_a_minute
    return " ".join(f"{count} {unit[count != 1]}" for count, unit in shown)


def between(first: str, last: str, language: str) -> str:
    """Join the ends of a range: "one and two hours", "10:50 CET et 12:00 CET"."""
    return languages.of(language).between.format(first=first, last=last)


def _zone_name(there: datetime, speech: Language) -> str:
    """The zone's letters, or its distance from UTC where it has none: "UTC+05:45"."""
    name = there.tzname() or ""
    if name.isalpha():
        return speech.zones.get(name, name)
    return f"UTC{name[:3]}:{name[3:]}" if name[3:] else f"UTC{name}"
