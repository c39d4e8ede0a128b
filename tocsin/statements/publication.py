"""The only place that makes a Publication.

NotCleared              nobody gave leave for these words
Overtaken               something newer was said meanwhile (drafting.py); carries the difference
CannotPublish           the change cannot be said; says what to do
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.models import EVERYONE, Audience
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import FINAL
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.ids import new_id, rfc3339
from tocsin.statements import clearance as leave
from tocsin.statements import drafting, published, states, values
from tocsin.statements.models import Clearance, Draft, Publication, Revision, Thread
from tocsin.statements.values import Kind, Words


class NotCleared(Exception):
    pass


class CannotPublish(Exception):
    pass


@transaction.atomic
def publish(
    clearance: Clearance, *, by: Actor, at: datetime, announces: bool = True
) -> published.Publication:
    """Say the words that a clearance was granted for: from here on they are official.

    They are said to every audience of the page, to each under a number of its own, unless the
    incident was declared for one alone. Returns what the first of them was told. Raises
    NotCleared, and Overtaken with the difference over a newer word than the draft's base.
    """
    revision = clearance.revision
    if clearance.granted_at is None or revision is None:
        raise NotCleared("Nobody gave leave for these words yet.")
    draft = Draft.objects.select_for_update().get(pk=revision.draft_id)
    audiences = told_of(draft.incident_id)
    words = values.read(revision.words)
    _check_still_newest(draft, revision, audiences[0], words)
    rows = [
        _written(
            audience,
            Kind.WORD,
            clearance,
            draft.incident_id,
            words,
            by=by,
            at=at,
            announces=announces,
        )
        for audience in audiences
    ]
    Draft.objects.filter(pk=draft.pk).update(spent_at=at)
    for row in rows:
        _follow_thread(row, draft.incident_id, words)
    return _said(rows[0])


def _said(row: Publication) -> published.Publication:
    said = published.publication(row.id)
    assert said is not None
    return said


def told_of(incident_id: str) -> Sequence[Audience]:
    """Who is told of an incident, everyone first, locked until the transaction ends.

    Locked, because numbers come one at a time and without gaps.
    """
    known = declaration.known_of(incident_id)
    if known.is_for_everyone:
        return locked_audiences(known.page_id)
    return [Audience.objects.select_for_update().get(pk=known.audience_id)]


def locked_audiences(page_id: str) -> Sequence[Audience]:
    """Every audience of a page, everyone first; locked in one order, so that nobody waits twice."""
    rows = Audience.objects.select_for_update().filter(page_id=page_id).order_by("pk")
    return sorted(rows, key=lambda row: row.slug != EVERYONE)


def _check_still_newest(draft: Draft, revision: Revision, audience: Audience, words: Words) -> None:
    if draft.spent_at is not None:
        raise drafting.UnknownDraft("This draft was published already. Open a new one.")
    newer = Revision.objects.filter(draft=draft, number__gt=revision.number).first()
    if newer is not None:
        theirs = values.read(newer.words)
        message = f"{newer.by_name} revised this draft after leave was given. The difference:"
        raise drafting.Overtaken(message, drafting.difference(theirs, words))
    told = published.story(audience.id, draft.incident_id)
    if told is not None and told.latest.number > draft.based_on:
        message = f"No. {told.latest.number} was published meanwhile. The difference:"
        raise drafting.Overtaken(message, drafting.difference(told.words, words))


@transaction.atomic
def publish_state(
    page_id: str, changed: Mapping[str, State], *, by: Actor, at: datetime
) -> published.Publication:
    """Say a change of state without words (kind ``state``), to every audience of the page.

    ``changed``: {id or slug: state}. The override stands beside open incidents: readers see the
    worst of them. Returns what everyone was told. Raises CannotPublish.
    """
    tree = shelf.components_of(page_id)
    landed: dict[str, State] = {}
    for ref, state in changed.items():
        node = tree.find(ref)
        if node is None:
            raise CannotPublish(f"No component {ref!r} on this page.")
        # A component that got others below it since keeps no state of its own: it is theirs now.
        landed |= {below.id: State.OPERATIONAL for below in node.walk() if below.is_group}
        landed |= {leaf.id: State(state) for leaf in tree.leaves_of(node.id)}
    if not landed:
        raise CannotPublish("Say which component changes.")
    granted = leave.for_state(page_id, by=by, at=at)
    rows = []
    for audience in locked_audiences(page_id):
        groups = {node.id for node in tree if node.is_group} - states.overridden(audience.id)
        theirs = {key: state for key, state in landed.items() if key not in groups}
        rows.append(_state_row(audience, granted, theirs, by=by, at=at))
    return _said(rows[0])


def _state_row(
    audience: Audience,
    granted: Clearance,
    landed: Mapping[str, State],
    *,
    by: Actor,
    at: datetime,
) -> Publication:
    changes = states.take(audience.id, None, landed, at=at)
    return _create(
        audience, Kind.STATE, granted, None, None, changes, by=by, at=at, announces=False
    )


def _written(
    audience: Audience,
    kind: Kind,
    clearance: Clearance,
    incident_id: str,
    words: Words,
    *,
    by: Actor,
    at: datetime,
    announces: bool,
) -> Publication:
    said = dict(words.impacts)
    is_known = Thread.objects.filter(audience=audience, incident_id=incident_id).exists()
    began = None if is_known else words.since
    ended = words.until if words.phase in FINAL else None
    changes = states.take(audience.id, incident_id, said, at=at, effective_at=ended or began)
    return _create(
        audience, kind, clearance, incident_id, words, changes, by=by, at=at, announces=announces
    )


def _create(
    audience: Audience,
    kind: Kind,
    clearance: Clearance,
    incident_id: str | None,
    words: Words | None,
    changes: list[tuple[str, str, str]],
    *,
    by: Actor,
    at: datetime,
    announces: bool,
) -> Publication:
    content = {"words": values.written(words) if words else None, "changes": changes}
    publication_id, number = new_id(), published.last_number(audience.id) + 1
    salt = secrets.token_hex(16)
    row = Publication.objects.create(
        id=publication_id,
        page_id=audience.page_id,
        audience=audience,
        number=number,
        kind=kind,
        incident_id=incident_id,
        phase=words.phase if words else "",
        content=content,
        announces=announces,
        published_at=at,
        clearance=clearance,
        salt=salt,
        digest=digest_of(publication_id, number, content, salt=salt, at=at),
    )
    _note(row, by=by, at=at)
    return row


def _note(row: Publication, *, by: Actor, at: datetime) -> None:
    chain.note(
        "statements:publication:published",
        by=by,
        at=at,
        subject=("publication", row.id),
        page=row.page_id,
        audience=row.audience_id,
        number=row.number,
        kind=row.kind,
        incident=row.incident_id,
        digest=row.digest,
    )


def digest_of(
    publication_id: str, number: int, content: Mapping[str, Any], *, salt: str, at: datetime
) -> str:
    """The salted SHA-256 of a publication's canonical JSON; the salt defeats guessing."""
    told = [publication_id, number, rfc3339(at), content]
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((salt + canonical).encode()).hexdigest()


def _follow_thread(row: Publication, incident_id: str, words: Words) -> None:
    is_open = words.phase not in FINAL
    moved = Thread.objects.filter(audience_id=row.audience_id, incident_id=incident_id)
    if not moved.update(last=row, is_open=is_open):
        Thread.objects.create(
            audience_id=row.audience_id,
            incident_id=incident_id,
            first=row,
            last=row,
            opened_at=row.published_at,
            is_open=is_open,
        )


def faults() -> list[str]:
    """Check every publication's digest and every audience's numbers; sentences on what is wrong."""
    found: list[str] = []
    expected: dict[str, int] = {}
    for row in Publication.objects.order_by("audience_id", "number").iterator(chunk_size=500):
        expected[row.audience_id] = expected.get(row.audience_id, 0) + 1
        if row.number != expected[row.audience_id]:
            found.append(f"Publication no. {expected[row.audience_id]} is missing.")
            expected[row.audience_id] = row.number
        at = row.published_at
        if digest_of(row.id, row.number, row.content, salt=row.salt, at=at) != row.digest:
            found.append(f"Publication no. {row.number} was changed after it was published.")
    return found
