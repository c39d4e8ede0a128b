"""The twins: after each publication the public page is copied to folders and buckets elsewhere.

Each twin has a thread of its own, so that one that hangs delays neither the telling, nor the page,
nor another twin; rows are read and written here alone. A page that isn't public is never copied.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db.models import Q

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.page import disk
from tocsin.page.mirrors import BadTarget
from tocsin.page.mirrors.copying import Memory, Outcome, copy
from tocsin.page.mirrors.stores import Store, store
from tocsin.page.mirrors.targets import Target, target
from tocsin.page.mirrors.tree import Tree, tree_of
from tocsin.page.models import Live, Twin
from tocsin.page.settling import owes
from tocsin.page.site import directory_of

LEASE = timedelta(seconds=20)  # renewed while a run lasts; a killed worker's is soon over
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=5)
NEVER_YET = "Not copied yet."
_ME = token_hex(16)  # this process: what it remembers of a twin holds while nobody else wrote there


@dataclass(frozen=True, slots=True)
class TwinState:
    """How a twin of a page stands. ``behind_since`` is None while it says what the page says."""

    page_id: str
    key: str
    name: str
    number: int | None
    revision: int | None
    mirrored_at: datetime | None
    behind_since: datetime | None
    trouble: str

    def behind_for(self, at: datetime) -> timedelta:
        return max(at - self.behind_since, timedelta()) if self.behind_since else timedelta()


@dataclass
class Run:
    """One copy in the making."""

    target: Target
    pages: tuple[str, ...]  # ids, by which the outcome's heads go
    is_settled: bool
    thread: threading.Thread = field(init=False)
    outcome: Outcome | None = None


@dataclass
class _Crew:
    """What this process keeps of its twins."""

    runs: dict[str, Run] = field(default_factory=dict)
    memories: dict[str, Memory] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)


_crew = _Crew()


def mirror_due(at: datetime) -> int:
    """Take up what runs have done, and start one for each twin that is behind; never waits.

    Returns how many runs ended. What a run was in the middle of when the process is killed is
    looked at afresh by the next: it asks the twin what it holds.
    """
    targets, faults = _targets()
    if not targets and not _crew.runs and not faults:
        rows = Twin.objects.filter(place=settings.TOCSIN.place)
        return rows.delete()[0] if rows.exists() else 0
    done = sum(_take_up(run, at) for run in list(_crew.runs.values()) if run.outcome)
    pages = [page for page in shelf.pages() if page.is_public]
    _keep_rows(targets, pages, at)
    for one in targets:
        if one.key in _crew.runs:
            _renew(one, at)
        else:
            _start(one, _pages_of(one, pages), at)
    if faults:
        raise faults[0]
    return done


def states(page_id: str = "") -> list[TwinState]:
    """How each twin stands, by name."""
    rows = Twin.objects.filter(page_id=page_id) if page_id else Twin.objects.all()
    return [
        TwinState(
            page_id=row.page_id,
            key=row.key,
            name=row.name,
            number=row.number,
            revision=row.revision,
            mirrored_at=row.mirrored_at,
            behind_since=row.behind_since,
            trouble=row.trouble,
        )
        for row in rows.order_by("name", "page__slug")
    ]


def await_runs(*, within: float) -> bool:
    """For whoever holds the clock: wait until no run is in the making; False where one still is."""
    until = time.monotonic() + within
    for run in list(_crew.runs.values()):
        run.thread.join(max(0.0, until - time.monotonic()))
    return not any(run.thread.is_alive() for run in _crew.runs.values())


def forget() -> None:
    """Know nothing any more of what twins hold; what runs, runs to its end unheard."""
    for kept in (_crew.runs, _crew.memories, _crew.stores):
        kept.clear()


def _targets() -> tuple[list[Target], list[BadTarget]]:
    found, faults = list[Target](), list[BadTarget]()
    for told in settings.TOCSIN.site_twins:
        try:
            found.append(target(told))
        except BadTarget as fault:  # one that is mistyped must not keep the others behind
            faults.append(fault)
    return found, faults


def _pages_of(one: Target, pages: Iterable[Brand]) -> list[Brand]:
    return [page for page in pages if not one.page or page.slug == one.page]


def _keep_rows(targets: list[Target], pages: list[Brand], at: datetime) -> None:
    """A row for each page of each twin; none for a twin that is no longer named."""
    place = settings.TOCSIN.place
    rows = Twin.objects.filter(place=place)
    have = set(rows.values_list("key", "page_id"))
    wanted = {(one.key, page.id): one for one in targets for page in _pages_of(one, pages)}
    Twin.objects.bulk_create(
        [
            Twin(place=place, page_id=page_id, key=key, name=one.name, next_at=at, behind_since=at)
            for (key, page_id), one in wanted.items()
            if (key, page_id) not in have
        ],
        ignore_conflicts=True,
    )
    if gone := {key for key, _ in have} - {one.key for one in targets}:
        rows.filter(key__in=gone).delete()


def _start(one: Target, pages: list[Brand], at: datetime) -> None:
    rows = list(Twin.objects.filter(place=settings.TOCSIN.place, key=one.key))
    by_page = {page.id: page for page in pages}
    live = {page.id: disk.pointed_at(directory_of(page)) for page in pages}
    _note_behind(rows, live, at)
    # A row whose page is public no more: what is there of it has to go.
    due = [row for row in rows if _is_due(row, live) or row.page_id not in by_page]
    if not due or any(row.next_at > at for row in due):
        return
    if not _claim(rows, at):
        return
    if any(row.holder != _ME for row in rows):
        _crew.memories.pop(one.key, None)
    run = Run(one, tuple(by_page), is_settled=_is_settled(by_page))
    _crew.runs[one.key] = run
    memory = _crew.memories.setdefault(one.key, Memory())
    run.thread = threading.Thread(
        target=_run, args=(run, pages, memory), name=f"twin {one.name}", daemon=True
    )
    run.thread.start()


def _is_due(row: Twin, live: Mapping[str, disk.Release | None]) -> bool:
    release = live.get(row.page_id)
    return release is not None and (not row.is_whole or release != (row.number, row.revision))


def _note_behind(
    rows: Iterable[Twin], live: Mapping[str, disk.Release | None], at: datetime
) -> None:
    behind = [
        row.pk
        for row in rows
        if row.behind_since is None
        and live.get(row.page_id) not in (None, (row.number, row.revision))
    ]
    if behind:
        Twin.objects.filter(pk__in=behind).update(behind_since=at)


def _claim(rows: list[Twin], at: datetime) -> bool:
    """Make a twin ours for a while; False where another worker was quicker."""
    keys = [row.pk for row in rows]
    free = Twin.objects.filter(pk__in=keys).filter(Q(next_at__lte=at) | Q(holder=_ME))
    return free.update(next_at=at + LEASE, holder=_ME) == len(keys)


def _renew(one: Target, at: datetime) -> None:
    ours = Twin.objects.filter(place=settings.TOCSIN.place, key=one.key, holder=_ME)
    ours.filter(next_at__lt=at + LEASE / 2).update(next_at=at + LEASE)


def _is_settled(pages: Iterable[str]) -> bool:
    """Whether the archives are all written that these pages' heads call for."""
    rows = Live.objects.filter(place=settings.TOCSIN.place, page_id__in=list(pages))
    return not any(owes(row) for row in rows)


