"""A page's history, read from the record in sixteen questions, however many incidents there are.

What is known and what was said stand side by side here and nowhere else, so whoever shows a score
to readers takes ``History.public()`` of it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from pydantic_core import from_json

from tocsin.announcements.models import Delivery
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.clocks.values import Due, Standing
from tocsin.disclosure.coach import sums
from tocsin.disclosure.coach.substance import Impossible
from tocsin.disclosure.coach.sums import Sums
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import OWING_AN_ACCOUNT, Severity
from tocsin.followup import reporting_back
from tocsin.followup.models import Act, PromiseTurn, Report
from tocsin.incidents import reporting
from tocsin.incidents.models import DraftedIncident, IncidentKind, Moment, MomentKind, Window
from tocsin.incidents.models import Incident as IncidentRow
from tocsin.page.models import Sight
from tocsin.post.models import Outcome
from tocsin.scorecard import collecting, measures
from tocsin.scorecard.history import (
    Action,
    Filing,
    History,
    Incident,
    Reporting,
    Sighting,
    Sort,
    Told,
    Wait,
)
from tocsin.scorecard.instants import instant
from tocsin.scorecard.measures import LEAVES_LATER, Card
from tocsin.scorecard.threads import SEVERITIES, Policies, Said, Telling
from tocsin.statements.models import Appraisal, Clearance, Publication, Request, Thread

ZERO = timedelta(0)
# Of a delivery: that its reader unsubscribed soon after it.
LEFT = Q(
    subscription__unsubscribed_at__gte=F("settled_at"),
    subscription__unsubscribed_at__lte=F("settled_at") + LEAVES_LATER,
)
QUARTERS = 4  # as many as a year has: what doors show unless they are asked for more


def history(
    page: Brand, *, at: datetime, since: datetime | None = None, incident_id: str = ""
) -> History:
    """All that was known and said on a page; of what was declared ``since`` then, or of one."""
    asked = IncidentRow.objects.filter(page_id=page.id)
    asked = asked.filter(declared_at__gte=since) if since else asked
    asked = asked.filter(pk=incident_id) if incident_id else asked
    with collecting.paused():
        found = _Reading(page, asked, is_one=bool(incident_id))
        told = sorted(found.incidents(), key=lambda one: (one.placed_at, one.id))
    return History(at, tuple(told), page.time_zone, page.languages)


def lately(page: Brand, *, at: datetime) -> History:
    """The quarter under way and those before it, a year's number of them in all."""
    return history(page, at=at, since=beginning(at, page.time_zone, quarters=QUARTERS))


def card_of(page: Brand, incident_id: str, *, at: datetime) -> Card | None:
    """One incident of a page, measured as it stands; None where the page has none such."""
    found = history(page, at=at, incident_id=incident_id).incidents
    return measures.card(found[0], at=at) if found else None


def declared_before(incidents: Iterable[str], moment: datetime) -> list[str]:
    """Those of some incidents that were declared before a moment."""
    rows = IncidentRow.objects.filter(pk__in=list(incidents), declared_at__lt=moment)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def beginning(at: datetime, zone: str, *, quarters: int) -> datetime:
    """When the first of so many quarters began, of which the last is under way."""
    there = at.astimezone(ZoneInfo(zone))
    months = there.year * 12 + (there.month - 1) // 3 * 3 - 3 * (quarters - 1)
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=ZoneInfo(zone))


@dataclass
class _Known:
    """The newest of each moment of an incident, and how often its beginning was recorded."""

    at: dict[str, datetime] = field(default_factory=dict)
    starts: int = 0

    @property
    def detected_at(self) -> datetime | None:
        told = (self.at.get(kind) for kind in (MomentKind.DETECTED, MomentKind.AWARE))
        return min(filter(None, told), default=None)


class _First(NamedTuple):
    """The first word of an incident: its publication, and when its words were asked and let go."""

    publication_id: str
    drafted_at: datetime
    cleared_at: datetime | None


