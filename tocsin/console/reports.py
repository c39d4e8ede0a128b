"""The reports that an incident may owe, as its room shows them."""

from dataclasses import dataclass
from itertools import groupby

from tocsin.disclosure.clocks.values import Clock, Due
from tocsin.incidents import reporting
from tocsin.incidents.reporting import Owed


@dataclass(frozen=True, slots=True)
class Panel:
    """What the incident's room shows. ``places``: (where, its clocks with whether each is chosen).

    ``rest``: what does not run, or is done.
    """

    owed: Owed
    upcoming: list[Due]
    rest: list[Due]
    places: list[tuple[str, list[tuple[Clock, bool]]]]


def panel(incident_id: str, page_id: str) -> Panel:
    """What the room shows now. Reads, and changes nothing."""
    owed = reporting.owed(incident_id)
    upcoming, chosen = owed.upcoming, owed.answers.clocks or ()
    there = sorted(reporting.clocks_of(page_id).values(), key=lambda clock: clock.place.name)
    return Panel(
        owed,
        upcoming,
        [due for due in owed.dues if due not in upcoming],
        [
            (place, [(clock, clock.id in chosen) for clock in clocks])
            for place, clocks in groupby(there, key=lambda clock: clock.place.name)
        ],
    )
