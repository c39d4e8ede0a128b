"""A closed circle of readers that joins a page: told from the start all that everyone was told."""

import secrets
from datetime import datetime

from django.db import transaction

from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access, Audience
from tocsin.catalogue.shelf import Brand
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.ids import new_id
from tocsin.statements.models import Publication, Span, Standing, Thread
from tocsin.statements.publication import digest_of, locked_audiences

AT_ONCE = 500


@transaction.atomic
def open_circle(
    page_id: str,
    *,
    name: str,
    access: Access,
    by: Actor,
    at: datetime,
    slug: str = "",
    password: str = "",
) -> Brand:
    """Open a circle and bring along what everyone was told, so that neither contradicts the other.

    The past keeps its own times, gets the circle's own numbers, and is announced to nobody again.
    Raises CannotKeep, ``NotAllowed``.
    """
    everyone = locked_audiences(page_id)[0]  # nothing is published meanwhile
    opened = audiences.open_circle(
        page_id, name=name, slug=slug, access=access, password=password, by=by, at=at
    )
    count = _brought_along(everyone, Audience.objects.get(pk=opened.audience_id))
    if count:
        chain.note(
            "statements:publication:brought_along",
            by=by,
            at=at,
            subject=("audience", opened.audience_id),
            page=page_id,
            count=count,
        )
    return shelf.seen_by(opened.audience_id)


def _brought_along(everyone: Audience, circle: Audience) -> int:
    ids: dict[str, str] = {}
    rows = Publication.objects.filter(audience=everyone).order_by("number")
    batch: list[Publication] = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        ids[row.id] = new_id()
        batch.append(_copied(row, circle, ids[row.id]))
        if len(batch) == AT_ONCE:
            Publication.objects.bulk_create(batch)
            batch = []
    Publication.objects.bulk_create(batch)
    _copy_threads(everyone, circle, ids)
    _copy_states(everyone, circle)
    return len(ids)


def _copied(row: Publication, circle: Audience, own_id: str) -> Publication:
    salt = secrets.token_hex(16)
    return Publication(
        id=own_id,
        page_id=row.page_id,
        audience=circle,
        number=row.number,
        kind=row.kind,
        incident_id=row.incident_id,
        phase=row.phase,
        content=row.content,
        announces=False,
        published_at=row.published_at,
        clearance_id=row.clearance_id,
        salt=salt,
        digest=digest_of(own_id, row.number, row.content, salt=salt, at=row.published_at),
    )


def _copy_threads(everyone: Audience, circle: Audience, ids: dict[str, str]) -> None:
    threads = Thread.objects.filter(audience=everyone).order_by("pk")
    Thread.objects.bulk_create(
        [
            Thread(
                audience=circle,
                incident_id=row.incident_id,
                first_id=ids[row.first_id],
                last_id=ids[row.last_id],
                opened_at=row.opened_at,
                placed_at=row.placed_at,
                is_open=row.is_open,
                is_planned=row.is_planned,
                is_incident=row.is_incident,
            )
            for row in threads
        ],
        batch_size=AT_ONCE,
    )


def _copy_states(everyone: Audience, circle: Audience) -> None:
    standing = Standing.objects.filter(audience=everyone).order_by("pk")
    Standing.objects.bulk_create(
        [
            Standing(
                audience=circle,
                component_id=row.component_id,
                incident_id=row.incident_id,
                state=row.state,
            )
            for row in standing
        ],
        batch_size=AT_ONCE,
    )
    spans = Span.objects.filter(audience=everyone).order_by("pk")
    Span.objects.bulk_create(
        [
            Span(
                audience=circle,
                component_id=row.component_id,
                state=row.state,
                since=row.since,
                until=row.until,
            )
            for row in spans
        ],
        batch_size=AT_ONCE,
    )
