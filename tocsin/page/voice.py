"""One language, one zone, one now: how a compiled page says times, days and names. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from tocsin.disclosure import times

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Voice:
    """``now`` is the moment that the reader is taken to read at: its day goes without saying."""

    language: str
    zone: str
    now: datetime

    def time(self, at: datetime) -> SafeString:
        """A ``<time>`` to the minute, with zone, and with its day unless that is now's."""
        return self.time_after(at, self.now)

    def time_after(self, at: datetime, before: datetime) -> SafeString:
        """The same, where the day goes without saying if it is that of the time said before."""
        said = times.spoken(at, self.zone, self.language, now=before)
        return format_html('<time datetime="{}">{}</time>', iso(at), said)

    def dated_time(self, at: datetime) -> SafeString:
        """A ``<time>`` that always says its day and year."""
        return self.time_after(at, LONG_AGO)

    def window(self, starts_at: datetime, ends_at: datetime) -> SafeString:
        """From when to when: "22:00 to 23:30 CET on 1 December", each a ``<time>``."""
        said = times.window(starts_at, ends_at, self.zone, self.language, now=self.now)
        start, end = (
            format_html('<time datetime="{}">{}</time>', iso(at), words)
            for at, words in zip((starts_at, ends_at), said, strict=True)
        )
        return format_html(pgettext("window", "{start} to {end}"), start=start, end=end)

    def spoken(self, at: datetime) -> str:
        """A time in plain words, for the middle of a sentence."""
        return times.spoken(at, self.zone, self.language, now=self.now)

    def date_of(self, at: datetime) -> date:
        """The day of a moment, in the page's zone."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def day(self, at: datetime) -> SafeString:
        on = self.date_of(at)
        said = times.day(on, self.language)
        return format_html('<time datetime="{}">{}</time>', on.isoformat(), said)

    def lasted(self, lasted_for: timedelta) -> str:
        return times.lasted(lasted_for, self.language)


def iso(at: datetime) -> str:
    """To the second, in UTC: what machines and the page's script read."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
