"""Page access users and groups: circles of readers, and who is let into them by name.

A group is a circle whose readers are let in by name, or the page itself where everybody is. A user
is an address; one who is in several circles is one user, with the id of the first admission.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from ninja import Query, Router, Schema

from tocsin.announcements import admissions
from tocsin.announcements.admissions import Guest
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, Call, nothing, portion, written
from tocsin.api.v1.components import Paged
from tocsin.api.v1.failures import Missing, Refused, Unread
from tocsin.api.v1.fields import Claim, Ids, Name, Sent
from tocsin.api.v1.shapes import Values
from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.page.statuspage import stamp
from tocsin.people import access
from tocsin.statements import circles
from tocsin.watch import metrics

router = Router()
USERS = "/pages/{page_id}/page_access_users"
GROUPS = "/pages/{page_id}/page_access_groups"
WHOLE = (
    "page_access_group.component_ids: a circle reads of every component. "
    "Leave it out; what only some may know belongs on a page of its own."
)


class AccessUserFields(Sent):
    """Whose ``email`` is let in, and into which groups."""

    email: Name | None = None
    external_login: Name | None = None
    page_access_group_id: Name | None = None
    page_access_group_ids: Ids = None
    subscribe_to_components: Claim = None

    @property
    def groups(self) -> list[str] | None:
        """The groups that are named; None where none is."""
        if self.page_access_group_ids is not None:
            return self.page_access_group_ids
        return [self.page_access_group_id] if self.page_access_group_id else None


class AccessUserBody(Sent):
    page_access_user: AccessUserFields


class AccessGroupFields(Sent):
    name: Name | None = None
    external_identifier: Name | None = None
    component_ids: Ids = None
    metric_ids: Ids = None
    page_access_user_ids: Ids = None


class AccessGroupBody(Sent):
    page_access_group: AccessGroupFields


class AccessUser(Schema):
    """Somebody who is let in by name."""

    id: str
    page_id: str
    email: str
    external_login: str | None
    page_access_group_id: str | None
    page_access_group_ids: list[str]
    subscribe_to_components: bool
    created_at: str
    updated_at: str


class AccessGroup(Schema):
    """A circle of readers; it reads of every component."""

    id: str
    page_id: str
    name: str
    external_identifier: str | None
    component_ids: list[str]
    metric_ids: list[str]
    page_access_user_ids: list[str]
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """One address and its admissions, the first of them first."""

    guests: tuple[Guest, ...]

    @property
    def id(self) -> str:
        return self.guests[0].id

    @property
    def address(self) -> str:
        return self.guests[0].address


class Circles:
    """The circles of a page whose readers are let in by name, and everybody in them."""

    def __init__(self, call: Call) -> None:
        access.check(call.by, "subscribers:see", call.page.id)
        seen = shelf.audiences_of(call.page.id)
        # One that is still brought what everyone was told is there for whoever opened it.
        seen += [shelf.seen_by(one.audience_id) for one in circles.joining(call.page.id)]
        self.call = call
        self.named = {one.audience_id: one for one in seen if one.access == Access.NAMED}
        guests = [guest for key in self.named for guest in admissions.guests_of(key)]
        by_address: dict[str, list[Guest]] = {}
        for guest in sorted(guests, key=lambda guest: (guest.admitted_at, guest.id)):
            by_address.setdefault(guest.address, []).append(guest)
        self.visitors = [Visitor(tuple(found)) for found in by_address.values()]

    def visitor(self, user_id: str) -> Visitor:
        """By the id of any admission of theirs. Raises Missing."""
        for visitor in self.visitors:
            if any(guest.id == user_id for guest in visitor.guests):
                return visitor
        raise Missing

    def circle(self, circle_id: str) -> Brand:
        """Raises Missing."""
        if circle_id not in self.named:
            raise Missing
        return self.named[circle_id]

    def inside(self, circle_id: str) -> list[Visitor]:
        """Who is in a circle."""
        return [one for one in self.visitors if any(g.audience_id == circle_id for g in one.guests)]

    def check_groups(self, ids: Sequence[str]) -> None:
        """Refuse circles that there are not. Raises Unread."""
        unknown = next((key for key in ids if key not in self.named), None)
        if unknown is not None:
            raise Unread([f"page_access_group_ids: no group goes by {unknown[:40]!r}."])

    def admit(self, circle_id: str, address: str) -> None:
        call = self.call
        admissions.admit(circle_id, address=address, by=call.by, at=call.at)

    def expel(self, guest: Guest) -> None:
        admissions.expel(guest.id, by=self.call.by, at=self.call.at)


@router.get(USERS, response=reads(list[AccessUser]), operation_id="page_access_users")
def users(request: Asked, page_id: str, paged: Query[Paged], email: str = "") -> HttpResponse:
    """Everybody who is let in by name, or the one with an address."""
    found = Circles(request.call).visitors
    if email:
        found = [one for one in found if one.address.casefold() == email.strip().casefold()]
    some = portion(found, page=paged.page, per_page=paged.per_page)
    return written([_user(page_id, one) for one in some])


@router.post(USERS, response=writes(AccessUser), operation_id="add_page_access_user")
def add_user(request: Asked, page_id: str, body: AccessUserBody) -> HttpResponse:
    """Let somebody in by name; they are written where the page is."""
    before, told = Circles(request.call), body.page_access_user
    groups = told.groups
    if groups is None and request.call.page.access == Access.NAMED:
        groups = [request.call.page.audience_id]
    if not groups:
        raise Unread(["page_access_user.page_access_group_ids: say into which group."])
    before.check_groups(groups)
    for key in groups:
        before.admit(key, told.email or "")
    guest = admissions.guest_at(groups[0], admissions.spelled(told.email or ""))
    assert guest is not None, "just let in"
    return written(_user(page_id, Circles(request.call).visitor(guest.id)))


@router.get(f"{USERS}/{{user_id}}", response=reads(AccessUser), operation_id="page_access_user")
def user(request: Asked, page_id: str, user_id: str) -> HttpResponse:
    """One of them."""
    return written(user_of(request.call, user_id))


@router.api_operation(
    ["PATCH", "PUT"],
    f"{USERS}/{{user_id}}",
    response=writes(AccessUser),
    operation_id="change_page_access_user",
)
def change_user(request: Asked, page_id: str, user_id: str, body: AccessUserBody) -> HttpResponse:
    """Let them into these groups, and into no others."""
    before, told = Circles(request.call), body.page_access_user
    known = before.visitor(user_id)
    if told.email is not None and admissions.spelled(told.email) != known.address:
        raise Unread(["page_access_user.email: let the new address in, and delete this one."])
    if told.groups is not None:
        _move(before, known, told.groups)
    after = Circles(request.call).visitors
    return written(_user(page_id, next(one for one in after if one.address == known.address)))


@router.delete(
    f"{USERS}/{{user_id}}",
    response=writes(None, status=204),
    operation_id="delete_page_access_user",
)
def delete_user(request: Asked, page_id: str, user_id: str) -> HttpResponse:
    """Let them in no longer, anywhere; they are told nothing more, and forgotten."""
    before = Circles(request.call)
    for guest in before.visitor(user_id).guests:
        before.expel(guest)
    return nothing()


@router.get(GROUPS, response=reads(list[AccessGroup]), operation_id="page_access_groups")
def groups(request: Asked, page_id: str, paged: Query[Paged]) -> HttpResponse:
    """Every circle whose readers are let in by name."""
    told = Circles(request.call)
    some = portion(list(told.named), page=paged.page, per_page=paged.per_page)
    return written([_group(told, key) for key in some])


@router.post(GROUPS, response=writes(AccessGroup, status=201), operation_id="add_page_access_group")
def add_group(request: Asked, page_id: str, body: AccessGroupBody) -> HttpResponse:
    """Open a circle: it is brought along what everyone was told so far."""
    call, told = request.call, body.page_access_group
    before = Circles(call)
    _check_whole(call, told)
    inside = [before.visitor(key).address for key in told.page_access_user_ids or ()]
    made = circles.open_circle(
        page_id, name=told.name or "", access=Access.NAMED, by=call.by, at=call.at
    )
    for address in inside:
        before.admit(made.audience_id, address)
    return written(_group(Circles(call), made.audience_id), status=201)


@router.get(
    f"{GROUPS}/{{circle_id}}", response=reads(AccessGroup), operation_id="page_access_group"
)
def group(request: Asked, page_id: str, circle_id: str) -> HttpResponse:
    """One of them."""
    return written(group_of(request.call, circle_id))


@router.api_operation(
    ["PATCH", "PUT"],
    f"{GROUPS}/{{circle_id}}",
    response=writes(AccessGroup),
    operation_id="change_page_access_group",
)
def change_group(
    request: Asked, page_id: str, circle_id: str, body: AccessGroupBody
) -> HttpResponse:
    """Call it otherwise, or let in these users and no others."""
    call, told = request.call, body.page_access_group
    before = Circles(call)
    kept = before.circle(circle_id)
    _check_whole(call, told)
    if told.name is not None and told.name != kept.audience_name:
        audiences.rename(circle_id, told.name, by=call.by, at=call.at)
    if told.page_access_user_ids is not None:
        _fill(before, circle_id, told.page_access_user_ids)
    return written(_group(Circles(call), circle_id))


@router.delete(
    f"{GROUPS}/{{circle_id}}", response=writes(AccessGroup), operation_id="delete_page_access_group"
)
def delete_group(request: Asked, page_id: str, circle_id: str) -> HttpResponse:
    """Always refused: what was said in a circle stays said. Let its users go instead."""
    Circles(request.call).circle(circle_id)
    raise Refused(
        "A circle keeps what was said in it, and stays. Let its users go instead.", status=409
    )


def user_of(call: Call, user_id: str) -> Values:
    """One user. Raises Missing."""
    return _user(call.page.id, Circles(call).visitor(user_id))


def group_of(call: Call, circle_id: str) -> Values:
    """One group. Raises Missing."""
    return _group(Circles(call), circle_id)


def _move(before: Circles, known: Visitor, wanted: Sequence[str]) -> None:
    """Let somebody into these circles alone. Raises Unread."""
    if not wanted:
        raise Unread(["page_access_user.page_access_group_ids: say one, or delete the user."])
    before.check_groups(wanted)
    for key in wanted:
        before.admit(key, known.address)
    for guest in known.guests:
        if guest.audience_id not in wanted:
            before.expel(guest)


def _fill(before: Circles, circle_id: str, user_ids: Sequence[str]) -> None:
    """Let these people into a circle, and nobody else."""
    wanted = {before.visitor(key).address for key in user_ids}
    for one in before.inside(circle_id):
        if one.address not in wanted:
            inside = (guest for guest in one.guests if guest.audience_id == circle_id)
            before.expel(next(inside))
    for address in sorted(wanted):
        before.admit(circle_id, address)


def _check_whole(call: Call, told: AccessGroupFields) -> None:
    """Refuse to keep a circle to some components: they would read of all. Raises Unread."""
    named = told.component_ids
    if named and not {node.id for node in shelf.components_of(call.page.id)} <= set(named):
        raise Unread([WHOLE])


def _user(page_id: str, one: Visitor) -> Values:
    inside = [guest.audience_id for guest in one.guests]
    return {
        "id": one.id,
        "page_id": page_id,
        "email": one.address,
        "external_login": None,
        "page_access_group_id": inside[0],
        "page_access_group_ids": inside,
        "subscribe_to_components": False,
        "created_at": stamp(one.guests[0].admitted_at),
        "updated_at": stamp(one.guests[-1].admitted_at),
    }


def _group(told: Circles, circle_id: str) -> Values:
    circle = told.circle(circle_id)
    return {
        "id": circle_id,
        "page_id": circle.id,
        "name": circle.audience_name,
        "external_identifier": None,
        "component_ids": [node.id for node in shelf.components_of(circle.id)],
        "metric_ids": [one.id for one in metrics.metrics_of(circle.id) if one.kept.is_shown],
        "page_access_user_ids": [one.id for one in told.inside(circle_id)],
        "created_at": stamp(circle.created_at),
        "updated_at": stamp(circle.changed_at),
    }
