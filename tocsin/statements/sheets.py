"""A policy's yearly sheet: which lawyer and insurer signed it, and until when.

CannotSign    it cannot be recorded so; the message says what would do

Nothing that speaks asks it: a sheet that lapsed holds no word back.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.adopting import File
from tocsin.disclosure import sheet
from tocsin.disclosure.sheet import Side, Signing, Withdrawn
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.people import access
from tocsin.statements import policies
from tocsin.statements.models import PolicyText, Signature

LONGEST_NAME, LONGEST_REASON = 100, 300
_COLUMNS = (
    *("side", "name", "policy__number", "sha256"),
    *("signed_on", "until", "recorded_by", "recorded_at", "pk"),
)


class CannotSign(Exception):
    """The signature is not recorded; the message says what would do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The policy in force and what each side's signature is worth; ``earlier`` tells of all."""

    file: File
    sides: tuple[Signing, ...]
    earlier: tuple[sheet.Signature, ...]

    @property
    def sha256(self) -> str:
        return _digest(self.file.text)

    @property
    def warned_of(self) -> tuple[Signing, ...]:
        """The sides whose signature ends soon, has ended, or stands under an earlier policy."""
        return tuple(side for side in self.sides if side.is_warned_of)

    @property
    def is_unsigned(self) -> bool:
        """Whether a policy was adopted that nobody ever signed."""
        stand = [signed for signed in self.earlier if signed.withdrawn is None]
        return self.file.number > 0 and not stand


@transaction.atomic
def sign(
    page_id: str,
    *,
    side: Side,
    name: str,
    number: int,
    on: date,
    until: date | None = None,
    by: Actor,
    at: datetime,
) -> sheet.Signature:
    """Record that a side signed policy ``number`` on a day, for a year unless ``until`` is sooner.

    Raises CannotSign, ``NotAllowed``.
    """
    access.check(by, "pages:write", page_id)
    row = PolicyText.objects.filter(page_id=page_id).order_by("-number").first()
    _check_policy(row.number if row else 0, number)
    assert row is not None
    until = until or sheet.usually_until(on)
    _check_name(name)
    _check_days(on, until, today=today_in(shelf.brand(page_id).time_zone, at=at))
    digest = _digest(row.text)
    signed = Signature.objects.create(
        page_id=page_id,
        policy=row,
        side=side,
        name=name.strip(),
        sha256=digest,
        signed_on=on,
        until=until,
        recorded_at=at,
        recorded_by=str(by),
    )
    chain.note(
        "statements:sheet:signed",
        by=by,
        at=at,
        subject=("page", page_id),
        page=page_id,
        side=side.value,
        name=signed.name,
        number=row.number,
        sha256=digest,
        signed_on=on.isoformat(),
        until=until.isoformat(),
    )
    return _signature((side, signed.name, row.number, digest, on, until, str(by), at, signed.pk))


@transaction.atomic
def withdraw(
    page_id: str, signature_id: int, *, reason: str, by: Actor, at: datetime
) -> sheet.Signature:
    """Take back a signature that was recorded by mistake; both stay in the record.

    The one before it counts again, if there is any. Raises CannotSign, ``NotAllowed``.
    """
    access.check(by, "pages:write", page_id)
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise CannotSign(f"Say why in a sentence of at most {LONGEST_REASON} characters.")
    kept = Signature.objects.filter(page_id=page_id, pk=signature_id, withdraws=None).first()
    if kept is None or Signature.objects.filter(withdraws=kept).exists():
        raise CannotSign("There is no such signature any more. See `tocsin policy sheet`.")
    Signature.objects.create(
        page_id=page_id,
        policy_id=kept.policy_id,
        side=kept.side,
        name=kept.name,
        sha256=kept.sha256,
        signed_on=kept.signed_on,
        until=kept.until,
        recorded_at=at,
        recorded_by=str(by),
        withdraws=kept,
        reason=reason,
    )
    chain.note(
        "statements:sheet:withdrawn",
        by=by,
        at=at,
        subject=("page", page_id),
        page=page_id,
        side=kept.side,
        name=kept.name,
        reason=reason,
    )
    return next(one for one in _signed(page_id) if one.id == kept.pk)


def sheet_of(page_id: str, *, on: date) -> Sheet:
    """The sheet of the policy in force, on a day."""
    file = policies.adopted(page_id)
    earlier = _signed(page_id)
    newest = {signed.side: signed for signed in reversed(earlier) if signed.withdrawn is None}
    sides = (sheet.signing(side, newest.get(side), number=file.number, on=on) for side in Side)
    return Sheet(file, tuple(sides), earlier)


def today_in(time_zone: str, *, at: datetime) -> date:
    """The day that it is in a page's zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


# The newest first.
_SIGNED = Compiled(
    lambda page: (
        Signature.objects.filter(page_id=page, withdraws=None)
        .order_by("-pk")
        .values_list(*_COLUMNS)
    )
)
_WITHDRAWN = Compiled(
    lambda page: (
        Signature.objects.filter(page_id=page)
        .exclude(withdraws=None)
        .order_by("pk")
        .values_list("withdraws_id", "reason", "recorded_by", "recorded_at")
    )
)


def _signed(page_id: str) -> tuple[sheet.Signature, ...]:
    """Every signature, the newest first, also those that were withdrawn."""
    back = {key: Withdrawn(*told) for key, *told in _WITHDRAWN.tuples(page_id)}
    rows = (_signature(row) for row in _SIGNED.tuples(page_id))
    return tuple(replace(signed, withdrawn=back.get(signed.id)) for signed in rows)


def _signature(row: Iterable[object]) -> sheet.Signature:
    side, *others = row
    return sheet.Signature(Side(str(side)), *others)  # type: ignore[arg-type]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _check_policy(in_force: int, number: int) -> None:
    if not in_force:
        raise CannotSign(
            "The usual policy is in force: nobody adopted it, so there is nothing to sign. Adopt "
            "one first; `tocsin policy start` writes one."
        )
    if number != in_force:
        raise CannotSign(
            f"Policy no. {in_force} is in force, and what was signed is no. {number}. Let them "
            "read the one that is in force."
        )


def _check_name(name: str) -> None:
    if not name.strip():
        raise CannotSign("Say who signed, by name.")
    if len(name.strip()) > LONGEST_NAME or not name.isprintable():
        raise CannotSign(f"The name is one line of at most {LONGEST_NAME} characters.")
    if "@" in name:
        raise CannotSign("Say a name, not an address: the journal keeps it for good.")


def _check_days(on: date, until: date, *, today: date) -> None:
    if on > today:
        raise CannotSign(f"{on} is still to come. Record it once it is signed.")
    if not on < until <= on + sheet.A_YEAR:
        raise CannotSign(
            f"A sheet is for a year at most: until a day from {on} to {sheet.usually_until(on)}."
        )
