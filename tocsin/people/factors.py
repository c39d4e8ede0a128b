"""Second factors: an app's codes, passkeys, and recovery codes for when both are out of reach.

The arithmetic is allauth's and fido2's, as a library. What is ours: a code works once, whichever
process is asked; wrong codes are counted; each change is in the journal, and none of the secrets.

NotAllowed
├── NotProved       what was shown does not prove who they are
├── TooManyTries    too many wrong codes within the hour
├── CannotEnrol     the factor cannot be added, named or removed so
└── Unreadable      kept under another TOCSIN_SECRET_KEY
"""

import secrets
import struct
from base64 import b32encode
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, cast

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db import transaction

from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.people.access import NotAllowed
from tocsin.people.models import Identity, Operator, WrongCode

PERIOD = 30  # seconds; RFC 6238
MOST_WRONG, WITHIN = 10, timedelta(hours=1)
MOST_PASSKEYS = 10
NAME_LENGTH = 60
# What fido2 raises at what no browser would send.
MALFORMED = (
    *(ValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(struct.error, OverflowError, RecursionError, AssertionError),
)


class NotProved(NotAllowed):
    pass


class TooManyTries(NotAllowed):
    pass


class CannotEnrol(NotAllowed):
    pass


class Unreadable(NotAllowed):
    pass


class Kind(StrEnum):
    APP = "totp"
    PASSKEY = "webauthn"
    RECOVERY = "recovery_codes"


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor as doors see it: never what it is kept by."""

    id: int
    kind: Kind
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What passkeys are shown at: the console's host, and what its session keeps meanwhile."""

    host: str
    kept: MutableMapping[str, Any]


def factors_of(operator: Operator) -> list[Factor]:
    """The app and passkeys of somebody, oldest first."""
    return [_factor(row) for row in _real(operator.pk).order_by("pk")]


def is_enrolled(operator_id: str) -> bool:
    """Whether somebody has an app or a passkey."""
    return bool(_real(operator_id).exists())


def enrolled(operator_ids: set[str]) -> set[str]:
    """Who of these has an app or a passkey."""
    held = Authenticator.objects.filter(user_id__in=operator_ids)
    return set(held.exclude(type=Kind.RECOVERY).values_list("user_id", flat=True))


def _real(operator_id: str) -> Any:
    return Authenticator.objects.filter(user_id=operator_id).exclude(type=Kind.RECOVERY)


def _factor(row: Authenticator) -> Factor:
    name = str(row.data.get("name", "")) if row.type == Kind.PASSKEY else ""
    return Factor(int(row.pk), Kind(row.type), name, row.created_at, row.last_used_at)


def new_secret() -> str:
    """What an app and we are to share, until it is added; 160 bits, as RFC 4226 asks."""
    return b32encode(secrets.token_bytes(20)).decode()


def picture_of(operator: Operator, secret: str) -> tuple[str, str]:
    """The address that an app takes a secret from, and a drawing (SVG) of it."""
    from tocsin.people.adapting import Adapter

    address = Adapter().build_totp_url(operator, secret)
    return address, Adapter().build_totp_svg(address)


@transaction.atomic
def add_app(operator: Operator, secret: str, *, code: str, at: datetime) -> list[str]:
    """Add the app that shows ``code`` for ``secret``; new recovery codes, if there were none.

    Raises :class:`NotProved`, :class:`CannotEnrol`.
    """
    _lock(operator)
    if Authenticator.objects.filter(user_id=operator.pk, type=Kind.APP).exists():
        raise CannotEnrol("There is an app already. Remove it first, and add the new one then.")
    counter = _counter_of(secret, code, at)
    if counter is None:
        raise NotProved("This is not the code that the app should show now. Try the next one.")
    data = {"secret": _sealed(secret), "counter": counter}
    Authenticator.objects.create(user=operator, type=Kind.APP, data=data, created_at=at)
    _noted("added", operator, Kind.APP, at=at)
    return _first_codes(operator, at=at)


def _sealed(secret: str) -> str:
    from allauth.mfa.utils import encrypt

    return str(encrypt(secret))


def _opened(sealed: str) -> str:
    from allauth.mfa.utils import decrypt

    try:
        return str(decrypt(sealed))
    except InvalidToken as error:
        raise Unreadable(
            "This second factor was kept under another TOCSIN_SECRET_KEY. Whoever holds the "
            "machine lets you begin anew: `tocsin people reset-factor`."
        ) from error


def _counter_of(secret: str, code: str, at: datetime, after: int = -1) -> int | None:
    """The half minute for which a code is right, later than ``after``; None when it is wrong."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    now = int(at.timestamp()) // PERIOD
    for counter in (now, now - 1, now + 1):
        shown = format_hotp_value(hotp_value(secret, counter))
        if counter > after and compare_user_code(actual=code, expected=shown):
            return counter
    return None


def _lock(operator: Operator) -> None:
    """One at a time for each person, so that nothing is counted or used twice at once."""
    Operator.objects.select_for_update().get(pk=operator.pk)


def prove(operator: Operator, code: str, *, at: datetime) -> Kind:
    """Take a code of their app, or a recovery code, once. Raises NotProved, TooManyTries."""
    with transaction.atomic():
        _lock(operator)
        _check_tries(operator, at)
        shown = _proved(operator, code, at)
        if shown is None:
            WrongCode.objects.create(operator=operator, at=at)
        else:
            WrongCode.objects.filter(operator=operator).delete()
    if shown is None:  # only now, so that the count stays
        raise NotProved("This code is wrong, or was used already. Wait for the next one.")
    return shown


def _check_tries(operator: Operator, at: datetime) -> None:
    WrongCode.objects.filter(operator=operator, at__lte=at - WITHIN).delete()
    if WrongCode.objects.filter(operator=operator).count() >= MOST_WRONG:
        raise TooManyTries(
            "Too many wrong codes. Wait an hour or use a passkey; whoever holds the machine "
            "helps with `tocsin people reset-factor`."
        )


def _proved(operator: Operator, code: str, at: datetime) -> Kind | None:
    if _is_by_app(operator, code, at):
        return Kind.APP
    return Kind.RECOVERY if _is_recovery(operator, code, at) else None


def _is_by_app(operator: Operator, code: str, at: datetime) -> bool:
    row = Authenticator.objects.filter(user_id=operator.pk, type=Kind.APP).first()
    if row is None:
        return False
    secret, after = _opened(str(row.data["secret"])), int(row.data["counter"])
    counter = _counter_of(secret, code, at, after)
    if counter is None:
        return False
    row.data["counter"], row.last_used_at = counter, at
    row.save(update_fields=["data", "last_used_at"])
    return True


def _is_recovery(operator: Operator, code: str, at: datetime) -> bool:
    row = Authenticator.objects.filter(user_id=operator.pk, type=Kind.RECOVERY).first()
    if row is None or not _wrapped(row).validate_code(code):
        return False
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=at)
    left = codes_left(operator)
    _noted("used", operator, Kind.RECOVERY, at=at, left=left)
    return True


def _wrapped(row: Authenticator) -> Any:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    _opened(str(row.data["seed"]))  # says so in a sentence when it cannot be read
    return RecoveryCodes(row)


def codes_left(operator: Operator) -> int:
    """How many recovery codes somebody has not used yet."""
    row = Authenticator.objects.filter(user_id=operator.pk, type=Kind.RECOVERY).first()
    return len(_wrapped(row).get_unused_codes()) if row else 0


@transaction.atomic
def renew_codes(operator: Operator, *, at: datetime) -> list[str]:
    """Ten new recovery codes, shown this once; the former ones end. Raises CannotEnrol."""
    _lock(operator)
    if not is_enrolled(operator.pk):
        raise CannotEnrol("Recovery codes stand in for an app or a passkey. Add one first.")
    Authenticator.objects.filter(user_id=operator.pk, type=Kind.RECOVERY).delete()
    return _first_codes(operator, at=at)


def _first_codes(operator: Operator, *, at: datetime) -> list[str]:
    """New recovery codes for whoever has none; nothing for others."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    if Authenticator.objects.filter(user_id=operator.pk, type=Kind.RECOVERY).exists():
        return []
    made = RecoveryCodes.activate(operator)
    _noted("added", operator, Kind.RECOVERY, at=at)
    return [str(code) for code in made.generate_codes()]


@contextmanager
def _held(ceremony: Ceremony) -> Iterator[Any]:
    """allauth's passkeys, at a ceremony; what no browser would send is refused as unproved."""
    from allauth.mfa.webauthn.internal import auth

    stands_in = SimpleNamespace(session=ceremony.kept, get_host=lambda: ceremony.host)
    try:
        with context.request_context(cast(Any, stands_in)):
            yield auth
    except MALFORMED as error:
        raise NotProved("This passkey could not be checked. Try once more.") from error


def begin_passkey(operator: Operator, ceremony: Ceremony) -> dict[str, Any]:
    """What a browser needs to make a passkey for somebody. Raises CannotEnrol."""
    if _real(operator.pk).filter(type=Kind.PASSKEY).count() >= MOST_PASSKEYS:
        raise CannotEnrol(f"{MOST_PASSKEYS} passkeys are the most. Remove one first.")
    with _held(ceremony) as auth:
        return _plain(auth.begin_registration(operator, passwordless=True))


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    return dict(options)


@transaction.atomic
def add_passkey(
    operator: Operator, ceremony: Ceremony, credential: object, *, name: str, at: datetime
) -> list[str]:
    """Keep a passkey that a browser made; new recovery codes, if there were none. NotProved."""
    _lock(operator)
    name = _named(name) or f"{at:%Y-%m-%d}"
    with _held(ceremony) as auth:
        read = dict(auth.parse_registration_response(credential))
        auth.complete_registration(credential)
        # As it was read, and not as it came: nothing that a browser could add besides.
        data = {"name": name, "credential": {**read, "clientExtensionResults": {}}}
    Authenticator.objects.create(user=operator, type=Kind.PASSKEY, data=data, created_at=at)
    _noted("added", operator, Kind.PASSKEY, at=at)
    return _first_codes(operator, at=at)


def _named(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if len(name) > NAME_LENGTH:
        raise CannotEnrol(f"The name has {len(name)} characters; {NAME_LENGTH} is the most.")
    return name


def begin_proof(ceremony: Ceremony, operator: Operator | None = None) -> dict[str, Any]:
    """What a browser needs to show a passkey: somebody's, or whoever's it has."""
    with _held(ceremony) as auth:
        return _plain(auth.begin_authentication(operator))


def prove_passkey(
    operator: Operator, ceremony: Ceremony, credential: object, *, at: datetime
) -> None:
    """Take a passkey as somebody's second factor. Raises :class:`NotProved`."""
    with transaction.atomic():
        _lock(operator)
        with _held(ceremony) as auth:
            seen = auth.parse_authentication_response(credential).response.authenticator_data
            row = auth.complete_authentication(operator, credential)
        is_copied = _has_counted_back(row, int(seen.counter))
        if is_copied:
            _noted("doubted", operator, Kind.PASSKEY, at=at, name=str(row.data.get("name", "")))
        else:
            row.data["count"], row.last_used_at = int(seen.counter), at
            row.save(update_fields=["data", "last_used_at"])
            WrongCode.objects.filter(operator=operator).delete()
    if is_copied:  # only now, so that the note stays
        raise NotProved(
            "This passkey has counted backwards, so there may be a copy of it: it was not taken. "
            "Come in another way, remove it, and add it anew."
        )


def _has_counted_back(row: Authenticator, count: int) -> bool:
    """Whether a passkey that counts shows no more than before; most show 0 always (WebAuthn 7.2).

    What it showed when it was added stands in its credential.
    """
    made = int(row.wrap().authenticator_data.counter)
    before = int(row.data.get("count", made))
    return (count > 0 or before > 0) and count <= before


def whose(ceremony: Ceremony, credential: object, *, at: datetime) -> Operator:
    """Who shows a passkey, and proves with it that they are there. Raises :class:`NotProved`."""
    from fido2.utils import websafe_decode

    with _held(ceremony):
        handle = websafe_decode(cast(Any, credential)["response"]["userHandle"]).decode()
        operator = access.operator_of(handle) if handle.isalnum() else None
    if operator is None or not operator.is_active:
        raise NotProved("This passkey opens nothing any more.")
    prove_passkey(operator, ceremony, credential, at=at)
    return operator


@transaction.atomic
def rename(operator: Operator, factor_id: int, *, name: str, at: datetime) -> None:
    """Call a passkey something else. Raises :class:`CannotEnrol`."""
    row = _of(operator, factor_id)
    if row.type != Kind.PASSKEY or not _named(name):
        raise CannotEnrol("Say what the passkey is to be called.")
    row.data["name"] = _named(name)
    row.save(update_fields=["data"])
    _noted("renamed", operator, Kind.PASSKEY, at=at)


@transaction.atomic
def remove(operator: Operator, factor_id: int, *, is_required: bool, at: datetime) -> Kind:
    """Forget one factor; with the last one go the recovery codes. Raises CannotEnrol."""
    _lock(operator)
    row = _of(operator, factor_id)
    is_last = _real(operator.pk).count() == 1
    if is_last and is_required:
        raise CannotEnrol("A second factor is asked of you. Add another one before this one goes.")
    kind = Kind(row.type)
    row.delete()
    if is_last:
        Authenticator.objects.filter(user_id=operator.pk).delete()
    _noted("removed", operator, kind, at=at)
    return kind


def _of(operator: Operator, factor_id: int) -> Authenticator:
    row = _real(operator.pk).filter(pk=factor_id).first()
    if row is None:
        raise CannotEnrol("There is no such factor any more.")
    return cast(Authenticator, row)


@transaction.atomic
def reset(operator: Operator, *, by: Actor, at: datetime) -> int:
    """Let somebody begin anew: factors, recovery codes, ties to providers, counted tries.

    Answers how many factors went. Raises :class:`NotAllowed`.
    """
    access.check(by, "people:write")
    gone = _real(operator.pk).count()
    Authenticator.objects.filter(user_id=operator.pk).delete()
    Identity.objects.filter(operator=operator).delete()
    WrongCode.objects.filter(operator=operator).delete()
    subject = ("operator", operator.id)
    chain.note("people:factor:reset", by=by, at=at, subject=subject, factors=gone)
    return int(gone)


def _noted(done: str, operator: Operator, kind: Kind, *, at: datetime, **more: object) -> None:
    subject, detail = ("operator", operator.id), {"kind": kind.value, **more}
    chain.note_all(f"people:factor:{done}", [(subject, detail)], by=operator.actor, at=at)
