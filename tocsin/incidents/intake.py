"""Taking signals up: what belongs together becomes one drafted incident. Nothing is said here.

An alert goes where its component is told of already: an open incident, else a drafted one. What
comes soon after other alerts of a page joins them, whatever it is about: many things that fail at
once have one cause more often than many. What was dismissed stays dismissed for a while, and an
alert that comes and goes counts as firing until it has been calm: that is all the damping there is,
and every signal stays recorded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.tree import ORDER, State, Tree
from tocsin.disclosure.severity import SEVERITY_OF, Severity
from tocsin.incidents import declaration, drafted, planning
from tocsin.incidents.declaration import Known
from tocsin.incidents.models import DraftedIncident, Notice, Outcome
from tocsin.journal.actors import ALERTS
from tocsin.watch import hooks, mapping, signals
from tocsin.watch.hooks import Door
from tocsin.watch.signals import Noted

AT_ONCE = 1000  # signals taken up in one transaction
QUIET_FOR = timedelta(minutes=30)  # after it was dismissed, the same alert is no news
FLAPS_WITHIN, FLAPS_FROM = timedelta(minutes=15), 3  # so many beginnings in so long
CALM_FOR = timedelta(minutes=5)  # without a turn, then a flapping alert has calmed
LAPSES_AFTER = timedelta(hours=24)
ONE_AT_A_TIME = 0x70C51A  # of PostgreSQL's advisory locks, the one that is ours

TROUBLE = (State.DEGRADED, State.PARTIAL, State.MAJOR)
TURNED = ("state", "severity", "title", "url", "turned_at", "heard_at")

Key = tuple[str, str, str]  # hook, alert, component


def take_up(at: datetime) -> int:
    """Bring pending signals into drafted and open incidents; answers how many it did."""
    if not signals.are_pending():
        return join_declared(at)
    with transaction.atomic():
        if not _alone():
            return 0  # another worker is at it
        told = signals.pending(limit=AT_ONCE)
        for page_id in dict.fromkeys(signal.page_id for signal in told):
            mine = [signal for signal in told if signal.page_id == page_id]
            _Page.as_it_stands(page_id, mine, at).take(mine)
        signals.taken(told, at=at)
    return len(told)


def join_declared(at: datetime) -> int:
    """Let incidents that people declared take in what was drafted of the same components."""
    waiting = list(DraftedIncident.objects.filter(settled_at=None).order_by("id"))
    found = [(row.id, known) for row in waiting if (known := _declared(row)) is not None]
    return sum(_join(drafted_id, known, at) for drafted_id, known in found)


def _declared(row: DraftedIncident) -> Known | None:
    """The open incident that tells of the same already, if somebody declared one."""
    tree = shelf.components_of(row.page_id)
    about = {leaf for key in _components_of(row) for leaf in _leaves(tree, key)}
    return next((k for k in _open_incidents(row.page_id) if about & set(k.impacts)), None)


@transaction.atomic
def _join(drafted_id: str, known: Known, at: datetime) -> int:
    row = DraftedIncident.objects.select_for_update().filter(pk=drafted_id, settled_at=None).first()
    if row is None:
        return 0  # somebody was quicker
    drafted.join(row, known.id, by=ALERTS, at=at)
    return 1


def lapse(at: datetime) -> int:
    """Close drafted incidents all of whose alerts were over a day ago; answers how many."""
    before = at - LAPSES_AFTER
    old = DraftedIncident.objects.filter(settled_at=None, grown_at__lt=before)
    ids = list(old.values_list("id", flat=True))
    return sum(_lapsed(drafted_id, before=before, at=at) for drafted_id in ids)


@transaction.atomic
def _lapsed(drafted_id: str, *, before: datetime, at: datetime) -> int:
    row = DraftedIncident.objects.select_for_update().filter(pk=drafted_id, settled_at=None).first()
    if row is None:
        return 0
    notices = Notice.objects.filter(drafted=row)
    if any(notice.is_firing or notice.heard_at >= before for notice in notices):
        return 0
    drafted.lapse(row, by=ALERTS, at=at)
    return 1


def _alone() -> bool:
    """Whether no other worker takes up, until the transaction ends. SQLite has one writer."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        return bool(cursor.fetchone()[0])


def _open_incidents(page_id: str) -> list[Known]:
    """Those that are for everyone: what one circle alone was told of hides nothing from others."""
    return [known for known in declaration.open_incidents(page_id) if known.is_for_everyone]


