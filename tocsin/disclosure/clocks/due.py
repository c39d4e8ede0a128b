"""What the chosen clocks say of an incident: what is due, since when, by when, to whom."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tocsin.disclosure.clocks import counting
from tocsin.disclosure.clocks.values import (
    YEAR_END,
    YEAR_OF,
    Clock,
    Due,
    Kind,
    Known,
    Stage,
    Standing,
    Start,
)

# What people have to know of a time that was counted.
SAME_HOUR = "same_hour"  # counted to the same time of day; some texts allow all of that day
WEEKENDS_ONLY = "weekends_only"  # the holidays of this place are not known here
CAPPED = "capped"  # an outer limit came first
BEGUN_LATE = "begun_late"  # it began after the outer limit, which fell away
NEVER = datetime.max.replace(tzinfo=UTC)


def dues(clocks: Iterable[Clock], known: Known, *, zone: str) -> list[Due]:
    """Every report of these clocks, what is owed first in front. ``zone`` is the page's."""
    return sorted(
        (due for clock in clocks for due in _of_clock(clock, known, zone)),
        key=_order,
    )


def upcoming(told: Iterable[Due]) -> list[Due]:
    """What is still owed and already runs, of what is in force; the first is due next."""
    running = (Standing.DUE, Standing.ASAP, Standing.TOLD)
    return [due for due in told if due.standing in running and due.is_in_force]


def _of_clock(clock: Clock, known: Known, zone: str) -> Iterator[Due]:
    for stage in clock.stages:
        yield _of_stage(clock, stage, known, zone)


def _of_stage(clock: Clock, stage: Stage, known: Known, zone: str) -> Due:
    key = (clock.id, stage.name)
    begins_at = _beginning(stage.start, clock, known, zone)
    found = Due(clock, stage, Standing.WAITING, begins_at)
    found = replace(found, is_in_force=_is_in_force(clock, known, zone))
    counted = _counted(found, known, zone)
    if sent := known.submitted.get(key):
        return replace(counted, standing=Standing.SUBMITTED, submitted_at=min(sent))
    if key in known.set_aside:
        return replace(found, standing=Standing.SET_ASIDE)
    return counted


def _counted(found: Due, known: Known, zone: str) -> Due:
    """With its due time, where it has one by now."""
    clock, stage, begins_at = found.clock, found.stage, found.begins_at
    if stage.offset.word == "on_request":
        return replace(found, standing=Standing.ON_REQUEST)
    latest_at = _cap(stage, clock, known, zone)
    if begins_at is None:
        return replace(found, latest_at=latest_at)
    if stage.offset.word == "asap":
        return replace(found, standing=Standing.ASAP, due_at=latest_at)
    if not stage.offset.is_span:
        return replace(found, standing=Standing.TOLD)
    due_at = counting.after(begins_at, stage.offset, clock.place, zone=zone)
    remarks = _remarks(stage, clock)
    if latest_at and begins_at > latest_at:
        remarks = (*remarks, BEGUN_LATE)
    elif latest_at and latest_at < due_at:
        due_at, remarks = latest_at, (*remarks, CAPPED)
    return replace(found, standing=Standing.DUE, due_at=due_at, remarks=remarks)


def _remarks(stage: Stage, clock: Clock) -> tuple[str, ...]:
    offset = stage.offset
    by_calendar = offset.months or offset.days or offset.business_days
    no_holidays = offset.business_days and not (clock.place.country or clock.place.holidays)
    return (*([SAME_HOUR] if by_calendar else []), *([WEEKENDS_ONLY] if no_holidays else []))


def _cap(stage: Stage, clock: Clock, known: Known, zone: str) -> datetime | None:
    if stage.cap is None:
        return None
    begins_at = _beginning(stage.cap.start, clock, known, zone)
    if begins_at is None:
        return None
    return counting.after(begins_at, stage.cap.offset, clock.place, zone=zone)


def _beginning(start: Start, clock: Clock, known: Known, zone: str) -> datetime | None:
    """When it began to run; None where that has not happened, or nobody told when."""
    if start.stage:
        sent = known.submitted.get((clock.id, start.stage), ())
        return (max(sent) if start.is_last else min(sent)) if sent else None
    if start.moment == YEAR_END:
        of = known.moments.get(YEAR_OF)
        return counting.year_end(of, clock.place, zone=zone) if of else None
    return known.moments.get(start.moment)


def _is_in_force(clock: Clock, known: Known, zone: str) -> bool:
    if clock.kind is Kind.PENDING:
        return False
    aware_at = known.moments.get("aware_at")
    if clock.in_force_from is None or aware_at is None:
        return True
    return aware_at.astimezone(ZoneInfo(clock.place.zone or zone)).date() >= clock.in_force_from


RANKS = {
    Standing.ASAP: 0,
    Standing.DUE: 0,
    Standing.TOLD: 0,
    Standing.WAITING: 1,
    Standing.ON_REQUEST: 2,
    Standing.SUBMITTED: 3,
    Standing.SET_ASIDE: 4,
}


def _order(due: Due) -> tuple[bool, int, datetime, str]:
    """What is in force first; then what runs, by when it is due (at once: since it began)."""
    time = due.submitted_at or due.due_at or due.latest_at or due.begins_at or NEVER
    return (not due.is_in_force, RANKS[due.standing], time, due.clock.id)
