"""Readers as an operator's programs see them: listed, counted, put on the list, let go.

Those who follow a single incident are in followers.py.

Who they are is shown to keys that write alone; a key that reads is told how many there are.
"""

from collections.abc import Callable, Sequence

from django.http import HttpResponse
from ninja import Query, Router

from tocsin.announcements import admissions, audience, enrolling, readers
from tocsin.announcements.audience import UNCONFIRMED_FOR, Choice
from tocsin.announcements.readers import Order, Sought, Standing, Subscriber
from tocsin.api.v1 import subscriber_shapes as shapes
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import MOST, Asked, Call, written
from tocsin.api.v1.components import Paged
from tocsin.api.v1.failures import Missing, Unread
from tocsin.api.v1.shapes import Values
from tocsin.api.v1.subscriber_shapes import (
    Counted,
    Direction,
    FollowingBody,
    Listed,
    ManyBody,
    Mode,
    SortField,
    StateName,
    SubscriberBody,
    SubscriberFields,
)
from tocsin.channels import targets
from tocsin.page.statuspage import stamp
from tocsin.people import access

router = Router()
HERE = "/pages/{page_id}/subscribers"
MODES = {
    "email": Mode.EMAIL,
    "webhook": Mode.WEBHOOK,
    "slack": Mode.SLACK,
    "teams": Mode.TEAMS,
    "discord": Mode.INTEGRATION_PARTNER,
}
STANDINGS = {
    StateName.ACTIVE: (Standing.ACTIVE,),
    StateName.UNCONFIRMED: (Standing.UNCONFIRMED,),
    StateName.QUARANTINED: (Standing.BOUNCED,),
    StateName.ALL: (Standing.ACTIVE, Standing.UNCONFIRMED, Standing.BOUNCED),
}
ORDERS = {
    SortField.PRIMARY: Order.ADDRESS,
    SortField.RELEVANCE: Order.ADDRESS,
    SortField.CREATED_AT: Order.CAME,
    SortField.QUARANTINED_AT: Order.BOUNCED,
}


@router.get(HERE, response=reads(list[shapes.Subscriber]), operation_id="subscribers")
def subscribers(request: Asked, page_id: str, told: Query[Listed]) -> HttpResponse:
    """Those who are told, by state; `page` counts from 0 here."""
    call, limit = request.call, min(told.limit, MOST)
    sought = Sought(
        standings=STANDINGS[told.state or StateName.ACTIVE],
        channels=_channels(told.type),
        matching=told.q,
        order=ORDERS[told.sort_field],
        descends=told.sort_direction == Direction.DESC,
    )
    return answer(listed(call, sought, offset=told.page * limit, limit=limit))


@router.post(HERE, response=writes(shapes.Subscriber, status=201), operation_id="add_subscriber")
def add(request: Asked, page_id: str, body: SubscriberBody) -> HttpResponse:
    """Put somebody on the list. They are asked first, unless `skip_confirmation_notification`: then
    whoever calls answers for their consent. Nobody who left is brought back without being asked."""
    made = enrolled(request.call, body.subscriber)
    return written(told_of(made), status=201)


@router.get(f"{HERE}/count", response=reads(shapes.Counts), operation_id="count_subscribers")
def count(request: Asked, page_id: str, told: Query[Counted]) -> HttpResponse:
    """How many there are, by type; of one state or type where those are named."""
    standings = STANDINGS[told.state or StateName.ACTIVE]
    counts = dict.fromkeys(Mode, 0)
    for (channel, standing), number in readers.tally(page_id).items():
        if standing in standings and told.type in (None, MODES[channel]):
            counts[MODES[channel]] += number
    return written({mode.value: number for mode, number in counts.items()})


@router.get(
    f"{HERE}/histogram_by_state",
    response=reads(shapes.Histogram),
    operation_id="subscribers_by_state",
)
def histogram(request: Asked, page_id: str) -> HttpResponse:
    """How many there are, by type and state."""
    told: dict[str, dict[str, int]] = {mode.value: _no_standings() for mode in Mode}
    for (channel, standing), number in readers.tally(page_id).items():
        for state in StateName:
            if state != StateName.ALL and standing in STANDINGS[state]:
                told[MODES[channel].value][state.value] += number
                told[MODES[channel].value]["total"] += number
    return written(told)


