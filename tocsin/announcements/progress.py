"""How the telling goes, for the console and the terminal: frozen values, never rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Min, Q, QuerySet

from tocsin.announcements import reach, readers
from tocsin.announcements.models import Announcement, Delivery
from tocsin.disclosure.severity import Severity
from tocsin.post.models import Outcome
from tocsin.statements import published

# How a delivery stands: pending (not tried yet), retrying, withheld, or an outcome.
FATES = ("pending", "retrying", "withheld", "delivered", "given_up", "skipped")
_STANDS = {
    "pending": Q(outcome="", attempts=0, withheld_at=None),
    "retrying": Q(outcome="", attempts__gt=0, withheld_at=None),
    "withheld": Q(outcome="", withheld_at__isnull=False),
    **{outcome: Q(outcome=outcome) for outcome in ("delivered", "given_up", "skipped")},
}

# What is said of a word over several audiences, the first that is true of one of them.
_WEIGHS_MOST = ("held", "telling", "announcing", "waiting", "told")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many deliveries stand how."""

    pending: int = 0
    retrying: int = 0
    withheld: int = 0
    delivered: int = 0
    given_up: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.settled + self.pending + self.retrying + self.withheld

    @property
    def settled(self) -> int:
        return self.delivered + self.given_up + self.skipped


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of one publication's announcement.

    ``state`` is ``waiting`` (not live everywhere yet), ``announcing``, ``telling``, ``told``,
    ``held``, or why nobody is told: ``silent``, ``too old``, ``dropped``. ``took`` is from
    publishing to the last mail handed over.
    """

    publication_id: str
    state: str
    counts: Counts
    held_at: datetime | None = None
    announced_at: datetime | None = None
    first_told_at: datetime | None = None
    last_told_at: datetime | None = None
    took: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one reader's delivery; the address is read from the reader, not the ledger.

    It is as screens may show it: of a web address, only the host.
    """

    subscription_id: str
    address: str
    channel: str
    fate: str
    reason: str
    receipt: str
    attempts: int
    next_at: datetime | None
    settled_at: datetime | None
    in_digest: bool


@dataclass(frozen=True, slots=True)
class Held:
    """An announcement that waits for somebody to look."""

    publication_id: str
    number: int
    held_at: datetime
    would_tell: int


def progress_of(publication_id: str) -> Progress:
    """How the telling of one publication goes."""
    row = Announcement.objects.filter(pk=publication_id).first()
    rows = Delivery.objects.filter(publication_id=publication_id)
    counts = _counts(rows)
    told = rows.filter(outcome=Outcome.DELIVERED).aggregate(
        first=Min("settled_at"), last=Max("settled_at")
    )
    return Progress(
        publication_id=publication_id,
        state=_state(row, counts),
        counts=counts,
        held_at=row.held_at if row else None,
        announced_at=row.announced_at if row else None,
        first_told_at=told["first"],
        last_told_at=told["last"],
        took=told["last"] - row.published_at if row and told["last"] else None,
    )


def together(several: Sequence[Progress]) -> Progress:
    """How the telling of one word goes over all its audiences; the first of them lends its id.

    Held where one is held, moving where one moves; else told where one was told.
    """
    first = several[0]
    states = {one.state for one in several}
    return replace(
        first,
        state=next((state for state in _WEIGHS_MOST if state in states), first.state),
        counts=_summed([one.counts for one in several]),
        held_at=_earliest(one.held_at for one in several),
        announced_at=_earliest(one.announced_at for one in several),
        first_told_at=_earliest(one.first_told_at for one in several),
        last_told_at=max((one.last_told_at for one in several if one.last_told_at), default=None),
        took=max((one.took for one in several if one.took), default=None),
    )


def _summed(several: Sequence[Counts]) -> Counts:
    return Counts(**{name: sum(getattr(one, name) for one in several) for name in FATES})


def _earliest(times: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in times if at), default=None)


def _state(row: Announcement | None, counts: Counts) -> str:
    if row is None:
        return "waiting"
    if row.reason and row.announced_at:
        return row.reason
    if row.held_at:
        return "held"
    if row.announced_at is None:
        return "announcing"
    return "told" if counts.settled == counts.total else "telling"


def counts(page_id: str = "", *, since: datetime | None = None) -> Counts:
    """Deliveries by how they stand; of one page and from a time on, where given."""
    rows = Delivery.objects.all()
    if page_id:
        rows = rows.filter(publication__page_id=page_id)
    if since is not None:
        rows = rows.filter(publication__published_at__gte=since)
    return _counts(rows)


def _counts(rows: "QuerySet[Delivery]") -> Counts:
    found = rows.aggregate(**{name: Count("pk", filter=stands) for name, stands in _STANDS.items()})
    return Counts(**found)


def fates(
    publication_id: str, *, fate: str = "", offset: int = 0, limit: int = 50
) -> Sequence[Fate]:
    """Each reader's fate and its reason, those in trouble first; ``fate`` is one of FATES."""
    rows = Delivery.objects.filter(publication_id=publication_id)
    if fate:
        rows = rows.filter(_STANDS[fate])
    told = rows.annotate(address=F("subscription__address"), host=F("subscription__host")).order_by(
        "outcome", "pk"
    )
    page = told[offset : offset + limit]
    return [_fate(row, readers.shown(row.address, row.host)) for row in page]


def _fate(row: Delivery, address: str) -> Fate:
    return Fate(
        subscription_id=row.subscription_id,
        address=address,
        channel=row.channel,
        fate=_stands(row),
        reason=row.reason,
        receipt=row.receipt,
        attempts=row.attempts,
        next_at=row.next_at,
        settled_at=row.settled_at,
        in_digest=row.told_with_id is not None,
    )


def _stands(row: Delivery) -> str:
    if row.outcome:
        return row.outcome
    if row.withheld_at:
        return "withheld"
    return "retrying" if row.attempts else "pending"


def reach_of(
    page_id: str,
    audience_id: str,
    *,
    at: datetime,
    components: Sequence[str] = (),
    severity: str = Severity.SEV1,
    incident_id: str = "",
) -> int:
    """How many readers would be told now of a word about these components."""
    return reach.count(
        reach.Wanted(
            audience_id=audience_id,
            components=reach.kin(page_id, components),
            severity=Severity(severity),
            about=incident_id,
            subscribed_by=at,
            is_closed=reach.is_closed(audience_id),
        )
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """How many readers hold a message about something, and to how many one is on its way."""

    told: int
    underway: int


def reached(publication_ids: Sequence[str]) -> Reached:
    """Whom messages about some publications have reached: what has left cannot be taken back."""
    rows = Delivery.objects.filter(publication_id__in=publication_ids)
    told = rows.filter(outcome=Outcome.DELIVERED).values("subscription_id").distinct()
    # Claimed and not settled: it may be leaving at this very moment.
    claimed = rows.filter(outcome="", attempts__gt=0).values("subscription_id").distinct()
    return Reached(told.count(), claimed.exclude(subscription_id__in=told).count())


def held(audience_id: str) -> list[Held]:
    """What the circuit breaker holds, oldest first, and how many each would tell."""
    rows = Announcement.objects.filter(
        audience_id=audience_id, announced_at=None, held_at__isnull=False
    )
    return [_held(row) for row in rows.order_by("number")]


def _held(row: Announcement) -> Held:
    said = published.publication(row.publication_id)
    assert said is not None
    assert row.held_at is not None
    return Held(row.publication_id, row.number, row.held_at, reach.count(reach.wanted(said)))
