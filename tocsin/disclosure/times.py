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
    return speech.clock_on_day.format(clock=clock, day=_day_told(there, language, today))


def window(
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    language: str,
    *,
    now: datetime,
    is_brief: bool = False,
) -> tuple[str, str]:
    """Both ends of a stretch; zone and day are said once where they are the same.

    ("22:00", "23:30 CET on 1 December"), or ("22:00 on 1 December", "02:00 CET on 2 December"):
    in brief ("22:00 on 1 December", "02:00 CET"), for a night's end goes without its day.
    """
    first, last = (at.astimezone(ZoneInfo(zone)) for at in (starts_at, ends_at))
    speech, today = languages.of(language), now.astimezone(ZoneInfo(zone)).date()
    is_one_day = first.date() == last.date()
    start = f"{first:%H:%M}"
    if _zone_name(first, speech) != _zone_name(last, speech):
        start = speech.clock.format(time=start, zone=_zone_name(first, speech))
    if not is_one_day and first.date() != today:
        start = speech.clock_on_day.format(clock=start, day=_day_told(first, language, today))
    if is_brief and not is_one_day and ends_at - starts_at < timedelta(days=1):
        return start, speech.clock.format(time=f"{last:%H:%M}", zone=_zone_name(last, speech))
    return start, spoken(ends_at, zone, language, now=now)


def _day_told(there: datetime, language: str, today: date) -> str:
    on = there.date()
    return day_of_month(on, language) if on.year == today.year else day(on, language)


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


def lasted_briefly(lasted_for: timedelta, language: str) -> str:
    """Say a duration of less than a day in symbols, for lists of many: "1 h 12 min"."""
    minutes = int(lasted_for.total_seconds()) // 60
    if not 0 < minutes < 1440:
        return lasted(lasted_for, language)
    symbols = languages.of(language).symbols
    shown = zip(divmod(minutes, 60), symbols, strict=True)
    return " ".join(f"{count} {symbol}" for count, symbol in shown if count)


def interruptions(count: int, each: timedelta, language: str) -> str:
    """ "one interruption of 10 minutes", "3 interruptions of 5 minutes each"."""
    one, several = languages.of(language).interruptions
    return (one if count <= 1 else several).format(count=count, each=lasted(each, language))


def between(first: str, last: str, language: str) -> str:
    """Join the ends of a range: "one and two hours", "10:50 CET et 12:00 CET"."""
    return languages.of(language).between.format(first=first, last=last)


def _zone_name(there: datetime, speech: Language) -> str:
    """The zone's letters, or its distance from UTC where it has none: "UTC+05:45"."""
    name = there.tzname() or ""
    if name.isalpha():
        return speech.zones.get(name, name)
    return f"UTC{name[:3]}:{name[3:]}" if name[3:] else f"UTC{name}"
