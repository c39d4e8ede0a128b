"""Leave to say something: the policy's own, or somebody else's consent that is asked for.

CannotClear             the request cannot be made; says what to do
NotFitToSay             the words fail the checks (fitness.py)

A word that needs nobody's consent is granted at once, in the journal. One that does waits as a row
with a deadline; answers.py has what is answered, fallback.py what happens when nobody does.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from tocsin.catalogue import shelf
from tocsin.disclosure.phases import Phase
from tocsin.journal import bulk, chain
from tocsin.journal.actors import POLICY, Actor
from tocsin.people import access
from tocsin.statements import asking, consents, drafting, fitness, published, values
from tocsin.statements.drafting import Drafted
from tocsin.statements.models import Clearance, ClearanceKind, Revision


class CannotClear(Exception):
    pass


@transaction.atomic
def request(
    draft: Drafted, *, by: Actor, at: datetime, announces: bool = True, is_made: bool = False
) -> Clearance:
    """Ask leave to say a draft's newest revision.

    Where the page's policy asks for nobody's consent, or nobody but the author could give it, it
    is granted at once; else it waits (``granted_at`` is None). ``is_made``: templates made the
    words, which were cleared beforehand. Raises NotFitToSay, CannotClear, ``NotAllowed``.
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
    needed = None if is_made else consents.needed(draft)
    if needed is None:
        return _granted(draft, by=by, at=at)
    if not consents.holders(needed.reviewer, draft.page_id, besides=by.id):
        return _granted(draft, by=by, at=at, because=consents.unheld(needed.reviewer))
    waiting = _created(draft, ClearanceKind.REVIEW, by=by, at=at)
    asking.ask(waiting, draft, needed, announces=announces, by=by, at=at)
    return waiting


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


def _granted(draft: Drafted, *, by: Actor, at: datetime, because: str = "") -> Clearance:
    clearance = _created(draft, ClearanceKind.POLICY, by=by, at=at, granted_by=POLICY)
    _note_grant(clearance, by=POLICY, at=at, because=because)
    return clearance


def _created(
    draft: Drafted, kind: ClearanceKind, *, by: Actor, at: datetime, granted_by: Actor | None = None
) -> Clearance:
    """Ask for leave; with ``granted_by`` it is written once, with its answer."""
    clearance = Clearance(
        page_id=draft.page_id,
        revision=_revision(draft),
        kind=kind,
        requested_at=at,
        requested_by=str(by),
        granted_at=at if granted_by else None,
        granted_by=str(granted_by or ""),
    )
    try:
        with transaction.atomic():
            bulk.write(clearance)
    except IntegrityError:
        raise CannotClear("Leave for this revision was asked already.") from None
    return clearance


def _revision(draft: Drafted) -> Revision:
    newest = drafting.newest_revision(draft.id)
    if newest and newest.number == draft.revision:
        return newest
    return Revision.objects.get(draft_id=draft.id, number=draft.revision)


@transaction.atomic
def stand_in(draft: Drafted, *, by: Actor, at: datetime) -> Clearance:
    """Leave for the holding statement in place of a word that nobody answered for in time.

    It was cleared beforehand, so no check holds it up now.
    """
    return grant(_created(draft, ClearanceKind.HOLDING, by=by, at=at), by=POLICY, at=at)


@transaction.atomic
def break_glass(draft: Drafted, *, by: Actor, at: datetime) -> Clearance:
    """Leave for words that were said in an emergency already: no check holds them up now."""
    return grant(_created(draft, ClearanceKind.BREAK_GLASS, by=by, at=at), by=by, at=at)


@transaction.atomic
def grant(clearance: Clearance, *, by: Actor, at: datetime, because: str = "") -> Clearance:
    """Clear the words for publication."""
    clearance.granted_at, clearance.granted_by = at, str(by)
    clearance.save()
    _note_grant(clearance, by=by, at=at, because=because)
    return clearance


def _note_grant(clearance: Clearance, *, by: Actor, at: datetime, because: str = "") -> None:
    chain.note(
        "statements:clearance:granted",
        by=by,
        at=at,
        subject=("clearance", clearance.id),
        page=clearance.page_id,
        kind=clearance.kind,
        words=str(values.read(clearance.revision.words).phase) if clearance.revision else "state",
        requested_by=clearance.requested_by,
        **({"because": because} if because else {}),
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
