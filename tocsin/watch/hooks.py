"""Hooks: where a source's alerts come in for a page.

CannotHook      the hook cannot be made or changed; says what to do
└── NoHook      no hook goes by that id
"""

import hashlib
import secrets as randomness
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.people import access
from tocsin.watch import mapping
from tocsin.watch.mapping import CannotMap, Rule
from tocsin.watch.models import GROUP_FOR, Hook, Source

BEGINS = 6  # characters of a token by which people recognise it
SHORTEST_SECRET = 8
LONGEST_SECRET = 200
LONGEST_GROUPING = timedelta(hours=24)
# By which whoever serves a hook says in a call's environment what time it is: no caller can, whose
# words all begin with HTTP_ there.
TOLD_TIME = "tocsin.now"


class CannotHook(Exception):
    """The act is refused; the message says why and what to do."""


class NoHook(CannotHook):
    pass


@dataclass(frozen=True, slots=True)
class Door:
    """A hook as others may read it. ``begins`` is the beginning of its token, for recognition."""

    id: str
    page_id: str
    source: Source
    name: str
    begins: str
    secrets: tuple[str, ...]
    rules: tuple[Rule, ...]
    group_for: timedelta
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None

    def __repr__(self) -> str:
        return f"<Door {self.id} {self.source}>"  # no secret ever reaches a log by way of it


@transaction.atomic
def create(
    page_id: str,
    source: Source,
    *,
    by: Actor,
    at: datetime,
    name: str = "",
    secrets: Sequence[str] = (),
    rules: Iterable[str] = (),
    group_for: timedelta = GROUP_FOR,
) -> tuple[Door, str]:
    """Open a door for a source; returns it with its token, which is shown this once.

    Raises CannotHook, ``NotAllowed``.
    """
    access.check(by, "pages:write", page_id)
    token = randomness.token_urlsafe(32)
    row = Hook(
        page_id=page_id,
        source=source,
        name=name.strip()[:100] or str(source.label),
        token_hash=_hash(token),
        token_begins=token[:BEGINS],
        created_at=at,
        created_by=str(by),
    )
    _set(row, secrets=secrets, rules=rules, group_for=group_for)
    row.save(force_insert=True)
    _note(row, "created", by=by, at=at)
    return _door(row), token


@transaction.atomic
def change(
    hook_id: str,
    *,
    by: Actor,
    at: datetime,
    name: str | None = None,
    secrets: Sequence[str] | None = None,
    rules: Iterable[str] | None = None,
    group_for: timedelta | None = None,
) -> Door:
    """Change what a hook is called, expects and maps; what is left out stays. Raises CannotHook."""
    row = _open(hook_id)
    access.check(by, "pages:write", row.page_id)
    row.name = row.name if name is None else name.strip()[:100] or row.name
    _set(row, secrets=secrets, rules=rules, group_for=group_for)
    row.save()
    _note(row, "changed", by=by, at=at)
    return _door(row)


@transaction.atomic
def revoke(hook_id: str, *, by: Actor, at: datetime) -> Door:
    """Close a door for good; what came in by it stays recorded. Raises CannotHook."""
    row = _open(hook_id)
    access.check(by, "pages:write", row.page_id)
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    _note(row, "revoked", by=by, at=at)
    return _door(row)


def known_by(token: str) -> Door | None:
    """The hook that a token opens, if there is one still."""
    row = _BY_TOKEN.first(_hash(token))
    return _door(row) if row else None


# Every alert asks it.
_BY_TOKEN: Compiled[Hook] = Compiled(
    lambda digest: Hook.objects.filter(token_hash=digest, revoked_at=None)
)


def address_of(door: Door, token: str) -> str:
    """Where a source is to send; whoever knows it can send."""
    return f"{settings.TOCSIN.base_url}/hooks/{door.source}/{token}"


def hook(hook_id: str) -> Door:
    """A hook by id. Raises NoHook."""
    row = Hook.objects.filter(pk=hook_id).first()
    if row is None:
        raise NoHook(f"No hook {hook_id!r}. See `tocsin hook list`.")
    return _door(row)


def hooks_of(page_id: str = "") -> list[Door]:
    """Every hook, those that are open first."""
    rows = Hook.objects.filter(page_id=page_id) if page_id else Hook.objects.all()
    found = [_door(row) for row in rows.order_by("created_at", "id")]
    return sorted(found, key=lambda door: door.revoked_at is not None)


def _set(
    row: Hook,
    *,
    secrets: Sequence[str] | None,
    rules: Iterable[str] | None,
    group_for: timedelta | None,
) -> None:
    if secrets is not None:
        row.secrets = [_secret(told) for told in secrets if told.strip()]
    if rules is not None:
        try:
            row.rules = [str(one) for one in mapping.rules(rules, shelf.components_of(row.page_id))]
        except CannotMap as error:
            raise CannotHook(str(error)) from error
    if group_for is not None:
        if not timedelta(0) <= group_for <= LONGEST_GROUPING:
            raise CannotHook("Alerts are grouped for 0 seconds up to 24 hours.")
        row.group_for = group_for


def _secret(told: str) -> str:
    secret = told.strip()
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET or not secret.isascii():
        raise CannotHook(
            f"A secret has {SHORTEST_SECRET} to {LONGEST_SECRET} characters of plain ASCII."
        )
    return secret


def _open(hook_id: str) -> Hook:
    row = Hook.objects.select_for_update().filter(pk=hook_id).first()
    if row is None:
        raise NoHook(f"No hook {hook_id!r}. See `tocsin hook list`.")
    if row.revoked_at is not None:
        raise CannotHook("This hook was revoked. Create a new one.")
    return row


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _note(row: Hook, done: str, *, by: Actor, at: datetime) -> None:
    verb, subject = f"watch:hook:{done}", ("hook", row.id)
    chain.note(verb, by=by, at=at, subject=subject, page=row.page_id, source=row.source)


def _door(row: Hook) -> Door:
    return Door(
        id=row.id,
        page_id=row.page_id,
        source=Source(row.source),
        name=row.name,
        begins=row.token_begins,
        secrets=tuple(row.secrets),
        rules=tuple(mapping.rule(text) for text in row.rules),
        group_for=row.group_for,
        created_at=row.created_at,
        created_by=row.created_by,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
