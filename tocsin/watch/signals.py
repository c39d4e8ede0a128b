"""Signals: every turn of every alert is written down once, and waits until it is taken up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q

from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import Severity
from tocsin.journal import bell
from tocsin.journal.ids import rfc3339
from tocsin.watch.alerts import Alert, bounded
from tocsin.watch.hooks import Door
from tocsin.watch.models import Hook, Signal
from tocsin.watch.together import Together

STAMPED_EVERY = timedelta(minutes=1)
ASKED_AT_ONCE = 500  # names in one query, which every database takes

Turn = tuple[str, str, bool]  # alert, occasion, whether it fires


@dataclass(frozen=True, slots=True)
class Received:
    """What came of one call: how many turns were new, and how many were known already."""

    new: int
    repeated: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A signal as others may read it."""

    id: int
    hook_id: str
    page_id: str
    alert: str
    is_firing: bool
    title: str
    labels: Mapping[str, str]
    state: State | None
    severity: Severity | None
    url: str
    happened_at: datetime
    received_at: datetime


def receive(door: Door, alerts: Sequence[Alert], *, at: datetime) -> Received:
    """Write down what a source told, each turn once: told again, it changes nothing.

    Once this returns, nothing of it is lost by whatever ends next.
    """
    told = _turns(door, [bounded(alert, at=at) for alert in alerts], at=at)
    known = set(_known(door, told))
    fresh = [_row(door, told[turn], turn, at=at) for turn in told if turn not in known]
    is_stale = door.last_used_at is None or at - door.last_used_at >= STAMPED_EVERY
    if fresh or is_stale:
        _writing.add(fresh, {door.id: at} if is_stale else {})
    return Received(new=len(fresh), repeated=len(alerts) - len(fresh))


@transaction.atomic
def _write(fresh: Sequence[Signal], used: Mapping[str, datetime]) -> None:
    # Two calls that bring the same turn at once: the second finds it there, and leaves it.
    Signal.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=200)
    for hook_id, at in used.items():
        Hook.objects.filter(pk=hook_id).update(last_used_at=at)
    bell.ring()


_writing = Together(lambda fresh, used: _write(fresh, used))


def _turns(door: Door, alerts: Sequence[Alert], *, at: datetime) -> dict[Turn, Alert]:
    """Each turn once. One without an occasion is new where the alert stood otherwise before."""
    bare = [alert for alert in alerts if not alert.occasion]
    standing = dict(_standing(door, {alert.name for alert in bare}))
    turns: dict[Turn, Alert] = {}
    for alert in alerts:
        occasion = alert.occasion
        if not occasion:
            if standing.get(alert.name, False) == alert.is_firing:
                continue
            standing[alert.name] = alert.is_firing
            occasion = rfc3339(at)
        turns.setdefault((alert.name, occasion, alert.is_firing), alert)
    return turns


def _standing(door: Door, names: set[str]) -> Iterator[tuple[str, bool]]:
    """How each alert stood last; the newest row counts."""
    for some in _portions(sorted(names)):
        rows = Signal.objects.filter(hook_id=door.id, alert__in=some).order_by("id")
        yield from rows.values_list("alert", "is_firing")


def _known(door: Door, turns: Iterable[Turn]) -> Iterator[Turn]:
    wanted: dict[str, set[str]] = {}
    for name, occasion, _ in turns:
        wanted.setdefault(name, set()).add(occasion)
    for some in _portions(sorted(wanted)):
        occasions = {occasion for name in some for occasion in wanted[name]}
        rows = Signal.objects.filter(hook_id=door.id, alert__in=some)
        if len(occasions) <= ASKED_AT_ONCE:
            rows = rows.filter(occasion__in=occasions)
        yield from rows.values_list("alert", "occasion", "is_firing")


def _portions(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), ASKED_AT_ONCE):
        yield names[start : start + ASKED_AT_ONCE]


def _row(door: Door, alert: Alert, turn: Turn, *, at: datetime) -> Signal:
    name, occasion, is_firing = turn
    return Signal(
        hook_id=door.id,
        alert=name,
        occasion=occasion,
        is_firing=is_firing,
        title=alert.title,
        labels=dict(alert.labels),
        state=alert.state or "",
        severity=alert.severity or "",
        url=alert.url,
        happened_at=alert.happened_at or at,
        received_at=at,
    )


def are_pending() -> bool:
    """Whether any signal waits to be taken up."""
    return Signal.objects.filter(taken_up_at=None).exists()


def waiting(*, most: int) -> int:
    """How many signals wait to be taken up; counted up to ``most``."""
    return Signal.objects.filter(taken_up_at=None).order_by()[:most].count()


def pending(*, limit: int) -> list[Noted]:
    """The signals that wait, in the order in which they came."""
    rows = Signal.objects.filter(taken_up_at=None).select_related("hook")
    return [_noted(row) for row in rows.order_by("id")[:limit]]


def taken(signals: Iterable[Noted], *, at: datetime) -> None:
    """Let signals wait no longer, in the transaction that took them up."""
    for some in _id_portions([signal.id for signal in signals]):
        Signal.objects.filter(pk__in=some).update(taken_up_at=at)


def _id_portions(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), ASKED_AT_ONCE):
        yield ids[start : start + ASKED_AT_ONCE]


def turns_since(
    alerts: Iterable[tuple[str, str]], *, since: datetime
) -> dict[tuple[str, str], int]:
    """How often each alert (hook, name) began to fire since then."""
    asked = set(alerts)
    found: dict[tuple[str, str], int] = {}
    for some in _portions(sorted({name for _, name in asked})):
        rows = Signal.objects.filter(alert__in=some, received_at__gte=since).order_by()
        counted = rows.values("hook_id", "alert").annotate(times=Count("id", Q(is_firing=True)))
        for hook_id, name, times in counted.values_list("hook_id", "alert", "times"):
            found[hook_id, name] = times
    return {alert: found.get(alert, 0) for alert in asked}


def ends_before(
    alerts: Iterable[tuple[str, str]], signal_id: int
) -> dict[tuple[str, str], datetime]:
    """When each alert (hook, name) ended last, of what was written down before a signal."""
    asked = set(alerts)
    found: dict[tuple[str, str], datetime] = {}
    for some in _portions(sorted({name for _, name in asked})):
        rows = Signal.objects.filter(alert__in=some, is_firing=False, pk__lt=signal_id).order_by()
        ended = rows.values("hook_id", "alert").annotate(last=Max("happened_at"))
        for hook_id, name, last in ended.values_list("hook_id", "alert", "last"):
            found[hook_id, name] = last
    return {alert: found[alert] for alert in asked if alert in found}


def recent(hook_id: str, *, limit: int = 20) -> list[Noted]:
    """The newest signals of a hook, newest first."""
    rows = Signal.objects.filter(hook_id=hook_id).select_related("hook")
    return [_noted(row) for row in rows.order_by("-id")[:limit]]


def _noted(row: Signal) -> Noted:
    return Noted(
        id=row.pk,
        hook_id=row.hook_id,
        page_id=row.hook.page_id,
        alert=row.alert,
        is_firing=row.is_firing,
        title=row.title,
        labels=row.labels,
        state=State(row.state) if row.state else None,
        severity=Severity(row.severity) if row.severity else None,
        url=row.url,
        happened_at=row.happened_at,
        received_at=row.received_at,
    )
