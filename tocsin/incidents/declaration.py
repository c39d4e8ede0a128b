"""Declaring an incident and keeping what we know of it true.

CannotDeclare           the incident cannot be opened or changed so; says what to do
├── UnknownIncident     no incident goes by that id
├── AlreadyResolved     it was closed before
└── NotResolved         it is still open
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from tocsin.catalogue import shelf, zones
from tocsin.catalogue.tree import State, Tree, worst
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import SEVERITY_OF, Severity
from tocsin.incidents import places
from tocsin.incidents.models import Fact, Impact, Incident, IncidentKind, Moment, MomentKind
from tocsin.incidents.places import Place
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.people import access

TITLE_LENGTH = 255
SLACK = timedelta(minutes=5)  # for clocks that disagree


class CannotDeclare(Exception):
    """The act is refused; the message says why and what to do."""


class UnknownIncident(CannotDeclare):
    pass


class AlreadyResolved(CannotDeclare):
    pass


class NotResolved(CannotDeclare):
    pass


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of an incident, as other folders may read it.

    ``audience_id`` is the audience that is told first: the circle that it was declared for, else
    everyone; then ``is_for_everyone``, and each circle of the page is told as well. ``lead_id`` is
    who declared it.
    """

    id: str
    page_id: str
    title: str
    severity: Severity
    posture: Posture
    declared_at: datetime
    resolved_at: datetime | None
    impacts: Mapping[str, State]
    moments: Mapping[str, datetime]
    audience_id: str = ""
    is_for_everyone: bool = True
    lead_id: str = ""
    kind: IncidentKind = IncidentKind.INCIDENT

    @property
    def is_planned(self) -> bool:
        """Planned work that has not outlasted its window."""
        return self.kind == IncidentKind.MAINTENANCE

    @property
    def is_security(self) -> bool:
        """Whether confidentiality or integrity is in question; an attack always counts."""
        return self.kind == IncidentKind.SECURITY or self.posture == Posture.ATTACK

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


@transaction.atomic
def declare(
    page_id: str,
    *,
    title: str,
    components: Mapping[str, State],
    by: Actor,
    at: datetime,
    severity: Severity | None = None,
    posture: Posture = Posture.UNKNOWN,
    is_security: bool = False,
    started_at: datetime | None = None,
    detected_at: datetime | None = None,
    zone: str = "",
    audience: str = "",
    as_told: bool = False,
) -> Known:
    """Open an incident in one action. ``components``: {id or slug: state}; a group means all below.

    Without ``severity`` the worst state gives it; ``zone`` is that in which times were told, the
    page's own unless named. With ``audience``, by id or slug, nobody else is ever told of it.
    ``as_told``: by a program that was made for another kind of page, where an incident may name no
    component, and be grave while all of them work.
    Raises :class:`CannotDeclare`, ``NotAllowed``, ``CannotKeep``.
    """
    access.check(by, "declare", page_id)
    impacts = landed(shelf.components_of(page_id), components, may_be_none=as_told)
    severity = severity or SEVERITY_OF[worst(list(impacts.values()))]
    _check_title(title)
    if not as_told:
        _check_severity(severity, impacts)
    incident = Incident.objects.create(
        page_id=page_id,
        audience_id=circle_of(page_id, audience),
        kind=IncidentKind.SECURITY if is_security else IncidentKind.INCIDENT,
        title=title.strip(),
        severity=severity,
        posture=posture,
        lead_id=by.id,
        declared_at=at,
    )
    _write_impacts(incident, impacts, at=at)
    told = {MomentKind.STARTED: started_at, MomentKind.DETECTED: detected_at, MomentKind.AWARE: at}
    for kind, moment_at in told.items():
        if moment_at is not None:
            _write_moment(incident, kind, moment_at, {}, zone=zone, by=by, at=at)
    named = {"kind": str(incident.kind)} if is_security else {}
    _note(incident, "declared", by=by, at=at, severity=severity, impacts=impacts, **named)
    return known_of(incident.id)


def circle_of(page_id: str, ref: str) -> str | None:
    """The id of the circle that alone is told, by id or slug; None where everyone is."""
    whom = shelf.audience(page_id, ref) if ref else None
    return None if whom is None or whom.is_for_everyone else whom.audience_id


