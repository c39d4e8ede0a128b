"""A closed circle of readers that joins a page: told from the start all that everyone was told."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access, Audience
from tocsin.catalogue.shelf import Brand
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.ids import new_id
from tocsin.statements import mentions
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
        batch.append(_copied(row, circle, ids))
        if len(batch) == AT_ONCE:
            _create(batch)
            batch = []
    _create(batch)
    _copy_threads(everyone, circle, ids)
    _copy_states(everyone, circle)
    return len(ids)


def _create(batch: list[Publication]) -> None:
    Publication.objects.bulk_create(batch)
    mentions.note(batch)


def _copied(row: Publication, circle: Audience, ids: Mapping[str, str]) -> Publication:
    own_id, salt, content = ids[row.id], secrets.token_hex(16), _as_theirs(row.content, ids)
    digest = digest_of(own_id, row.number, content, salt=salt, at=row.published_at)
    own = {"id": own_id, "audience_id": circle.id, "content": content, "announces": False}
    return Publication(**_fields(row) | own | {"salt": salt, "digest": digest})


def _as_theirs(content: Mapping[str, Any], ids: Mapping[str, str]) -> Mapping[str, Any]:
    """What was said, a correction naming the word that it corrects as the circle knows it."""
    words = content.get("words")
    if not words or not words.get("correction"):
        return content
    told = words["correction"]
    return {**content, "words": {**words, "correction": {**told, "of": ids[told["of"]]}}}


def _copy_threads(everyone: Audience, circle: Audience, ids: dict[str, str]) -> None:
    Thread.objects.bulk_create(
        [
            Thread(
                **_fields(row)
                | {
                    "audience_id": circle.id,
                    "first_id": ids[row.first_id],
                    "last_id": ids[row.last_id],
                }
            )
            for row in Thread.objects.filter(audience=everyone).order_by("pk")
        ],
        batch_size=AT_ONCE,
    )


def _copy_states(everyone: Audience, circle: Audience) -> None:
    own = {"audience_id": circle.id}
    standing = Standing.objects.filter(audience=everyone).order_by("pk")
    Standing.objects.bulk_create(
        [Standing(**_fields(row) | own) for row in standing], batch_size=AT_ONCE
    )
    spans = Span.objects.filter(audience=everyone).order_by("pk")
    Span.objects.bulk_create([Span(**_fields(row) | own) for row in spans], batch_size=AT_ONCE)


def _fields(row: models.Model) -> dict[str, Any]:
    """All that a row says but which row it is: what is added to the table later comes along too."""
    columns = (field.attname for field in row._meta.concrete_fields if not field.primary_key)
    return {name: getattr(row, name) for name in columns}
