"""What is remembered of those who are signed in, beside who they are."""

import re
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

WHO = "_auth_"  # what says who is signed in: ids and hashes, which hold a short secret by chance


def take_out(pattern: "re.Pattern[str]") -> int:
    """Forget what sessions keep of half-typed forms that hold a text; answers how many did.

    A session's data is packed, so each has to be opened; who is signed in stays signed in.
    """
    done = 0
    for row in Session.objects.all().iterator(chunk_size=200):
        kept: dict[str, Any] = row.get_decoded()
        clean = {
            name: value
            for name, value in kept.items()
            if name.startswith(WHO) or not _holds(value, pattern)
        }
        if clean != kept:
            Session.objects.filter(pk=row.pk).update(session_data=SessionStore().encode(clean))
            done += 1
    return done


def purge(at: datetime) -> int:
    """Forget sessions that are over: most are of strangers who only came to the door."""
    done, _ = Session.objects.filter(expire_date__lte=at).delete()
    return done


def _holds(value: Any, pattern: "re.Pattern[str]") -> bool:
    if isinstance(value, str):
        return pattern.search(value) is not None
    if isinstance(value, dict):
        return any(_holds(inner, pattern) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_holds(inner, pattern) for inner in value)
    return False
