"""What becomes of a word once its author has let go of it: said, or waiting for consent."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.journal.actors import Actor
from tocsin.statements import asking, publication, published
from tocsin.statements.asking import Pending
from tocsin.statements.models import Clearance
from tocsin.statements.publication import NotCleared


@dataclass(frozen=True, slots=True)
class Spoken:
    """An incident and the publication that was just made of it, or what that waits for."""

    incident_id: str
    said: published.Publication | None
    pending: Pending | None = None

    @property
    def publication(self) -> published.Publication:
        """What was said. Raises NotCleared while it waits, with a sentence on for whom."""
        if self.said is None:
            assert self.pending is not None
            raise NotCleared(self.pending.sentence)
        return self.said


def let_go(
    granted: Clearance, incident_id: str, *, by: Actor, at: datetime, announces: bool = True
) -> Spoken:
    """Say what leave was given for; what still waits for it is told as waiting."""
    if granted.granted_at is None:
        return Spoken(incident_id, None, asking.pending_of(granted))
    return Spoken(incident_id, publication.publish(granted, by=by, at=at, announces=announces))
