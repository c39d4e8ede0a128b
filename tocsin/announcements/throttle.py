"""How often something may be tried from one machine, at one address, on one page. Counts in rows.

What is counted is kept under a keyed hash: the table alone tells neither addresses nor machines.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.db import connection, transaction

from tocsin.announcements.models import SignUp

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within that time."""

    most: int
    within: timedelta


LIMITS = {
    "address": Limit(3, timedelta(hours=1)),
    "machine": Limit(20, timedelta(hours=1)),
    # Wrong passwords: one machine's guesses end soon, and all machines' together as well.
    "password machine": Limit(10, timedelta(minutes=15)),
    "password page": Limit(200, timedelta(minutes=15)),
}


def is_too_many(kind: str, value: str, *, at: datetime) -> bool:
    """Count one attempt, unless it is one too many; answers whether it is."""
    return not count((kind, value), at=at)


@transaction.atomic
def count(*tried: tuple[str, str], at: datetime) -> Sequence[int]:
    """Count one attempt by each (kind, value), or by none where one of them is spent.

    Answers what ``give_back`` takes; empty if it is one too many. Looking and counting are one
    step, so that of any number at once no more pass than may.
    """
    marks = [_mark(kind, value) for kind, value in tried]
    _lock(marks)
    for mark, (kind, _value) in zip(marks, tried, strict=True):
        limit = LIMITS[kind]
        recent = SignUp.objects.filter(mark=mark, at__gt=at - limit.within)
        if recent.count() >= limit.most:
            return ()
    made = SignUp.objects.bulk_create([SignUp(mark=mark, at=at) for mark in marks])
    return tuple(row.pk for row in made)


def give_back(counted: Sequence[int]) -> None:
    """Let attempts count no more: it turned out that they need not."""
    SignUp.objects.filter(pk__in=counted).delete()


def _lock(marks: Sequence[str]) -> None:
    """Let whoever counts by the same marks wait until the transaction ends.

    SQLite has one writer anyway. In one order, so that no two wait for each other.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for mark in sorted(marks):
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(mark[:15], 16)])


def purge(at: datetime) -> int:
    """Forget attempts of more than a day ago; answers how many."""
    return SignUp.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def _mark(kind: str, value: str) -> str:
    told = _network(value) if kind.endswith("machine") else value
    key = settings.TOCSIN.secret_key.encode()
    return hmac.new(key, f"{kind}:{told}".encode(), hashlib.sha256).hexdigest()[:32]


def _network(machine: str) -> str:
    """A machine, or the network that IPv6 gives one household: it has addresses without end."""
    try:
        address = ip_address(machine)
    except ValueError:
        return machine
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return f"{int(address) >> 64:x}::/64"
    return str(getattr(address, "ipv4_mapped", None) or address)
