"""The only place that makes a Publication.

NotCleared              nobody gave leave for these words
Overtaken               something newer was said meanwhile (drafting.py); carries the difference
CannotPublish           the change cannot be said; says what to do
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.models import EVERYONE, Audience
from tocsin.catalogue.tree import State, Tree
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.incidents import declaration
from tocsin.journal import bulk, chain
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.journal.ids import new_id, rfc3339
from tocsin.statements import clearance as leave
from tocsin.statements import drafting, hashing, mentions, nudges, published, states, values
from tocsin.statements.models import (
    Clearance,
    Draft,
    Publication,
    Redaction,
    Revision,
    Thread,
)
from tocsin.statements.values import Kind, Words

PUBLISHED = "statements:publication:published"


class NotCleared(Exception):
    pass


class CannotPublish(Exception):
    pass


@transaction.atomic
def publish(
    clearance: Clearance,
    *,
    by: Actor,
    at: datetime,
    announces: bool = True,
    asked_at: datetime | None = None,
) -> published.Publication:
    """Say the words that a clearance was granted for: from here on they are official.

    They are said to every audience of the page, to each under a number of its own, unless the
    incident was declared for one alone. Returns what the first of them was told. Raises
    NotCleared, and Overtaken with the difference over a newer word than the draft's base.
    ``asked_at`` is for words that waited: a promise whose time passed meanwhile is made anew.
    """
    revision = clearance.revision
    if clearance.granted_at is None or revision is None:
        raise NotCleared("Nobody gave leave for these words yet.")
    audiences = told_of(drafting.incident_of(revision.draft_id))
    (draft,) = _DRAFT.rows(revision.draft_id)
    words = _in_time(values.read(revision.words), asked_at or at, at=at)
    _check_last_revision(draft, revision, words)
    told = published.story(audiences[0].id, draft.incident_id)
    if draft.translates is None:
        _check_still_newest(draft, told, words)
        if told is not None and words.correction is None and not words.is_progress:
            nudges.settle(told, by=by, at=at)
        say = _worded
    else:
        _check_untranslated(draft, told, words)
        say = _translated
    rows = [
        say(audience, clearance, draft, words, by=by, at=at, announces=announces)
        for audience in audiences
    ]
    Draft.objects.filter(pk=draft.pk).update(spent_at=at)
    return _said(next(row for row in rows if row))


def _in_time(words: Words, asked_at: datetime, *, at: datetime) -> Words:
    """The same words, with as long until the next one as there was when they were written."""
    waited = at - asked_at
    late = {code: due + waited for code, due in words.translations_due.items() if due <= at}
    due = words.next_word_at
    if due is not None and due <= at and waited:
        words = replace(words, next_word_at=due + waited)
    return replace(words, translations_due={**words.translations_due, **late}) if late else words


def _worded(
    audience: Audience,
    clearance: Clearance,
    draft: Draft,
    words: Words,
    *,
    by: Actor,
    at: datetime,
    announces: bool,
) -> Publication | None:
    theirs = _as_told_to(audience, words)
    if theirs is None:
        return None  # they were never told what is corrected
    told = published.story(audience.id, draft.incident_id)
    row = _written(
        audience, clearance, draft.incident_id, theirs, told, by=by, at=at, announces=announces
    )
    _follow_thread(row, draft.incident_id, words)
    return row


def _as_told_to(audience: Audience, words: Words) -> Words | None:
    """A correction names the word as this audience knows it; None where it was never told that."""
    told = words.correction
    if told is None:
        return words
    clearances = Publication.objects.filter(pk=told.of).values("clearance_id")
    row = Publication.objects.filter(audience=audience, clearance__in=clearances).first()
    if row is None:
        return None
    return replace(words, correction=replace(told, of=row.id, number=row.number))


def _said(row: Publication) -> published.Publication:
    said = published.publication(row.id)
    assert said is not None
    return said


def told_of(incident_id: str) -> Sequence[Audience]:
    """Who is told of an incident, everyone first, locked until the transaction ends.

    Locked, because numbers come one at a time and without gaps; and after the incident, as the
    order of all locks has it (incidents/locking.py).
    """
    place = declaration.place_of(incident_id, held=True)
    if place.is_for_everyone:
        return locked_audiences(place.page_id)
    return [Audience.objects.select_for_update().get(pk=place.audience_id)]


_DRAFT = Compiled(lambda key: Draft.objects.filter(pk=key).select_for_update())
_LOCKED = Compiled(
    lambda page: (
        Audience.objects.filter(page_id=page, is_joining=False).select_for_update().order_by("pk")
    )
)


def locked_audiences(page_id: str) -> Sequence[Audience]:
    """Every audience of a page, everyone first; locked in one order, so that nobody waits twice.

    A circle that is being opened is brought what is said meanwhile (circles.py).
    """
    return sorted(_LOCKED.rows(page_id), key=lambda row: row.slug != EVERYONE)


def _check_last_revision(draft: Draft, revision: Revision, words: Words) -> None:
    if draft.spent_at is not None:
        raise drafting.UnknownDraft("This draft was published already. Open a new one.")
    newer = drafting.newest_revision(draft.id)
    if newer is not None and newer.number > revision.number:
        theirs = values.read(newer.words)
        message = f"{newer.by_name} revised this draft after leave was given. The difference:"
        raise drafting.Overtaken(message, drafting.difference(theirs, words))


def _check_still_newest(draft: Draft, told: published.Story | None, words: Words) -> None:
    if words.is_progress and told is not None and not told.is_open:
        return  # it stands beside what is said of the incident
    if told is not None and told.latest.number > draft.based_on:
        message = f"No. {told.latest.number} was published meanwhile. The difference:"
        raise drafting.Overtaken(message, drafting.difference(told.words, words))


def _check_untranslated(draft: Draft, told: published.Story | None, words: Words) -> None:
    assert told is not None, "what is translated was said"
    original = next(said for said in told.publications if said.id == draft.translates_id)
    assert original.words is not None
    theirs = {code: text for code, text in original.words.layers.items() if code in words.layers}
    if theirs:
        message = f"No. {original.number} was translated meanwhile. The difference:"
        difference = drafting.difference(replace(original.words, layers=theirs), words)
        raise drafting.Overtaken(message, difference)


def _translated(
    audience: Audience,
    clearance: Clearance,
    draft: Draft,
    words: Words,
    *,
    by: Actor,
    at: datetime,
    announces: bool,
) -> Publication | None:
    """Bring a language to a word that stands: its states, times and thread stay as they are."""
    assert draft.translates is not None
    # The same leave, so the same word, under the number that this audience knows it by.
    same = Publication.objects.filter(clearance_id=draft.translates.clearance_id)
    original = same.filter(audience=audience).first()
    if original is None:
        return None
    content = {
        "words": values.written(words),
        "changes": [],
        "translates": original.number,
    }
    return _create(
        audience,
        Kind.TRANSLATION,
        clearance,
        draft.incident_id,
        words.phase,
        content,
        by=by,
        at=at,
        announces=announces,
    )


@transaction.atomic
def publish_state(
    page_id: str,
    changed: Mapping[str, State],
    *,
    by: Actor,
    at: datetime,
    reading: Callable[[], Tree] | None = None,
) -> published.Publication:
    """Say a change of state without words (kind ``state``), to every audience of the page.

    ``changed``: {id or slug: state}. The override stands beside open incidents: readers see the
    worst of them. ``reading`` tells what the page shows now, for whoever can do so at less cost.
    Returns what everyone was told. Raises CannotPublish.
    """
    audiences = locked_audiences(page_id)
    # Read once nobody can take a component off any more, for that holds the audiences too.
    tree = reading() if reading else shelf.components_of(page_id)
    landed = _landed(tree, changed)
    granted = leave.for_state(page_id, by=by, at=at)
    groups_named = {node.id for node in tree if node.is_group and node.id in landed}
    rows = []
    for audience in audiences:
        groups = groups_named - states.overridden(audience.id) if groups_named else set()
        theirs = {key: state for key, state in landed.items() if key not in groups}
        rows.append(_state_row(audience, granted, theirs, by=by, at=at))
    return _said(rows[0])


def _landed(tree: Tree, changed: Mapping[str, State]) -> dict[str, State]:
    """What a change says of each component that keeps a state. Raises CannotPublish."""
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
    return landed


def _state_row(
    audience: Audience,
    granted: Clearance,
    landed: Mapping[str, State],
    *,
    by: Actor,
    at: datetime,
) -> Publication:
    content = {
        "words": None,
        "changes": states.take(audience.id, None, landed, at=at),
        "said": {key: state.value for key, state in landed.items()},
    }
    return _create(audience, Kind.STATE, granted, None, "", content, by=by, at=at, announces=False)


def _written(
    audience: Audience,
    clearance: Clearance,
    incident_id: str,
    words: Words,
    told: published.Story | None,
    *,
    by: Actor,
    at: datetime,
    announces: bool,
) -> Publication:
    began = words.since if _begins(words, told) else None
    ended = words.until if words.phase in FINAL else None
    edge = ended or began
    retells = _moves_an_edge(words, told) or (
        edge is not None and states.reaches_back(audience.id, list(words.impacts), to=edge)
    )
    changes = states.take(
        audience.id, incident_id, dict(words.impacts), at=at, effective_at=edge or at
    )
    content: dict[str, Any] = {"words": values.written(words), "changes": changes}
    if retells:
        content["retells"] = True
    row = _create(
        audience,
        _kind_of(words),
        clearance,
        incident_id,
        words.phase,
        content,
        by=by,
        at=at,
        announces=announces,
    )
    if retells:
        states.retell(audience.id, _named(words, told))
    return row


def _kind_of(words: Words) -> Kind:
    if words.correction:
        return Kind.CORRECTION
    return Kind.PROGRESS if words.is_progress else Kind.WORD


def _moves_an_edge(words: Words, told: published.Story | None) -> bool:
    """Whether these words tell another beginning or end than was told before."""
    if words.retrospective or (words.correction and words.correction.states):
        return True
    if told is None or (words.window and not words.correction):
        return False  # a window's edges were told when they came
    before = told.words
    is_since_moved = words.since is not None and words.since != before.since
    was_final = before.is_final and words.is_final
    return is_since_moved or (was_final and words.until != before.until)


def _named(words: Words, told: published.Story | None) -> list[str]:
    """Every component that an incident ever named."""
    return list(dict.fromkeys([*(told.component_ids if told else ()), *words.impacts]))


def _begins(words: Words, told: published.Story | None) -> bool:
    """Whether the effect begins with these words: the first ones, or those that open a window.

    Planned work that outlasts its window is an incident from the window's end on.
    """
    if told is None:
        return words.retrospective is None
    opens = words.phase == Phase.BEGUN and told.phase == Phase.ANNOUNCED
    return opens or (told.words.is_planned and not words.is_planned)


def _create(
    audience: Audience,
    kind: Kind,
    clearance: Clearance,
    incident_id: str | None,
    phase: str,
    content: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    announces: bool,
) -> Publication:
    row = made(
        audience,
        kind,
        clearance.id,
        incident_id,
        phase,
        content,
        number=published.last_number(audience.id) + 1,
        announces=announces,
        at=at,
    )
    bulk.write(row)
    mentions.note([row])
    _note(row, by=by, at=at)
    return row


def made(
    audience: Audience,
    kind: Kind,
    clearance_id: str,
    incident_id: str | None,
    phase: str,
    content: Mapping[str, Any],
    *,
    number: int,
    announces: bool,
    at: datetime,
    id: str = "",
) -> Publication:
    """A publication under the audience's next number, with its hash; not written down yet.

    Whoever writes it holds the audience, and notes it in the journal.
    """
    publication_id, salt = id or new_id(), secrets.token_hex(16)
    return Publication(
        id=publication_id,
        page_id=audience.page_id,
        audience=audience,
        number=number,
        kind=kind,
        incident_id=incident_id,
        phase=phase,
        content=content,
        announces=announces,
        published_at=at,
        clearance_id=clearance_id,
        salt=salt,
        digest=digest_of(publication_id, number, content, salt=salt, at=at),
    )


def _note(row: Publication, *, by: Actor, at: datetime) -> None:
    subject, detail = noted(row)
    chain.note_all(PUBLISHED, [(subject, detail)], by=by, at=at, page=row.page_id)


def noted(row: Publication) -> tuple[tuple[str, str], dict[str, object]]:
    """(subject, detail) of the journal's note on a publication."""
    detail: dict[str, object] = {
        "audience": row.audience_id,
        "number": row.number,
        "kind": row.kind,
        "incident": row.incident_id,
        "digest": row.digest,
    }
    return ("publication", row.id), detail


