"""Drafted incidents: what alerts suggest, until somebody says it or dismisses it.

CannotSettle            the drafted incident cannot be said or dismissed; says what to do
├── NoDraftedIncident   none goes by that id
├── AlreadySettled      somebody said or dismissed it already
└── Grown               alerts came in since it was looked at; look again
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tocsin.catalogue.tree import ORDER, State, Tree
from tocsin.disclosure.severity import Severity
from tocsin.incidents.models import DraftedIncident, Notice, Outcome
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.watch import signals

REASON_LENGTH = 500
WORST_FIRST = list(Severity)
Detail = str | int | None


class CannotSettle(Exception):
    """The act is refused; the message says why and what to do."""


class NoDraftedIncident(CannotSettle):
    pass


class AlreadySettled(CannotSettle):
    """``incident_id`` is what it became; empty where nothing did."""

    def __init__(self, message: str, incident_id: str) -> None:
        super().__init__(message)
        self.incident_id = incident_id


class Grown(CannotSettle):
    pass


@dataclass(frozen=True, slots=True)
class Sign:
    """What one alert says of one component. ``is_on``: it fires, or flaps and may again."""

    hook_id: str
    alert: str
    component_id: str
    state: State
    severity: Severity
    title: str
    url: str
    is_firing: bool
    is_on: bool
    flaps: bool
    began_at: datetime
    turned_at: datetime


@dataclass(frozen=True, slots=True)
class Noticed:
    """Alerts that belong together, as other folders may read them. ``signs``: the worst first."""

    signs: tuple[Sign, ...]

    @property
    def impacts(self) -> dict[str, State]:
        """The worst that is said of each component now."""
        return _worst((sign.component_id, sign.state) for sign in self.signs if sign.is_on)

    @property
    def ever(self) -> dict[str, State]:
        """The worst that was ever said of each component."""
        return _worst((sign.component_id, sign.state) for sign in self.signs)

    @property
    def severity(self) -> Severity | None:
        """The gravest that is suggested now; None once all of it is over."""
        return _gravest(sign.severity for sign in self.signs if sign.is_on)

    @property
    def is_over(self) -> bool:
        return not any(sign.is_on for sign in self.signs)

    @property
    def over_since(self) -> datetime | None:
        """When the last of it ended, if all has."""
        return max((sign.turned_at for sign in self.signs), default=None) if self.is_over else None

    @property
    def detected_at(self) -> datetime | None:
        return min((sign.began_at for sign in self.signs), default=None)

    @property
    def firing(self) -> int:
        return len({(sign.hook_id, sign.alert) for sign in self.signs if sign.is_on})

    @property
    def alerts(self) -> int:
        return len({(sign.hook_id, sign.alert) for sign in self.signs})

    @property
    def flapping(self) -> int:
        return len({(sign.hook_id, sign.alert) for sign in self.signs if sign.flaps})

    @property
    def has_unplaced(self) -> bool:
        """Whether something fires of which nobody can tell what it is about."""
        return any(sign.is_on and not sign.component_id for sign in self.signs)


def _worst(told: Iterable[tuple[str, State]]) -> dict[str, State]:
    worst: dict[str, State] = {}
    for component_id, state in told:
        if component_id:
            known = worst.get(component_id, State.OPERATIONAL)
            worst[component_id] = max(known, state, key=ORDER.index)
    return dict(sorted(worst.items()))


def on_leaves(impacts: Mapping[str, State], tree: Tree) -> dict[str, State]:
    """What is said of groups, said of everything below them; the worst of each component."""
    return _worst(
        (leaf.id, state) for key, state in impacts.items() for leaf in tree.leaves_of(key)
    )


def _gravest(told: Iterable[Severity]) -> Severity | None:
    return min(told, key=WORST_FIRST.index, default=None)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A drafted incident as other folders may read it."""

    id: str
    page_id: str
    opened_at: datetime
    revision: int
    noticed: Noticed
    outcome: Outcome | None = None
    settled_at: datetime | None = None
    settled_by: str = ""
    incident_id: str = ""
    reason: str = ""


