"""Seen: a publication found where readers look. Live is what we wrote, seen is what stands.

The look is taken by the worker's process, which serves nothing, in a thread, so that telling never
waits for it; rows are read and written here alone.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, Max, OuterRef

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.page import looking
from tocsin.page.address import url_of
from tocsin.page.looking import CannotLook, NotSeen, Place
from tocsin.page.models import Live, Sight
from tocsin.statements import published

PENDING, SEEN, UNSEEN, UNMEASURED = "pending", "seen", "unseen", "unmeasured"
FRESH = timedelta(hours=1)  # a past that was brought along is not looked for
GIVEN_UP_AFTER = timedelta(hours=1)
# How long to wait after so many looks: soon at first, for a minute's delay is an alarm.
WAITS = (*[timedelta(seconds=1)] * 15, *[timedelta(seconds=5)] * 20)
LONGEST_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether a publication was seen, and how long after it was published."""

    publication_id: str
    page_id: str
    number: int
    published_at: datetime
    state: str
    seen_at: datetime | None
    reason: str

    @property
    def took(self) -> timedelta | None:
        return self.seen_at - self.published_at if self.seen_at else None


@dataclass
class Look:
    """One look at one page."""

    began_at: datetime
    thread: threading.Thread = field(init=False)
    number: int | None = None
    reason: str = ""
    cannot: bool = False
    took: float = 0.0
    is_over: bool = False


_looks: dict[str, Look] = {}
# By page, the live number up to which nothing was of today: it is not looked through again.
_passed_over: dict[str, int] = {}


def confirm_due(at: datetime) -> int:
    """Look for what is live where readers look; never waits. Returns how many rows were written."""
    pages = {page.id: page for page in shelf.pages() if page.is_public}
    done = sum(_take_up(page, at) for page in pages.values())
    done += sum(_note_new(page, number, at) for page, number in _unnoted(pages))
    for page_id in _due(at):
        if page_id in pages and page_id not in _looks:
            _look(pages[page_id], at)
    return done


def of(publication_id: str) -> Seen | None:
    """Whether one publication was seen; None where it is not live yet, or was not looked for."""
    row = Sight.objects.filter(pk=publication_id).first()
    return _seen(row) if row else None


def latest(page_id: str) -> Seen | None:
    """How the newest publication of a page that was looked for stands."""
    row = Sight.objects.filter(page_id=page_id).order_by("-number").first()
    return _seen(row) if row else None


def last_seen(page_id: str) -> Seen | None:
    """The newest publication of a page that was seen."""
    row = Sight.objects.filter(page_id=page_id, state=SEEN).order_by("-number").first()
    return _seen(row) if row else None


def late(at: datetime, *, within: timedelta) -> list[Seen]:
    """What was looked for and is not seen ``within`` its time, oldest first."""
    rows = Sight.objects.filter(state__in=[PENDING, UNSEEN], published_at__lt=at - within)
    rows = rows.filter(published_at__gt=at - within - GIVEN_UP_AFTER)
    return [_seen(row) for row in rows.order_by("published_at")]


def is_looking() -> bool:
    """Whether a look has begun that nobody has taken up yet."""
    return bool(_looks)


def await_looks(*, within: float) -> bool:
    """For whoever holds the clock: wait until nobody looks; False where somebody still does."""
    until = time.monotonic() + within
    for look in list(_looks.values()):
        look.thread.join(max(0.0, until - time.monotonic()))
    return not any(look.thread.is_alive() for look in _looks.values())


def forget() -> None:
    """Let looks that are being taken go unheard, and what was passed over be read again."""
    _looks.clear()
    _passed_over.clear()


def _seen(row: Sight) -> Seen:
    return Seen(
        publication_id=row.publication_id,
        page_id=row.page_id,
        number=row.number,
        published_at=row.published_at,
        state=row.state,
        seen_at=row.seen_at,
        reason=row.reason,
    )


def _place(page: Brand) -> Place:
    told = settings.TOCSIN
    return looking.place_of(
        url_of(page), page.slug, told.seen_by, private=told.allow_private_targets
    )


