"""Readers as other folders see them: frozen values, never rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from tocsin.announcements.accounts import MACHINES
from tocsin.announcements.models import Account, Follow, Subscription
from tocsin.disclosure.severity import Severity

ERASED = "erased-"  # what stands in place of an address that was forgotten


class Standing(StrEnum):
    """Where a reader stands with us."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A reader. ``components`` holds the ids they follow, empty for the whole page; ``about`` is
    the one incident of a follower, who hears of nothing else.

    ``address`` is theirs alone; screens show ``shown``. A machine has a ``format``, and somebody
    who answers for it.
    """

    id: str
    page_id: str
    audience_id: str
    channel: str
    address: str
    language: str
    minimum_severity: Severity
    components: tuple[str, ...]
    token: str
    asked_at: datetime
    subscribed_at: datetime | None
    unsubscribed_at: datetime | None
    bounced_at: datetime | None
    consented_at: datetime | None
    source: str
    host: str = ""
    format: str = ""
    contact: str = ""
    about: str = ""

    @property
    def shown(self) -> str:
        """The address as others may see it: of a web address, which is a key, only the host."""
        return shown(self.address, self.host)

    @property
    def standing(self) -> Standing:
        if self.unsubscribed_at:
            return Standing.UNSUBSCRIBED
        if not self.subscribed_at:
            return Standing.UNCONFIRMED
        return Standing.BOUNCED if self.bounced_at else Standing.ACTIVE


IS: Mapping[Standing, Q] = {
    Standing.UNSUBSCRIBED: Q(unsubscribed_at__isnull=False),
    Standing.UNCONFIRMED: Q(unsubscribed_at=None, subscribed_at=None),
    Standing.BOUNCED: Q(unsubscribed_at=None, subscribed_at__isnull=False)
    & Q(bounced_at__isnull=False),
    Standing.ACTIVE: Q(unsubscribed_at=None, subscribed_at__isnull=False, bounced_at=None),
}


class Order(StrEnum):
    """What a list goes by; where a web address would come, its host does."""

    ADDRESS = "address"
    CAME = "came"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which readers, in what order: those of the page, or who follow the one incident ``about``.

    Empty ``channels``: of every channel.
    """

    standings: tuple[Standing, ...]
    channels: tuple[str, ...] = ()
    matching: str = ""
    order: Order = Order.ADDRESS
    descends: bool = False
    about: str = ""


BY = {
    Order.ADDRESS: ("host", "address"),
    Order.CAME: ("asked_at",),
    Order.BOUNCED: ("bounced_at",),
}


def shown(address: str, host: str) -> str:
    """An address as screens may show it."""
    return f"{host}/…" if host else address


def subscriber(subscription_id: str) -> Subscriber | None:
    """One reader by id."""
    return next(iter(_values(Subscription.objects.filter(pk=subscription_id))), None)


def by_token(token: str) -> Subscriber | None:
    """The reader whose mails carry this token."""
    return next(iter(_values(Subscription.objects.filter(token=token))), None) if token else None


def by_asking_token(token: str) -> Subscriber | None:
    """The reader whose confirmation mail carries this token."""
    found = (
        Subscription.objects.filter(asking_token=token) if token else Subscription.objects.none()
    )
    return next(iter(_values(found)), None)


def at_address(page_id: str, address: str) -> Subscriber | None:
    """The reader of a page with exactly this address, or this id."""
    return next((one for one in all_at(page_id, address) if not one.about), None)


def all_at(page_id: str, address: str) -> list[Subscriber]:
    """Everything that is told at one address, or under one id, single incidents last."""
    found = Subscription.objects.filter(page_id=page_id)
    found = found.filter(Q(address__iexact=address) | Q(pk=address))
    return _values(found.order_by("about", "asked_at", "id"))


def subscribers(
    page_id: str,
    *,
    standing: Standing | None = None,
    matching: str = "",
    has_followers: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> list[Subscriber]:
    """A page's readers, newest first, where what may be seen of the address holds ``matching``.

    Who follows a single incident is among them if it ``has_followers``.
    """
    rows = _of_page(page_id, standing, matching, has_followers=has_followers)
    return _values(rows.order_by("-asked_at", "id")[offset : offset + limit])


def count(
    page_id: str,
    *,
    standing: Standing | None = None,
    matching: str = "",
    has_followers: bool = True,
) -> int:
    """How many there are."""
    return _of_page(page_id, standing, matching, has_followers=has_followers).count()


def listed(page_id: str, sought: Sought, *, offset: int = 0, limit: int = 100) -> list[Subscriber]:
    """Some of a page's readers."""
    rows = _of_page(page_id, None, sought.matching).filter(about=sought.about)
    is_one = Q()
    for standing in sought.standings:
        is_one |= IS[standing]
    # Whoever was forgotten is nobody any more.
    rows = rows.filter(is_one).exclude(address__startswith=ERASED)
    rows = rows.filter(channel__in=sought.channels) if sought.channels else rows
    sign = "-" if sought.descends else ""
    ordered = rows.order_by(*(f"{sign}{name}" for name in BY[sought.order]), "id")
    return _values(ordered[offset : offset + limit])


def tally(page_id: str) -> dict[tuple[str, Standing], int]:
    """How many readers of the page there are, by channel and standing, in one query."""
    counts = {standing.value: Count("pk", filter=IS[standing]) for standing in Standing}
    rows = Subscription.objects.filter(page_id=page_id, about="").values("channel").order_by()
    told = rows.annotate(**counts).values_list("channel", *counts)
    return {
        (channel, Standing(standing)): number
        for channel, *numbers in told
        for standing, number in zip(counts, numbers, strict=True)
    }


def _of_page(
    page_id: str, standing: Standing | None, matching: str, *, has_followers: bool = True
) -> "QuerySet[Subscription]":
    rows = Subscription.objects.filter(page_id=page_id)
    rows = rows if has_followers else rows.filter(about="")
    if standing is not None:
        rows = rows.filter(IS[standing])
    if not matching:
        return rows
    # A web address is a key: who may search must not be able to guess it sign by sign.
    by_mail = Q(channel="email", address__icontains=matching)
    return rows.filter(by_mail | Q(host__icontains=matching))


def _values(rows: Iterable[Subscription]) -> list[Subscriber]:
    found = list(rows)
    followed: dict[str, list[str]] = {row.id: [] for row in found}
    pairs = Follow.objects.filter(subscription_id__in=followed).order_by("id")
    for subscription_id, component_id in pairs.values_list("subscription_id", "component_id"):
        followed[subscription_id].append(component_id)
    machines = [row.id for row in found if row.channel in MACHINES]
    accounts = {row.pk: row for row in Account.objects.filter(pk__in=machines)}
    return [_value(row, tuple(followed[row.id]), accounts.get(row.id)) for row in found]


def _value(row: Subscription, components: tuple[str, ...], account: Account | None) -> Subscriber:
    return Subscriber(
        id=row.id,
        page_id=row.page_id,
        audience_id=row.audience_id,
        channel=row.channel,
        address=row.address,
        language=row.language,
        minimum_severity=Severity(row.minimum_severity),
        components=components,
        token=row.token,
        asked_at=row.asked_at,
        subscribed_at=row.subscribed_at,
        unsubscribed_at=row.unsubscribed_at,
        bounced_at=row.bounced_at,
        consented_at=row.consented_at,
        source=row.source,
        host=row.host,
        format=account.format if account else "",
        contact=account.contact if account else "",
        about=row.about,
    )
