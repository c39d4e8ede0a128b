"""Reporting back on promises by the clock: 30 and 90 days after they were told (R-55).

What was cleared turn by turn is told again as readers know it, so nobody is asked for it anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from tocsin.catalogue import shelf
from tocsin.followup import one_by_one
from tocsin.followup.models import Cue, Promise, Report
from tocsin.incidents import declaration
from tocsin.journal.actors import WORKER
from tocsin.statements import progress, published
from tocsin.statements.promised import Fate
from tocsin.statements.published import Story

AFTER = {Cue.DAY_30: timedelta(days=30), Cue.DAY_90: timedelta(days=90)}


@dataclass(frozen=True, slots=True)
class _Come:
    """An incident of which a report has come; ``id`` is the incident's."""

    id: str
    story: Story
    cue: Cue


def report(at: datetime) -> int:
    """Tell readers how promises stand whose day of a report has come; answers how many words."""
    return one_by_one.sum_of(lambda come: _told(come, at=at), list(_due(at)))


def days_of(story: Story, zone: str) -> dict[Cue, date]:
    """The days of both reports, in a zone: counted from the word that first told of promises."""
    first = next((said for said in story.publications if said.words and said.words.promises), None)
    if first is None:
        return {}
    told_on = first.published_at.astimezone(ZoneInfo(zone)).date()
    return {cue: told_on + after for cue, after in AFTER.items()}


def next_day(story: Story, zone: str, *, at: datetime) -> date | None:
    """The next day on which readers are reported back to; None where both are behind us."""
    today = at.astimezone(ZoneInfo(zone)).date()
    return min((on for on in days_of(story, zone).values() if on > today), default=None)


def _due(at: datetime) -> Iterator[_Come]:
    done = set(Report.objects.values_list("incident_id", "cue"))
    keys = Promise.objects.order_by("incident_id").values_list("incident_id", flat=True).distinct()
    for key in keys:
        if all((key, cue) in done for cue in Cue):
            continue
        known = declaration.known_of(key)
        story = published.story(known.audience_id, key)
        if story is None or story.is_open or not _is_open(story):
            continue  # once all is settled, that was the last word of it
        zone = shelf.brand(known.page_id).time_zone
        today = at.astimezone(ZoneInfo(zone)).date()
        come = [cue for cue, on in days_of(story, zone).items() if on <= today]
        # After a time without a worker the newest alone is told: it tells what the other would.
        if come and (key, come[-1]) not in done:
            yield _Come(key, story, come[-1])


def _is_open(story: Story) -> bool:
    return any(promise.fate == Fate.OPEN for promise in story.promises)


def _told(come: _Come, *, at: datetime) -> int:
    known = declaration.known_of(come.id)
    try:
        with transaction.atomic():
            Report.objects.create(incident_id=known.id, cue=come.cue, at=at)
    except IntegrityError:
        return 0  # another worker told it in this instant
    progress.tell(
        known.id,
        come.story.promises,
        report_on=next_day(come.story, shelf.brand(known.page_id).time_zone, at=at),
        announces=True,
        is_made=True,
        by=WORKER,
        at=at,
    )
    return 1
