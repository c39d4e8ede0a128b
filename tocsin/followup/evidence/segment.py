"""An incident's part of the journal, with its place in the whole chain.

A note goes along whole or not at all, for its link is over all that it says. What outsiders are not
told is withheld, and its link stands there; between are stretches of notes about other things.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from tocsin.journal import chain
from tocsin.journal.models import Note, Seal

WAVED = "statements:finding:waved"
REDACTED = "statements:publication:redacted"
# Whole for everybody: what was said, who let it be said, and whether it was kept. What is known,
# who was nudged, and what a reviewer wrote to an author are for our own eyes.
OPEN = frozenset(
    {
        "statements:publication:published",
        REDACTED,
        "statements:shout:taken_in",
        "statements:clearance:requested",
        "statements:clearance:granted",
        "statements:clearance:lapsed",
        "statements:draft:opened",
        "statements:draft:revised",
        "statements:draft:dropped",
        "statements:ready:withdrawn",
        WAVED,
        "statements:debt:kept",
        "statements:debt:paid",
        "statements:debt:missed",
        "announcements:announcement:held",
        "announcements:announcement:released",
        "announcements:announcement:dropped",
    }
)
QUOTING = {"phrase", "reason"}  # where a note repeats what somebody wrote
AT_ONCE = 500
INTERNAL, MAY_HOLD_IT = "internal", "it may hold what was taken out of the words since"


@dataclass(frozen=True, slots=True)
class Linked:
    """A note of the incident's in its place; ``withheld`` says why it is not told."""

    position: int
    previous: str
    digest: str
    note: Note
    withheld: str = ""

    @property
    def row(self) -> dict[str, Any]:
        told = {"position": self.position, "previous": self.previous, "digest": self.digest}
        if self.withheld:
            return {**told, "withheld": self.withheld}
        return {**told, "note": chain.told(self.note)}


def of(
    subjects: Collection[tuple[str, str]], *, redacted_at: datetime | None, with_internal: bool
) -> list[Linked]:
    """Every sealed note on some subjects, in the order of the chain.

    ``redacted_at`` is when something was last taken out of the incident's words.
    """
    sealed = _sealed(_notes(subjects))
    before = _before([seal.position for seal, _note in sealed])
    return [
        Linked(
            seal.position,
            before.get(seal.position - 1, ""),
            seal.digest,
            note,
            _withheld(note, redacted_at, with_internal=with_internal),
        )
        for seal, note in sealed
    ]


def rows(segment: list[Linked]) -> Iterator[dict[str, Any]]:
    """The segment line by line, with the stretches of others' notes between."""
    at = segment[0].position if segment else 0
    for linked in segment:
        if linked.position > at:
            yield {"from": at, "to": linked.position - 1, "of": "other notes"}
        yield linked.row
        at = linked.position + 1


def ends(segment: list[Linked]) -> dict[str, Any] | None:
    """Where the segment begins and ends in the whole chain; None where there is no note."""
    if not segment:
        return None
    first, last = segment[0], segment[-1]
    return {
        "first": first.position,
        "after": first.previous,
        "last": last.position,
        "digest": last.digest,
        "notes": len(segment),
    }


def _notes(subjects: Collection[tuple[str, str]]) -> dict[int, Note]:
    found: dict[int, Note] = {}
    for kind in sorted({kind for kind, _key in subjects}):
        keys = sorted(key for of_kind, key in subjects if of_kind == kind)
        for start in range(0, len(keys), AT_ONCE):
            told = Q(subject_kind=kind, subject_id__in=keys[start : start + AT_ONCE])
            found |= {note.pk: note for note in Note.objects.filter(told)}
    return found


def _sealed(notes: dict[int, Note]) -> list[tuple[Seal, Note]]:
    keys, found = sorted(notes), []
    for start in range(0, len(keys), AT_ONCE):
        for seal in Seal.objects.filter(note_id__in=keys[start : start + AT_ONCE]):
            found.append((seal, notes[seal.note_id]))
    return sorted(found, key=lambda pair: pair[0].position)


def _before(positions: list[int]) -> dict[int, str]:
    """The digests that the notes at some positions follow; the chain begins after nothing."""
    told: dict[int, str] = {}
    for start in range(0, len(positions), AT_ONCE):
        wanted = [position - 1 for position in positions[start : start + AT_ONCE]]
        seals = Seal.objects.filter(position__in=wanted)
        told |= dict(seals.values_list("position", "digest"))
    return told


def _withheld(note: Note, redacted_at: datetime | None, *, with_internal: bool) -> str:
    """Why a note is not told. A sealed note keeps what was taken out of the words it quotes."""
    if redacted_at and note.at <= redacted_at and QUOTING & note.detail.keys():
        return MAY_HOLD_IT
    return "" if with_internal or note.verb in OPEN else INTERNAL
