"""Who may do what, and how they come and go.

NotAllowed
├── NotInvited      the one-time link is unknown, used or expired
├── WeakPassword    the password is too easy to guess
└── LastOwner       the last owner cannot be let go
"""

import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import IntegrityError, transaction

from tocsin.journal import chain
from tocsin.journal.actors import Actor, ActorKind
from tocsin.journal.compiled import Compiled
from tocsin.people.models import ApiKey, Grant, Identity, Invitation, Operator, Role, Scope

LINK_LASTS = timedelta(hours=24)
ADDRESS_LENGTH = 254  # RFC 5321
NEW_LINKS_AN_HOUR = 3  # asked for at the door, where anybody may knock

# What each role may do. An owner also runs the house: people, pages, components, settings.
INCIDENT_VERBS = frozenset({"see", "declare", "draft", "publish", "resolve", "subscribers:see"})
LEAD_VERBS = INCIDENT_VERBS | {
    "correct",
    "redact",
    "release",
    "subscribers:write",
    "components:write",
    "evidence",
}
MAY: dict[str, frozenset[str]] = {
    Role.RESPONDER: INCIDENT_VERBS,
    Role.COMMUNICATIONS: INCIDENT_VERBS,
    # They clear words where a policy asks for it (statements/answers.py), and see why.
    Role.LEGAL: frozenset({"see"}),
    Role.SECURITY: frozenset({"see"}),
    Role.READER: frozenset({"see"}),
    Role.INCIDENT_LEAD: LEAD_VERBS,
    Role.OWNER: LEAD_VERBS | {"people:write", "pages:write", "keys:write"},
}
# What a key that writes may do, on its own page alone: never anything about people.
KEY_VERBS = (LEAD_VERBS | {"pages:write"}) - {"evidence"}
# Done to the whole house when no page is named, so a role on one page is not enough: an owner of
# one page could otherwise make themselves, or a link for somebody else, owner of every page.
HOUSE_VERBS = frozenset({"people:write", "pages:write", "keys:write"})


class NotAllowed(Exception):
    """The act is refused; the message says whom to ask."""


class NotInvited(NotAllowed):
    pass


class WeakPassword(NotAllowed):
    pass


class LastOwner(NotAllowed):
    pass


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of ours, as doors see them. ``roles``: (role, page id or "" for every page)."""

    id: str
    email: str
    name: str
    language: str
    is_active: bool
    has_joined: bool
    roles: tuple[tuple[Role, str], ...]


def may(operator: Operator, verb: str, page_id: str = "") -> bool:
    """Say whether an operator may do ``verb`` on a page (or, without one, anywhere).

    What concerns the whole house is for those who hold their role on every page.
    """
    is_of_the_house = not page_id and verb in HOUSE_VERBS
    held = _house_roles(operator) if is_of_the_house else roles_of(operator, page_id)
    return operator.is_active and any(verb in MAY[role] for role in held)


def _house_roles(operator: Operator) -> list[Role]:
    held = Grant.objects.filter(operator=operator, revoked_at=None, page_id="")
    return [Role(role) for role in held.values_list("role", flat=True)]


def roles_of(operator: Operator, page_id: str = "") -> list[Role]:
    """The roles in force on a page; without one, every role held."""
    grants = Grant.objects.filter(operator=operator, revoked_at=None)
    if page_id:
        grants = grants.filter(page_id__in=["", page_id])
    return [Role(role) for role in grants.values_list("role", flat=True)]


def check(by: Actor, verb: str, page_id: str = "") -> None:
    """Refuse what the actor may not do. Raises :class:`NotAllowed`.

    The system itself, the terminal and imports answer to whoever holds the machine.
    """
    if by.kind == ActorKind.KEY:
        _check_key(by, verb, page_id)
    if by.kind != ActorKind.OPERATOR:
        return
    operator = Operator.objects.filter(pk=by.id).first()
    if operator is None or not may(operator, verb, page_id):
        raise NotAllowed(f"{by.name} may not do this ({verb}). An owner can grant the role.")


_WRITES = Compiled(  # asked several times in each call that writes: a revoked key ends at once
    lambda key: ApiKey.objects.filter(pk=key, revoked_at=None, scope=Scope.MANAGE).values_list(
        "page_id"
    )
)


def _check_key(by: Actor, verb: str, page_id: str) -> None:
    """Refuse what a key may not do: it reaches one page, and writes only if it was made to."""
    opens = [held for (held,) in _WRITES.tuples(by.id)]
    if verb not in KEY_VERBS or not page_id or opens != [page_id]:
        raise NotAllowed(f"This key may not do this ({verb}). An owner can make another one.")


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: Role,
    by: Actor,
    at: datetime,
    page_id: str = "",
    language: str = "en",
) -> str:
    """Let somebody in; return the token of their one-time link, shown this once.

    Raises :class:`NotAllowed` when ``by`` may not, or when the address or role cannot be used.
    """
    check(by, "people:write")
    try:
        with transaction.atomic():
            operator = _operator(email=email, name=name, language=language, at=at)
    except IntegrityError as error:
        raise NotAllowed(f"{email.strip()} was invited at this very moment. Look again.") from error
    Grant.objects.get_or_create(
        operator=operator, role=role, page_id=page_id, revoked_at=None, defaults={"granted_at": at}
    )
    chain.note(
        "people:operator:invited", by=by, at=at, subject=("operator", operator.id), role=role
    )
    return link_for(operator, at=at)


def arrive(*, email: str, name: str, language: str, by: Actor, at: datetime) -> Operator:
    """Somebody new whom a provider's groups let in. Raises :class:`NotAllowed`."""
    name = name or email.partition("@")[0]
    operator = _operator(email=email, name=name, language=language, at=at)
    chain.note("people:operator:invited", by=by, at=at, subject=("operator", operator.id))
    return operator


