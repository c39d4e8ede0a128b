"""Readers come, choose and go: ask, confirm, change preferences, unsubscribe.

CannotSubscribe     what was asked for cannot be; says what to do
├── UnknownLink     the link belongs to nobody, or its reader has left since
└── ShutOut         only some may read now what its reader asked to be told

A sign-up never tells who asked whether an address is known: only its mailbox learns that.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tocsin.announcements import accounts, admissions, asking, reach, readers
from tocsin.announcements.accounts import Format
from tocsin.announcements.models import Delivery, Follow, Subscription
from tocsin.announcements.readers import Subscriber
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.channels import targets
from tocsin.channels.message import BadAddress
from tocsin.channels.registry import CHANNELS
from tocsin.channels.registry import channel as channel_named
from tocsin.disclosure.severity import Severity
from tocsin.journal import actors, chain
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.statements import published

UNCONFIRMED_FOR = timedelta(days=7)  # then the address is forgotten


class CannotSubscribe(Exception):
    pass


class UnknownLink(CannotSubscribe):
    pass


class ShutOut(CannotSubscribe):
    pass


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader wants to hear of: ids or slugs of components (none: all), and how grave."""

    components: Sequence[str] = ()
    minimum_severity: str = Severity.SEV4
    language: str = ""


EVERYTHING = Choice()


@transaction.atomic
def subscribe(
    page_id: str,
    *,
    address: str,
    at: datetime,
    by: Actor | None = None,
    choice: Choice = EVERYTHING,
    audience: str = "",
    channel: str = "email",
    source: str = "",
    confirmed: bool = False,
    consented_at: datetime | None = None,
    contact: str = "",
    format: str = Format.STANDARD,
    about: str = "",
) -> Subscriber:
    """Take up a wish to be told; unless ``confirmed``, the mailbox is asked first.

    Without ``by`` it is the reader who asks; ``audience`` is one of the page's by id or slug, else
    everyone. A machine has a ``contact``, the mailbox of whoever answers for it, which is asked in
    its place; a chat room is asked in the room. A known reader's row is left as it is: they are
    written a letter instead. With ``about`` it is for one incident alone. Never show the result to
    who asked. Raises CannotSubscribe.
    """
    page = shelf.audience(page_id, audience) if audience else shelf.brand(page_id)
    if confirmed:
        assert by is not None, "somebody answers for a reader who was not asked"
        access.check(by, "subscribers:write", page.id)
    spelled, wish = checked_address(channel, address), checked(page, choice)
    check_let_in(page, channel, spelled)
    _check_one(page, about, wish)
    answers = checked_contact(channel, contact, is_needed=not confirmed)
    row, is_new = Subscription.objects.select_for_update().get_or_create(
        audience_id=page.audience_id,
        channel=channel,
        address=spelled,
        about=about,
        defaults=_fresh(page, wish, at, source)
        | {"host": host_of(channel, spelled), "follows_all": not (about or wish.components)},
    )
    if not is_new and _is_told(row) and reach.is_let_in(row.id):
        return _known(page, row, at, is_asked=not confirmed)
    _wish(row, wish)
    row.source = source or row.source
    row.consented_at = consented_at or row.consented_at
    _ask(row, by=by, at=at)
    if channel in accounts.MACHINES:
        accounts.open_account(row.id, contact=answers, format=checked_format(format))
    if confirmed:
        _confirm(row, by=by, at=at)
    else:
        asking.owe_question(page, row, at=at)
    return _told(row)


def _is_told(row: Subscription) -> bool:
    return bool(row.subscribed_at) and not row.unsubscribed_at and not row.bounced_at


def _ask(row: Subscription, *, by: Actor | None, at: datetime) -> None:
    row.asked_at = at  # until it is confirmed, no earlier yes counts behind a password
    row.asking_token = row.asking_token or secrets.token_urlsafe(24)
    row.save()
    _noted("asked", row, by=by, at=at)


def _fresh(page: Brand, wish: Choice, at: datetime, source: str) -> dict[str, object]:
    return {
        "page_id": page.id,
        "language": wish.language,
        "token": secrets.token_urlsafe(24),
        "asked_at": at,
        "source": source,
    }


def _known(page: Brand, row: Subscription, at: datetime, *, is_asked: bool) -> Subscriber:
    if is_asked:
        asking.owe_reminder(page, row, at=at)
    return _told(row)


def _told(row: Subscription) -> Subscriber:
    told = readers.subscriber(row.id)
    assert told is not None
    return told


