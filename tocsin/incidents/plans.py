"""Planned work as values: what its planner tells, what we know of it, what cannot be planned.

CannotPlan(CannotDeclare)   the work cannot be planned or changed so; says what to do
└── TooLate                 it has begun, is over or was cancelled
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.catalogue import shelf, zones
from tocsin.catalogue.tree import State
from tocsin.disclosure.recurrence import Rule
from tocsin.incidents import declaration, places
from tocsin.incidents.declaration import CannotDeclare
from tocsin.incidents.models import Series, Window

FARTHEST = timedelta(days=366 * 2)
LONGEST = timedelta(days=14)


class CannotPlan(CannotDeclare):
    """The act is refused; the message says why and what to do."""


class TooLate(CannotPlan):
    pass


class Stage(StrEnum):
    ANNOUNCED = "announced"
    BEGUN = "begun"
    CHECKING = "checking"
    ENDED = "ended"
    CANCELLED = "cancelled"
    OVERRUN = "overrun"


@dataclass(frozen=True, slots=True)
class Plan:
    """Work as its planner tells it. ``effects``: {id or slug: state}; a group means all below.

    ``as_told``: by a program that was made for another kind of page, where it may name none.
    """

    title: str
    effects: Mapping[str, State]
    starts_at: datetime
    ends_at: datetime
    zone: str = ""
    interruptions: int = 0
    interruption_for: timedelta | None = None
    ends_itself: bool = False
    as_told: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """Planned work as other folders may read it; ``id`` is its incident's.

    ``audience_id`` is the audience that is told first, as for an incident (``Known``).
    Of a series: its ``rule``, how long its windows usually last, whether it brings no more.
    """

    id: str
    page_id: str
    plan: Plan
    planned_at: datetime
    series_id: str
    rule: Rule | None
    usually_for: timedelta
    series_ended: bool
    occurs_at: datetime | None
    begun_at: datetime | None
    done_at: datetime | None
    ended_at: datetime | None
    cancelled_at: datetime | None
    overran_at: datetime | None
    audience_id: str = ""
    is_for_everyone: bool = True

    @property
    def stage(self) -> Stage:
        reached = (
            (self.cancelled_at, Stage.CANCELLED),
            (self.ended_at, Stage.ENDED),
            (self.overran_at, Stage.OVERRUN),
            (self.done_at, Stage.CHECKING),
            (self.begun_at, Stage.BEGUN),
        )
        return next((stage for at, stage in reached if at), Stage.ANNOUNCED)


def overrun_states(told: Plan) -> dict[str, State]:
    """What its components are once the window is over: nobody agreed to that any more.

    What was under maintenance is down, or failing for some where it was interrupted now and then.
    """
    out = State.PARTIAL if told.interruption_for else State.MAJOR
    return {
        key: out if state == State.MAINTENANCE else state for key, state in told.effects.items()
    }


def checked(page_id: str, told: Plan, *, at: datetime) -> Plan:
    zone = told.zone or shelf.brand(page_id).time_zone
    if zone not in zones.every():
        raise CannotPlan(f"{zone!r} is no time zone. Name one such as Europe/Paris.")
    title = told.title.strip()
    if not 0 < len(title) <= declaration.TITLE_LENGTH:
        raise CannotPlan(f"Give the work a name of at most {declaration.TITLE_LENGTH} characters.")
    check_window(told.starts_at, told.ends_at, at=at)
    _check_interruptions(told)
    tree = shelf.components_of(page_id)
    effects = declaration.landed(tree, told.effects, may_be_none=told.as_told)
    return Plan(
        title=title,
        effects=effects,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        zone=zone,
        interruptions=told.interruptions or (1 if told.interruption_for else 0),
        interruption_for=told.interruption_for,
        ends_itself=told.ends_itself,
        as_told=told.as_told,
    )


def check_window(starts_at: datetime, ends_at: datetime, *, at: datetime) -> None:
    """Refuse a window that cannot be announced. Raises CannotPlan."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise CannotPlan("Say the zone of the window, such as 22:00+01:00 or --zone Europe/Paris.")
    if starts_at <= at:
        raise CannotPlan("The window would begin in the past. What has happened is an incident.")
    if starts_at > at + FARTHEST:
        raise CannotPlan("That is more than two years ahead. Plan it when it is nearer.")
    if ends_at <= starts_at:
        raise CannotPlan("The window would end before it begins.")
    if ends_at - starts_at > LONGEST:
        raise CannotPlan(f"A window lasts at most {LONGEST.days} days. Plan several.")


def _check_interruptions(told: Plan) -> None:
    each, window = told.interruption_for, told.ends_at - told.starts_at
    if told.interruptions and each is None:
        raise CannotPlan("Say how long each interruption lasts, such as 10m.")
    if each is not None and each <= timedelta(0):
        raise CannotPlan("An interruption lasts a minute or more.")
    if each is not None and each * max(told.interruptions, 1) > window:
        raise CannotPlan("The interruptions would last longer than the window.")


def effect_of(told: Plan) -> dict[str, object]:
    """What a window and a series have in common, as their rows keep it."""
    return {
        "zone": told.zone,
        "effects": dict(told.effects),
        "interruptions": told.interruptions,
        "interruption_for": told.interruption_for,
        "ends_itself": told.ends_itself,
    }


def rule_of(series: Series) -> Rule:
    first = datetime.fromisoformat(series.first)
    return Rule(series.pattern, first, series.zone, series.until)


def planned(row: Window) -> Planned:
    """What a row tells."""
    return Planned(
        id=row.incident_id,
        page_id=row.incident.page_id,
        plan=Plan(
            title=row.incident.title,
            effects={key: State(state) for key, state in row.effects.items()},
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            zone=row.zone,
            interruptions=row.interruptions,
            interruption_for=row.interruption_for,
            ends_itself=row.ends_itself,
        ),
        planned_at=row.series.planned_at if row.series else row.incident.declared_at,
        series_id=row.series_id or "",
        rule=rule_of(row.series) if row.series else None,
        usually_for=row.series.lasts_for if row.series else row.ends_at - row.starts_at,
        series_ended=bool(row.series and row.series.ended_at),
        occurs_at=row.occurs_at,
        begun_at=row.begun_at,
        done_at=row.done_at,
        ended_at=row.ended_at,
        cancelled_at=row.cancelled_at,
        overran_at=row.overran_at,
        audience_id=places.first_told(row.incident.page_id, row.incident.audience_id),
        is_for_everyone=row.incident.audience_id is None,
    )


def unwritten(page_id: str, told: Plan) -> Planned:
    """A plan as it would be known, to show what would be said of it."""
    return Planned(
        id="",
        page_id=page_id,
        plan=told,
        planned_at=told.starts_at,
        series_id="",
        rule=None,
        usually_for=told.ends_at - told.starts_at,
        series_ended=False,
        occurs_at=None,
        begun_at=None,
        done_at=None,
        ended_at=None,
        cancelled_at=None,
        overran_at=None,
    )
