"""What an operator's programs do with readers: put them on the list, ask again, bring back.

Raises CannotSubscribe (audience.py), with what to do.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tocsin.announcements import admissions, asking, audience, readers, throttle
from tocsin.announcements.accounts import Format
from tocsin.announcements.audience import CannotSubscribe, Choice, UnknownLink
from tocsin.announcements.models import Subscription
from tocsin.announcements.readers import Standing, Subscriber
from tocsin.catalogue import shelf
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access

ENOUGH = "This address was asked several times within the hour. Let it be for a while."


@transaction.atomic
def enrol(
    page_id: str,
    *,
    channel: str,
    address: str,
    choice: Choice,
    vouches: bool,
    by: Actor,
    at: datetime,
    contact: str = "",
    guest_id: str = "",
    about: str = "",
    source: str = "api",
) -> Subscriber:
    """Put somebody on the list. Whoever ``vouches`` answers for their consent; else they are asked.

    Nobody is brought back so who left, or whose address refused our letters: they are asked in any
    case. ``guest_id`` is somebody who is let in by name, told what is said there; with ``about``,
    somebody is told of one incident alone.
    """
    access.check(by, "subscribers:write", page_id)
    place = _place_of(page_id, guest_id)
    spelled = audience.checked_address(channel, address)
    # Who left the page, or this very incident, said no; what became of others is another matter.
    known = Subscription.objects.filter(
        audience_id=place, channel=channel, address=spelled, about__in={"", about}
    )
    said_no = known.exclude(unsubscribed_at=None, bounced_at=None).exists()
    vouches = vouches and not said_no
    if not vouches:
        _count(place, spelled, contact, at=at)
    return audience.subscribe(
        page_id,
        address=spelled,
        audience=place,
        channel=channel,
        choice=choice,
        contact=contact,
        format=Format.STATUSPAGE,
        source=source,
        about=about,
        confirmed=vouches,
        by=by,
        at=at,
    )


def _place_of(page_id: str, guest_id: str) -> str:
    """The audience in which somebody is told."""
    if not guest_id:
        return shelf.brand(page_id).audience_id
    guest = admissions.guest(guest_id)
    if guest is None or guest.page_id != page_id:
        raise CannotSubscribe(f"Nobody is let in by name as {guest_id[:40]!r}.")
    return guest.audience_id


def _count(place: str, *addresses: str, at: datetime) -> None:
    """Count that these are asked, as the reader's own door does."""
    asked = [("address", f"{place}:{one}") for one in addresses if one]
    if not throttle.count(*asked, at=at):
        raise CannotSubscribe(ENOUGH)


@transaction.atomic
def follow(
    subscription_id: str, components: Sequence[str], *, by: Actor, at: datetime
) -> Subscriber:
    """Let a reader hear of these components alone; of none named, of the whole page."""
    row = _row(subscription_id, by)
    choice = Choice(components, row.minimum_severity, row.language)
    return audience.prefer(row.token, choice, by=by, at=at)


@transaction.atomic
def ask_again(subscription_id: str, *, by: Actor, at: datetime) -> Subscriber:
    """Ask whoever has not confirmed yet once more; they are forgotten when they would have been."""
    row = _row(subscription_id, by)
    if _standing(row) != Standing.UNCONFIRMED:
        raise CannotSubscribe("Only those are asked again who have not confirmed yet.")
    _count(row.audience_id, row.address, at=at)
    asking.owe_question(shelf.seen_by(row.audience_id), row, at=at)
    _noted("asked_again", row, by=by, at=at)
    return _told(row)


@transaction.atomic
def reactivate(subscription_id: str, *, by: Actor, at: datetime) -> Subscriber:
    """Write again to somebody whose address had refused us. Who left is not brought back."""
    row = _row(subscription_id, by)
    if _standing(row) != Standing.BOUNCED:
        raise CannotSubscribe("Only those are taken up again whose address refused our letters.")
    row.bounced_at = None
    row.save(update_fields=["bounced_at"])
    _noted("reactivated", row, by=by, at=at)
    return _told(row)


def _row(subscription_id: str, by: Actor) -> Subscription:
    row = Subscription.objects.select_for_update().filter(pk=subscription_id).first()
    if row is None:
        raise UnknownLink(f"No subscriber {subscription_id[:40]!r}.")
    access.check(by, "subscribers:write", row.page_id)
    return row


def _standing(row: Subscription) -> Standing:
    return _told(row).standing


def _told(row: Subscription) -> Subscriber:
    told = readers.subscriber(row.id)
    assert told is not None
    return told


def _noted(done: str, row: Subscription, *, by: Actor, at: datetime) -> None:
    subject = ("subscription", row.id)
    chain.note(
        f"announcements:subscription:{done}", by=by, at=at, subject=subject, page=row.page_id
    )