def checked_address(channel: str, address: str) -> str:
    """The address in its one spelling. Raises CannotSubscribe."""
    try:
        return channel_named(channel).check_address(address)
    except BadAddress as error:
        raise CannotSubscribe(str(error)) from error
    except KeyError as error:
        known = ", ".join(CHANNELS)
        raise CannotSubscribe(f"There is no channel {channel!r}. There are {known}.") from error


def checked_contact(channel: str, contact: str, *, is_needed: bool) -> str:
    """The mailbox of whoever answers for a machine. Raises CannotSubscribe."""
    if channel not in accounts.MACHINES or not (contact.strip() or is_needed):
        return ""
    if not contact.strip():
        raise CannotSubscribe("Say who answers for it: the e-mail address of a person or a team.")
    return checked_address("email", contact)


def checked_format(format: str) -> Format:
    """The shape of what a machine is sent. Raises CannotSubscribe."""
    if format not in list(Format):
        raise CannotSubscribe(f"A format is one of {', '.join(Format)}.")
    return Format(format)


def host_of(channel: str, address: str) -> str:
    """All of a web address that may be shown; empty for mail."""
    return "" if channel == "email" else targets.host_of(address)


def check_let_in(page: Brand, channel: str, spelled: str) -> None:
    """Refuse who is not let in by name to what is said there alone. Raises CannotSubscribe."""
    if page.access != Access.NAMED:
        return
    if channel != "email" or admissions.guest_at(page.audience_id, spelled) is None:
        raise CannotSubscribe("Here only those can be told who are let in by this e-mail address.")


def _check_one(page: Brand, about: str, wish: Choice) -> None:
    """Refuse an incident that was not told there, or a part of one. Raises CannotSubscribe."""
    if about and wish.components:
        raise CannotSubscribe("Whoever follows one incident hears all of it: name no components.")
    if about and published.story(page.audience_id, about) is None:
        raise CannotSubscribe(f"No incident {about[:40]!r} was told of there.")


def checked(page: Brand, choice: Choice) -> Choice:
    """The choice with components as ids and a language that the page speaks.

    Raises CannotSubscribe.
    """
    tree, ids = shelf.components_of(page.id), []
    for ref in choice.components:
        node = tree.find(ref)
        if node is None:
            raise CannotSubscribe(f"This page has no component {ref!r}.")
        ids.append(node.id)
    if choice.minimum_severity not in list(Severity):
        raise CannotSubscribe("A severity is one of sev1, sev2, sev3, sev4.")
    language = choice.language if choice.language in page.languages else page.language
    return Choice(tuple(dict.fromkeys(ids)), choice.minimum_severity, language)


def _wish(row: Subscription, wish: Choice) -> None:
    row.language = wish.language
    row.minimum_severity = wish.minimum_severity
    row.follows_all = not (row.about or wish.components)
    Follow.objects.filter(subscription=row).delete()
    Follow.objects.bulk_create(
        Follow(subscription=row, component_id=component) for component in wish.components
    )


@transaction.atomic
def confirm(asking_token: str, *, at: datetime, by: Actor | None = None) -> Subscriber:
    """Confirm a sign-up; a second time changes nothing. Raises UnknownLink, ShutOut."""
    row = Subscription.objects.select_for_update().filter(asking_token=asking_token).first()
    if row is None or not asking_token:
        raise UnknownLink("This link is no longer known. Ask to be told once more.")
    _check_not_shut_out(reach.may_confirm(row.id))
    is_answered = row.subscribed_at is not None and row.subscribed_at >= row.asked_at
    if not (_is_told(row) and is_answered):
        _confirm(row, by=by, at=at)
    return _told(row)


def _check_not_shut_out(is_let_in: bool) -> None:
    if not is_let_in:
        raise ShutOut("Only some may read this page now. Come in, and ask to be told once more.")


def _confirm(row: Subscription, *, by: Actor | None, at: datetime) -> None:
    row.subscribed_at = at
    row.consented_at = row.consented_at or at
    row.unsubscribed_at = row.bounced_at = None
    row.save()
    _noted("confirmed", row, by=by, at=at)


