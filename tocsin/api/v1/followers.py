"""Those who follow one incident, and are told of no other: they are asked first, and may leave."""

from django.http import HttpResponse
from ninja import Query, Router

from tocsin.announcements import audience, enrolling
from tocsin.announcements.readers import Order, Sought, Standing, Subscriber
from tocsin.api.v1 import subscriber_shapes as shapes
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import MOST, Asked, Call, written
from tocsin.api.v1.components import Paged
from tocsin.api.v1.incidents import find
from tocsin.api.v1.subscriber_shapes import SubscriberBody
from tocsin.api.v1.subscribers import answer, enrolled, listed, one_of, told_of

router = Router()
HERE = "/pages/{page_id}/incidents/{incident_id}/subscribers"
AMONG_US = (Standing.ACTIVE, Standing.UNCONFIRMED, Standing.BOUNCED)


@router.get(HERE, response=reads(list[shapes.Subscriber]), operation_id="incident_subscribers")
def followers(request: Asked, page_id: str, incident_id: str, paged: Query[Paged]) -> HttpResponse:
    """Everybody who follows this incident alone and has not left, asked or told already.

    Readers of the page, who hear of it too, are among `subscribers`.
    """
    call, limit = request.call, min(max(paged.per_page, 1), MOST)
    find(call, incident_id)
    sought = Sought(AMONG_US, order=Order.CAME, about=incident_id)
    offset = (min(max(paged.page, 1), 1_000_000) - 1) * limit
    return answer(listed(call, sought, offset=offset, limit=limit))


@router.post(
    HERE,
    response=writes(shapes.Subscriber, status=201),
    operation_id="add_incident_subscriber",
)
def add(request: Asked, page_id: str, incident_id: str, body: SubscriberBody) -> HttpResponse:
    """Tell somebody of this incident alone, to its end. They are asked first, unless
    `skip_confirmation_notification`: then whoever calls answers for their consent."""
    find(request.call, incident_id)
    return written(told_of(enrolled(request.call, body.subscriber, about=incident_id)), status=201)


@router.get(
    f"{HERE}/{{follower_id}}", response=reads(shapes.Subscriber), operation_id="incident_subscriber"
)
def follower(request: Asked, page_id: str, incident_id: str, follower_id: str) -> HttpResponse:
    """One of them."""
    return written(told_of(_one(request.call, incident_id, follower_id)))


@router.delete(
    f"{HERE}/{{follower_id}}",
    response=writes(shapes.Subscriber),
    operation_id="delete_incident_subscriber",
)
def delete(request: Asked, page_id: str, incident_id: str, follower_id: str) -> HttpResponse:
    """Tell them of it no more; what else they asked to be told of stays."""
    call, known = request.call, _one(request.call, incident_id, follower_id)
    return written(told_of(audience.remove(known.id, by=call.by, at=call.at)))


@router.post(
    f"{HERE}/{{follower_id}}/resend_confirmation",
    response=writes(shapes.Subscriber, status=201),
    operation_id="resend_incident_confirmation",
)
def resend(request: Asked, page_id: str, incident_id: str, follower_id: str) -> HttpResponse:
    """Ask them once more."""
    call, known = request.call, _one(request.call, incident_id, follower_id)
    return written(told_of(enrolling.ask_again(known.id, by=call.by, at=call.at)), status=201)


def _one(call: Call, incident_id: str, follower_id: str) -> Subscriber:
    """Somebody who follows an incident. Raises Missing."""
    find(call, incident_id)
    return one_of(call, follower_id, about=incident_id)