@transaction.atomic
def take_over(
    page_id: str,
    *,
    incident_id: str,
    title: str,
    severity: Severity,
    by: Actor,
    at: datetime,
    circle: str | None = None,
) -> Known:
    """Open an incident that readers know already: it was shouted under this id, of no component.

    ``circle`` is the id of the audience that alone knows it; None where everyone does.
    """
    access.check(by, "declare", page_id)
    title = title.strip()[:TITLE_LENGTH]
    _check_title(title)
    incident = Incident.objects.create(
        id=incident_id,
        page_id=page_id,
        audience_id=circle,
        title=title,
        severity=severity,
        posture=Posture.UNKNOWN,
        lead_id=by.id,
        declared_at=at,
    )
    _write_moment(incident, MomentKind.AWARE, at, {}, zone="", by=by, at=at)
    _note(incident, "declared", by=by, at=at, severity=severity, impacts={})
    return known_of(incident.id)


def landed(
    tree: Tree, components: Mapping[str, State], *, may_be_none: bool = False
) -> dict[str, State]:
    """Impacts by leaf: saying it of a group says it of everything below."""
    found: dict[str, State] = {}
    for ref, state in components.items():
        node = tree.find(ref)
        if node is None:
            raise CannotDeclare(f"No component {ref!r} on this page. See `tocsin component list`.")
        for leaf in tree.leaves_of(node.id):
            found[leaf.id] = State(state)
    if not found and not may_be_none:
        raise CannotDeclare("Say which component is affected; one is enough.")
    return found


def _outgrown(
    tree: Tree, components: Mapping[str, State], before: Mapping[str, State]
) -> dict[str, State]:
    """What named components, groups by now, were said to be while nothing was below them."""
    found = (node for ref in components if (node := tree.find(ref)) is not None)
    groups = (below.id for node in found for below in node.walk() if below.is_group)
    return {key: State.OPERATIONAL for key in groups if key in before}


def _check_title(title: str) -> None:
    if not title.strip():
        raise CannotDeclare("Give the incident a name: a few words on what fails.")
    if len(title) > TITLE_LENGTH:
        raise CannotDeclare(f"The name has {len(title)} characters; {TITLE_LENGTH} is the most.")


def _check_severity(severity: Severity, impacts: Mapping[str, State]) -> None:
    """A red headline over green components is a contradiction that readers would see."""
    if severity != Severity.SEV4 and worst(list(impacts.values())) == State.OPERATIONAL:
        raise CannotDeclare(
            f"{severity} with every component working contradicts itself. "
            "Say what does not work, or make it sev4."
        )


@transaction.atomic
def escalate(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    severity: Severity | None = None,
    components: Mapping[str, State] | None = None,
    posture: Posture | None = None,
    is_security: bool | None = None,
    as_told: bool = False,
) -> Known:
    """Take in that it is worse, better or elsewhere. Components left out stay as they are."""
    incident = _open(incident_id)
    access.check(by, "draft", incident.page_id)
    tree, before = shelf.components_of(incident.page_id), impacts_of(incident.id)
    impacts = landed(tree, components) | _outgrown(tree, components, before) if components else {}
    after = before | impacts
    if not as_told:
        _check_severity(severity or Severity(incident.severity), after)
    incident.severity = severity or incident.severity
    incident.posture = posture or incident.posture
    incident.kind = _kind(incident, is_security)
    incident.save()
    changed = {key: state for key, state in impacts.items() if before.get(key) != state}
    _write_impacts(incident, changed, at=at)
    told = {} if is_security is None else {"kind": str(incident.kind)}
    severity = Severity(incident.severity)
    _note(incident, "escalated", by=by, at=at, severity=severity, impacts=changed, **told)
    return known_of(incident.id)


def _kind(incident: Incident, is_security: bool | None) -> str:
    """What it is from now on; planned work within its window stays what it is."""
    if is_security is None or incident.kind == IncidentKind.MAINTENANCE:
        return incident.kind
    return IncidentKind.SECURITY if is_security else IncidentKind.INCIDENT


@transaction.atomic
def reassess(incident_id: str, *, severity: Severity, by: Actor, at: datetime) -> Known:
    """Correct how grave it was taken to be, also once it is over. Raises CannotDeclare."""
    incident = _incident(incident_id)
    access.check(by, "draft", incident.page_id)
    if incident.resolved_at is None:
        _check_severity(severity, impacts_of(incident.id))
    was, incident.severity = incident.severity, severity
    incident.save()
    _note(incident, "reassessed", by=by, at=at, was=was, severity=severity)
    return known_of(incident.id)


