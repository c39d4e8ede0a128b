"""Incidents and planned work that happened elsewhere: what we know of them, written in bulk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import Severity
from tocsin.incidents import locking
from tocsin.incidents.declaration import TITLE_LENGTH, CannotDeclare
from tocsin.incidents.models import Impact, Incident, IncidentKind, Moment, MomentKind, Window
from tocsin.journal import bulk, chain
from tocsin.journal.actors import Actor
from tocsin.people import access

INCIDENT = (
    *("id", "page", "audience", "kind", "title", "severity", "posture", "lead_id"),
    *("declared_at", "resolved_at"),
)
IMPACT = ("incident", "component", "state", "at")
MOMENT = ("incident", "kind", "at", "zone", "recorded_at", "recorded_by", "reason")


@dataclass(frozen=True, slots=True)
class Work:
    """The window of planned work, and what became of it."""

    starts_at: datetime
    ends_at: datetime
    effects: Mapping[str, State]
    begun_at: datetime | None = None
    done_at: datetime | None = None
    ended_at: datetime | None = None
    ends_itself: bool = True


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened elsewhere. ``states`` are how its components stand by its last word."""

    id: str
    title: str
    severity: Severity
    declared_at: datetime
    resolved_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    states: Mapping[str, State] = field(default_factory=dict)
    work: Work | None = None


def taken_elsewhere(page_id: str, ids: Iterable[str]) -> set[str]:
    """Which of these ids are another page's incidents, or a closed circle's alone."""
    wanted, found = list(ids), set[str]()
    for start in range(0, len(wanted), 500):
        rows = Incident.objects.filter(pk__in=wanted[start : start + 500])
        ours = rows.filter(page_id=page_id, audience=None).values("pk")
        found |= set(rows.exclude(pk__in=ours).values_list("pk", flat=True))
    return found


@transaction.atomic
def take_in(page_id: str, happened: Sequence[Happened], *, by: Actor, at: datetime) -> None:
    """Write what is not known yet, and bring up to date what is. Raises CannotDeclare."""
    access.check(by, "declare", page_id)
    ids = [one.id for one in happened]
    if taken := taken_elsewhere(page_id, ids):
        raise CannotDeclare(f"Incident {min(taken)} is on another page of this installation.")
    rows = Incident.objects.filter(page_id=page_id, pk__in=ids)
    there = set(rows.values_list("pk", flat=True))
    locking.lock(there)
    for one in happened:
        if one.id in there:
            _bring_up_to_date(one, at=at)
    _create(page_id, [one for one in happened if one.id not in there], by=by, at=at)
    acts = [(("incident", one.id), {"is_new": one.id not in there}) for one in happened]
    chain.note_all("incidents:incident:arrived", acts, by=by, at=at, page=page_id)


def _create(page_id: str, fresh: Sequence[Happened], *, by: Actor, at: datetime) -> None:
    zone = shelf.brand(page_id).time_zone
    bulk.insert(Incident, INCIDENT, (_incident(page_id, one, by=by) for one in fresh))
    bulk.insert(Impact, IMPACT, (impact for one in fresh for impact in _impacts(one)))
    moments = (moment for one in fresh for moment in _moments(one))
    bulk.insert(Moment, MOMENT, ((*moment, zone, at, str(by)[:200], "") for moment in moments))
    Window.objects.bulk_create(_window(one, zone) for one in fresh if one.work)


def _incident(page_id: str, one: Happened, *, by: Actor) -> tuple[object, ...]:
    kind = IncidentKind.MAINTENANCE if one.work else IncidentKind.INCIDENT
    title, posture = one.title[:TITLE_LENGTH], Posture.UNKNOWN
    times = (one.declared_at, one.resolved_at)
    return (one.id, page_id, None, kind, title, one.severity, posture, by.id, *times)


def _impacts(one: Happened) -> Iterator[tuple[object, ...]]:
    moment = one.resolved_at or one.declared_at
    return ((one.id, key, state, moment) for key, state in one.states.items())


def _moments(one: Happened) -> Iterator[tuple[object, ...]]:
    told = {
        MomentKind.STARTED: one.started_at,
        MomentKind.AWARE: one.declared_at,
        MomentKind.ENDED: one.ended_at,
    }
    for kind, moment in told.items() if not one.work else ():
        if moment is not None:
            yield one.id, kind, moment


def _window(one: Happened, zone: str) -> Window:
    work = one.work
    assert work is not None
    return Window(incident_id=one.id, zone=zone, **_times(work))


def _times(work: Work) -> dict[str, object]:
    return {
        "effects": dict(work.effects),
        "starts_at": work.starts_at,
        "ends_at": work.ends_at,
        "begun_at": work.begun_at,
        "done_at": work.done_at,
        "ended_at": work.ended_at,
        "ends_itself": work.ends_itself,
    }


def _bring_up_to_date(one: Happened, *, at: datetime) -> None:
    """The place that it comes from has gone on with it."""
    Incident.objects.filter(pk=one.id).update(resolved_at=one.resolved_at, severity=one.severity)
    Impact.objects.bulk_create(
        Impact(incident_id=one.id, component_id=key, state=state, at=at)
        for key, state in one.states.items()
    )
    if one.work:
        Window.objects.filter(incident_id=one.id).update(**_times(one.work))
