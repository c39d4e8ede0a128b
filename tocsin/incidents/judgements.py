"""How grave an incident was held to be, and whether about security: each time that this was said.

Kept in the journal alone, where nobody can take it back.
"""

from dataclasses import dataclass
from datetime import datetime

from tocsin.disclosure.severity import Severity
from tocsin.incidents.models import IncidentKind
from tocsin.journal import chain

VERBS = "incidents:incident:"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an incident was held to be from a time on."""

    at: datetime
    severity: Severity
    is_security: bool


def judgements_of(incident_id: str) -> list[Judgement]:
    """Every judgement, oldest first; none of an incident that was brought from elsewhere."""
    found: list[Judgement] = []
    is_security = False
    for note in chain.read(("incident", incident_id)):
        if note.verb.startswith(VERBS) and "severity" in note.detail:
            kind = str(note.detail.get("kind", ""))
            is_security = kind == IncidentKind.SECURITY if kind else is_security
            found.append(Judgement(note.at, Severity(str(note.detail["severity"])), is_security))
    return found


def held_since(incident_id: str, at: datetime | None) -> list[Judgement]:
    """What it was held to be at a time, and ever since; all that it ever was without a time."""
    found = judgements_of(incident_id)
    before = [one for one in found if at is not None and one.at <= at]
    return [*before[-1:], *found[len(before) :]]