@dataclass(frozen=True, slots=True)
class _Told:
    """What readers are told of already: an incident, or work under way with what it announced."""

    id: str
    states: Mapping[str, State]
    is_planned: bool = False

    def expects(self, leaves: set[str], state: State) -> bool:
        """Whether something of this state is its own; work that is planned explains no worse."""
        about = leaves & set(self.states)
        return bool(about) and (
            not self.is_planned or all(_explains(self.states[key], state) for key in about)
        )


def _explains(announced: State, state: State) -> bool:
    return announced == State.MAINTENANCE or ORDER.index(announced) >= ORDER.index(state)


def _told_of(page_id: str) -> list[_Told]:
    declared = [_Told(known.id, known.impacts) for known in _open_incidents(page_id)]
    under_way = (work for work in planning.upcoming(page_id) if work.begun_at and not work.ended_at)
    return declared + [_Told(work.id, work.plan.effects, is_planned=True) for work in under_way]


def _components_of(row: DraftedIncident) -> set[str]:
    found = Notice.objects.filter(drafted=row).exclude(component=None)
    return {str(key) for key in found.values_list("component_id", flat=True).distinct()}


def _leaves(tree: Tree, component_id: str) -> set[str]:
    return {leaf.id for leaf in tree.leaves_of(component_id)}


