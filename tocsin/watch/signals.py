"""Signals: every turn of every alert is written down once, and waits until it is taken up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import Severity
from tocsin.journal import bell, bulk
from tocsin.journal.ids import rfc3339
from tocsin.watch.alerts import Alert, bounded
from tocsin.watch.hooks import Door
from tocsin.watch.models import Hook, Signal
from tocsin.watch.together import Together

STAMPED_EVERY = timedelta(minutes=1)
ASKED_AT_ONCE = 500  # names in one query, which every database takes
TOLD = ("hook", "alert", "occasion", "is_firing", "title", "labels", "state", "severity", "url")
WRITTEN = (*TOLD, "happened_at", "received_at")
COLUMNS = tuple("hook_id" if name == "hook" else name for name in WRITTEN)

# The labels by which an alert says that it is about security, as people write them.
_SAYS_SECURITY = (
    Q(labels__security="true")
    | Q(labels__security="True")
    | Q(labels__security="yes")
    | Q(labels__kind="security")
    | Q(labels__category="security")
)

Name = tuple[str, str]  # hook, alert
Turn = tuple[str, str, str, bool]  # hook, alert, occasion, whether it fires


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
    return _receiving.add(_Told(door, tuple(bounded(alert, at=at) for alert in alerts), at))


@dataclass(frozen=True, slots=True)
class _Told:
    """One call, by the hook through which it came."""

    door: Door
    alerts: tuple[Alert, ...]
    at: datetime

    @property
    def is_stamped(self) -> bool:
        """Whether it was written down a moment ago that the hook is used."""
        used = self.door.last_used_at
        return used is not None and self.at - used < STAMPED_EVERY


def _receive(calls: Sequence[_Told]) -> list[Received]:
    """Write down what several calls told, as if they had come one after the other."""
    turns = _turns(calls)
    known = _known({turn for of_call in turns for turn in of_call})
    fresh: dict[Turn, Signal] = {}
    came = []
    for call, of_call in zip(calls, turns, strict=True):
        new = [turn for turn in of_call if turn not in known and turn not in fresh]
        fresh |= {turn: _row(of_call[turn], turn, at=call.at) for turn in new}
        came.append(Received(new=len(new), repeated=len(call.alerts) - len(new)))
    used = {call.door.id: call.at for call in calls if not call.is_stamped}
    if fresh or used:
        _write(list(fresh.values()), used)
    return came


@transaction.atomic
def _write(fresh: Sequence[Signal], used: Mapping[str, datetime]) -> None:
    # Two processes that are told the same at once: the second finds it there, and leaves it. In one
    # order, so that neither waits for the other; an alert's own turns stay in the order they came.
    ordered = sorted(fresh, key=lambda signal: (signal.hook_id, signal.alert))
    rows = ([getattr(signal, name) for name in COLUMNS] for signal in ordered)
    bulk.insert(Signal, WRITTEN, rows, once=True)
    for hook_id, at in used.items():
        Hook.objects.filter(pk=hook_id).update(last_used_at=at)
    bell.ring()


_receiving: Together[_Told, Received] = Together(_receive)


def _turns(calls: Sequence[_Told]) -> list[dict[Turn, Alert]]:
    """The turns that each call tells of.

    An alert without an occasion turns where it stood otherwise before.
    """
    standing = _standing(
        {
            (call.door.id, alert.name)
            for call in calls
            for alert in call.alerts
            if not alert.occasion
        }
    )
    return [dict(_turns_of(call, standing)) for call in calls]


def _turns_of(call: _Told, standing: dict[Name, bool]) -> Iterator[tuple[Turn, Alert]]:
    for alert in call.alerts:
        name, occasion = (call.door.id, alert.name), alert.occasion
        if not occasion:
            if standing.get(name, False) == alert.is_firing:
                continue
            standing[name] = alert.is_firing
            occasion = rfc3339(call.at)
        yield (*name, occasion, alert.is_firing), alert


def _standing(names: set[Name]) -> dict[Name, bool]:
    """How each alert stood last; the newest row counts."""
    found: dict[Name, bool] = {}
    for rows in _of(names):
        told = rows.order_by("id").values_list("hook_id", "alert", "is_firing")
        found |= {(hook_id, alert): is_firing for hook_id, alert, is_firing in told}
    return found


def _known(turns: set[Turn]) -> set[Turn]:
    """Those of these turns that were written down before."""
    found: set[Turn] = set()
    occasions = {occasion for _, _, occasion, _ in turns}
    for rows in _of({turn[:2] for turn in turns}):
        asked = rows.filter(occasion__in=occasions) if len(occasions) <= ASKED_AT_ONCE else rows
        found |= set(asked.values_list("hook_id", "alert", "occasion", "is_firing"))
    return found & turns


def _of(names: Iterable[Name]) -> "Iterator[QuerySet[Signal]]":
    """The signals of these alerts, some of them at a time: by hook too, as their index has them."""
    told = list(names)
    hooks = {hook_id for hook_id, _ in told}
    for some in _portions(sorted({alert for _, alert in told})):
        yield Signal.objects.filter(hook_id__in=hooks, alert__in=some)


def _portions(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), ASKED_AT_ONCE):
        yield names[start : start + ASKED_AT_ONCE]


def _row(alert: Alert, turn: Turn, *, at: datetime) -> Signal:
    hook_id, name, occasion, is_firing = turn
    return Signal(
        hook_id=hook_id,
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
    for rows in _of(asked):
        lately = rows.filter(received_at__gte=since).order_by()
        counted = lately.values("hook_id", "alert").annotate(times=Count("id", Q(is_firing=True)))
        for hook_id, name, times in counted.values_list("hook_id", "alert", "times"):
            found[hook_id, name] = times
    return {alert: found.get(alert, 0) for alert in asked}


def ends_taken(alerts: Iterable[Name]) -> dict[Name, datetime]:
    """When each alert ended last, of what was taken up before."""
    asked = set(alerts)
    found: dict[Name, datetime] = {}
    for rows in _of(asked):
        over = rows.filter(is_firing=False, taken_up_at__isnull=False).order_by()
        ended = over.values("hook_id", "alert")
        told = ended.annotate(last=Max("happened_at")).values_list("hook_id", "alert", "last")
        found |= {(hook_id, name): last for hook_id, name, last in told}
    return {alert: found[alert] for alert in asked if alert in found}


def speak_of_security(names: Iterable[Name]) -> bool:
    """Whether any turn of these alerts said by a label that data or access may be in others' hands.

    The first five hundred are asked; a draft of more alerts is looked at by a person all the same.
    """
    asked = list(names)[:ASKED_AT_ONCE]
    rows = Signal.objects.filter(hook_id__in={hook_id for hook_id, _alert in asked})
    return rows.filter(_SAYS_SECURITY, alert__in={alert for _hook, alert in asked}).exists()


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