def _run(run: Run, pages: list[Brand], memory: Memory) -> None:
    """In a thread of its own: files and the network, never the database."""
    run.outcome = _copied(run.target, pages, memory)


def _copied(one: Target, pages: list[Brand], memory: Memory) -> Outcome:
    trees: dict[str, Tree] = {}
    for page in pages:
        prefix = "" if one.page else f"{page.slug}/"
        found = tree_of(directory_of(page), prefix)
        if found:
            trees[page.id] = found
    try:
        place = _crew.stores.setdefault(one.key, store(one))
    except Exception as error:  # a bucket's options may be of no use in many ways
        return Outcome(trouble=f"{error}"[:200])
    return copy(place, trees, memory, beside=_beside(one), has_moved=lambda: _moved(trees, pages))


def _moved(trees: Mapping[str, Tree], pages: Iterable[Brand]) -> bool:
    return any(
        page.id in trees and disk.pointed_at(directory_of(page)) != trees[page.id].release
        for page in pages
    )


def _beside(one: Target) -> dict[str, bytes]:
    if one.page:
        return {}
    path = settings.TOCSIN.site_dir / "hosts.json"
    return {"hosts.json": path.read_bytes()} if path.is_file() else {}


def _take_up(run: Run, at: datetime) -> int:
    """Write down what became of a run."""
    outcome = run.outcome
    assert outcome is not None
    del _crew.runs[run.target.key]
    rows = Twin.objects.filter(place=settings.TOCSIN.place, key=run.target.key, holder=_ME)
    for row in rows:
        if row.page_id not in run.pages and outcome.is_whole:
            row.delete()  # its page is public no more, and nothing of it is left there
        else:
            _settle(row, run, outcome, at)
    return 1


def _settle(row: Twin, run: Run, outcome: Outcome, at: datetime) -> None:
    told: dict[str, Any] = {"trouble": outcome.trouble[:300]}
    head = outcome.heads.get(row.page_id)
    if head:
        told |= {"number": head[0], "revision": head[1], "mirrored_at": at}
        told["behind_since"] = None  # the next look sees whether the page has moved on since
    told["is_whole"] = outcome.is_whole and run.is_settled
    told["attempts"] = row.attempts + 1 if outcome.trouble else 0
    told["next_at"] = at + _wait(told["attempts"], is_done=told["is_whole"])
    Twin.objects.filter(pk=row.pk).update(**told)


def _wait(attempts: int, *, is_done: bool) -> timedelta:
    if is_done:
        return timedelta()
    doubled: int = 2 ** min(attempts, 10)
    return min(SHORTEST_WAIT * doubled, LONGEST_WAIT)