@transaction.atomic
def resolve(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    ended_at: datetime | None = None,
    zone: str = "",
) -> Known:
    """Close an incident: its effect is over. Raises AlreadyResolved, ``NotAllowed``."""
    incident = _open(incident_id)
    access.check(by, "resolve", incident.page_id)
    impacts = impacts_of(incident.id)
    cleared = {key: State.OPERATIONAL for key, s in impacts.items() if s != State.OPERATIONAL}
    _write_impacts(incident, cleared, at=at)
    incident.resolved_at = at
    incident.save()
    moments = moments_of(incident.id)
    if ended_at is not None or MomentKind.ENDED not in moments:
        ended_at = ended_at or at
        _write_moment(incident, MomentKind.ENDED, ended_at, moments, zone=zone, by=by, at=at)
    _note(incident, "resolved", by=by, at=at)
    return known_of(incident.id)


@transaction.atomic
def reopen(
    incident_id: str,
    *,
    components: Mapping[str, State],
    by: Actor,
    at: datetime,
    as_told: bool = False,
) -> Known:
    """It came back. Raises NotResolved, ``NotAllowed``."""
    incident = _incident(incident_id)
    access.check(by, "declare", incident.page_id)
    if incident.resolved_at is None:
        raise NotResolved("This incident is still open.")
    impacts = landed(shelf.components_of(incident.page_id), components, may_be_none=as_told)
    if not as_told:
        _check_severity(Severity(incident.severity), impacts)
    incident.resolved_at = None
    incident.save()
    _write_impacts(incident, impacts, at=at)
    _note(incident, "reopened", by=by, at=at, impacts=impacts)
    return known_of(incident.id)


@transaction.atomic
def set_moment(
    incident_id: str,
    *,
    kind: MomentKind,
    moment_at: datetime,
    by: Actor,
    at: datetime,
    zone: str = "",
    reason: str = "",
) -> Known:
    """Record or correct when something happened; the former value is kept.

    ``zone`` is that in which it was told, the page's own unless named. Raises CannotDeclare.
    """
    incident = _incident(incident_id)
    access.check(by, "draft", incident.page_id)
    before = moments_of(incident.id)
    _write_moment(incident, kind, moment_at, before, zone=zone, by=by, at=at, reason=reason)
    was = before[kind].isoformat() if kind in before else None
    _note(incident, "timed", by=by, at=at, kind=kind, was=was, is_now=moment_at.isoformat())
    return known_of(incident.id)


def _check_moment(
    kind: MomentKind,
    moment_at: datetime,
    before: Mapping[str, datetime],
    *,
    zone: str,
    at: datetime,
) -> None:
    if moment_at.tzinfo is None:
        raise CannotDeclare("Say the time with its zone, such as 09:12+01:00 or 09:12Z.")
    if zone not in zones.every():
        raise CannotDeclare(f"{zone!r} is no time zone. Name one such as Europe/Paris.")
    if moment_at > at + SLACK:
        raise CannotDeclare("That time is still to come. A moment is something that happened.")
    both = dict(before) | {kind: moment_at}
    started, ended = both.get(MomentKind.STARTED), both.get(MomentKind.ENDED)
    if started and ended and ended < started:
        raise CannotDeclare("It would end before it started. Correct the other time first.")


@transaction.atomic
def learn(incident_id: str, *, text: str, by: Actor, at: datetime) -> None:
    """Write down an internal fact. Raises CannotDeclare."""
    incident = _incident(incident_id)
    access.check(by, "draft", incident.page_id)
    if not text.strip():
        raise CannotDeclare("Write the fact down in a few words.")
    Fact.objects.create(incident=incident, text=text.strip(), at=at, recorded_by=str(by))
    _note(incident, "learned", by=by, at=at)


def known_of(incident_id: str) -> Known:
    """What we know of one incident. Raises UnknownIncident."""
    return _known(_incident(incident_id))


def place_of(incident_id: str, *, held: bool = False) -> Place:
    """Where an incident is told of; ``held`` until the transaction ends. Raises UnknownIncident."""
    place = places.held(incident_id) if held else places.of(incident_id)
    if place is None:
        raise UnknownIncident(f"No incident {incident_id!r}. See `tocsin status`.")
    return place


