"""How often one address, or one machine, may ask to be told."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings

from tocsin.announcements.models import SignUp

WITHIN = timedelta(hours=1)
FOR_AN_ADDRESS, FOR_A_MACHINE = 3, 20
KEPT_FOR = timedelta(days=1)


def is_too_many(kind: str, value: str, *, at: datetime) -> bool:
    """Count one attempt of an ``address`` or a ``machine``, and say whether it is one too many."""
    most = FOR_AN_ADDRESS if kind == "address" else FOR_A_MACHINE
    mark = _mark(kind, value)
    recent = SignUp.objects.filter(mark=mark, at__gt=at - WITHIN).count()
    if recent >= most:
        return True
    SignUp.objects.create(mark=mark, at=at)
    return False


def purge(at: datetime) -> int:
    """Forget attempts of more than a day ago; answers how many."""
    return SignUp.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def _mark(kind: str, value: str) -> str:
    """A keyed hash: the table alone tells neither addresses nor machines."""
    key = settings.TOCSIN.secret_key.encode()
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32]