class _Reading:
    """One reading of a page."""

    def __init__(self, page: Brand, asked: QuerySet[IncidentRow], *, is_one: bool) -> None:
        self._page, self._asked = page, asked
        self._policies = Policies(page.id)
        ids = asked.values("pk")
        self._moments = _moments(Moment.objects.filter(incident__in=ids))
        self._overran = set(
            Window.objects.filter(incident__in=ids)
            .exclude(overran_at=None)
            .values_list("incident_id", flat=True)
        )
        drafts = DraftedIncident.objects.filter(incident__in=ids).values("incident_id")
        first = drafts.annotate(first=Min("opened_at")).order_by()
        self._alerted = dict(first.values_list("incident_id", "first"))
        threads = Thread.objects.filter(incident__in=ids)
        self._firsts = _firsts(threads)
        firsts = threads.values("first_id")
        sights = Sight.objects.filter(page_id=page.id, pk__in=firsts)
        self._sights = {
            key: (state, seen_at)
            for key, state, seen_at in sights.values_list("publication_id", "state", "seen_at")
        }
        turns = PromiseTurn.objects.filter(promise__incident__in=ids)
        self._actions = _actions(turns, ZoneInfo(page.time_zone))
        self._told = _told(Delivery.objects.filter(publication_id__in=firsts))
        zone, times = page.time_zone, {key: known.at for key, known in self._moments.items()}
        self._dues = reporting.dues_among(page.id, asked, times, zone=zone)
        self._waits = _waits(page.id)
        self._reported = _reported(Report.objects.filter(incident__in=ids))
        read = Appraisal.objects.filter(thread__incident__in=ids)
        self._sums = _sums(read, is_whole=is_one)
        self._said = _said(Publication.objects.filter(page_id=page.id, incident__in=ids))

    def incidents(self) -> Iterator[Incident]:
        """Each incident as a value."""
        columns = ("id", "severity", "posture", "kind", "audience_id", instant("declared_at"))
        for row in self._asked.values_list(*columns):
            yield self._incident(*row)

    def _incident(
        self,
        key: str,
        severity: str,
        posture: str,
        kind: str,
        circle: str | None,
        declared_at: datetime,
    ) -> Incident:
        audience = circle or self._page.audience_id
        first = self._firsts.get((key, audience))
        known = self._moments.get(key) or _Known()
        thread = Telling(self._said.get((key, audience), ()), self._page, self._policies)
        state, seen_at = self._sights.get(first.publication_id if first else "", ("", None))
        return Incident(
            id=key,
            severity=SEVERITIES[severity],
            declared_at=declared_at,
            sort=self._sort(key, kind, thread),
            names=thread.names,
            is_public=circle is None,
            words=tuple(thread.words),
            limit=self._policies.at(declared_at).first_notice(SEVERITIES[severity]),
            started_at=known.at.get(MomentKind.STARTED),
            start_revisions=max(known.starts - 1, 0),
            detected_at=known.detected_at,
            customer_first_at=known.at.get(MomentKind.CUSTOMER_FIRST),
            ended_at=known.at.get(MomentKind.ENDED),
            drafted_at=first.drafted_at if first else None,
            cleared_at=first.cleared_at if first else None,
            sighting=SIGHTINGS.get(state, Sighting.UNMEASURED),
            seen_at=seen_at if state == "seen" else None,
            told=self._told.get(first.publication_id, ()) if first else (),
            closing=thread.closing,
            owes_account=_owes_account(SEVERITIES[severity], posture, kind),
            account=thread.account(),
            actions=self._actions.get(key, ()),
            overran=key in self._overran,
            alerted_at=self._alerted.get(key),
            waits=self._waits.get(key, ()),
            filings=_filings(self._dues.get(key)),
            reportings=self._reportings(key, thread),
            sums=self._sums.get((key, audience)),
        )

    def _reportings(self, key: str, thread: Telling) -> tuple[Reporting, ...]:
        """The reports that readers were told to expect, since they were told of promises."""
        if thread.promised_at is None:
            return ()
        zone = self._page.time_zone
        days, came = reporting_back.days_after(thread.promised_at, zone), self._reported[key]
        return tuple(
            Reporting(
                _end_of(day, ZoneInfo(zone)),
                came.get(cue),
                reporting_back.is_announced(cue, came, days, zone),
            )
            for cue, day in days.items()
        )

    def _sort(self, key: str, kind: str, thread: Telling) -> Sort:
        if kind == IncidentKind.MAINTENANCE or key in self._overran or thread.is_planned:
            return Sort.PLANNED
        if thread.is_imported:
            return Sort.IMPORTED
        return Sort.RETROSPECTIVE if thread.is_retrospective else Sort.LIVE


def _owes_account(severity: Severity, posture: str, kind: str) -> bool:
    is_security = kind == IncidentKind.SECURITY or posture == Posture.ATTACK
    return severity in OWING_AN_ACCOUNT or is_security


SIGHTINGS = {
    "seen": Sighting.SEEN,
    "pending": Sighting.UNSEEN,
    "unseen": Sighting.UNSEEN,
    "unmeasured": Sighting.UNMEASURED,
}


def _moments(rows: QuerySet[Moment]) -> Mapping[str, _Known]:
    found: dict[str, _Known] = defaultdict(_Known)
    told = rows.order_by("recorded_at", "pk")
    for key, kind, at in told.values_list("incident_id", "kind", instant("at")):
        known = found[key]
        known.starts += kind == MomentKind.STARTED
        known.at[kind] = at
    return found


def _firsts(threads: QuerySet[Thread]) -> Mapping[tuple[str, str], _First]:
    columns = (
        *("incident_id", "audience_id", "first_id"),
        *(instant("first__clearance__requested_at"), instant("first__clearance__granted_at")),
    )
    return {
        (incident, audience): _First(first, asked_at, granted_at)
        for incident, audience, first, asked_at, granted_at in threads.values_list(*columns)
    }