def _operator(*, email: str, name: str, language: str, at: datetime) -> Operator:
    email = email.strip().lower()
    try:
        validate_email(email)
        MaxLengthValidator(ADDRESS_LENGTH)(email)
    except ValidationError as error:
        raise NotAllowed(f"{email!r} is not an e-mail address.") from error
    if not name.strip():
        raise NotAllowed("Say the name that the journal will show.")
    operator = Operator.objects.filter(email=email).first()
    if operator is None:
        operator = Operator(email=email, name=name.strip(), language=language, created_at=at)
        operator.set_unusable_password()
    operator.is_active = True
    operator.save()
    return operator


@transaction.atomic
def hand_link(operator: Operator, *, by: Actor, at: datetime) -> str:
    """Make somebody a new one-time link, to be handed over; return its token.

    Raises :class:`NotAllowed` when ``by`` may not, or when the operator was let go.
    """
    check(by, "people:write")
    if not operator.is_active:
        raise NotAllowed("They were let go. Invite them again first.")
    chain.note("people:link:made", by=by, at=at, subject=("operator", operator.id))
    return link_for(operator, at=at)


def link_for(operator: Operator, *, at: datetime, lasts: timedelta = LINK_LASTS) -> str:
    """Make a one-time token for an operator; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        operator=operator, token_hash=_hash(token), made_at=at, expires_at=at + lasts
    )
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invited(token: str, *, at: datetime) -> Operator:
    """Whom a one-time link would let in; changes nothing. Raises :class:`NotInvited`."""
    found = (
        Invitation.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=at)
        .select_related("operator")
        .first()
    )
    if found is None or not found.operator.is_active:
        raise NotInvited("This link was used already, or its day has passed. Ask for a new one.")
    return found.operator


@transaction.atomic
def take_up(token: str, *, at: datetime) -> Operator:
    """Use a one-time link, once. Raises :class:`NotInvited`."""
    operator = invited(token, at=at)
    used = Invitation.objects.filter(token_hash=_hash(token), used_at=None).update(used_at=at)
    if used != 1:
        raise NotInvited("This link was used a moment ago. Ask for a new one.")
    chain.note(
        "people:operator:joined", by=operator.actor, at=at, subject=("operator", operator.id)
    )
    return operator


@transaction.atomic
def join(token: str, *, password: str, at: datetime) -> Operator:
    """Use a one-time link and set the password with it. Raises NotInvited, WeakPassword.

    A refused password leaves the link good; a taken one ends every other link as well.
    """
    operator = take_up(token, at=at)
    try:
        validate_password(password, operator)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from error
    operator.set_password(password)  # changes the session hash, so sessions elsewhere end
    operator.save()
    Invitation.objects.filter(operator=operator, used_at=None).update(used_at=at)
    return operator


@transaction.atomic
def new_link(email: str, *, at: datetime) -> tuple[Operator, str] | None:
    """A new one-time link for whoever owns the address; None when unknown or asked too often."""
    operator = Operator.objects.filter(email=email.strip().lower(), is_active=True).first()
    if operator is None:
        return None
    lately = Invitation.objects.filter(operator=operator, made_at__gt=at - timedelta(hours=1))
    if lately.count() >= NEW_LINKS_AN_HOUR:
        return None
    return operator, link_for(operator, at=at)


def speak(operator: Operator, *, language: str) -> None:
    """Let the console speak an operator's language to them."""
    Operator.objects.filter(pk=operator.pk).update(language=language)


