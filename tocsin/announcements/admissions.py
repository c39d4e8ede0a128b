"""Who is let in by name to what only some may read, and how they come in: by a mailed link, once.

CannotAdmit         the address or audience cannot be; says what to do
NotLetIn            the link is unknown, used or expired

A knock at the door never tells whether an address is let in: only its mailbox learns that.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.announcements.models import Admission, Pass, Subscription
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.channels.message import BadAddress
from tocsin.channels.registry import channel
from tocsin.channels.sheet import Link, Sheet, paragraph
from tocsin.journal import actors, chain
from tocsin.journal.actors import Actor
from tocsin.page import address
from tocsin.people import access
from tocsin.post import letters

LINK_LASTS = timedelta(hours=1)
PASSES_KEPT_FOR = timedelta(days=1)


class CannotAdmit(Exception):
    pass


class NotLetIn(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Guest:
    """A reader who is let in by name. ``key`` opens feeds and the API to their programs."""

    id: str
    page_id: str
    audience_id: str
    address: str
    language: str
    key: str
    admitted_at: datetime


@transaction.atomic
def admit(audience_id: str, *, address: str, by: Actor, at: datetime, language: str = "") -> Guest:
    """Let somebody in by name, and write them where the page is. Raises CannotAdmit, NotAllowed.

    Letting in again whoever is in changes nothing, and writes nothing.
    """
    page = shelf.seen_by(audience_id)
    access.check(by, "subscribers:write", page.id)
    if page.access != Access.NAMED:
        raise CannotAdmit(
            "Nobody is let in here by name. First: tocsin page access, or tocsin audience add."
        )
    row, is_new = Admission.objects.get_or_create(
        audience_id=audience_id,
        address=spelled(address),
        defaults={
            "page_id": page.id,
            "language": language if language in page.languages else page.language,
            "key": secrets.token_urlsafe(24),
            "admitted_at": at,
        },
    )
    if is_new:
        _noted("admitted", row, by=by, at=at)
        _owe_link(page, row, onward="", at=at)
    return _guest(row)


def spelled(told: str) -> str:
    """An e-mail address in its one spelling. Raises CannotAdmit."""
    try:
        return channel("email").check_address(told)
    except BadAddress as error:
        raise CannotAdmit(str(error)) from error


@transaction.atomic
def expel(admission_id: str, *, by: Actor, at: datetime) -> None:
    """Let somebody in no longer: they read nothing more, are told nothing more, and are forgotten.

    Raises CannotAdmit, NotAllowed.
    """
    row = Admission.objects.select_for_update().filter(pk=admission_id, expelled_at=None).first()
    if row is None:
        raise CannotAdmit("Nobody of that id is let in.")
    access.check(by, "subscribers:write", row.page_id)
    told = Subscription.objects.filter(audience_id=row.audience_id, address=row.address)
    told.filter(unsubscribed_at=None).update(unsubscribed_at=at, asking_token=None)
    Pass.objects.filter(admission=row).delete()
    row.expelled_at, row.address = at, f"erased-{row.id}"
    row.key = secrets.token_urlsafe(24)
    row.save()
    _noted("expelled", row, by=by, at=at)


@transaction.atomic
def knock(audience_id: str, *, address: str, at: datetime, onward: str = "") -> None:
    """Owe a one-time link to whoever is let in under this address; to anybody else, nothing.

    ``onward`` is the path that they wanted to read.
    """
    row = Admission.objects.filter(
        audience_id=audience_id, address=address, expelled_at=None
    ).first()
    page = shelf.seen_by(audience_id) if row else None
    if row and page and page.access == Access.NAMED:
        _owe_link(page, row, onward=onward, at=at)


def _owe_link(page: Brand, row: Admission, *, onward: str, at: datetime) -> None:
    token = secrets.token_urlsafe(32)
    made = Pass.objects.create(
        admission=row, token_hash=_hash(token), made_at=at, expires_at=at + LINK_LASTS
    )
    asked = "?" + urlencode({"next": onward}) if onward else ""
    with translation.override(row.language):
        told = {"page": page.name}
        sheet = Sheet(
            language=row.language,
            sender=page.name,
            eyebrow=_("For you alone"),
            headline=_("You may read what %(page)s tells its own circle") % told,
            preview=_("One link, once, within the hour."),
            blocks=[
                paragraph(
                    _(
                        "This link lets you in once, within an hour. Afterwards the browser "
                        "remembers you for a month. Ask for a new one at the same address."
                    )
                )
            ],
            action=Link(_("Open the page"), f"{address.url_of(page)}/enter/{token}{asked}"),
            why=_("You asked for no link? Then do nothing. Pass it on to nobody."),
        )
        subject = _("Your link to %(page)s") % told
    letters.owe_sheet(f"pass:{made.pk}", sheet, to=row.address, subject=subject, at=at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def known_by(token: str, *, audience_id: str, at: datetime) -> Guest:
    """Whom a one-time link would let in; changes nothing. Raises NotLetIn."""
    return _guest(_pass(token, audience_id, at).admission)


@transaction.atomic
def enter(token: str, *, audience_id: str, at: datetime) -> Guest:
    """Use a one-time link, once. Raises NotLetIn."""
    found = _pass(token, audience_id, at)
    if Pass.objects.filter(pk=found.pk, used_at=None).update(used_at=at) != 1:
        raise NotLetIn("This link was used a moment ago. Ask for a new one.")
    row = found.admission
    _noted("entered", row, by=actors.reader(row.id), at=at)
    return _guest(row)


def _pass(token: str, audience_id: str, at: datetime) -> Pass:
    rows = Pass.objects.select_related("admission").filter(
        token_hash=_hash(token),
        used_at=None,
        expires_at__gt=at,
        admission__audience_id=audience_id,
        admission__expelled_at=None,
    )
    found = rows.first()
    if found is None:
        raise NotLetIn("This link was used already, or its hour has passed. Ask for a new one.")
    return found


def guest(admission_id: str) -> Guest | None:
    """Somebody who is let in, by id."""
    row = Admission.objects.filter(pk=admission_id, expelled_at=None).first()
    return _guest(row) if row else None


def guest_by_key(audience_id: str, key: str) -> Guest | None:
    """Somebody who is let in, by what their programs show."""
    rows = Admission.objects.filter(audience_id=audience_id, key=key, expelled_at=None)
    row = rows.first() if key.isascii() and key.isprintable() and key else None
    return _guest(row) if row else None


def guest_at(audience_id: str, spelled: str) -> Guest | None:
    """Somebody who is let in, by their address."""
    rows = Admission.objects.filter(audience_id=audience_id, address=spelled, expelled_at=None)
    row = rows.first()
    return _guest(row) if row else None


def guests_of(audience_id: str) -> list[Guest]:
    """Everybody who is let in by name, in the order of their addresses."""
    rows = Admission.objects.filter(audience_id=audience_id, expelled_at=None)
    return [_guest(row) for row in rows.order_by("address")]


@transaction.atomic
def renew_key(admission_id: str, *, at: datetime) -> Guest | None:
    """Give a reader's programs a new key; the old one opens nothing from here on."""
    row = Admission.objects.select_for_update().filter(pk=admission_id, expelled_at=None).first()
    if row is None:
        return None
    row.key = secrets.token_urlsafe(24)
    row.save(update_fields=["key"])
    _noted("rekeyed", row, by=actors.reader(row.id), at=at)
    return _guest(row)


def purge_passes(at: datetime) -> int:
    """Forget one-time links of more than a day ago; answers how many."""
    return Pass.objects.filter(expires_at__lt=at - PASSES_KEPT_FOR).delete()[0]


def _guest(row: Admission) -> Guest:
    return Guest(
        id=row.id,
        page_id=row.page_id,
        audience_id=row.audience_id,
        address=row.address,
        language=row.language,
        key=row.key,
        admitted_at=row.admitted_at,
    )


def _noted(done: str, row: Admission, *, by: Actor, at: datetime) -> None:
    chain.note(
        f"announcements:admission:{done}",
        by=by,
        at=at,
        subject=("admission", row.id),
        page=row.page_id,
        audience=row.audience_id,
    )
