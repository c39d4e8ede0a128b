"""What the answer to a call means for the message that was sent. Pure."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from tocsin.channels.caller import Reply
from tocsin.channels.message import ChannelError, Receipt

_TOKEN = re.compile(r"[a-z][a-z_]{1,40}")  # "no_service": a vendor's word for what is wrong


def judged(
    reply: Reply,
    *,
    at: datetime | None,
    gone: Collection[int] = (410,),
    useless: Collection[int] = (),
) -> Receipt | ChannelError:
    """Success is 2xx alone. After ``gone`` nobody is there; after ``useless`` trying again is.

    Of the answer's words only a vendor's token is kept: they may hold the address, or anything.
    """
    said = f"{reply.status} {_phrase(reply.status)}".strip()
    if 200 <= reply.status < 300:
        return Receipt(said)
    token = reply.body.decode("utf-8", "replace").strip()
    said = f"{said}: {token}" if _TOKEN.fullmatch(token) else said
    if 300 <= reply.status < 400:
        return ChannelError(f"It answered {said}; redirects are not followed.", permanent=False)
    is_gone = reply.status in gone
    return ChannelError(
        f"It answered {said}.",
        permanent=is_gone or reply.status in useless,
        retry_after=_wait(reply.headers.get("retry-after", ""), at),
        is_address_gone=is_gone,
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _wait(told: str, at: datetime | None) -> float | None:
    """Retry-After: seconds, or a date (RFC 9110, 10.2.3)."""
    told = told.strip()
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - at).total_seconds()) if at else None