def _actions(turns: QuerySet[PromiseTurn], zone: ZoneInfo) -> Mapping[str, tuple[Action, ...]]:
    """Public promises by incident, each as its newest turn left it."""
    columns = (
        *("promise__incident_id", "promise_id", "promise__made_at", "act", "is_public", "at"),
        "due_on",
    )
    newest = {
        promise: (incident, made_at, act, is_public, at, due_on)
        for incident, promise, made_at, act, is_public, at, due_on in turns.order_by(
            "promise__made_at", "promise_id", "number"
        ).values_list(*columns)
    }
    found: dict[str, list[Action]] = defaultdict(list)
    for incident, made_at, act, is_public, at, due_on in newest.values():
        if is_public:
            done_at = at if act == Act.PROVED else None
            dropped_at = at if act == Act.DROPPED else None
            found[incident].append(Action(made_at, done_at, dropped_at, _end_of(due_on, zone)))
    return {key: tuple(actions) for key, actions in found.items()}


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone)


def _waits(page_id: str) -> Mapping[str, tuple[Wait, ...]]:
    """How long consent was asked for, by incident; a translation holds up no word."""
    # From the requests, which are few: asked by incident, a database goes through every draft.
    here = Clearance.objects.filter(pk=OuterRef("clearance_id"), page_id=page_id)
    draft = "clearance__revision__draft"
    columns = (f"{draft}__incident_id", f"{draft}__translates_id", "asked_at", "ended_at")
    asked = Request.objects.filter(Exists(here)).order_by("asked_at", "pk")
    found: dict[str, list[Wait]] = defaultdict(list)
    for key, translates, *told in asked.values_list(*columns):
        if translates is None:
            found[key].append(Wait(*told))
    return {key: tuple(waits) for key, waits in found.items()}


def _filings(dues: Iterable[Due] | None) -> tuple[Filing, ...] | None:
    """What is owed without being asked for; what somebody set aside is not."""
    if dues is None:
        return None
    return tuple(
        Filing(f"{one.clock.id} {one.stage.name}", one.begins_at, one.due_at, one.submitted_at)
        for one in dues
        if one.is_in_force and one.standing not in (Standing.SET_ASIDE, Standing.ON_REQUEST)
    )


def _reported(rows: QuerySet[Report]) -> Mapping[str, Mapping[str, datetime]]:
    """When readers were reported back to, by incident and cue."""
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for key, cue, at in rows.values_list("incident_id", "cue", "at"):
        found[key][cue] = at
    return found


def _told(rows: QuerySet[Delivery]) -> Mapping[str, tuple[Told, ...]]:
    """How telling each first word went, by channel; who was left out was not to be told."""
    counts = (
        rows.exclude(outcome=Outcome.SKIPPED)
        .order_by()
        .values_list("publication_id", "channel")
        .annotate(
            delivered=Count("pk", filter=Q(outcome=Outcome.DELIVERED)),
            given_up=Count("pk", filter=Q(outcome=Outcome.GIVEN_UP)),
            pending=Count("pk", filter=Q(outcome="")),
            last_at=Max("settled_at", filter=Q(outcome=Outcome.DELIVERED)),
            left=Count("pk", filter=Q(outcome=Outcome.DELIVERED) & LEFT),
        )
        .order_by("channel")
    )
    found: dict[str, list[Told]] = defaultdict(list)
    for key, *told in counts:
        found[key].append(Told(*told))
    return {key: tuple(channels) for key, channels in found.items()}


def _sums(rows: QuerySet[Appraisal], *, is_whole: bool) -> Mapping[tuple[str, str], Sums]:
    """What the coach made of words, by incident and audience; ``is_whole``: what they lack, too.

    A row that no words come to was not written by us, and is not there: its words count as not
    read until they are read anew.
    """
    columns = ("thread__incident_id", "thread__audience_id")
    lacking = Cast("lacking" if is_whole else Value("null"), TextField())
    told = list(rows.values_list(*columns, Cast("told", TextField()), lacking))
    numbers = from_json(f"[{','.join(row[2] for row in told)}]")
    found: dict[tuple[str, str], Sums] = {}
    for (incident, audience, _, gone), one in zip(told, numbers, strict=True):
        with suppress(Impossible):
            found[incident, audience] = sums.read(one, json.loads(gone) if is_whole else None)
    return found


def _said(rows: QuerySet[Publication]) -> Mapping[tuple[str, str], list[Said]]:
    """All words by incident and audience, in the order of their numbers."""
    columns = ("incident_id", "audience_id", "kind", "number", instant("published_at"))
    found: dict[tuple[str, str], list[Said]] = defaultdict(list)
    # Put in order here: a database would carry every text along while it sorts.
    for row in rows.order_by().values_list(*columns, Cast("content", TextField())):
        found[row[0], row[1]].append(row)
    for said in found.values():
        said.sort(key=itemgetter(3))
    return found