def _no_standings() -> dict[str, int]:
    return {"active": 0, "unconfirmed": 0, "quarantined": 0, "total": 0}


@router.get(
    f"{HERE}/unsubscribed",
    response=reads(list[shapes.Subscriber]),
    operation_id="unsubscribed_subscribers",
)
def unsubscribed(request: Asked, page_id: str, paged: Query[Paged]) -> HttpResponse:
    """Those who left; pages count from 1."""
    call, limit = request.call, min(max(paged.per_page, 1), MOST)
    sought = Sought((Standing.UNSUBSCRIBED,), order=Order.CAME, descends=True)
    offset = (min(max(paged.page, 1), 1_000_000) - 1) * limit
    return answer(listed(call, sought, offset=offset, limit=limit))


@router.post(
    f"{HERE}/unsubscribe",
    response=writes(list[shapes.Subscriber], status=201),
    operation_id="unsubscribe_subscribers",
)
def unsubscribe(request: Asked, page_id: str, body: ManyBody) -> HttpResponse:
    """Let some go, all or none of those named."""
    return _each(request.call, body, StateName.ACTIVE, audience.remove)


@router.post(
    f"{HERE}/reactivate",
    response=writes(list[shapes.Subscriber], status=201),
    operation_id="reactivate_subscribers",
)
def reactivate(request: Asked, page_id: str, body: ManyBody) -> HttpResponse:
    """Write again to those whose addresses refused our letters; nobody who left is among them."""
    return _each(request.call, body, StateName.QUARANTINED, enrolling.reactivate)


@router.post(
    f"{HERE}/resend_confirmation",
    response=writes(list[shapes.Subscriber], status=201),
    operation_id="resend_confirmations",
)
def resend(request: Asked, page_id: str, body: ManyBody) -> HttpResponse:
    """Ask those once more who have not confirmed yet."""
    return _each(request.call, body, StateName.UNCONFIRMED, enrolling.ask_again)


@router.get(
    f"{HERE}/{{subscriber_id}}", response=reads(shapes.Subscriber), operation_id="subscriber"
)
def subscriber(request: Asked, page_id: str, subscriber_id: str) -> HttpResponse:
    """One of them."""
    return written(told_of(one_of(request.call, subscriber_id)))


@router.api_operation(
    ["PATCH", "PUT"],
    f"{HERE}/{{subscriber_id}}",
    response=writes(shapes.Subscriber),
    operation_id="change_subscriber",
)
def change(request: Asked, page_id: str, subscriber_id: str, body: FollowingBody) -> HttpResponse:
    """Let them hear of these components alone."""
    call, known = request.call, one_of(request.call, subscriber_id)
    inside = body.subscriber.component_ids if body.subscriber else None
    components = inside or body.component_ids
    if components:
        known = enrolling.follow(known.id, components, by=call.by, at=call.at)
    return written(told_of(known))


@router.delete(
    f"{HERE}/{{subscriber_id}}",
    response=writes(shapes.Subscriber),
    operation_id="delete_subscriber",
)
def delete(
    request: Asked, page_id: str, subscriber_id: str, skip_unsubscription_notification: str = ""
) -> HttpResponse:
    """Let them go. Nobody is written to about that."""
    call, known = request.call, one_of(request.call, subscriber_id)
    return written(told_of(audience.remove(known.id, by=call.by, at=call.at)))


@router.post(
    f"{HERE}/{{subscriber_id}}/resend_confirmation",
    response=writes(shapes.Subscriber, status=201),
    operation_id="resend_confirmation",
)
def resend_one(request: Asked, page_id: str, subscriber_id: str) -> HttpResponse:
    """Ask them once more."""
    call, known = request.call, one_of(request.call, subscriber_id)
    return written(told_of(enrolling.ask_again(known.id, by=call.by, at=call.at)), status=201)


