"""Planned work as clients tell it: announced, moved, begun, checked, ended, cancelled."""

from datetime import datetime, timedelta
from typing import Any

from tocsin.api.v1.calls import Call
from tocsin.api.v1.failures import Unread
from tocsin.api.v1.incident_fields import PLANNED, IncidentFields, IncidentStatus
from tocsin.api.v1.realtime import rename, short
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import STATUSPAGE
from tocsin.incidents import planning
from tocsin.incidents.plans import Plan, Planned
from tocsin.statements import maintenance, word
from tocsin.statements.maintenance import Said
from tocsin.statements.notices import Script
from tocsin.statements.published import Story
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

SOON = timedelta(seconds=1)
ORDER = list(PLANNED)


def is_planned(told: IncidentFields) -> bool:
    """Whether a client tells of planned work: by its status, or by a window."""
    if told.status is not None:
        return told.status in PLANNED
    return told.scheduled_for is not None


def announce(call: Call, told: IncidentFields) -> str:
    """Plan work and say so; what has begun by then is said to have. Answers its id."""
    starts_at, ends_at = told.scheduled_for, told.scheduled_until
    if starts_at is None or ends_at is None:
        raise Unread(["incident.scheduled_for, incident.scheduled_until: say from when to when."])
    status = told.status or IncidentStatus.SCHEDULED
    if status == IncidentStatus.COMPLETED or ends_at <= call.at:
        raise Unread(["incident: the window is over. Send what has happened with `backfilled`."])
    begins = status != IncidentStatus.SCHEDULED or starts_at <= call.at
    plan = Plan(
        title=told.name or "",
        effects={key: _effect(told, key) for key in told.linked},
        starts_at=max(starts_at, call.at + SOON) if not begins else call.at + SOON,
        ends_at=ends_at,
        ends_itself=bool(told.scheduled_auto_completed),
        as_told=True,
    )
    said = _said(call, told)
    made = maintenance.announce(
        call.page.id,
        plan,
        Script(),
        said=said,
        announces=told.announces and not begins,
        by=call.by,
        at=call.at,
    )[0]
    if begins:
        acts: dict[str, Any] = {"said": said, "by": call.by, "at": call.at}
        maintenance.begin(made.incident_id, announces=told.announces, **acts)
        if status == IncidentStatus.VERIFYING:
            maintenance.check(made.incident_id, announces=False, **acts)
    return made.incident_id


def _effect(told: IncidentFields, component_id: str) -> State:
    """What becomes of a component meanwhile; one that works now is told so, and means nothing."""
    state = (told.components or {}).get(component_id)
    if state and state != State.OPERATIONAL:
        return state
    stays = told.auto_transition_to_maintenance_state is False
    return State.OPERATIONAL if stays else State.MAINTENANCE


def update(call: Call, story: Story, told: IncidentFields) -> None:
    """Change planned work as far as it differs: first its times, then how far it has come."""
    work = planning.planned_of(story.incident_id)
    turn = _turn(story, told)
    said = _said(call, told)
    moved = _moved(call, work, told, None if turn else said)
    if turn:
        _take(call, work, turn, said, announces=told.announces)
    elif said and not moved:
        name = told.name or story.name(call.page.language)[1]
        layers = {call.page.language: Layer(headline=short(name), body=told.words)}
        saying = Saying(phase=story.phase, layers=layers)
        word.say(story.incident_id, saying, announces=told.announces, by=call.by, at=call.at)
    elif told.name and not moved:
        rename(call, story, told.name)


def _turn(story: Story, told: IncidentFields) -> IncidentStatus | None:
    """How far it has come, if that is new. Raises Unread."""
    before = IncidentStatus(STATUSPAGE[story.phase])
    if told.status is None or told.status == before:
        return None
    if told.status not in ORDER:
        raise Unread([f"incident.status: {told.status} is for incidents; this is planned work."])
    if ORDER.index(told.status) < ORDER.index(before):
        raise Unread([f"incident.status: it is {before} already, and does not go back."])
    return told.status


def _moved(call: Call, work: Planned, told: IncidentFields, said: Said | None) -> bool:
    """Give it other times, if they differ. Raises Unread."""
    plan = work.plan
    starts_at, ends_at = told.scheduled_for or plan.starts_at, told.scheduled_until or plan.ends_at
    if _is_same(starts_at, plan.starts_at) and _is_same(ends_at, plan.ends_at):
        return False
    acts: dict[str, Any] = {"said": said, "announces": told.announces, "by": call.by, "at": call.at}
    if _is_same(starts_at, plan.starts_at):
        maintenance.extend(work.id, ends_at=ends_at, **acts)
    elif work.begun_at is not None:
        raise Unread(["incident.scheduled_for: it has begun, so it begins at no other time."])
    else:
        maintenance.move(work.id, starts_at=starts_at, ends_at=ends_at, **acts)
    return True


def _is_same(one: datetime, other: datetime) -> bool:
    """To the second: clients send back what they read, with fewer digits."""
    return abs(one - other) < timedelta(seconds=1)


def _take(
    call: Call, work: Planned, turn: IncidentStatus, said: Said | None, *, announces: bool
) -> None:
    acts: dict[str, Any] = {"by": call.by, "at": call.at}
    if turn == IncidentStatus.COMPLETED:
        close = maintenance.end if work.begun_at else maintenance.cancel
        close(work.id, said=said, announces=announces, **acts)
        return
    if work.begun_at is None:
        is_all = turn == IncidentStatus.IN_PROGRESS
        maintenance.begin(
            work.id, said=said if is_all else None, announces=announces and is_all, **acts
        )
    if turn == IncidentStatus.VERIFYING:
        maintenance.check(work.id, said=said, announces=announces, **acts)


def withdraw(call: Call, story: Story, said: Said) -> None:
    """Give it up, or say that it is over: what is deleted is not to begin by the clock."""
    work = planning.planned_of(story.incident_id)
    close = maintenance.end if work.begun_at else maintenance.cancel
    announces = story.latest.announces
    close(story.incident_id, said=said, announces=announces, by=call.by, at=call.at)


def _said(call: Call, told: IncidentFields) -> Said | None:
    return {call.page.language: told.words} if told.words else None
