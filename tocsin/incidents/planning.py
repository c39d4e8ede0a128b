"""Planned work as we know it: its window, and what became of it (plans.py has the values)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import models, transaction

from tocsin.catalogue.tree import State, worst
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import SEVERITY_OF, Severity
from tocsin.incidents import declaration, locking, plans
from tocsin.incidents.declaration import UnknownIncident
from tocsin.incidents.models import (
    Impact,
    Incident,
    IncidentKind,
    Moment,
    MomentKind,
    Series,
    Window,
)
from tocsin.incidents.plans import CannotPlan, Plan, Planned, TooLate
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access


@transaction.atomic
def plan(page_id: str, told: Plan, *, by: Actor, at: datetime, audience: str = "") -> Planned:
    """Plan one window. With ``audience``, by id or slug, nobody else is ever told of it.

    Raises CannotPlan, ``CannotKeep``, ``NotAllowed``.
    """
    access.check(by, "declare", page_id)
    told = plans.checked(page_id, told, at=at)
    circle = declaration.circle_of(page_id, audience)
    return open_window(page_id, told, circle=circle, by=by, at=at)


def open_window(
    page_id: str,
    told: Plan,
    *,
    by: Actor,
    at: datetime,
    circle: str | None = None,
    series: Series | None = None,
    occurs_at: datetime | None = None,
) -> Planned:
    """Open a window that was checked; of a series, for one time of its rule.

    ``circle`` is the id of the audience that alone is told of it.
    """
    incident = Incident.objects.create(
        page_id=page_id,
        audience_id=circle,
        kind=IncidentKind.MAINTENANCE,
        title=told.title,
        severity=Severity.SEV4,
        lead_id=series.lead_id if series else by.id,
        declared_at=at,
    )
    window = Window.objects.create(
        incident=incident,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        series=series,
        occurs_at=occurs_at,
        **plans.effect_of(told),
    )
    _note(window, "planned", by=by, at=at, series=series.id if series else None, **_times(window))
    return plans.planned(window)


def _times(window: Window) -> dict[str, str]:
    return {"from": window.starts_at.isoformat(), "to": window.ends_at.isoformat()}


@transaction.atomic
def move(
    incident_id: str, *, starts_at: datetime, ends_at: datetime, by: Actor, at: datetime
) -> Planned:
    """Let it take place at another time. Raises TooLate once it has begun, CannotPlan."""
    window = _not_begun(incident_id, by)
    plans.check_window(starts_at, ends_at, at=at)
    was = _times(window)
    window.starts_at, window.ends_at = starts_at, ends_at
    window.save()
    _note(window, "moved", by=by, at=at, was=was, **_times(window))
    return plans.planned(window)


@transaction.atomic
def extend(incident_id: str, *, ends_at: datetime, by: Actor, at: datetime) -> Planned:
    """Let it end later (or sooner), before or while it lasts. Raises CannotPlan."""
    window = _running(incident_id, by)
    if ends_at.tzinfo is None:
        raise CannotPlan("Say the new end with its zone, such as 23:30+01:00.")
    if ends_at <= max(at, window.starts_at):
        raise CannotPlan("The new end has passed already. Say that it is over instead.")
    if ends_at - window.starts_at > plans.LONGEST:
        raise CannotPlan(f"A window lasts at most {plans.LONGEST.days} days.")
    was = _times(window)
    window.ends_at = ends_at
    window.save()
    _note(window, "extended", by=by, at=at, was=was, **_times(window))
    return plans.planned(window)


@transaction.atomic
def cancel(incident_id: str, *, by: Actor, at: datetime) -> Planned:
    """Give it up before it has begun. Raises TooLate."""
    window = _not_begun(incident_id, by)
    window.cancelled_at = at
    window.save()
    _close(window, at=at)
    _note(window, "cancelled", by=by, at=at)
    return plans.planned(window)


@transaction.atomic
def begin(
    incident_id: str, *, by: Actor, at: datetime, begun_at: datetime | None = None
) -> Planned:
    """The work starts, and with it what it does to each component. Raises TooLate."""
    window = _not_begun(incident_id, by)
    window.begun_at = begun_at or at
    window.save()
    _write_impacts(window, window.effects, at=at)
    _note(window, "begun", by=by, at=at)
    return plans.planned(window)


@transaction.atomic
def check(incident_id: str, *, by: Actor, at: datetime) -> Planned:
    """The work is done, and looked over before it is closed. Raises TooLate."""
    window = _running(incident_id, by)
    if window.begun_at is None or window.done_at is not None:
        raise TooLate("It has not begun, or is being checked already.")
    window.done_at = at
    window.save()
    _note(window, "done", by=by, at=at)
    return plans.planned(window)


@transaction.atomic
def end(incident_id: str, *, by: Actor, at: datetime, ended_at: datetime | None = None) -> Planned:
    """The work is over, and its effect with it. Raises TooLate."""
    window = _running(incident_id, by)
    if window.begun_at is None:
        raise TooLate("It has not begun yet. Cancel it, or say that it has begun.")
    window.ended_at = ended_at or at
    window.save()
    _close(window, at=at)
    _write_impacts(window, dict.fromkeys(window.effects, State.OPERATIONAL), at=at)
    _note(window, "ended", by=by, at=at)
    return plans.planned(window)


@transaction.atomic
def overrun(incident_id: str, *, by: Actor, at: datetime) -> Planned:
    """The window is over and the work is not: from here on it is an incident with its own clock."""
    window = _running(incident_id, by)
    states = plans.overrun_states(plans.planned(window).plan)
    window.overran_at = at
    window.save()
    incident = window.incident
    incident.kind, incident.declared_at = IncidentKind.INCIDENT, at
    incident.posture = Posture.CHANGE
    incident.severity = SEVERITY_OF[worst(list(states.values()))]
    incident.save()
    _write_impacts(window, states, at=at)
    zone = window.zone
    for kind, moment_at in ((MomentKind.STARTED, window.ends_at), (MomentKind.AWARE, at)):
        Moment.objects.create(
            incident=incident,
            kind=kind,
            at=moment_at,
            zone=zone,
            recorded_at=at,
            recorded_by=str(by),
        )
    _note(window, "overran", by=by, at=at, severity=incident.severity)
    return plans.planned(window)


def planned_of(incident_id: str) -> Planned:
    """One planned work. Raises UnknownIncident."""
    return plans.planned(_window(incident_id))


def upcoming(page_id: str = "") -> list[Planned]:
    """What is planned or under way, by its window."""
    rows = Window.objects.filter(
        incident__resolved_at=None, incident__kind=IncidentKind.MAINTENANCE
    )
    return [plans.planned(row) for row in _ordered(rows, page_id, "starts_at")]


def past(page_id: str = "", *, limit: int = 50) -> list[Planned]:
    """What is over, was cancelled or outlasted its window, the newest first."""
    rows = Window.objects.exclude(
        incident__resolved_at=None, incident__kind=IncidentKind.MAINTENANCE
    )
    return [plans.planned(row) for row in _ordered(rows, page_id, "-starts_at")[:limit]]


def _ordered(rows: "models.QuerySet[Window]", page_id: str, by: str) -> "models.QuerySet[Window]":
    rows = rows.filter(incident__page_id=page_id) if page_id else rows
    return rows.select_related("incident", "series").order_by(by, "id")


def _window(incident_id: str) -> Window:
    locking.lock([incident_id])  # two operators change one window in turn
    rows = Window.objects.select_related("incident", "series").filter(incident_id=incident_id)
    row = rows.first()
    if row is None:
        raise UnknownIncident(f"No planned work {incident_id!r}. See `tocsin maintenance list`.")
    return row


def _running(incident_id: str, by: Actor) -> Window:
    window = _window(incident_id)
    access.check(by, "declare", window.incident.page_id)
    if window.cancelled_at:
        raise TooLate("This work was cancelled.")
    if window.ended_at:
        raise TooLate("This work is over.")
    if window.overran_at:
        raise TooLate("It outlasted its window and is an incident by now. Say more there.")
    return window


def _not_begun(incident_id: str, by: Actor) -> Window:
    window = _running(incident_id, by)
    if window.begun_at:
        raise TooLate("This work has begun. Extend it, or say that it is over.")
    return window


def _close(window: Window, *, at: datetime) -> None:
    window.incident.resolved_at = at
    window.incident.save()


def _write_impacts(window: Window, states: Mapping[str, State], *, at: datetime) -> None:
    Impact.objects.bulk_create(
        Impact(incident=window.incident, component_id=key, state=state, at=at)
        for key, state in states.items()
    )


def _note(window: Window, done: str, *, by: Actor, at: datetime, **detail: object) -> None:
    chain.note(
        f"incidents:window:{done}",
        by=by,
        at=at,
        subject=("incident", window.incident_id),
        page=window.incident.page_id,
        **detail,
    )
