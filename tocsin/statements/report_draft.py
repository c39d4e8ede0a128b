"""A draft report to whoever an incident may have to be reported to: what is known, what was said.

For our own eyes: it holds internal facts, and is never published.
"""

from datetime import datetime

from tocsin.catalogue import shelf
from tocsin.disclosure.clocks import draft
from tocsin.disclosure.clocks.draft import Told
from tocsin.disclosure.clocks.due import dues
from tocsin.disclosure.clocks.values import Due
from tocsin.incidents import declaration, reporting
from tocsin.incidents.models import Done
from tocsin.statements import published


def drafted(incident_id: str, *, clock: str, stage: str, at: datetime, language: str = "en") -> str:
    """The draft of one report in Markdown, filled from the timeline. Raises CannotReport."""
    known = declaration.known_of(incident_id)
    page = shelf.seen_by(known.audience_id)
    due = _due(incident_id, clock, stage)
    owed = reporting.owed(incident_id)
    nodes = shelf.components_of(known.page_id, retired=True).by_id()
    story = published.story(page.audience_id, incident_id)
    told = Told(
        incident_id=incident_id,
        title=known.title,
        severity=known.severity,
        posture=known.posture,
        resolved_at=known.resolved_at,
        moments=known.moments,
        affected=[
            (nodes[key].named(language) if key in nodes else key, state)
            for key, state in known.impacts.items()
        ],
        personal_data=owed.answers.personal_data,
        said=[
            (said.published_at, layer.headline, layer.body)
            for said in (story.publications if story else ())
            if said.words
            for _, layer in [said.layer(language)]
        ],
        facts=declaration.facts_of(incident_id),
        reported=[
            (one.clock, one.stage, one.done_at, one.recipient, one.reference)
            for one in owed.in_force
            if one.done == Done.SUBMITTED
        ],
    )
    return draft.drafted(due, told, language=language, zone=page.time_zone, at=at)


def _due(incident_id: str, clock_id: str, stage: str) -> Due:
    """How that report stands, chosen or not: a draft may be wanted before anybody has decided."""
    page_id = declaration.known_of(incident_id).page_id
    clock = reporting.clock_of(page_id, clock_id)
    reporting.stage_of(clock, stage)
    zone = shelf.brand(page_id).time_zone
    told = dues([clock], reporting.counted(incident_id), zone=zone)
    return next(due for due in told if due.stage.name == stage)
