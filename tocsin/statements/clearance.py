"""Leave to say something. Today the policy grants each request by name; the seam is laid.

CannotClear             the request cannot be made; says what to do
NotFitToSay             the words fail the checks (fitness.py)
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from tocsin.catalogue import shelf
from tocsin.disclosure.phases import Phase
from tocsin.journal import bulk, chain
from tocsin.journal.actors import POLICY, Actor
from tocsin.people import access
from tocsin.statements import fitness, published, values
from tocsin.statements.drafting import Drafted
from tocsin.statements.models import Clearance, ClearanceKind, Revision


class CannotClear(Exception):
    pass


@transaction.atomic
def request(draft: Drafted, *, by: Actor, at: datetime) -> Clearance:
    """Ask leave to say a draft's newest revision; the policy grants it at once, in the journal.

    Raises NotFitToSay, CannotClear, ``NotAllowed``.
    """
    access.check(by, "publish", draft.page_id)
    if draft.words is None:
        raise CannotClear("There is nothing to say yet. Write a first revision.")
    page = shelf.brand(draft.page_id)
    if draft.translates:
        fitness.check_translation(draft.words, languages=page.languages)
    else:
        told = published.story(draft.audience_id, draft.incident_id)
        before = told.phase if told else None
        fitness.check(draft.words, before=before, languages=page.languages, at=at)
    return _granted(draft, by=by, at=at)


@transaction.atomic
def request_ahead(
    draft: Drafted, *, due_at: datetime, before: Phase, by: Actor, at: datetime
) -> Clearance:
    """Ask leave now for a word that is said at ``due_at``, after one of phase ``before``.

    Raises NotFitToSay, CannotClear, ``NotAllowed``.
    """
    access.check(by, "publish", draft.page_id)
    if draft.words is None:
        raise CannotClear("There is nothing to say yet. Write a first revision.")
    page = shelf.brand(draft.page_id)
    fitness.check(draft.words, before=before, languages=page.languages, at=due_at)
    return _granted(draft, by=by, at=at)


def _granted(draft: Drafted, *, by: Actor, at: datetime) -> Clearance:
    revision = Revision.objects.get(draft_id=draft.id, number=draft.revision)
    try:
        with transaction.atomic():
            clearance = Clearance.objects.create(
                page_id=draft.page_id,
                revision=revision,
                kind=ClearanceKind.POLICY,
                requested_at=at,
                requested_by=str(by),
            )
    except IntegrityError:
        raise CannotClear("Leave for this revision was asked already.") from None
    return grant(clearance, by=POLICY, at=at)


@transaction.atomic
def break_glass(draft: Drafted, *, by: Actor, at: datetime) -> Clearance:
    """Leave for words that were said in an emergency already: no check holds them up now."""
    revision = Revision.objects.get(draft_id=draft.id, number=draft.revision)
    clearance = Clearance.objects.create(
        page_id=draft.page_id,
        revision=revision,
        kind=ClearanceKind.BREAK_GLASS,
        requested_at=at,
        requested_by=str(by),
    )
    return grant(clearance, by=by, at=at)


@transaction.atomic
def grant(clearance: Clearance, *, by: Actor, at: datetime) -> Clearance:
    """Clear the words for publication."""
    clearance.granted_at, clearance.granted_by = at, str(by)
    clearance.save()
    _note_grant(clearance, by=by, at=at)
    return clearance


def _note_grant(clearance: Clearance, *, by: Actor, at: datetime) -> None:
    chain.note(
        "statements:clearance:granted",
        by=by,
        at=at,
        subject=("clearance", clearance.id),
        page=clearance.page_id,
        kind=clearance.kind,
        words=str(values.read(clearance.revision.words).phase) if clearance.revision else "state",
        requested_by=clearance.requested_by,
    )


@transaction.atomic
def for_state(page_id: str, *, by: Actor, at: datetime) -> Clearance:
    """Leave to say a change of state without words."""
    access.check(by, "publish", page_id)
    clearance = Clearance(
        page_id=page_id,
        kind=ClearanceKind.POLICY,
        requested_at=at,
        requested_by=str(by),
        granted_at=at,
        granted_by=str(POLICY),
    )
    bulk.write(clearance)  # once, with its answer
    _note_grant(clearance, by=POLICY, at=at)
    return clearance
