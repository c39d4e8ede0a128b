"""What a machine's subscription needs: its format, and the secrets that sign what it gets.

A secret is shown once, to whoever confirmed or rotated it, and never again. Readers who are people,
by mail or in a chat, have no account: a chat's address is its own key.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from tocsin.announcements.models import Account as Row
from tocsin.channels.webhook import signing

MACHINES = ("webhook",)
FORMER_FOR = timedelta(hours=24)  # both secrets sign for so long, so that nobody is cut off


class Format(StrEnum):
    """The shape of what a machine is sent."""

    STANDARD = "standard"
    STATUSPAGE = "statuspage"


@dataclass(frozen=True, slots=True)
class Account:
    """A machine's account. ``secrets`` are those in force, the newest first."""

    format: Format
    contact: str
    secrets: tuple[str, ...]
    is_shown: bool


def account_of(subscription_id: str, *, at: datetime) -> Account | None:
    """The account of one subscription; None for people."""
    return accounts_of([subscription_id], at=at).get(subscription_id)


def accounts_of(ids: Collection[str], *, at: datetime) -> dict[str, Account]:
    """The accounts of these subscriptions."""
    rows = Row.objects.filter(pk__in=ids)
    return {row.subscription_id: _account(row, at) for row in rows}


def _account(row: Row, at: datetime) -> Account:
    is_kept = bool(row.former and row.rotated_at and row.rotated_at > at - FORMER_FOR)
    secrets = (row.secret, row.former) if is_kept else (row.secret,)
    return Account(Format(row.format), row.contact, secrets, row.shown_at is not None)


def open_account(subscription_id: str, *, contact: str, format: Format) -> None:
    """Give a machine an account, or what it now asks of the one it has."""
    row, is_new = Row.objects.get_or_create(
        subscription_id=subscription_id,
        defaults={"contact": contact, "format": format, "secret": signing.new_secret()},
    )
    if not is_new:
        row.format, row.contact = format, contact or row.contact
        row.save(update_fields=["format", "contact"])


def choose(subscription_id: str, format: Format) -> None:
    """Change the shape of what a machine is sent."""
    Row.objects.filter(pk=subscription_id).update(format=format)


@transaction.atomic
def reveal(subscription_id: str, *, at: datetime) -> str:
    """The secret, if nobody has seen it yet; empty afterwards, and for people."""
    unseen = Row.objects.select_for_update().filter(pk=subscription_id, shown_at=None)
    secret = unseen.values_list("secret", flat=True).first()
    return str(secret) if secret and unseen.update(shown_at=at) else ""


@transaction.atomic
def renew(subscription_id: str, *, at: datetime) -> str:
    """A new secret, shown by this and never again; empty for people."""
    row = Row.objects.select_for_update().filter(pk=subscription_id).first()
    if row is None:
        return ""
    # One that nobody has seen signs for nobody, and need not be kept.
    row.former = row.secret if row.shown_at else row.former
    row.secret, row.shown_at, row.rotated_at = signing.new_secret(), at, at
    row.save()
    return row.secret


def drop(ids: Collection[str]) -> None:
    """Forget the accounts of these subscriptions."""
    Row.objects.filter(pk__in=ids).delete()