@transaction.atomic
def revoke(operator: Operator, *, by: Actor, at: datetime) -> None:
    """Let somebody go: their roles end, their links and sessions no longer work.

    Raises :class:`NotAllowed`, :class:`LastOwner`.
    """
    check(by, "people:write")
    if Role.OWNER in _house_roles(operator) and not _another_owner(operator):
        raise LastOwner(f"{operator.name} is the last owner. Make somebody else owner first.")
    Grant.objects.filter(operator=operator, revoked_at=None).update(revoked_at=at)
    Invitation.objects.filter(operator=operator, used_at=None).update(used_at=at)
    operator.is_active = False
    operator.set_unusable_password()  # changes the session hash, so open sessions end too
    operator.save()
    chain.note("people:operator:revoked", by=by, at=at, subject=("operator", operator.id))


@transaction.atomic
def end_role(operator: Operator, *, role: Role, by: Actor, at: datetime, page_id: str = "") -> None:
    """Take one role on one page (or on every page) from somebody; they keep the others.

    Raises :class:`NotAllowed` when they do not hold it so, :class:`LastOwner`.
    """
    check(by, "people:write")
    _end(operator, role=role, page_id=page_id, by=by, at=at)


def take_given(operator: Operator, *, role: Role, page_id: str, by: Actor, at: datetime) -> None:
    """Take a role back that a provider gave; the last owner keeps theirs, and stays able to act."""
    with contextlib.suppress(LastOwner):
        _end(operator, role=role, page_id=page_id, by=by, at=at)


def _end(operator: Operator, *, role: Role, page_id: str, by: Actor, at: datetime) -> None:
    if role == Role.OWNER and not page_id and not _another_owner(operator):
        raise LastOwner(f"{operator.name} is the last owner. Make somebody else owner first.")
    held = Grant.objects.filter(operator=operator, role=role, page_id=page_id, revoked_at=None)
    if not held.update(revoked_at=at):
        raise NotAllowed(f"{operator.name} does not hold this role there.")
    subject = ("operator", operator.id)
    chain.note("people:role:ended", by=by, at=at, subject=subject, page=page_id, role=role)


@transaction.atomic
def came_in(operator: Operator, *, way: str, at: datetime) -> None:
    """Note that somebody signed in, and by which way, such as "password, totp"."""
    subject = ("operator", operator.id)
    chain.note("people:operator:admitted", by=operator.actor, at=at, subject=subject, way=way)


def _another_owner(operator: Operator) -> bool:
    held = Grant.objects.filter(
        role=Role.OWNER, page_id="", revoked_at=None, operator__is_active=True
    )
    # Locked: two owners who let each other go at once must not leave the house to nobody.
    return any(grant.operator_id != operator.id for grant in held.select_for_update())


def owners(page_id: str = "") -> list[Operator]:
    """Everyone who runs the house, oldest first; with a page, those of that page as well."""
    held = Grant.objects.filter(role=Role.OWNER, revoked_at=None, page_id__in={"", page_id}).values(
        "operator_id"
    )
    return list(Operator.objects.filter(pk__in=held, is_active=True).order_by("created_at", "id"))


def holders_of(role: Role, page_id: str) -> list[Operator]:
    """Everyone who holds a role on a page, or on every page; oldest first."""
    held = Grant.objects.filter(role=role, revoked_at=None, page_id__in=["", page_id])
    found = Operator.objects.filter(pk__in=held.values("operator_id"), is_active=True)
    return list(found.order_by("created_at", "id"))


def who_see(page_id: str) -> list[Operator]:
    """Everyone who sees what we know of a page, by name."""
    roles = [role for role, verbs in MAY.items() if "see" in verbs]
    held = Grant.objects.filter(role__in=roles, revoked_at=None, page_id__in=["", page_id])
    found = Operator.objects.filter(pk__in=held.values("operator_id"), is_active=True)
    return list(found.order_by("name", "id"))


def operator_of(operator_id: str) -> Operator | None:
    """Somebody of ours by id."""
    return Operator.objects.filter(pk=operator_id).first()


def by_address(email: str) -> Operator | None:
    """Somebody who may act, by their address, however it is spelled in capitals."""
    return Operator.objects.filter(email=email.strip().lower(), is_active=True).first()


def everyone() -> list[Member]:
    """All who may act or ever might, those who may first."""
    held: dict[str, list[tuple[Role, str]]] = {}
    for grant in Grant.objects.filter(revoked_at=None).order_by("granted_at", "id"):
        held.setdefault(grant.operator_id, []).append((Role(grant.role), grant.page_id))
    tied = set(Identity.objects.values_list("operator_id", flat=True))
    return [
        Member(
            id=row.id,
            email=row.email,
            name=row.name,
            language=row.language,
            is_active=row.is_active,
            has_joined=row.has_usable_password() or row.id in tied,
            roles=tuple(held.get(row.id, [])),
        )
        for row in Operator.objects.order_by("-is_active", "name", "id")
    ]
