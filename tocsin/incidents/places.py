"""Where an incident is told of: its page, and the audience that is told first.

Each word asks it several times and needs nothing else of the incident, so it is read alone.
"""

from dataclasses import dataclass

from django.db import models

from tocsin.catalogue import shelf
from tocsin.incidents.models import Incident
from tocsin.journal.compiled import Compiled


@dataclass(frozen=True, slots=True)
class Place:
    """``audience_id`` is the circle that it was declared for, else everyone."""

    page_id: str
    audience_id: str
    is_for_everyone: bool


def of(incident_id: str) -> Place | None:
    """Where it is told of; None where there is none by that id."""
    return _place(_READ.tuples(incident_id))


def held(incident_id: str) -> Place | None:
    """The same, and nobody else changes the incident until the transaction ends."""
    return _place(_HELD.tuples(incident_id))


def first_told(page_id: str, audience_id: str | None) -> str:
    """The id of the audience that is told first."""
    return audience_id or _own_audience_of(page_id)


def _place(rows: list[tuple[str, str | None]]) -> Place | None:
    for page_id, audience_id in rows:
        return Place(page_id, first_told(page_id, audience_id), audience_id is None)
    return None


_own_audiences: dict[str, str] = {}


def _own_audience_of(page_id: str) -> str:
    """The audience that a page began with: it stays for as long as the page does."""
    if page_id not in _own_audiences:
        _own_audiences[page_id] = shelf.brand(page_id).audience_id
    return _own_audiences[page_id]


def _of(incident_id: str) -> "models.QuerySet[Incident, tuple[str, str | None]]":
    return Incident.objects.filter(pk=incident_id).values_list("page_id", "audience_id")


_READ = Compiled(_of)
_HELD = Compiled(lambda key: _of(key).select_for_update())
