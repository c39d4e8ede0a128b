"""Readers, for whoever answers for them: never without a key that writes."""

from tocsin.announcements import audience, enrolling, readers
from tocsin.announcements.audience import Choice
from tocsin.announcements.readers import Standing, Subscriber
from tocsin.api.cachet import numbers
from tocsin.api.cachet.calls import Call, Told, Values, key_of, listed, portion
from tocsin.api.cachet.components import Shelf
from tocsin.api.v1.failures import Missing, Unread
from tocsin.people import access

STANDINGS = (Standing.ACTIVE, Standing.UNCONFIRMED)


def subscribers(call: Call) -> Told:
    """Those who are told and then those who were asked, each the newest first."""
    access.check(call.by, "subscribers:see", call.page.id)
    asked, page_id = portion(call.query), call.page.id
    counts = [
        readers.count(page_id, standing=standing, has_followers=False) for standing in STANDINGS
    ]
    start, left, found = asked.start, asked.size, list[Subscriber]()
    for standing, count in zip(STANDINGS, counts, strict=True):
        rows = readers.subscribers(
            page_id, standing=standing, has_followers=False, offset=start, limit=left
        )
        found += rows
        start, left = max(start - count, 0), left - len(rows)
    return listed(call, [_told(call, reader) for reader in found], sum(counts))


def add(call: Call) -> Told:
    """Sign a reader up; their mailbox is asked first, unless they are verified elsewhere.

    Whoever left before is asked all the same.
    """
    reader = enrolling.enrol(
        call.page.id,
        channel="email",
        address=call.text("email"),
        choice=Choice(components=_components_in(call), language=call.page.language),
        vouches=call.flag("verify", usually=False),
        source="cachet",
        by=call.by,
        at=call.at,
    )
    return Told(_told(call, reader))


def drop(call: Call, number: str) -> Told:
    """Tell a reader no more."""
    reader = readers.subscriber(key_of(number))
    if reader is None or reader.page_id != call.page.id or reader.about:
        raise Missing
    if reader.standing not in STANDINGS:
        raise Missing
    audience.remove(reader.id, by=call.by, at=call.at)
    return Told(None)


def _components_in(call: Call) -> tuple[str, ...]:
    told = call.told.get("components") or []
    known = {numbers.number_of(node.id): node.id for node in Shelf.of(call).components()}
    if not isinstance(told, list) or not all(str(one).isdecimal() for one in told):
        raise Unread(["components is a list of numbers."])
    unknown = [str(one) for one in told if int(one) not in known]
    if unknown:
        raise Unread([f"components: there is no component {unknown[0][:30]}."])
    return tuple(known[int(one)] for one in told)


def _told(call: Call, reader: Subscriber) -> Values:
    return {
        "id": numbers.number_of(reader.id),
        "email": reader.shown,
        "phone_number": None,
        "slack_webhook_url": None,
        "verify_code": "",  # a reader's own: whoever holds it acts for them
        "verified_at": call.written(reader.subscribed_at),
        "created_at": call.written(reader.asked_at),
        "updated_at": call.written(reader.subscribed_at or reader.asked_at),
        "global": not reader.components,
    }
