"""One incident of the Statuspage API in our words: what happened, and what was said of it. Pure.

Times, impact, names and text stay as they were told; a part of them that we have no field for is
carried along beside our own (``values.Source``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import FINAL, STATUSPAGE, Phase
from tocsin.disclosure.severity import Severity
from tocsin.incidents.arriving import Happened, Work
from tocsin.moving.arrivals.cargo import ID, Brought, CannotArrive, Json, Losses, own_id
from tocsin.statements.arriving import Said, Told
from tocsin.statements.values import Layer, Source, Window, Words

PHASES = {
    **{status: phase for phase, status in reversed(STATUSPAGE.items())},
    "investigating": Phase.INVESTIGATING,
    "completed": Phase.ENDED,
}
SEVERITIES = {"critical": Severity.SEV1, "major": Severity.SEV2, "minor": Severity.SEV3}
SHORTEST = timedelta(minutes=1)
EARLIEST, LATEST = 1990, 2100


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is read: the page it comes to, its language, and the zone of times without one.

    ``component`` gives our id of a component from theirs.
    """

    system: str
    page_id: str
    language: str
    zone: ZoneInfo
    component: Callable[[str], str]
    losses: Losses


@dataclass(frozen=True, slots=True)
class Translated:
    """An incident in our words."""

    happened: Happened
    told: Told


def moment(told: object, zone: ZoneInfo) -> datetime | None:
    """A time in any of the ways that the API writes one; None for what is no time."""
    if not isinstance(told, str) or not told:
        return None
    try:
        found = datetime.fromisoformat(told)
        found = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        # A slip of a century would have the history walk through all the months in between.
        return found if EARLIEST <= found.year <= LATEST else None
    except (ValueError, OverflowError):
        return None


def translated(brought: Brought, reading: Reading) -> Translated:
    """An incident and everything that was said of it. Raises CannotArrive."""
    return _Incident(brought, reading).translated()