@dataclass
class _Page:
    """One page while signals are taken up: what is open on it, and what is known of each alert."""

    page_id: str
    at: datetime
    tree: Tree
    doors: Mapping[str, Door]
    incidents: list[_Told]
    drafts: list[DraftedIncident]
    about: dict[str, set[str]]  # leaves by drafted incident
    notices: dict[Key, Notice]
    turns: Mapping[tuple[str, str], int]
    ended: dict[tuple[str, str], datetime]  # when each alert ended last, as far as we were told
    known: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # components by alert
    before: dict[str, tuple[dict[str, State], Severity | None]] = field(default_factory=dict)
    settled: dict[str, DraftedIncident] = field(default_factory=dict)
    touched: dict[int, Notice] = field(default_factory=dict)
    fresh: list[Notice] = field(default_factory=list)

    @classmethod
    def as_it_stands(cls, page_id: str, told: list[Noted], at: datetime) -> "_Page":
        drafts = list(
            DraftedIncident.objects.select_for_update()
            .filter(page_id=page_id, settled_at=None)
            .order_by("-grown_at", "-id")
        )
        tree = shelf.components_of(page_id)
        alerts = {(signal.hook_id, signal.alert) for signal in told}
        page = cls(
            page_id=page_id,
            at=at,
            tree=tree,
            doors={key: hooks.hook(key) for key in {hook_id for hook_id, _ in alerts}},
            incidents=_told_of(page_id),
            drafts=drafts,
            about={
                row.id: {leaf for key in _components_of(row) for leaf in _leaves(tree, key)}
                for row in drafts
            },
            notices=_notices_of(alerts),
            turns=signals.turns_since(alerts, since=at - FLAPS_WITHIN),
            ended=signals.ends_taken(alerts),
        )
        page.before = {row.id: page._suggests(row) for row in drafts}
        page.settled = page._dismissed()
        for hook_id, alert, component_id in page.notices:
            page.known.setdefault((hook_id, alert), set()).add(component_id)
        return page

    def take(self, told: list[Noted]) -> None:
        """Bring signals in, in the order in which they came."""
        for signal in told:
            if signal.is_firing:
                self._begins(signal)
            else:
                self._ends(signal)
        Notice.objects.bulk_create(self.fresh, batch_size=200)
        Notice.objects.bulk_update(
            self.touched.values(), [*TURNED, "is_firing", "flaps_until"], batch_size=100
        )
        for row in self.drafts:
            self._revise(row)

    def _begins(self, signal: Noted) -> None:
        about = mapping.about(signal.labels, self.doors[signal.hook_id].rules, self.tree)
        state = (about.state or signal.state) if signal.state else None
        if state not in TROUBLE or about.is_left_out:
            return  # recorded, and nothing to draw from it
        notice = self.notices.get((signal.hook_id, signal.alert, about.component))
        if notice is None or self._is_past(notice):
            if not self._is_over(signal):
                self._notice(signal, about.component, State(state))
        elif signal.happened_at >= notice.turned_at:
            self._turn(notice, signal, state=State(state))

    def _is_over(self, signal: Noted) -> bool:
        """Whether its end overtook it on the way here."""
        ended = self.ended.get((signal.hook_id, signal.alert))
        return ended is not None and ended > signal.happened_at

    def _ends(self, signal: Noted) -> None:
        alert = (signal.hook_id, signal.alert)
        self.ended[alert] = max(self.ended.get(alert, signal.happened_at), signal.happened_at)
        for component_id in self.known.get(alert, ()):
            notice = self.notices[signal.hook_id, signal.alert, component_id]
            # Calls overtake each other: an end older than the newest beginning is not its end.
            if notice.is_firing and signal.happened_at >= notice.turned_at:
                self._turn(notice, signal)

    def _turn(self, notice: Notice, signal: Noted, *, state: State | None = None) -> None:
        notice.is_firing = signal.is_firing
        notice.turned_at, notice.heard_at = signal.happened_at, self.at
        if state is not None:
            notice.state, notice.severity = state, signal.severity or SEVERITY_OF[state]
            notice.title, notice.url = signal.title, signal.url
        if self.turns.get((signal.hook_id, signal.alert), 0) >= FLAPS_FROM:
            notice.flaps_until = self.at + CALM_FOR
        if notice.pk is not None:
            self.touched[notice.pk] = notice

    def _is_past(self, notice: Notice) -> bool:
        """Whether a notice belongs to what is over: then the alert begins something new."""
        if notice.incident_id is not None:
            return notice.incident_id not in {known.id for known in self.incidents}
        live = {row.id for row in self.drafts} | set(self.settled)
        return notice.drafted_id not in live

    def _notice(self, signal: Noted, component_id: str, state: State) -> None:
        incident, draft = self._place(signal, component_id, state)
        notice = Notice(
            incident_id=incident.id if incident else None,
            drafted=draft,
            hook_id=signal.hook_id,
            alert=signal.alert,
            component_id=component_id or None,
            state=state,
            severity=signal.severity or SEVERITY_OF[state],
            title=signal.title,
            url=signal.url,
            is_firing=True,
            # What fired before it had a hook could not be known of here any sooner.
            began_at=max(signal.happened_at, self.doors[signal.hook_id].created_at),
            turned_at=signal.happened_at,
            heard_at=self.at,
        )
        if self.turns.get((signal.hook_id, signal.alert), 0) >= FLAPS_FROM:
            notice.flaps_until = self.at + CALM_FOR
        self.fresh.append(notice)
        self.notices[signal.hook_id, signal.alert, component_id] = notice
        self.known.setdefault((signal.hook_id, signal.alert), set()).add(component_id)

    def _place(
        self, signal: Noted, component_id: str, state: State
    ) -> tuple[_Told | None, DraftedIncident | None]:
        """Where what a signal says belongs: one of the two, a new one if need be."""
        leaves = _leaves(self.tree, component_id) if component_id else set()
        for told in self.incidents:
            if told.expects(leaves, state):
                return told, None
        row = next(self._fitting(signal, leaves), None) or self._open()
        self.about[row.id] |= leaves
        row.grown_at = self.at
        return None, row

    def _fitting(self, signal: Noted, leaves: set[str]) -> Iterator[DraftedIncident]:
        group_for = self.doors[signal.hook_id].group_for
        yield from (row for row in self.drafts if leaves & self.about[row.id])
        yield from (row for row in self.drafts if self.at - row.grown_at <= group_for)

    def _open(self) -> DraftedIncident:
        row = DraftedIncident.objects.create(
            page_id=self.page_id, opened_at=self.at, grown_at=self.at, revision=0
        )
        self.drafts.insert(0, row)
        self.about[row.id] = set()
        self.before[row.id] = ({}, None)
        return row

    def _revise(self, row: DraftedIncident) -> None:
        """Count a change of what it would say, and write it into the journal."""
        now = self._suggests(row)
        is_new = row.revision == 0
        if is_new or now != self.before[row.id]:
            row.revision += 1
            worst = now[1] or ""
            drafted.note(row, "opened" if is_new else "changed", by=ALERTS, at=self.at, sev=worst)
        row.save(update_fields=["revision", "grown_at"])

    def _suggests(self, row: DraftedIncident) -> tuple[dict[str, State], Severity | None]:
        return drafted.suggested(row.id, at=self.at)

    def _dismissed(self) -> dict[str, DraftedIncident]:
        """What somebody dismissed a short while ago."""
        rows = DraftedIncident.objects.filter(
            page_id=self.page_id, outcome=Outcome.DISMISSED, settled_at__gt=self.at - QUIET_FOR
        )
        return {row.id: row for row in rows}


def _notices_of(alerts: set[tuple[str, str]]) -> dict[Key, Notice]:
    """The newest notice of each alert and component."""
    names = sorted({alert for _, alert in alerts})
    found: dict[Key, Notice] = {}
    for start in range(0, len(names), 500):
        rows = Notice.objects.filter(alert__in=names[start : start + 500])
        for row in rows.order_by("id"):
            if (row.hook_id, row.alert) in alerts:
                found[row.hook_id, row.alert, row.component_id or ""] = row
    return found
