"""Reporting back on promises by the clock: 30 and 90 days after they were told (R-55).

What was cleared turn by turn is told again as readers know it, so nobody is asked for it anew.

Once nothing is left open, everyone has heard that, and a note would say nothing new: none is sent,
and the word that says so says that it is the last. But a note for which readers were told a day is
a word that we gave, and goes out on that day all the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.catalogue import shelf
from tocsin.followup import one_by_one
from tocsin.followup.models import Cue, Promise, Report
from tocsin.incidents import declaration, locking
from tocsin.incidents.declaration import Known
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
    return days_after(first.published_at, zone)


def days_after(told_at: datetime, zone: str) -> dict[Cue, date]:
    """The same, where it is known when promises were first told."""
    told_on = _day(told_at, zone)
    return {cue: told_on + after for cue, after in AFTER.items()}


def next_day(story: Story, zone: str, *, at: datetime) -> date | None:
    """The next day on which readers are reported back to; None where both are behind us."""
    today = _day(at, zone)
    return min((on for on in days_of(story, zone).values() if on > today), default=None)


def announced_day(known: Known, zone: str, *, at: datetime) -> date | None:
    """The day, today at the earliest, for which readers were told of a report that they do not have
    yet; None where they were told of none.

    A report names the day of the next one.
    """
    told = _told_of(known.id)
    story = published.story(known.audience_id, known.id)
    if not told or story is None:
        return None
    days, today = days_of(story, zone), _day(at, zone)
    to_come = {cue: on for cue, on in days.items() if on >= today and cue not in told}
    ahead = (on for cue, on in to_come.items() if is_announced(cue, told, days, zone))
    return min(ahead, default=None)


def _told_of(incident_id: str) -> dict[str, datetime]:
    """The reports of an incident that were told, and when."""
    return dict(Report.objects.filter(incident_id=incident_id).values_list("cue", "at"))


def is_announced(
    cue: Cue, told: Mapping[str, datetime], days: Mapping[Cue, date], zone: str
) -> bool:
    """Whether an earlier report, of those ``told`` at their times, named this one's day."""
    earlier = (other for other in told if other != cue and days[Cue(other)] < days[cue])
    return any(_day(told[other], zone) < days[cue] for other in earlier)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _due(at: datetime) -> Iterator[_Come]:
    done: dict[str, dict[str, datetime]] = {}
    for incident_id, cue, told_at in Report.objects.values_list("incident_id", "cue", "at"):
        done.setdefault(incident_id, {})[cue] = told_at
    keys = Promise.objects.order_by("incident_id").values_list("incident_id", flat=True).distinct()
    for key in keys:
        told = done.get(key, {})
        if not all(cue in told for cue in Cue) and (come := _come(key, told, at=at)):
            yield come


def _come(incident_id: str, told: Mapping[str, datetime], *, at: datetime) -> _Come | None:
    """The report of an incident that is due, beside those ``told`` at their times; None: none."""
    known = declaration.known_of(incident_id)
    story = published.story(known.audience_id, incident_id)
    if story is None or story.is_open:
        return None
    zone = shelf.brand(known.page_id).time_zone
    days, today = days_of(story, zone), _day(at, zone)
    # After a time without a worker the newest alone is told: it tells what the other would.
    come = max((cue for cue, on in days.items() if on <= today), key=days.__getitem__, default=None)
    if come is None or come in told:
        return None
    if _is_open(story) or is_announced(come, told, days, zone):
        return _Come(incident_id, story, come)
    return None


def _is_open(story: Story) -> bool:
    return any(promise.fate == Fate.OPEN for promise in story.promises)


def _told(due: _Come, *, at: datetime) -> int:
    """Tell one, as promises stand once nobody else can turn them: since it was found due, much may
    have been said, and by another worker all of it.
    """
    locking.lock([due.id])
    come = _come(due.id, _told_of(due.id), at=at)
    if come is None:
        return 0
    Report.objects.create(incident_id=come.id, cue=come.cue, at=at)
    zone = shelf.brand(declaration.known_of(come.id).page_id).time_zone
    progress.tell(
        come.id,
        come.story.promises,
        report_on=next_day(come.story, zone, at=at),
        announces=True,
        is_made=True,
        by=WORKER,
        at=at,
    )
    return 1
