"""Times as operators type them: "09:12", "2026-11-23 09:12", with a zone or in the one beside."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from tocsin.console.refusals import Unread

CLOCK = re.compile(r"^(\d{1,2})[:h](\d{2})$")
LONGEST = 40
ROUNDED_UP = timedelta(minutes=15)  # a clock so little ahead was meant for now, not for yesterday
SPACED_ZONE = re.compile(r"\s*(Z|UTC|[+-]\d{2}:?\d{2})$", re.IGNORECASE)


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name. Raises Unread."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        words = _("%(name)s is no time zone. Name one such as Europe/Paris.") % _shown(name)
        raise Unread([words]) from None


def past(text: str, *, zone: str, now: datetime) -> datetime | None:
    """A moment that happened; a bare clock time is the last time it was so. Raises Unread."""
    return _read(text, zone=zone, now=now, step=timedelta(days=-1))


def future(text: str, *, zone: str, now: datetime) -> datetime | None:
    """A moment to come; a bare clock time is the next time it will be so. Raises Unread."""
    return _read(text, zone=zone, now=now, step=timedelta(days=1))


def _read(text: str, *, zone: str, now: datetime, step: timedelta) -> datetime | None:
    text, there = text.strip(), zone_of(zone)
    if not text:
        return None
    clock = CLOCK.match(text)
    if clock:
        return _nearest(int(clock[1]), int(clock[2]), there, now, step)
    if not len("2026-11-23") < len(text) < LONGEST:
        raise _unread(text)
    try:
        told = datetime.fromisoformat(SPACED_ZONE.sub(_iso_zone, text))
        return _placed(told, there).astimezone(UTC)
    except (ValueError, OverflowError):  # the ends of the calendar have no UTC
        raise _unread(text) from None


def _nearest(hour: int, minute: int, there: ZoneInfo, now: datetime, step: timedelta) -> datetime:
    if hour > 23 or minute > 59:
        raise _unread(f"{hour}:{minute:02}")
    here = now.astimezone(there)
    told = _placed(datetime(here.year, here.month, here.day, hour, minute), there)  # noqa: DTZ001
    is_past = step < timedelta(0)
    if is_past and now < told <= now + ROUNDED_UP:
        words = _("%(name)s is still to come: it is %(now)s. With a day beside it, it is another.")
        raise Unread([words % {**_shown(f"{hour:02}:{minute:02}"), "now": f"{here:%H:%M}"}])
    is_right_side = told <= now if is_past else told > now
    if not is_right_side:
        day = here.date() + step
        told = _placed(datetime(day.year, day.month, day.day, hour, minute), there)  # noqa: DTZ001
    return told.astimezone(UTC)


def _placed(told: datetime, there: ZoneInfo) -> datetime:
    """A wall-clock time in its zone; one that the clocks skip does not exist."""
    if told.tzinfo is not None:
        return told
    placed = told.replace(tzinfo=there)
    if placed.astimezone(UTC).astimezone(there).replace(tzinfo=None) != told:
        words = _("%(name)s does not exist there: the clocks were put forward. Name another time.")
        raise Unread([words % _shown(f"{told:%Y-%m-%d %H:%M}")])
    return placed


def day(text: str) -> date | None:
    """A day as browsers send it. Raises Unread."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        words = _("%(name)s is no day. Write it as 2026-11-23.")
        raise Unread([words % _shown(text)]) from None


def typed(at: datetime | None, zone: str, *, now: datetime) -> str:
    """A time as it stands in a form field: the clock alone today, with its day otherwise."""
    if at is None:
        return ""
    there, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    return f"{there:%H:%M}" if there.date() == today else f"{there:%Y-%m-%d %H:%M}"


def _iso_zone(match: re.Match[str]) -> str:
    return "+00:00" if match[1].upper() in {"Z", "UTC"} else match[1]


def _unread(text: str) -> Unread:
    words = _("%(name)s cannot be read as a time. Write 09:12, or 2026-11-23 09:12, zone optional.")
    return Unread([words % _shown(text)])


def _shown(text: str) -> dict[str, str]:
    return {"name": _("“%(name)s”") % {"name": text[:60]}}
