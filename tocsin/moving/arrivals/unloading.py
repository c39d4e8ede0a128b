"""Taking a cargo into the record, or saying what that would do.

What is there already stays as it is, so a second run changes nothing. Incidents go in a few hundred
at a time, each time whole or not at all: killed half-way, the next run does the rest.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction

from tocsin.announcements import importing
from tocsin.announcements.audience import CannotSubscribe
from tocsin.announcements.importing import BrokenRows, Imported
from tocsin.catalogue import arriving as shelves
from tocsin.catalogue import zones
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.incidents import arriving as known
from tocsin.journal.actors import Actor
from tocsin.moving.arrivals.cargo import Brought, CannotArrive, Cargo, Home, Loss, id_of, own_id
from tocsin.moving.arrivals.components import Components, component_id
from tocsin.moving.arrivals.translating import Reading, Translated, translated
from tocsin.statements import arriving as record
from tocsin.statements import maintenance
from tocsin.statements.arriving import Kept, Told, print_of

AT_ONCE = 200  # incidents of one transaction: long enough to be quick, short enough to wait for
Progress = Callable[[str, int, int], None]  # (what, done, of how many)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one incident: ``new``, ``more`` words of it, or why it stays as it is."""

    id: str
    name: str
    what: str
    updates: int = 0


NEW, MORE, CHANGED, CONTINUED, SAME = "new", "more", "changed there", "continued here", "same"


@dataclass(slots=True)
class Report:
    """What an arrival did, or would do. ``page`` is a slug, empty for one that is to be opened."""

    page: str
    page_id: str
    page_name: str
    is_dry: bool
    is_page_new: bool = False
    components: int = 0
    changes: list[Change] = field(default_factory=list)
    subscribers: int = 0
    imported: Imported | None = None
    links: int = 0
    losses: list[Loss] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def count(self, what: str) -> int:
        return sum(change.what == what for change in self.changes)

    @property
    def updates(self) -> int:
        """How many words come along."""
        return sum(change.updates for change in self.changes if change.what in (NEW, MORE))


@dataclass(frozen=True, slots=True)
class Destination:
    """The page that a cargo goes to; ``brand`` is None while it is not there."""

    brand: Brand | None
    id: str
    name: str
    time_zone: str
    language: str


def destination(home: Home, brand: Brand | None, *, language: str = "") -> Destination:
    """Where a cargo goes: to the page that is named, else to one that has the source's own id.

    ``language`` is that of its words, the page's own unless told. Raises CannotArrive.
    """
    spoken = brand.languages if brand else ("en",)
    language = language or spoken[0]
    if language not in spoken:
        where = brand.name if brand else "A page that is to be opened"
        raise CannotArrive(f"{where} does not speak {language!r}; it speaks {', '.join(spoken)}.")
    if brand is not None:
        return Destination(brand, brand.id, brand.name, brand.time_zone, language)
    if not home.name:
        raise CannotArrive("The source does not say what its page is called. Name one: --page.")
    page_id = home.id if shelves.ID.fullmatch(home.id) else id_of("page", home.id, home.name)
    zone = home.time_zone if home.time_zone in zones.every() else "Etc/UTC"
    return Destination(None, page_id, home.name, zone, language)


