"""Counting from a moment to a due time: hours that pass, days and months of a calendar.

Hours are elapsed, whatever the wall shows. Days, business days and months end at the same time of
day, in the place's zone: many texts give until that day is over, so this is the earliest reading.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tocsin.catalogue import countries
from tocsin.disclosure.clocks.values import Offset, Place
from tocsin.disclosure.recurrence import happens_at

SATURDAY = 5


def after(begins_at: datetime, offset: Offset, place: Place, *, zone: str) -> datetime:
    """When a span that began then is over, in UTC. ``zone`` counts where the place has none."""
    counted_in = place.zone or zone
    at = begins_at.astimezone(UTC)
    if offset.months or offset.days or offset.business_days:
        there = at.astimezone(ZoneInfo(counted_in)).replace(tzinfo=None)
        on = _days_on(there.date(), offset, place)
        at = happens_at(datetime.combine(on, there.time()), counted_in)
    return at + offset.elapsed


@lru_cache(maxsize=4096)  # a long record asks for the same days again and again
def _days_on(on: date, offset: Offset, place: Place) -> date:
    on = _months_on(on, offset.months) + timedelta(days=offset.days)
    for _ in range(offset.business_days):
        on = next(_business_days(on, place))
    return on


def year_end(at: datetime, place: Place, *, zone: str) -> datetime:
    """The last second of the year in which a time falls there."""
    counted_in = place.zone or zone
    year = at.astimezone(ZoneInfo(counted_in)).year
    return happens_at(datetime(year, 12, 31, 23, 59, 59), counted_in)  # noqa: DTZ001 - as on the wall


def is_business_day(on: date, place: Place) -> bool:
    """Neither a weekend nor a holiday there."""
    if on.weekday() >= SATURDAY or on in place.holidays:
        return False
    return not place.country or on not in countries.holidays_of(place.country, on.year)


def _business_days(after_day: date, place: Place) -> Iterator[date]:
    on = after_day
    while True:
        on += timedelta(days=1)
        if is_business_day(on, place):
            yield on


def _months_on(on: date, months: int) -> date:
    """The same day so many months on, or the last day of a month that has no such day."""
    years, month = divmod(on.month - 1 + months, 12)
    year, month = on.year + years, month + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))
