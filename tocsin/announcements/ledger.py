"""The proof of who was told: the audience fixed, each delivery settled, storms held.

CannotRelease       nothing is held there, or it has grown too old; says what to do
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Min, OuterRef, Subquery, Sum

from tocsin.announcements import alarm, brakes, calling, delivering, reach
from tocsin.announcements.brakes import Limits
from tocsin.announcements.models import Announcement
from tocsin.catalogue.models import Audience
from tocsin.journal import chain
from tocsin.journal.actors import WORKER, Actor
from tocsin.page.models import Live
from tocsin.people import access
from tocsin.statements import published
from tocsin.statements.published import Kind, Publication

SILENT, TOO_OLD, STORM, DROPPED = "silent", "too old", "storm", "dropped"
FOR_MACHINES = (
    Kind.STATE,
    Kind.CORRECTION,
    Kind.PROGRESS,
)  # whatever changed, even if no mail tells of it
LOOKED_AT = 500  # publications a turn
PATIENCE = timedelta(minutes=2)  # with a place that stays behind


class CannotRelease(Exception):
    pass


def limits() -> Limits:
    """The brakes as this installation sets them."""
    told = settings.TOCSIN
    return Limits(
        cutoff=timedelta(hours=told.announce_cutoff_hours),
        mails_an_hour=told.mails_an_hour,
        breaker_ratio=told.breaker_ratio,
        breaker_within=timedelta(minutes=told.breaker_minutes),
    )


def announce(at: datetime) -> int:
    """Fix the audience of everything that is live and not announced yet; answers how many steps.

    Publications of an audience go in order of their number, so a reader is told in order too.
    """
    done = 0
    faults: list[Exception] = []
    for audience_id in _concerned():
        try:
            done += _announce_to(audience_id, at)
        except Exception as fault:  # one audience's trouble must not keep the others untold
            faults.append(fault)
    if faults:
        raise faults[0]
    return done


def _concerned() -> list[str]:
    """The audiences with something to announce or to go on with, read for all of them at once."""
    pending = Announcement.objects.filter(announced_at=None, held_at=None)
    begun = set(pending.values_list("audience_id", flat=True))
    newest = Announcement.objects.filter(audience_id=OuterRef("pk")).order_by("-number")
    rows = Audience.objects.order_by("pk").annotate(seen=Subquery(newest.values("number")[:1]))
    said = published.last_numbers()
    return [
        key
        for key, seen in rows.values_list("pk", "seen")
        if key in begun or said.get(key, 0) > (seen or 0)
    ]


def _announce_to(audience_id: str, at: datetime) -> int:
    pending = Announcement.objects.filter(audience_id=audience_id, announced_at=None, held_at=None)
    steps = sum(_go_on(key, at) for key in pending.order_by("number").values_list("pk", flat=True))
    silent: list[Publication] = []
    has_machines = cache(partial(reach.has_machines, audience_id))  # asked once, if at all
    for said in _unseen(audience_id, at, has_machines):
        if not _is_told(said, at, has_machines):
            silent.append(said)
            continue
        steps += _pass_over(silent, at) + _begin(said, at) + _go_on(said.id, at)
        silent = []
    return steps + _pass_over(silent, at)


def _unseen(
    audience_id: str, at: datetime, has_machines: Callable[[], bool]
) -> Iterator[Publication]:
    """What was published since the last announcement and is live everywhere, in order."""
    seen = Announcement.objects.filter(audience_id=audience_id).aggregate(at=Max("number"))["at"]
    if published.last_number(audience_id) <= (seen or 0):
        return
    for said in published.numbered(audience_id, after=seen or 0, limit=LOOKED_AT):
        if _is_told(said, at, has_machines) and not is_live(said, at=at):
            return
        yield said


def _is_told(said: Publication, at: datetime, has_machines: Callable[[], bool]) -> bool:
    """Whether anybody is told: of what no mail goes out for, machines alone, while it is news.

    That is a change without words, and a word put right that nobody has to read again for.
    """
    if said.announces:
        return True
    if said.source:
        return False  # told long ago, and elsewhere
    is_news = not brakes.is_too_old(said.published_at, at=at, limits=limits())
    return said.kind in FOR_MACHINES and is_news and has_machines()


def is_live(said: Publication, *, at: datetime) -> bool:
    """Whether it stands at every place that readers are sent to.

    A place that stays behind for long is not waited for: better a link that a few find stale
    than readers who are never told.
    """
    places = Live.objects.filter(audience_id=said.audience_id)
    found = places.aggregate(last=Min("number"), first=Max("number"))
    number = found["first"] if at - said.published_at > PATIENCE else found["last"]
    return bool(number and number >= said.number)


def _pass_over(silent: list[Publication], at: datetime) -> int:
    """Write down in one go what is announced to nobody: a past that was brought along is long."""
    rows = [_row(said, at, reason=SILENT, announced_at=at) for said in silent]
    Announcement.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    return len(rows)


def _row(said: Publication, at: datetime, **more: Any) -> Announcement:
    return Announcement(
        publication_id=said.id,
        audience_id=said.audience_id,
        number=said.number,
        about=said.incident_id or said.id,
        published_at=said.published_at,
        begun_at=at,
        **more,
    )


def _begin(said: Publication, at: datetime) -> int:
    """Write down what is to become of a publication, before anybody is told."""
    reason = _why_not(said, at)
    is_held = reason == STORM
    row = _row(
        said,
        at,
        held_at=at if is_held else None,
        announced_at=at if reason and not is_held else None,
        reason=reason,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            if is_held:
                _hold(said, at)
    except IntegrityError:
        return 0  # another worker began it in this instant
    return 1


def _why_not(said: Publication, at: datetime) -> str:
    if brakes.is_too_old(said.published_at, at=at, limits=limits()):
        return TOO_OLD
    # Nobody's mailbox is at stake where machines alone are told; the hourly cap holds for them.
    return STORM if said.announces and _is_storm(said, at) else ""


def _is_storm(said: Publication, at: datetime) -> bool:
    rows = Announcement.objects.filter(audience_id=said.audience_id)
    if rows.filter(announced_at=None, held_at__isnull=False).exists():
        return True  # what comes after a held word waits behind it
    told = limits()
    # Whoever released a held word has looked: counting starts anew from there.
    released_at = rows.aggregate(at=Max("released_at"))["at"]
    start = max(at - told.breaker_within, released_at or at - told.breaker_within)
    lately = rows.filter(begun_at__gt=start).aggregate(mails=Sum("total"), most=Max("total"))
    now = reach.active(said.audience_id, about=said.incident_id or "")
    return brakes.is_storm(
        already=lately["mails"] or 0,
        coming=reach.count(reach.wanted(said)),
        # Who bounced or left since was on the list all the same when they were written to.
        subscribers=max(now, lately["most"] or 0),
        limits=told,
    )


def _hold(said: Publication, at: datetime) -> None:
    subject = ("publication", said.id)
    chain.note(
        "announcements:announcement:held", by=WORKER, at=at, subject=subject, page=said.page_id
    )
    others = Announcement.objects.filter(
        audience_id=said.audience_id, announced_at=None, held_at__isnull=False
    )
    if not others.exclude(pk=said.id).exists():
        alarm.owe_alarm(said, at=at)


def _go_on(publication_id: str, at: datetime) -> int:
    """Fix the audience slice by slice, each in its own transaction; a kill loses no slice."""
    said = published.publication(publication_id)
    assert said is not None, "an announcement outlived its publication"
    whom, steps = reach.wanted(said), 0
    while _next_slice(publication_id, whom, at):
        steps += 1
    if steps:
        reach.refresh_statistics()
    return steps


def _next_slice(publication_id: str, whom: reach.Wanted, at: datetime) -> bool:
    """One slice; answers whether there may be another."""
    with transaction.atomic():
        row = Announcement.objects.select_for_update().get(pk=publication_id)
        if row.announced_at is not None or row.held_at is not None:
            return False
        until = reach.end_of_slice(whom.audience_id, after=row.cursor)
        if until:
            row.total += reach.fix(whom, publication_id, after=row.cursor, until=until, at=at)
            row.cursor = until
        else:
            row.announced_at = at
            delivering.hasten(row.about, at=at)
        row.save()
    return bool(until)


@transaction.atomic
def release_hold(publication_id: str, *, by: Actor, at: datetime) -> None:
    """Let a held word go out after all, on somebody's word. Raises CannotRelease, NotAllowed."""
    row, said = _held(publication_id, by)
    if brakes.is_too_old(said.published_at, at=at, limits=limits()):
        raise CannotRelease("It has grown too old to be told. Drop it, and say how things are now.")
    earlier = Announcement.objects.filter(
        audience_id=row.audience_id, announced_at=None, held_at__isnull=False, number__lt=row.number
    )
    if earlier.exists():
        raise CannotRelease("An earlier word is held too. Release or drop that one first.")
    row.held_at, row.released_at, row.reason = None, at, ""
    row.save()
    _noted("released", said, by=by, at=at)


