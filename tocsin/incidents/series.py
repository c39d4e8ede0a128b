"""Planned work that comes again: a rule, and a window for each time that has come near."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from tocsin.catalogue.tree import State
from tocsin.disclosure import recurrence
from tocsin.disclosure.recurrence import NotARule, Rule
from tocsin.incidents import declaration, plans
from tocsin.incidents.declaration import UnknownIncident
from tocsin.incidents.models import Series, Window
from tocsin.incidents.planning import open_window
from tocsin.incidents.plans import CannotPlan, Plan, Planned, TooLate, rule_of
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access

AHEAD = timedelta(days=14)  # how far ahead a series has its windows; always at least the next one


@transaction.atomic
def repeat(
    page_id: str, told: Plan, *, rule: str, by: Actor, at: datetime, audience: str = ""
) -> list[Planned]:
    """Plan work that comes again; return its first windows.

    With ``audience``, by id or slug, nobody else is ever told of any of them. Raises CannotPlan,
    ``CannotKeep``, ``NotAllowed``.
    """
    access.check(by, "declare", page_id)
    told = plans.checked(page_id, told, at=at)
    lasts_for = told.ends_at - told.starts_at
    try:
        read = recurrence.read(rule, starts_at=told.starts_at, zone=told.zone)
        recurrence.check_apart(read, lasts_for)
    except NotARule as error:
        raise CannotPlan(str(error)) from error
    series = Series.objects.create(
        page_id=page_id,
        audience_id=declaration.circle_of(page_id, audience),
        title=told.title,
        pattern=read.pattern,
        first=read.first.isoformat(),
        until=read.until,
        lasts_for=lasts_for,
        lead_id=by.id,
        planned_at=at,
        planned_by=str(by),
        **plans.effect_of(told),
    )
    chain.note(
        "incidents:series:planned",
        by=by,
        at=at,
        subject=("series", series.id),
        page=page_id,
        rule=read.text,
        zone=read.zone,
    )
    first = _unroll(series, by=by, at=at)
    if not first:
        raise CannotPlan("The rule has ended before it begins. Look at its UNTIL.")
    return first


@transaction.atomic
def unroll(series_id: str, *, by: Actor, at: datetime) -> list[Planned]:
    """Open the windows of a series that are near by now; none where all are there."""
    return _unroll(Series.objects.select_for_update().get(pk=series_id), by=by, at=at)


def unrolling(at: datetime) -> list[str]:
    """The series that lack a window by now."""
    due = Series.objects.filter(ended_at=None, unroll_at__lte=at).order_by("unroll_at")
    return list(due.values_list("id", flat=True))


def _unroll(series: Series, *, by: Actor, at: datetime) -> list[Planned]:
    missing = _missing(series, at=at)
    made = [_open_one(series, occurs_at, by=by, at=at) for occurs_at in missing]
    series.unrolled_to = missing[-1] if missing else series.unrolled_to
    series.unroll_at = _next_look(series, at=at)
    series.save(update_fields=["unrolled_to", "unroll_at"])
    return made


def _missing(series: Series, *, at: datetime) -> list[datetime]:
    """When windows are to be opened: all that begin within AHEAD, and always the next one.

    What has passed while nobody looked (a restored backup) is never opened after the fact.
    """
    rule, reached = rule_of(series), series.unrolled_to
    after = max(reached, at) if reached else at
    near = list(recurrence.occurrences(rule, after=after, until=at + AHEAD))
    if near or (reached and reached > at):
        return near
    return list(islice(_far(rule, after), 1))


def _far(rule: Rule, after: datetime) -> Iterator[datetime]:
    return recurrence.occurrences(rule, after=after, until=after + recurrence.FIRST_WITHIN)


def _next_look(series: Series, *, at: datetime) -> datetime | None:
    """When the window after the last one has to be there; None once there is no further one."""
    last = series.unrolled_to or at
    following = next(_far(rule_of(series), last), None)
    return min(following - AHEAD, last) if following else None


def _open_one(series: Series, occurs_at: datetime, *, by: Actor, at: datetime) -> Planned:
    told = Plan(
        title=series.title,
        effects={key: State(state) for key, state in series.effects.items()},
        starts_at=occurs_at,
        ends_at=occurs_at + series.lasts_for,
        zone=series.zone,
        interruptions=series.interruptions,
        interruption_for=series.interruption_for,
        ends_itself=series.ends_itself,
    )
    return open_window(
        series.page_id,
        told,
        circle=series.audience_id,
        series=series,
        occurs_at=occurs_at,
        by=by,
        at=at,
    )


@transaction.atomic
def end_series(series_id: str, *, by: Actor, at: datetime) -> list[Planned]:
    """Let a series bring no further window; return those that are open and have not begun."""
    series = Series.objects.select_for_update().filter(pk=series_id).first()
    if series is None:
        raise UnknownIncident(f"No series {series_id!r}. See `tocsin maintenance list`.")
    access.check(by, "declare", series.page_id)
    if series.ended_at:
        raise TooLate("This series was ended before.")
    series.ended_at, series.until, series.unroll_at = at, series.unrolled_to, None
    series.save()
    chain.note(
        "incidents:series:ended", by=by, at=at, subject=("series", series.id), page=series.page_id
    )
    left = Window.objects.filter(series=series, begun_at=None, cancelled_at=None, ended_at=None)
    left = left.select_related("incident", "series").order_by("starts_at")
    return [plans.planned(row) for row in left]