class Unloading:
    """One cargo on its way into one page."""

    def __init__(
        self, cargo: Cargo, to: Destination, *, by: Actor, now: Clock, progress: Progress
    ) -> None:
        self.cargo, self.to, self.by, self.now, self.progress = cargo, to, by, now, progress
        self.zone = ZoneInfo(to.time_zone)
        self.parts = Components(cargo, page_id=to.id, zone=self.zone, at=now()).brought()
        self.report = Report(
            page=to.brand.slug if to.brand else "",
            page_id=to.id,
            page_name=to.name,
            is_dry=True,
            is_page_new=to.brand is None,
            subscribers=len(cargo.subscribers),
            broken=list(cargo.broken),
        )
        self._todo: list[Translated] = []
        self._spoken_of: set[str] = set()
        self._losses = cargo.losses

    def plan(self) -> Report:
        """Say what would be done. Writes nothing. Raises CannotArrive."""
        there = record.kept(self.to.id) if self.to.brand else {}
        self._check_ids()
        on_page = shelves.known(self.to.id) if self.to.brand else set()
        self.report.components = sum(part.id not in on_page for part in self.parts)
        reading = self._reading()
        total = len(self.cargo.incidents)
        for turn, brought in enumerate(_oldest_first(self.cargo.incidents), start=1):
            self._plan_one(brought, reading, there)
            self.progress("compared", turn, total)
        self._note_states_without_words()
        self.report.losses = self._losses.told()
        return self.report

    def _note_states_without_words(self) -> None:
        """What a component is there that no open incident says; nothing is said for its author."""
        for row in self.cargo.components:
            key = component_id(self.cargo.system, self.to.id, str(row.get("id")))
            state = str(row.get("status") or State.OPERATIONAL)
            if state != State.OPERATIONAL and key not in self._spoken_of and not row.get("group"):
                self._losses.note(
                    "A component is not operational there, and no open incident says so: set it "
                    "here (`tocsin component state`).",
                    f"{row.get('name')}: {state}",
                )

    def _reading(self) -> Reading:
        return Reading(
            system=self.cargo.system,
            page_id=self.to.id,
            language=self.to.language,
            zone=self.zone,
            component=lambda told: component_id(self.cargo.system, self.to.id, told),
            losses=self._losses,
        )

    def _check_ids(self) -> None:
        """Refuse what another page of this installation holds already."""
        ids = [
            own_id(brought.id, self.to.id, self.cargo.system, "incident")
            for brought in self.cargo.incidents
        ]
        elsewhere = known.taken_elsewhere(self.to.id, ids)
        elsewhere |= shelves.taken_elsewhere(self.to.id, [part.id for part in self.parts])
        if elsewhere:
            raise CannotArrive(
                f"{min(elsewhere)} is on another page of this installation already, and an id is "
                "found once. Import into that page, or take it off there first."
            )

    def _plan_one(self, brought: Brought, reading: Reading, there: dict[str, Kept]) -> None:
        try:
            one = translated(brought, reading)
        except CannotArrive as fault:
            self.report.broken.append(str(fault))
            return
        self._spoken_of |= one.told.standing.keys()
        what, fresh = _compared(one.told, there.get(one.told.incident_id))
        change = Change(one.told.incident_id, one.happened.title, what, len(fresh))
        self.report.changes.append(change)
        self.report.links += len(brought.links) if what == NEW else 0
        if what in (NEW, MORE):
            told = Told(one.told.incident_id, fresh, one.told.standing)
            self._todo.append(Translated(one.happened, told))
        elif what == CHANGED:
            self._losses.note(
                "Something was changed there after it came here; it stays as it came.",
                one.told.incident_id,
            )
        elif what == CONTINUED:
            self._losses.note(
                "An incident goes on here by words of our own; what was said there since stays.",
                one.told.incident_id,
            )

    def unload(self) -> Report:
        """Do what was planned; returns what was done. Raises CannotArrive, CannotKeep, NotAllowed.

        What cannot be read stops all of it before anything is written.
        """
        self.report.is_dry = False
        page = self._page()
        self.report.page = page.slug
        shelves.bring(page.id, self.parts, by=self.by, at=self.now())
        done = 0
        for batch in _batched(self._todo):
            self._take_in(page, batch)
            done += len(batch)
            self.progress("taken in", done, len(self._todo))
        if self._todo:
            total = self.report.updates
            record.lay_out(
                page.id,
                at=self.now(),
                progress=lambda read: self.progress("laid out", min(read, total), total),
            )
        self._bring_subscribers(page)
        self.report.losses = self._losses.told()
        return self.report

    def _page(self) -> Brand:
        if self.to.brand:
            return self.to.brand
        return shelves.open_page(
            self.to.id,
            name=self.to.name[: shelves.NAME_LENGTH],
            time_zone=self.to.time_zone,
            by=self.by,
            at=self.now(),
        )

    @transaction.atomic
    def _take_in(self, page: Brand, planned: Sequence[Translated]) -> None:
        at = self.now()
        record.hold_others_off(page.id)
        batch = _still_new(planned, record.kept(page.id, [one.happened.id for one in planned]))
        if not batch:
            return
        known.take_in(page.id, [one.happened for one in batch], by=self.by, at=at)
        record.take_in(page.id, [one.told for one in batch], by=self.by, at=at)
        for one in batch:
            if one.happened.work and one.happened.resolved_at is None:
                self._hold(one)

    def _hold(self, one: Translated) -> None:
        """Let the clock say of planned work what it says of ours."""
        held = maintenance.adopt(one.happened.id, by=self.by, at=self.now())
        if not held:
            self._losses.note(
                "Planned work that is still open says nothing by the clock here: begin and end it "
                "by hand (`tocsin maintenance`).",
                one.happened.id,
            )

    def _bring_subscribers(self, page: Brand) -> None:
        if not self.cargo.subscribers:
            return
        rows = [self._reader(row) for row in self.cargo.subscribers]
        try:
            self.report.imported = self._import(page, rows)
        except BrokenRows as broken:
            at_fault = {line - 2: what for line, what in broken.faults}
            for what in at_fault.values():
                self._losses.note(f"A subscriber cannot be taken: {what}")
            good = [row for turn, row in enumerate(rows) if turn not in at_fault]
            self.report.imported = self._import(page, good)

    def _reader(self, row: dict[str, str]) -> dict[str, str]:
        """A reader who follows components by the ids that these have here."""
        told = filter(None, row.get("components", "").split(";"))
        ours = (component_id(self.cargo.system, self.to.id, one) for one in told)
        return row | {"components": ";".join(ours)}

    def _import(self, page: Brand, rows: list[dict[str, str]]) -> Imported:
        try:
            return importing.import_rows(page.id, rows, by=self.by, at=self.now())
        except CannotSubscribe as fault:
            raise CannotArrive(
                f"The incidents are here; the subscribers are not. {fault}"
            ) from None


