"""A closed circle of readers that joins a page: told from the start all that everyone was told."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery

from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access, Audience
from tocsin.catalogue.shelf import Brand
from tocsin.journal import chain
from tocsin.journal.actors import WORKER, Actor
from tocsin.journal.ids import new_id
from tocsin.statements import mentions
from tocsin.statements.models import Publication, Span, Standing, Thread
from tocsin.statements.publication import digest_of, locked_audiences
from tocsin.statements.published import last_number

AT_ONCE = 500  # rows of each kind in one transaction
SAID_OF_A_SPAN = ("component_id", "state", "since", "until")
WAITED_FOR = 4  # transactions that whoever opens a circle waits for


@dataclass(frozen=True, slots=True)
class Joining:
    """A circle that is being opened, and how much of what everyone was told it knows so far."""

    audience_id: str
    name: str
    told: int
    of: int


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
    Of a long one a part is brought along at once and the rest by ``join_due``; until then nobody
    finds the circle. Raises CannotKeep, ``NotAllowed``.
    """
    opened = audiences.open_circle(
        page_id, name=name, slug=slug, access=access, password=password, by=by, at=at
    )
    for _turn in range(WAITED_FOR):
        if bring_along(opened.audience_id, by=by, at=at):
            break
    return shelf.seen_by(opened.audience_id)


def joining(page_id: str) -> list[Joining]:
    """The circles of a page that are being opened, by name."""
    rows = Audience.objects.filter(page_id=page_id, is_joining=True).order_by("name")
    of = last_number(shelf.brand(page_id).audience_id)
    return [Joining(row.id, row.name, last_number(row.id), of) for row in rows]


def join_due(at: datetime) -> int:
    """Bring along a little for every circle that is being opened; answers for how many."""
    keys = list(
        Audience.objects.filter(is_joining=True).order_by("pk").values_list("pk", flat=True)
    )
    for key in keys:
        bring_along(key, by=WORKER, at=at)
    return len(keys)


@transaction.atomic
def bring_along(circle_id: str, *, by: Actor, at: datetime) -> bool:
    """Bring along some more of what everyone was told; answers whether the circle has all of it.

    What is missing is found by what is there, so a step that was killed is taken up by the next,
    and two at once do nothing twice. Words that are said meanwhile are not told to the circle, but
    brought along in their turn; the last step leaves none.
    """
    circle = Audience.objects.get(pk=circle_id)
    everyone = locked_audiences(circle.page_id)[0]  # nothing is published during a step
    circle.refresh_from_db()
    if not circle.is_joining:
        return True
    if not (
        _copy_words(everyone, circle)
        and _copy_threads(everyone, circle)
        and _copy_spans(everyone, circle)
    ):
        return False
    _copy_standing(everyone, circle)
    Audience.objects.filter(pk=circle.pk).update(is_joining=False)
    if count := last_number(circle.id):
        chain.note(
            "statements:publication:brought_along",
            by=by,
            at=at,
            subject=("audience", circle.id),
            page=circle.page_id,
            count=count,
        )
    return True


def _copy_words(everyone: Audience, circle: Audience) -> bool:
    """Copy the next words, under the numbers they have; answers whether these were the last."""
    rows = Publication.objects.filter(audience=everyone, number__gt=last_number(circle.id))
    batch = list(rows.order_by("number")[:AT_ONCE])
    ids = {row.id: new_id() for row in batch}
    corrected = [of for row in batch if (of := _corrected(row.content)) and of not in ids]
    ids |= _as_known_to(circle, corrected)
    _create([_copied(row, circle, ids) for row in batch])
    return len(batch) < AT_ONCE


def _corrected(content: Mapping[str, Any]) -> str:
    words = content.get("words") or {}
    return str((words.get("correction") or {}).get("of", ""))


def _as_known_to(circle: Audience, keys: Iterable[str]) -> dict[str, str]:
    """The circle's own ids of what everyone was told: under the same number while it joins."""
    numbers = dict(Publication.objects.filter(pk__in=keys).values_list("number", "pk"))
    own = Publication.objects.filter(audience=circle, number__in=numbers)
    return {numbers[number]: pk for number, pk in own.values_list("number", "pk")}


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


def _copy_threads(everyone: Audience, circle: Audience) -> bool:
    """Copy threads that are missing, or went on since; answers whether these were the last."""
    own = Thread.objects.filter(audience=circle, incident=OuterRef("incident"))
    known = Subquery(own.values("last__number")[:1])
    rows = Thread.objects.filter(audience=everyone).annotate(known=known)
    behind = rows.filter(Q(known=None) | ~Q(known=F("last__number"))).order_by("pk")
    batch = list(behind[:AT_ONCE])
    ids = _as_known_to(circle, [key for row in batch for key in (row.first_id, row.last_id)])
    Thread.objects.filter(audience=circle, incident__in=[r.incident_id for r in batch]).delete()
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
            for row in batch
        ]
    )
    return len(batch) < AT_ONCE


def _copy_spans(everyone: Audience, circle: Audience) -> bool:
    """Copy stretches that are missing, let go of those told anew since; as above."""
    theirs, ours = _spans_of(everyone), _spans_of(circle)
    gone = [key for span, key in ours.items() if span not in theirs]
    missing = [key for span, key in theirs.items() if span not in ours]
    Span.objects.filter(pk__in=gone[:AT_ONCE]).delete()
    rows = Span.objects.filter(pk__in=missing[:AT_ONCE]).order_by("pk")
    Span.objects.bulk_create([Span(**_fields(row) | {"audience_id": circle.id}) for row in rows])
    return max(len(gone), len(missing)) <= AT_ONCE


def _spans_of(audience: Audience) -> dict[tuple[Any, ...], int]:
    rows = Span.objects.filter(audience=audience).order_by("pk")
    return {tuple(said): pk for pk, *said in rows.values_list("pk", *SAID_OF_A_SPAN)}


def _copy_standing(everyone: Audience, circle: Audience) -> None:
    rows = Standing.objects.filter(audience=everyone).order_by("pk")
    own = [Standing(**_fields(row) | {"audience_id": circle.id}) for row in rows]
    Standing.objects.bulk_create(own, batch_size=AT_ONCE)


def _fields(row: models.Model) -> dict[str, Any]:
    """All that a row says but which row it is: what is added to the table later comes along too."""
    columns = (field.attname for field in row._meta.concrete_fields if not field.primary_key)
    return {name: getattr(row, name) for name in columns}