@transaction.atomic
def drop_hold(publication_id: str, *, by: Actor, at: datetime) -> None:
    """Tell nobody of a held word; it stays published. Raises CannotRelease, NotAllowed."""
    row, said = _held(publication_id, by)
    row.announced_at, row.reason = at, DROPPED
    row.save()
    _noted("dropped", said, by=by, at=at)


def _held(publication_id: str, by: Actor) -> tuple[Announcement, Publication]:
    row = Announcement.objects.select_for_update().filter(pk=publication_id).first()
    said = published.publication(publication_id)
    if row is None or said is None or row.held_at is None or row.announced_at is not None:
        raise CannotRelease("Nothing is held there. Look at what is being delivered.")
    access.check(by, "release", said.page_id)
    return row, said


def _noted(done: str, said: Publication, *, by: Actor, at: datetime) -> None:
    subject = ("publication", said.id)
    chain.note(
        f"announcements:announcement:{done}", by=by, at=at, subject=subject, page=said.page_id
    )


def finish(at: datetime) -> int:
    """Wait a little for calls under way, before this process ends; answers how many came."""
    return calling.finish(at)


def deliver_due(at: datetime) -> int:
    """Tell whoever is due to be told; answers how many deliveries were settled or put off."""
    told = limits()
    return delivering.deliver_due(at, told) + calling.call_due(at, told)
