"""Words that were cleared ahead and wait for their moment. What waits is a row; it is said once."""

from datetime import datetime

from django.db import transaction

from tocsin.disclosure.phases import Phase
from tocsin.incidents import locking
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.statements import clearance, drafting, publication, published, values
from tocsin.statements.models import Cue, Draft, Ready
from tocsin.statements.values import Words


@transaction.atomic
def hold(
    incident_id: str,
    cue: Cue,
    words: Words,
    *,
    due_at: datetime,
    before: Phase,
    by: Actor,
    at: datetime,
) -> None:
    """Clear words now and keep them until ``due_at``. Raises NotFitToSay, ``NotAllowed``."""
    draft = drafting.open_draft(incident_id, is_held=True, by=by, at=at)
    draft = drafting.revise(draft.id, words, follows=0, by=by, at=at)
    granted = clearance.request_ahead(draft, due_at=due_at, before=before, by=by, at=at)
    Ready.objects.create(incident_id=incident_id, cue=cue, due_at=due_at, clearance=granted)


def withdraw(incident_id: str, *cues: Cue, by: Actor, at: datetime) -> int:
    """Let what was held of an incident (or of some cues) never be said; answers how much."""
    rows = Ready.objects.filter(incident_id=incident_id, said_at=None, withdrawn_at=None)
    rows = rows.filter(cue__in=cues) if cues else rows
    drafts = list(rows.values_list("clearance__revision__draft_id", flat=True))
    count = rows.update(withdrawn_at=at)
    Draft.objects.filter(pk__in=drafts).update(spent_at=at)
    if count:
        subject = ("incident", incident_id)
        chain.note("statements:ready:withdrawn", by=by, at=at, subject=subject, count=count)
    return count


def due(at: datetime) -> list[int]:
    """The rows whose moment has come, in order."""
    rows = Ready.objects.filter(due_at__lte=at, said_at=None, withdrawn_at=None)
    return list(rows.order_by("due_at", "id").values_list("id", flat=True))


def locked(row_id: int) -> Ready | None:
    """A row that still waits, held against everybody else until the transaction ends.

    Its work is what is held: whoever moves or ends that holds it too (incidents/locking.py).
    """
    locking.lock(Ready.objects.filter(pk=row_id).values_list("incident_id", flat=True))
    rows = Ready.objects.select_related("clearance__revision")
    return rows.filter(pk=row_id, said_at=None, withdrawn_at=None).first()


def is_overtaken(row: Ready, *, at: datetime) -> bool:
    """Whether a later word of the same work is due as well: then this one has no news any more."""
    later = Ready.objects.filter(
        incident_id=row.incident_id, due_at__gt=row.due_at, due_at__lte=at, withdrawn_at=None
    )
    return later.exists()


def say(row: Ready, *, by: Actor, at: datetime, announces: bool = True) -> published.Publication:
    """Say it, in the caller's transaction. Nothing that was said since outdates it: whoever changes
    the work withdraws what was held and holds it anew."""
    revision = row.clearance.revision
    assert revision is not None
    newest = drafting.last_number_of(row.incident_id)
    Draft.objects.filter(pk=revision.draft_id).update(based_on=newest)
    said = publication.publish(row.clearance, by=by, at=at, announces=announces)
    row.said_at = at
    row.save(update_fields=["said_at"])
    return said


def waiting(incident_id: str) -> list[tuple[datetime, Words]]:
    """What the clock will still say of planned work, and when."""
    rows = Ready.objects.filter(incident_id=incident_id, said_at=None, withdrawn_at=None)
    rows = rows.select_related("clearance__revision").order_by("due_at", "id")
    revisions = ((row.due_at, row.clearance.revision) for row in rows)
    return [(due_at, values.read(revision.words)) for due_at, revision in revisions if revision]