def enrolled(call: Call, told: SubscriberFields, *, about: str = "") -> Subscriber:
    """Put somebody on the list: of the page, or of one incident. Raises Unread."""
    channel, address, contact = _reached(told)
    return enrolling.enrol(
        call.page.id,
        channel=channel,
        address=address,
        contact=contact,
        choice=Choice(components=tuple(told.component_ids or ())),
        vouches=bool(told.skip_confirmation_notification),
        guest_id=told.page_access_user or "",
        about=about,
        by=call.by,
        at=call.at,
    )


def _each(
    call: Call, body: ManyBody, usual: StateName, act: Callable[..., Subscriber]
) -> HttpResponse:
    """Do one thing to each of those named, or to none."""
    named = body.subscribers
    if named == "all":
        ids = _all_of(call, body, usual)
    else:
        ids = [named] if isinstance(named, str) else named
    if len(ids) > MOST:
        raise Unread([f"subscribers: at most {MOST} at once."])
    known = [one_of(call, key) for key in dict.fromkeys(ids)]
    return answer([act(one.id, by=call.by, at=call.at) for one in known], status=201)


def _all_of(call: Call, body: ManyBody, usual: StateName) -> list[str]:
    sought = Sought(STANDINGS[body.state or usual], _channels(body.type))
    return [one.id for one in listed(call, sought, offset=0, limit=MOST + 1)]


def _channels(mode: Mode | None) -> tuple[str, ...]:
    """Ours by their name; of a way that we do not go, a channel that nobody has."""
    if mode is None:
        return ()
    return tuple(ours for ours, theirs in MODES.items() if theirs == mode) or (mode.value,)


def listed(call: Call, sought: Sought, *, offset: int, limit: int) -> list[Subscriber]:
    _check_may_see(call)
    return readers.listed(call.page.id, sought, offset=offset, limit=limit)


def one_of(call: Call, subscriber_id: str, *, about: str = "") -> Subscriber:
    """A reader of this page, or a follower of one incident. Raises Missing."""
    _check_may_see(call)
    known = readers.subscriber(subscriber_id)
    if known is None or (known.page_id, known.about) != (call.page.id, about):
        raise Missing
    return known


def _check_may_see(call: Call) -> None:
    access.check(call.by, "subscribers:see", call.page.id)


def _reached(told: SubscriberFields) -> tuple[str, str, str]:
    """Channel, address, and who answers for a machine. Raises Unread."""
    if told.phone_number:
        raise Unread(["subscriber.phone_number: this page does not tell by phone."])
    if not told.endpoint:
        if not told.email:
            raise Unread(["subscriber.email: send an email, or an endpoint."])
        return "email", told.email, ""
    channel = targets.chat_at(told.endpoint) or "webhook"
    return channel, told.endpoint, (told.email or "") if channel == "webhook" else ""


def answer(found: Sequence[Subscriber], *, status: int = 200) -> HttpResponse:
    return written([told_of(one) for one in found], status=status)


def told_of(one: Subscriber) -> Values:
    is_mail = one.channel == "email"
    guest = admissions.guest_at(one.audience_id, one.address) if is_mail else None
    is_asked = one.standing == Standing.UNCONFIRMED
    return {
        "id": one.id,
        "mode": MODES[one.channel].value,
        "email": one.address if is_mail else one.contact or None,
        "endpoint": None if is_mail else one.shown,
        "phone_number": None,
        "phone_country": None,
        "display_phone_number": None,
        "obfuscated_channel_name": None if is_mail or one.format else one.shown,
        "workspace_name": None,
        "quarantined_at": stamp(one.bounced_at),
        "purge_at": stamp(one.asked_at + UNCONFIRMED_FOR) if is_asked else None,
        "components": list(one.components),
        "page_access_user_id": guest.id if guest else None,
        "skip_confirmation_notification": False,
        "created_at": stamp(one.asked_at),
    }
