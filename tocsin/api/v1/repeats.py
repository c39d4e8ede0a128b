"""Idempotency-Key: a call that is sent again does nothing again, and gets the same answer.

The row is written in the call's own transaction, so that of two at once the second waits for the
first; what was refused leaves no row and may be tried again.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpResponse

from tocsin.api.models import Answered
from tocsin.api.v1.calls import Asked, written
from tocsin.api.v1.failures import Refused, Unread

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(hours=24)
LONGEST = 255
ESCAPED_LINE = re.compile(r"(?<!\\)((?:\\\\)*)\\n")


def once(request: Asked, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer a call that writes, in one transaction: all of it is kept, or none."""
    token = request.headers.get(HEADER, "")
    with transaction.atomic():
        row = _claimed(request, token) if token else None
        if row and row.status:
            return _replayed(row, request)
        response = act()
        if response.status_code >= 400:
            transaction.set_rollback(True)
        elif row:
            row.status, row.body = response.status_code, told_as_text(response.content)
            row.save()
    return response


def _claimed(request: Asked, token: str) -> Answered:
    """The row of this token: new, or with the answer that it got."""
    if len(token) > LONGEST:
        raise Refused(f"{HEADER} has {len(token)} characters; {LONGEST} is the most.")
    call, mark = request.call, hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    Answered.objects.filter(at__lt=call.at - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return Answered.objects.create(
                key_id=call.key.id,
                page_id=call.key.page_id,
                token_hash=mark,
                asked=_asked(request),
                status=0,
                body="",
                at=call.at,
            )
    except IntegrityError:
        return Answered.objects.get(key_id=call.key.id, token_hash=mark)


def _asked(request: Asked) -> str:
    said = [request.method, request.path_info, request.told]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _replayed(row: Answered, request: Asked) -> HttpResponse:
    if row.asked != _asked(request):
        raise Unread([f"This {HEADER} was used for another call. Make a new one for each call."])
    if row.status == 204:
        response = HttpResponse(status=204)
    else:
        response = written(json.loads(row.body, strict=False), status=row.status)
    response[REPLAYED] = "true"
    return response


def told_as_text(body: bytes) -> str:
    """JSON with its lines as lines: a secret that runs over two is found when it is taken out."""
    return ESCAPED_LINE.sub("\\1\n", body.decode())