@transaction.atomic
def prefer(
    token: str, choice: Choice, *, at: datetime, by: Actor | None = None, format: str = ""
) -> Subscriber:
    """Change what a reader hears of, or a machine's format; of a follower, the language alone.

    Raises UnknownLink, ShutOut, CannotSubscribe.
    """
    row = _locked(token)
    if row.unsubscribed_at:
        raise UnknownLink("You unsubscribed. Ask to be told once more.")
    _check_not_shut_out(reach.may_confirm(row.id))
    page = shelf.seen_by(row.audience_id)
    wish = checked(page, choice)
    _check_one(page, row.about, wish)
    _wish(row, wish)
    row.save()
    if format:
        accounts.choose(row.id, checked_format(format))
    _noted("preferred", row, by=by, at=at)
    return _told(row)


@transaction.atomic
def renew_secret(token: str, *, at: datetime, by: Actor | None = None) -> str:
    """Give a machine another secret, shown by this alone. Raises UnknownLink."""
    row = _locked(token)
    secret = "" if row.unsubscribed_at else accounts.renew(row.id, at=at)
    if not secret:
        raise UnknownLink("There is no secret to renew here. Nothing was changed.")
    _noted("secret_renewed", row, by=by, at=at)
    return secret


@transaction.atomic
def hand_secret(subscription_id: str, *, by: Actor, at: datetime) -> str:
    """Give a machine another secret on its owner's behalf, shown by this alone.

    Raises UnknownLink, NotAllowed.
    """
    row = _row_of(subscription_id)
    access.check(by, "subscribers:write", row.page_id)
    if not row.subscribed_at:
        raise UnknownLink("Nobody has confirmed it yet, so it has no secret to renew.")
    return renew_secret(row.token, by=by, at=at)


@transaction.atomic
def reveal_secret(token: str, *, at: datetime, by: Actor | None = None) -> str:
    """A machine's secret, for whoever confirmed it; empty once it was shown, and for people."""
    row = _locked(token)
    if not row.subscribed_at or row.unsubscribed_at:
        return ""
    secret = accounts.reveal(row.id, at=at)
    if secret:
        _noted("secret_shown", row, by=by, at=at)
    return secret


@transaction.atomic
def unsubscribe(token: str, *, at: datetime, by: Actor | None = None) -> Subscriber:
    """Let a reader go, at once; a second time changes nothing. Raises UnknownLink."""
    row = _locked(token)
    if not row.unsubscribed_at:
        row.unsubscribed_at, row.asking_token = at, None
        row.save()
        _noted("unsubscribed", row, by=by, at=at)
    return _told(row)


def _locked(token: str) -> Subscription:
    row = Subscription.objects.select_for_update().filter(token=token).first()
    if row is None or not token:
        raise UnknownLink("This link is no longer known. Nothing was changed.")
    return row


@transaction.atomic
def remove(subscription_id: str, *, by: Actor, at: datetime) -> Subscriber:
    """Unsubscribe a reader on their behalf. Raises UnknownLink, NotAllowed."""
    row = _row_of(subscription_id)
    access.check(by, "subscribers:write", row.page_id)
    return unsubscribe(row.token, by=by, at=at)


def _row_of(subscription_id: str) -> Subscription:
    row = Subscription.objects.filter(pk=subscription_id).first()
    if row is None:
        raise UnknownLink(f"No subscriber {subscription_id!r}.")
    return row


@transaction.atomic
def forget(subscription_id: str, *, by: Actor, at: datetime) -> None:
    """Erase who a reader is; what was delivered stays provable by id. Raises UnknownLink."""
    told = remove(subscription_id, by=by, at=at)
    row = Subscription.objects.select_for_update().get(pk=told.id)
    row.address, row.token = f"{readers.ERASED}{row.id}", secrets.token_urlsafe(24)
    row.asking_token, row.source, row.host = None, "", ""
    row.save()
    accounts.drop([row.id])
    _noted("forgotten", row, by=by, at=at)


def purge_unconfirmed(at: datetime) -> int:
    """Forget addresses that were never confirmed; answers how many."""
    stale = Subscription.objects.filter(subscribed_at=None, asked_at__lt=at - UNCONFIRMED_FOR)
    stale = stale.exclude(pk__in=Delivery.objects.values("subscription_id"))
    with transaction.atomic():
        ids = list(stale.values_list("pk", flat=True)[:500])
        Follow.objects.filter(subscription_id__in=ids).delete()
        accounts.drop(ids)
        Subscription.objects.filter(pk__in=ids).delete()
    return len(ids)


def _noted(done: str, row: Subscription, *, by: Actor | None, at: datetime) -> None:
    chain.note(
        f"announcements:subscription:{done}",
        by=by or actors.reader(row.id),
        at=at,
        subject=("subscription", row.id),
        page=row.page_id,
    )