def _unnoted(pages: Mapping[str, Brand]) -> list[tuple[Brand, int]]:
    """Each page whose live publication has no row yet, and its number; asked for all at once."""
    noted = Sight.objects.filter(page_id=OuterRef("page_id"), number__gte=OuterRef("number"))
    rows = Live.objects.filter(place=settings.TOCSIN.place).exclude(Exists(noted))
    everyone = {page.audience_id: page for page in pages.values()}
    found = [
        (everyone[key], n)
        for key, n in rows.values_list("audience_id", "number")
        if key in everyone
    ]
    return [(page, number) for page, number in found if _passed_over.get(page.id) != number]


def _note_new(page: Brand, live: int, at: datetime) -> int:
    """A row for each publication that has gone live since, and is of today."""
    rows = Sight.objects.filter(page_id=page.id)
    noted = rows.aggregate(last=Max("number"))["last"] or 0
    said = published.numbered(page.audience_id, after=max(noted, live - 50), limit=50)
    fresh = [one for one in said if one.number <= live and one.published_at > at - FRESH]
    reason = _why_not(page)
    new = [
        Sight(
            publication_id=one.id,
            page_id=page.id,
            number=one.number,
            published_at=one.published_at,
            state=UNMEASURED if reason else PENDING,
            reason=reason[:300],
            next_at=None if reason else at,
        )
        for one in fresh
    ]
    Sight.objects.bulk_create(new, ignore_conflicts=True)
    if not new:
        _passed_over[page.id] = live
    return len(new)


def _why_not(page: Brand) -> str:
    try:
        _place(page)
    except CannotLook as reason:
        return str(reason)
    return ""


def _due(at: datetime) -> list[str]:
    """The pages of which something is to be looked for."""
    rows = Sight.objects.filter(state=PENDING, next_at__lte=at)
    return list(rows.values_list("page_id", flat=True).distinct())


def _look(page: Brand, at: datetime) -> None:
    due = Sight.objects.filter(page_id=page.id, state=PENDING, next_at__lte=at)
    # Ours for as long as a look may last: another worker need not take it too.
    if not due.update(next_at=at + timedelta(seconds=30)):
        return
    look = _looks[page.id] = Look(at)
    look.thread = threading.Thread(target=_run, args=(look, _place(page)), daemon=True)
    look.thread.start()


def _run(look: Look, place: Place) -> None:
    """In a thread of its own: the network, never the database."""
    began = time.monotonic()
    try:
        look.number = looking.number_at(place)
    except CannotLook as reason:
        look.reason, look.cannot = str(reason), True
    except NotSeen as reason:
        look.reason = str(reason)
    except Exception as error:  # whatever a network may answer is told, and is nobody else's
        # What it says may hold an address with secrets, and the reason is shown.
        look.reason = f"The look failed: {type(error).__name__}."
    look.took = time.monotonic() - began
    look.is_over = True


def _take_up(page: Brand, at: datetime) -> int:
    look = _looks.get(page.id)
    if look is None or not look.is_over:
        return 0
    del _looks[page.id]
    pending = list(Sight.objects.filter(page_id=page.id, state=PENDING))
    found = [row for row in pending if look.number is not None and row.number <= look.number]
    for row in found:
        row.state, row.reason, row.next_at = SEEN, "", None
        row.seen_at = max(look.began_at + timedelta(seconds=look.took), row.published_at)
    missed = [row for row in pending if row not in found]
    for row in missed:
        _miss(row, look, at)
    fields = ["state", "reason", "next_at", "seen_at", "attempts"]
    Sight.objects.bulk_update(pending, fields)
    return len(found) + sum(row.state != PENDING for row in missed)


def _miss(row: Sight, look: Look, at: datetime) -> None:
    older = f"No. {look.number} stands there." if look.number is not None else ""
    row.reason = (look.reason or older)[:300]
    if look.cannot:
        row.state, row.next_at = UNMEASURED, None
        return
    wait = WAITS[row.attempts] if row.attempts < len(WAITS) else LONGEST_WAIT
    row.attempts += 1
    if at - row.published_at > GIVEN_UP_AFTER:
        row.state, row.next_at = UNSEEN, None
    else:
        row.next_at = at + wait


def states(pages: Iterable[Brand]) -> list[Seen]:
    """How the newest publication of each page stands, where one was looked for."""
    return [found for page in pages if (found := latest(page.id))]