class _Incident:
    """One incident on its way into our words."""

    def __init__(self, brought: Brought, reading: Reading) -> None:
        self.told, self.links, self.reading = brought.told, brought.links, reading
        self.id = own_id(brought.told["id"], reading.page_id, reading.system, "incident")
        if self.id != brought.told["id"] and reading.system == "statuspage":
            self.links = (*self.links, f"incidents/{brought.told['id']}")
        self.name = str(brought.told.get("name") or "") or "Untitled"
        if not brought.updates:
            raise CannotArrive(f"{brought.id}: without incident_updates, nothing was said of it.")
        self.updates = brought.updates[::-1]  # oldest first
        self.severity = SEVERITIES.get(str(self.told.get("impact")), Severity.SEV4)
        self.times = [self._said_at(update) for update in self.updates]
        self.phases = [self._phase(update) for update in self.updates]
        self.is_planned = brought.is_planned
        self.states: dict[str, State] = {}

    def translated(self) -> Translated:
        window = self._window() if self.is_planned else None
        said = tuple(self._said(index, window) for index in range(len(self.updates)))
        is_over = self.phases[-1] in FINAL
        standing = {} if is_over or (window and not self._begun_at()) else self.states
        happened = Happened(
            id=self.id,
            title=self.name,
            severity=self.severity,
            declared_at=self.times[0],
            resolved_at=self._ended_at() if is_over else None,
            started_at=None if window else self._started_at(),
            ended_at=self._ended_at() if is_over else None,
            states=dict.fromkeys(self.states, State.OPERATIONAL) if is_over else standing,
            work=self._work(window) if window else None,
        )
        return Translated(happened, Told(self.id, said, standing))

    def _said(self, index: int, window: Window | None) -> Said:
        update, at = self.updates[index], self.times[index]
        changes = tuple(self._changes(update))
        self.states |= {key: State(after) for key, _, after in changes}
        body = update.get("body")
        is_last = index == len(self.updates) - 1
        own = own_id(update.get("id") or str(index), self.id, "update")
        return Said(
            id=own,
            words=self._words(index, body if isinstance(body, str) else "", changes, window),
            changes=changes,
            source=Source(
                system=self.reading.system,
                update=self._update(update, own),
                incident=self._carried() if is_last else None,
                links=self.links if is_last else (),
            ),
            at=at,
        )

    def _words(
        self,
        index: int,
        body: str,
        changes: Sequence[tuple[str, str, str]],
        window: Window | None,
    ) -> Words:
        phase, language = self.phases[index], self.reading.language
        return Words(
            name={language: self.name},
            layers={language: Layer(headline=self.name, body=body)},
            phase=phase,
            severity=self.severity,
            impacts=self._impacts(phase, changes),
            since=self._begun_by(index) if window else self._started_at(),
            until=self._ended_at() if phase in FINAL else None,
            primary=language,
            window=window,
        )

    def _impacts(self, phase: Phase, changes: Sequence[tuple[str, str, str]]) -> dict[str, State]:
        """How components are from a word on: well once it is over, and while work is to come."""
        if phase in FINAL or phase == Phase.ANNOUNCED:
            return dict.fromkeys(self.states, State.OPERATIONAL)
        return {key: State(after) for key, _, after in changes}

    def _changes(self, update: Json) -> Iterator[tuple[str, str, str]]:
        for affected in update.get("affected_components") or ():
            if not isinstance(affected, Mapping) or not affected.get("code"):
                continue
            key = self.reading.component(str(affected["code"]))
            before, after = affected.get("old_status"), affected.get("new_status")
            yield key, self._state(before).value, self._state(after).value

    def _state(self, told: object) -> State:
        try:
            return State(str(told))
        except ValueError:
            what = f"A component's state {str(told)[:40]!r} is none of ours: taken as well."
            self.reading.losses.note(what, self.id)
            return State.OPERATIONAL

    def _phase(self, update: Json) -> Phase:
        status = str(update.get("status") or self.told.get("status"))
        if status in PHASES:
            return PHASES[status]
        what = f"A status {status[:40]!r} is none of ours; told as investigating on the page."
        self.reading.losses.note(what, self.id)
        return Phase.INVESTIGATING

    # Times

    def _moment(self, told: object) -> datetime | None:
        return moment(told, self.reading.zone)

    def _said_at(self, update: Json) -> datetime:
        for name in ("display_at", "created_at"):
            if at := self._moment(update.get(name)):
                return at
        raise CannotArrive(f"{self.id}: an update says neither display_at nor created_at.")

    def _started_at(self) -> datetime:
        return self._moment(self.told.get("started_at")) or self.times[0]

    def _ended_at(self) -> datetime:
        told = self._moment(self.told.get("resolved_at"))
        entered = self.times[-1]
        for phase, at in zip(reversed(self.phases), reversed(self.times), strict=True):
            if phase not in FINAL:
                break
            entered = at
        return told or entered

    # Planned work

    def _begun_at(self) -> datetime | None:
        return self._begun_by(len(self.phases) - 1)

    def _begun_by(self, index: int) -> datetime | None:
        """When work that is under way by a word was said to have begun."""
        told = zip(self.phases[: index + 1], self.times, strict=False)
        begun = (at for phase, at in told if phase not in {Phase.ANNOUNCED, Phase.CANCELLED})
        return next(begun, None)

    def _window(self) -> Window:
        start = self._moment(self.told.get("scheduled_for")) or self.times[0]
        end = self._moment(self.told.get("scheduled_until"))
        if end is None or end <= start:
            self.reading.losses.note(
                "Planned work says no end after its beginning; taken to last a minute.", self.id
            )
            end = start + SHORTEST
        return Window(
            starts_at=start,
            ends_at=end,
            effects=self._effects(),
            ends_itself=bool(self.told.get("scheduled_auto_completed", True)),
        )

    def _effects(self) -> dict[str, State]:
        """What the work does to components, as told while it lasted; else they are in work."""
        found: dict[str, State] = {}
        for update, phase in zip(self.updates, self.phases, strict=True):
            for key, _, after in self._changes(update):
                found.setdefault(key, State.MAINTENANCE)
                if phase == Phase.BEGUN and after != State.OPERATIONAL:
                    found[key] = State(after)
        return found

    def _work(self, window: Window) -> Work:
        checking = (
            at for phase, at in zip(self.phases, self.times, strict=True) if phase == Phase.CHECKING
        )
        is_over = self.phases[-1] in FINAL
        return Work(
            starts_at=window.starts_at,
            ends_at=window.ends_at,
            effects=window.effects,
            begun_at=self._begun_at(),
            done_at=next(checking, None),
            ended_at=self._ended_at() if is_over else None,
            ends_itself=bool(self.told.get("scheduled_auto_completed", True)),
        )

    # What is carried beside our own fields

    def _carried(self) -> Json:
        told = {name: value for name, value in self.told.items() if name != "incident_updates"}
        rows = told.get("components")
        if isinstance(rows, list):
            told["components"] = [self._row(row) for row in rows]
        return told | {"id": self.id} | self._page_id(told)

    def _update(self, update: Json, own: str) -> Json:
        """An update as it was told, under ids that our addresses can hold."""
        told = {k: v for k, v in update.items() if k != "body" or not isinstance(v, str)}
        affected = update.get("affected_components")
        if isinstance(affected, list):
            told["affected_components"] = [self._row(row) for row in affected]
        return told | {"id": own} | ({"incident_id": self.id} if "incident_id" in told else {})

    def _row(self, row: object) -> object:
        """A component, or what was said of one, by the id that it has here."""
        if not isinstance(row, Mapping):
            return row
        ids = {
            name: self.reading.component(str(row[name]))
            for name in ("id", "code", "group_id")
            if row.get(name)
        }
        return dict(row) | ids | self._page_id(row)

    def _page_id(self, told: Mapping[str, object]) -> Json:
        if "page_id" not in told:
            return {}
        theirs = told["page_id"]
        is_like_ours = isinstance(theirs, str) and ID.fullmatch(theirs)
        return {"page_id": theirs if is_like_ours else self.reading.page_id}
