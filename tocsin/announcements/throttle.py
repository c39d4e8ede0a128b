"""How often something may be tried from one machine, at one address, on one page. Counts in rows.

What is counted is kept under a keyed hash: the table alone tells neither addresses nor machines.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.conf import settings

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
    if is_spent(kind, value, at=at):
        return True
    count(kind, value, at=at)
    return False


def is_spent(kind: str, value: str, *, at: datetime) -> bool:
    """Whether no further attempt is allowed now; counts nothing."""
    limit = LIMITS[kind]
    recent = SignUp.objects.filter(mark=_mark(kind, value), at__gt=at - limit.within)
    return recent.count() >= limit.most


def count(kind: str, value: str, *, at: datetime) -> None:
    """Count one attempt."""
    SignUp.objects.create(mark=_mark(kind, value), at=at)


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
