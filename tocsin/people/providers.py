"""Who may come in by an OpenID provider, and as what: only whom we know, or whom its groups let in.

What the provider says was checked before it comes here (console/openid.py); this judges it.

NotAllowed
└── NotAdmitted     the provider knows them; this house does not let them in
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tocsin.journal import chain
from tocsin.journal.actors import Actor, ActorKind
from tocsin.people import access
from tocsin.people.access import NotAllowed
from tocsin.people.models import Grant, Identity, Operator, Role

Given = frozenset[tuple[Role, str]]  # (role, page id or "" for every page)
LONGEST = 255


class NotAdmitted(NotAllowed):
    pass


@dataclass(frozen=True, slots=True)
class Shown:
    """What a provider says of somebody. ``email`` is empty where it is not verified."""

    provider: str
    issuer: str
    subject: str
    email: str
    name: str
    groups: frozenset[str]
    has_shown_factor: bool

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.SYSTEM, f"openid:{self.provider}", self.provider)


def shown(
    claims: Mapping[str, Any],
    *,
    provider: str,
    issuer: str,
    groups_claim: str,
    verified_claim: str,
    asks_second_factor: bool,
) -> Shown:
    """Read a provider's claims; what is not of the shape it should have counts as absent."""
    # Some write it as text. Anything else, such as a mere 1, does not say that it was verified.
    said = claims.get(verified_claim)
    is_verified = said is True or said == "true"
    email, amr, groups = claims.get("email"), claims.get("amr"), claims.get(groups_claim)
    return Shown(
        provider=provider,
        issuer=issuer,
        subject=_text(claims.get("sub")),
        email=_text(email).strip().lower() if is_verified else "",
        name=(_text(claims.get("name")) or _text(claims.get("preferred_username")))[:100],
        groups=_texts(groups),
        has_shown_factor=asks_second_factor or (isinstance(amr, list) and "mfa" in amr),
    )


def _text(said: object) -> str:
    """A text that a database can hold; else none. JSON may hold NUL, and half a character."""
    is_text = isinstance(said, str) and not re.search("[\x00\ud800-\udfff]", said)
    return str(said) if is_text else ""


def _texts(said: object) -> frozenset[str]:
    """A list of texts, or the one that stands alone."""
    listed = said if isinstance(said, list) else [said]
    return frozenset(one for one in listed if isinstance(one, str))


@transaction.atomic
def admit(told: Shown, *, gives: Given, language: str, at: datetime) -> Operator:
    """Whoever a provider shows, tied to it, with the roles that its groups give them now.

    Known again by issuer and subject; for the first time, by a verified e-mail address alone.
    Raises :class:`NotAdmitted`.
    """
    if not 0 < len(told.subject) <= LONGEST:
        raise NotAdmitted("Your provider does not name you, or at too great a length.")
    tied = _tied(told)
    operator = tied.operator if tied else _met(told, gives=gives, language=language, at=at)
    # One at a time for each person: two windows that come in at once are one account, tied once.
    operator = Operator.objects.select_for_update().get(pk=operator.pk)
    if not operator.is_active:
        raise NotAdmitted("You were let go here. An owner can invite you again.")
    if _tied(told) is None:
        _tie(operator, told, at=at)
    _give(operator, told, gives=gives, at=at)
    return operator


def _tied(told: Shown) -> Identity | None:
    return Identity.objects.filter(issuer=told.issuer, subject=told.subject).first()


def _met(told: Shown, *, gives: Given, language: str, at: datetime) -> Operator:
    """Whoever comes for the first time: known by their address, or let in by their groups."""
    if not told.email:
        raise NotAdmitted(
            "Your provider does not say that your e-mail address is verified, and nobody comes in "
            "by one that is not."
        )
    known = Operator.objects.filter(email=told.email).first()
    if known is not None:
        return known
    if not gives:
        raise NotAdmitted("Nobody here goes by your e-mail address. An owner can invite you.")
    try:
        with transaction.atomic():
            return access.arrive(
                email=told.email, name=told.name, language=language, by=told.actor, at=at
            )
    except IntegrityError:  # the same person twice at once, and the other window was quicker
        return Operator.objects.get(email=told.email)


def _tie(operator: Operator, told: Shown, *, at: datetime) -> None:
    try:
        with transaction.atomic():
            Identity.objects.create(
                operator=operator, issuer=told.issuer, subject=told.subject, tied_at=at
            )
    except IntegrityError as error:
        # An address that was given to somebody else since must not open what was the first one's.
        raise NotAdmitted(
            "Another account of your provider is tied to this address. An owner unties it by "
            "resetting the second factor under People."
        ) from error
    subject = ("operator", operator.id)
    chain.note(
        "people:identity:tied", by=told.actor, at=at, subject=subject, provider=told.provider
    )


def _give(operator: Operator, told: Shown, *, gives: Given, at: datetime) -> None:
    """Let the roles that this provider gave be those that it gives now; others' stay."""
    held = Grant.objects.filter(operator=operator, revoked_at=None)
    ours = held.filter(given_by=told.provider)
    has = {(Role(row.role), row.page_id) for row in ours}
    for role, page_id in sorted(has - gives):
        access.take_given(operator, role=role, page_id=page_id, by=told.actor, at=at)
    every = {(Role(row.role), row.page_id) for row in held}
    for role, page_id in sorted(gives - every):
        Grant.objects.create(
            operator=operator,
            role=role,
            page_id=page_id,
            granted_at=at,
            given_by=told.provider,
        )
        _noted(operator, told, role, page_id, at=at)


def _noted(operator: Operator, told: Shown, role: Role, page_id: str, *, at: datetime) -> None:
    subject = ("operator", operator.id)
    chain.note("people:role:given", by=told.actor, at=at, subject=subject, page=page_id, role=role)


def given(
    groups: Iterable[str], roles: Mapping[str, Iterable[str]], *, pages: Mapping[str, str]
) -> Given:
    """What groups give, by {group: "role" or "role@page"}; ``pages`` is {slug: id}.

    A page that is not there gives nothing: to give the role on every page would be too much.
    """
    said = {one for group in groups for one in roles.get(group, ())}
    found = set()
    for one in said:
        role, _, page = one.partition("@")
        if not page or page in pages:
            found.add((Role(role), pages[page] if page else ""))
    return frozenset(found)
