"""Keys for machines: made, shown once, recognised, revoked.

CannotMake(NotAllowed)      the key cannot be made so; says what to do
UnknownKey(NotAllowed)      nobody has such a key, or its time is over
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction

from tocsin.journal import chain
from tocsin.journal.actors import Actor, ActorKind
from tocsin.journal.compiled import Compiled
from tocsin.people import access
from tocsin.people.access import NotAllowed
from tocsin.people.models import ApiKey, Scope

MARK = "tocsin_"  # so that whoever finds one, a scanner of repositories too, knows what it is
FIRST = len(MARK) + 6  # kept to recognise it by; what is left of it cannot be guessed
STAMPED_EVERY = timedelta(minutes=1)
NAME_LENGTH = 100
KEPT = 256  # keys, each under its very row, so that a change of it is another
BY_HASH = Compiled(lambda mark: ApiKey.objects.filter(key_hash=mark))  # asked at each call


class CannotMake(NotAllowed):
    pass


class UnknownKey(NotAllowed):
    pass


@dataclass(frozen=True, slots=True)
class Key:
    """A key as doors see it; ``first`` is what it begins with."""

    id: str
    page_id: str
    name: str
    scope: Scope
    first: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.KEY, self.id, self.name)

    @property
    def writes(self) -> bool:
        return self.scope == Scope.MANAGE

    def is_good(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


@transaction.atomic
def create(
    page_id: str,
    *,
    scope: Scope,
    by: Actor,
    at: datetime,
    name: str = "",
    expires_at: datetime | None = None,
) -> tuple[Key, str]:
    """Make a key to one page; also answers the key itself, shown this once. Raises CannotMake."""
    access.check(by, "keys:write", page_id)
    name = " ".join(name.split())
    if len(name) > NAME_LENGTH:
        raise CannotMake(f"The name has {len(name)} characters; {NAME_LENGTH} is the most.")
    if expires_at and expires_at.tzinfo is None:
        raise CannotMake("Say until when with its zone, such as 2027-01-01T00:00Z.")
    if expires_at and expires_at <= at:
        raise CannotMake("That time has passed. A key is good until some time to come.")
    secret = MARK + secrets.token_hex(32)
    row = ApiKey.objects.create(
        page_id=page_id,
        name=name or f"{scope} key",
        scope=scope,
        first=secret[:FIRST],
        key_hash=_hash(secret),
        created_at=at,
        created_by=str(by),
        expires_at=expires_at,
    )
    _noted("created", row, by=by, at=at)
    return _key(row), secret


@transaction.atomic
def revoke(key_id: str, *, by: Actor, at: datetime) -> Key:
    """Let a key open nothing any more; once more changes nothing. Raises UnknownKey."""
    row = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if row is None:
        raise UnknownKey("There is no such key. See `tocsin key list`.")
    access.check(by, "keys:write", row.page_id)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        _noted("revoked", row, by=by, at=at)
    return _key(row)


def keys_of(page_id: str) -> list[Key]:
    """Every key that a page ever had, the newest first."""
    rows = ApiKey.objects.filter(page_id=page_id).order_by("-created_at", "-id")
    return [_key(row) for row in rows]


def recognised(secret: str, *, at: datetime) -> Key:
    """The key that somebody shows; when it was used is kept to the minute. Raises UnknownKey."""
    rows = BY_HASH.raw(_hash(secret))
    key = _read(rows[0]) if rows else None
    if key is None or not key.is_good(at):
        raise UnknownKey("This key is unknown, was revoked, or has expired.")
    if key.last_used_at is None or at - key.last_used_at >= STAMPED_EVERY:
        ApiKey.objects.filter(pk=key.id).update(last_used_at=at)
    return key


@lru_cache(maxsize=KEPT)
def _read(raw: tuple[Any, ...]) -> Key:
    """The key of a row as the database has it now: to read it costs more than to ask for it."""
    (row,) = BY_HASH.made([raw])
    return _key(row)


def _hash(secret: str) -> str:
    # No salt, no slow hash: 256 random bits cannot be guessed, and it is looked up at each call.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(row: ApiKey) -> Key:
    return Key(
        id=row.id,
        page_id=row.page_id,
        name=row.name,
        scope=Scope(row.scope),
        first=row.first,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def _noted(done: str, row: ApiKey, *, by: Actor, at: datetime) -> None:
    chain.note(
        f"people:key:{done}",
        by=by,
        at=at,
        subject=("key", row.id),
        page=row.page_id,
        scope=row.scope,
    )