def digest_of(
    publication_id: str, number: int, content: Mapping[str, Any], *, salt: str, at: datetime
) -> str:
    """The hash that a publication carries (hashing.py)."""
    return hashing.digest_of(publication_id, number, content, salt=salt, at=rfc3339(at))


def _follow_thread(row: Publication, incident_id: str, words: Words) -> None:
    now: dict[str, Any] = {
        "last": row,
        "is_open": words.phase not in FINAL,
        "is_planned": words.window is not None,
        "is_incident": not words.is_planned,
    }
    if words.window:
        now["placed_at"] = words.window.starts_at
    if words.promises:
        now["has_promises"] = True
    moved = Thread.objects.filter(audience_id=row.audience_id, incident_id=incident_id)
    if not moved.update(**now):
        opened_at = row.published_at
        Thread.objects.create(
            audience_id=row.audience_id,
            incident_id=incident_id,
            first=row,
            **{"opened_at": opened_at, "placed_at": opened_at} | now,
        )


def faults() -> list[str]:
    """Check every publication's digest and every audience's numbers; sentences on what is wrong."""
    found: list[str] = []
    expected: dict[str, int] = {}
    redactions = Redaction.objects.order_by("pk").values_list("publication_id", "digest")
    redacted = dict(redactions)  # of several, the last counts
    for row in Publication.objects.order_by("audience_id", "number").iterator(chunk_size=500):
        expected[row.audience_id] = expected.get(row.audience_id, 0) + 1
        if row.number != expected[row.audience_id]:
            found.append(f"Publication no. {expected[row.audience_id]} is missing.")
            expected[row.audience_id] = row.number
        at, expects = row.published_at, redacted.get(row.id, row.digest)
        if digest_of(row.id, row.number, row.content, salt=row.salt, at=at) != expects:
            found.append(f"Publication no. {row.number} was changed after it was published.")
    return [*found, *_unsealed_redactions(redacted)]


def _unsealed_redactions(redacted: Mapping[str, str]) -> Iterator[str]:
    """A redaction counts only as the journal knows it: who takes words out leaves a note."""
    for publication_id, digest in redacted.items():
        noted = [
            entry.detail.get("digest")
            for entry in chain.read(("publication", publication_id))
            if entry.verb == "statements:publication:redacted"
        ]
        if noted[-1:] != [digest]:
            yield f"Publication {publication_id} was redacted, and the journal knows nothing of it."
