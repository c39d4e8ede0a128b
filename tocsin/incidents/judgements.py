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


def held_since(
    incident_id: str, at: datetime | None, *, and_before: bool = False
) -> list[Judgement]:
    """What it was held to be at a time, and ever since; all that it ever was without a time.

    ``and_before``: as it was until that very moment, what changed in it included.
    """
    found = judgements_of(incident_id)
    earlier = [one for one in found if at and (one.at < at if and_before else one.at <= at)]
    return [*earlier[-1:], *found[len(earlier) :]]
