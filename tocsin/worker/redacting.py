"""A redaction to its end on this machine: record, files, and the database's own files.

One verb for whoever asks for it, because a part that is left out leaves the secret where it was.
Other machines compile anew when they see the row.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tocsin.announcements import progress
from tocsin.announcements.progress import Reached
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import Actor
from tocsin.page import site
from tocsin.statements import redaction, scrubbing
from tocsin.statements.redaction import Redacted
from tocsin.statements.sweeping import Sought, mark

MOST_TURNS = 200
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it. ``left`` are this machine's files of the page that hold it still."""

    redacted: Redacted
    reached: Reached
    left: tuple[Path, ...]
    is_scrubbed: bool


def redact(page: Brand, secret: str, *, reason: Mapping[str, str], by: Actor, at: datetime) -> Done:
    """Take a secret out of all that a page ever said, at once: nobody waits for a worker.

    Raises what ``redaction.redact`` does. From there on it is taken out, and whatever fails is told
    in the result.
    """
    done = redaction.redact(page.id, secret, reason=reason, by=by, at=at)
    pattern = Sought(secret.strip()).pattern
    site.scour(page, pattern, mark(page.language), at=at)
    _compile(at)
    left = tuple(site.holding(page, pattern))
    is_scrubbed = bool(scrubbing.scrub(at)) or not scrubbing.waits()
    return Done(done, progress.reached(done.stood.publications), left, is_scrubbed)


def _compile(at: datetime) -> None:
    try:
        for _turn in range(MOST_TURNS):
            if not site.compile(at):
                return
    except Exception as fault:  # another page's, perhaps; what this one holds is looked at next
        # By its kind alone: its words may quote what was taken out.
        log.error("A page could not be compiled after a redaction: %s", type(fault).__name__)