def _compared(told: Told, there: Kept | None) -> tuple[str, tuple[record.Said, ...]]:
    """What becomes of an incident, and the words that are new."""
    if there is None:
        return NEW, told.said
    prints = {
        str(said.source.update.get("id")): print_of(
            said.source.update, said.words.layers[said.words.primary].body
        )
        for said in told.said
    }
    fresh = tuple(said for said in told.said if said.source.update.get("id") not in there.updates)
    if fresh:
        return (CONTINUED, ()) if there.is_continued else (MORE, fresh)
    whole = print_of(told.said[-1].source.incident)
    is_same = whole == there.incident and prints.items() <= there.updates.items()
    return (SAME, ()) if is_same else (CHANGED, ())


def _still_new(planned: Sequence[Translated], there: Mapping[str, Kept]) -> list[Translated]:
    """What nobody else has brought since it was compared."""
    found = []
    for one in planned:
        known_there = there.get(one.happened.id)
        updates = known_there.updates if known_there else {}
        said = tuple(s for s in one.told.said if s.source.update.get("id") not in updates)
        if said:
            told = Told(one.told.incident_id, said, one.told.standing)
            found.append(Translated(one.happened, told))
    return found


def _oldest_first(incidents: Sequence[Brought]) -> list[Brought]:
    return sorted(incidents, key=lambda one: str(one.told.get("created_at") or ""))


def _batched(todo: Sequence[Translated]) -> Iterator[list[Translated]]:
    left = iter(todo)
    while batch := list(islice(left, AT_ONCE)):
        yield batch