def open_incidents(page_id: str = "") -> list[Known]:
    """Every incident still open, worst first, then oldest first. Planned work is none."""
    rows = Incident.objects.filter(resolved_at=None).exclude(kind=IncidentKind.MAINTENANCE)
    rows = rows.order_by("severity", "declared_at", "id")
    return [_known(row) for row in (rows.filter(page_id=page_id) if page_id else rows)]


def recent_incidents(page_id: str = "", *, limit: int = 50) -> list[Known]:
    """The newest incidents, open or closed."""
    rows = Incident.objects.exclude(kind=IncidentKind.MAINTENANCE).order_by("-declared_at", "-id")
    return [_known(row) for row in (rows.filter(page_id=page_id) if page_id else rows)[:limit]]


def facts_of(incident_id: str) -> Sequence[tuple[datetime, str, str]]:
    """(at, by, text) of each internal fact, oldest first."""
    rows = Fact.objects.filter(incident_id=incident_id).order_by("at", "id")
    return list(rows.values_list("at", "recorded_by", "text"))


def moment_history(incident_id: str) -> list[tuple[str, datetime, str, datetime, str, str]]:
    """(kind, at, zone, recorded_at, recorded_by, reason) of every time ever told, oldest first."""
    rows = Moment.objects.filter(incident_id=incident_id).order_by("id")
    return list(rows.values_list("kind", "at", "zone", "recorded_at", "recorded_by", "reason"))


def impacts_of(incident_id: str) -> dict[str, State]:
    """The newest impact on each component ever touched, by id."""
    return {key: State(state) for key, state in _IMPACTS.tuples(incident_id)}


def moments_of(incident_id: str) -> dict[str, datetime]:
    """The newest known time of each kind of moment."""
    return dict(_MOMENTS.tuples(incident_id))


# Asked several times for each word: the SQL is written once.
_READ = Compiled(lambda key: Incident.objects.filter(pk=key))
_LOCKED = Compiled(lambda key: Incident.objects.filter(pk=key).select_for_update())
_IMPACTS = Compiled(
    lambda key: (
        Impact.objects.filter(incident_id=key).order_by("id").values_list("component_id", "state")
    )
)
_MOMENTS = Compiled(
    lambda key: Moment.objects.filter(incident_id=key).order_by("id").values_list("kind", "at")
)


def _known(row: Incident) -> Known:
    return Known(
        id=row.id,
        page_id=row.page_id,
        title=row.title,
        severity=Severity(row.severity),
        posture=Posture(row.posture),
        declared_at=row.declared_at,
        resolved_at=row.resolved_at,
        impacts=impacts_of(row.id),
        moments=moments_of(row.id),
        audience_id=places.first_told(row.page_id, row.audience_id),
        is_for_everyone=row.audience_id is None,
        lead_id=row.lead_id,
        kind=IncidentKind(row.kind),
    )


def _incident(incident_id: str) -> Incident:
    # In a transaction it is locked: two operators change one incident in turn.
    row = (_LOCKED if connection.in_atomic_block else _READ).first(incident_id)
    if row is None:
        raise UnknownIncident(f"No incident {incident_id!r}. See `tocsin status`.")
    return row


def _open(incident_id: str) -> Incident:
    row = _incident(incident_id)
    if row.resolved_at is not None:
        raise AlreadyResolved("This incident is resolved. Reopen it if it came back.")
    return row


def _write_impacts(incident: Incident, impacts: Mapping[str, State], *, at: datetime) -> None:
    Impact.objects.bulk_create(
        Impact(incident=incident, component_id=component_id, state=state, at=at)
        for component_id, state in impacts.items()
    )


def _write_moment(
    incident: Incident,
    kind: MomentKind,
    moment_at: datetime,
    before: Mapping[str, datetime],
    *,
    zone: str,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> None:
    zone = zone or shelf.brand(incident.page_id).time_zone
    _check_moment(kind, moment_at, before, zone=zone, at=at)
    Moment.objects.create(
        incident=incident,
        kind=kind,
        at=moment_at,
        zone=zone,
        recorded_at=at,
        recorded_by=str(by),
        reason=reason.strip(),
    )


def _note(incident: Incident, done: str, *, by: Actor, at: datetime, **detail: object) -> None:
    subject = ("incident", incident.id)
    verb = f"incidents:incident:{done}"
    chain.note(verb, by=by, at=at, subject=subject, page=incident.page_id, **detail)