def open_ones(page_ids: Iterable[str], *, at: datetime) -> list[Drafted]:
    """The drafted incidents that wait for somebody, the newest first."""
    rows = DraftedIncident.objects.filter(page_id__in=list(page_ids), settled_at=None)
    return _drafted(rows.order_by("-opened_at", "-id"), at=at)


def count() -> int:
    """How many drafted incidents wait for somebody."""
    return DraftedIncident.objects.filter(settled_at=None).count()


def drafted(drafted_id: str, *, at: datetime) -> Drafted:
    """One drafted incident. Raises NoDraftedIncident."""
    found = _drafted(DraftedIncident.objects.filter(pk=drafted_id), at=at)
    if not found:
        raise NoDraftedIncident("There is no such drafted incident.")
    return found[0]


def suggested(drafted_id: str, *, at: datetime) -> tuple[dict[str, State], Severity | None]:
    """What a drafted incident would say now, without looking at thousands of alerts one by one."""
    on = Notice.objects.filter(drafted_id=drafted_id)
    on = on.filter(Q(is_firing=True) | Q(flaps_until__gt=at))
    told = set(on.order_by().values_list("component_id", "state", "severity").distinct())
    impacts = _worst((component_id or "", State(state)) for component_id, state, _ in told)
    return impacts, _gravest(Severity(severity) for _, _, severity in told)


def speaks_of_security(noticed: Noticed) -> bool:
    """Whether an alert's own label has it so. It prefills a form, and publishes nothing."""
    return signals.speak_of_security(dict.fromkeys((s.hook_id, s.alert) for s in noticed.signs))


def noticed_of(incident_id: str, *, at: datetime) -> Noticed | None:
    """What alerts say of an incident; None where none ever did."""
    rows = list(Notice.objects.filter(incident_id=incident_id))
    return Noticed(_signs(rows, at=at)) if rows else None


def _drafted(found: Iterable[DraftedIncident], *, at: datetime) -> list[Drafted]:
    rows = list(found)
    notices: dict[str, list[Notice]] = {row.id: [] for row in rows}
    for notice in Notice.objects.filter(drafted_id__in=list(notices)):
        notices[str(notice.drafted_id)].append(notice)
    return [
        Drafted(
            id=row.id,
            page_id=row.page_id,
            opened_at=row.opened_at,
            revision=row.revision,
            noticed=Noticed(_signs(notices[row.id], at=at)),
            outcome=Outcome(row.outcome) if row.outcome else None,
            settled_at=row.settled_at,
            settled_by=row.settled_by,
            incident_id=row.incident_id or "",
            reason=row.reason,
        )
        for row in rows
    ]


def _signs(notices: Iterable[Notice], *, at: datetime) -> tuple[Sign, ...]:
    signs = [_sign(notice, at=at) for notice in notices]
    signs.sort(key=lambda sign: (not sign.is_on, -ORDER.index(sign.state), sign.began_at))
    return tuple(signs)


def _sign(row: Notice, *, at: datetime) -> Sign:
    flaps = row.flaps_until is not None and row.flaps_until > at
    return Sign(
        hook_id=row.hook_id,
        alert=row.alert,
        component_id=row.component_id or "",
        state=State(row.state),
        severity=Severity(row.severity),
        title=row.title,
        url=row.url,
        is_firing=row.is_firing,
        is_on=row.is_firing or flaps,
        flaps=flaps,
        began_at=row.began_at,
        turned_at=row.turned_at,
    )


@transaction.atomic
def claim(drafted_id: str, *, revision: int | None, by: Actor, at: datetime) -> Drafted:
    """Hold a drafted incident in the caller's transaction, to say it; ``revision`` was seen.

    Raises CannotSettle, ``NotAllowed``.
    """
    row = _open(drafted_id)
    access.check(by, "declare", row.page_id)
    if revision is not None and revision != row.revision:
        raise Grown("More alerts came in while you looked. Look again, and say it then.")
    return drafted(drafted_id, at=at)


@transaction.atomic
def become(drafted_id: str, incident_id: str, *, by: Actor, at: datetime) -> None:
    """A drafted incident was said: its alerts are that incident's from here on."""
    _settle(_open(drafted_id), Outcome.SAID, incident_id=incident_id, by=by, at=at)


@transaction.atomic
def take_in(drafted_id: str, incident_id: str, page_id: str, *, by: Actor, at: datetime) -> bool:
    """An incident that was just declared is what these alerts drafted; answers whether it was open.

    Raises NotAllowed.
    """
    access.check(by, "declare", page_id)
    rows = DraftedIncident.objects.select_for_update()
    row = rows.filter(pk=drafted_id, page_id=page_id, settled_at=None).first()
    if row is not None:
        _settle(row, Outcome.SAID, incident_id=incident_id, by=by, at=at)
    return row is not None


@transaction.atomic
def dismiss(drafted_id: str, *, reason: str, by: Actor, at: datetime) -> None:
    """Say nothing of a drafted incident, and why. Raises CannotSettle, ``NotAllowed``."""
    row = _open(drafted_id)
    access.check(by, "declare", row.page_id)
    if not reason.strip():
        raise CannotSettle(
            "Say in a few words why nobody need be told. Only our own people see it."
        )
    if len(reason.strip()) > REASON_LENGTH:
        raise CannotSettle(f"A reason has at most {REASON_LENGTH} characters.")
    _settle(row, Outcome.DISMISSED, reason=reason.strip(), by=by, at=at)


def _settle(
    row: DraftedIncident,
    outcome: Outcome,
    *,
    by: Actor,
    at: datetime,
    incident_id: str = "",
    reason: str = "",
) -> None:
    row.settled_at, row.settled_by, row.outcome = at, str(by), outcome
    row.incident_id, row.reason = incident_id or None, reason
    row.save()
    if incident_id:
        Notice.objects.filter(drafted=row).update(incident_id=incident_id)
    note(row, outcome.value, by=by, at=at, incident=incident_id, reason=reason)


def join(row: DraftedIncident, incident_id: str, *, by: Actor, at: datetime) -> None:
    """An incident that somebody declared takes a drafted one in."""
    _settle(row, Outcome.JOINED, incident_id=incident_id, by=by, at=at)


def lapse(row: DraftedIncident, *, by: Actor, at: datetime) -> None:
    """All of it has long been over, and nobody took it up."""
    _settle(row, Outcome.LAPSED, by=by, at=at)


def note(row: DraftedIncident, done: str, *, by: Actor, at: datetime, **detail: Detail) -> None:
    """Write an act on a drafted incident into the journal; what is empty is left out."""
    told: Mapping[str, object] = {name: said for name, said in detail.items() if said}
    verb, subject = f"incidents:drafted:{done}", ("drafted", row.id)
    chain.note(verb, by=by, at=at, subject=subject, page=row.page_id, **told)


def _open(drafted_id: str) -> DraftedIncident:
    row = DraftedIncident.objects.select_for_update().filter(pk=drafted_id).first()
    if row is None:
        raise NoDraftedIncident("There is no such drafted incident.")
    if row.settled_at is not None:
        raise AlreadySettled(_settled(row), row.incident_id or "")
    return row


def _settled(row: DraftedIncident) -> str:
    who = row.settled_by
    return {
        Outcome.SAID: f"{who} said it already.",
        Outcome.JOINED: "An incident that was declared has taken it in.",
        Outcome.DISMISSED: f"{who} dismissed it.",
        Outcome.LAPSED: "It was closed: all of it had long been over.",
    }[Outcome(row.outcome)]
