"""What was said, for everyone else to read: frozen values, never a model or a queryset.

An attribute walk from here leads to nothing that is merely known.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, starmap
from pathlib import Path

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce

from tocsin.catalogue.models import EVERYONE, Audience, Component
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.journal.compiled import Compiled
from tocsin.statements import mentions, reading, shouted
from tocsin.statements.logged import Logged, Mark, logged, marks, redacted_digests
from tocsin.statements.models import Publication as PublicationRow
from tocsin.statements.models import Redaction as RedactionRow
from tocsin.statements.models import Shout as ShoutRow
from tocsin.statements.models import Span as SpanRow
from tocsin.statements.models import Thread
from tocsin.statements.policies import layering_of
from tocsin.statements.promised import Promise
from tocsin.statements.promising import promising_ids
from tocsin.statements.shouted import Shout
from tocsin.statements.stories import (
    Change,
    Publication,
    Removed,
    Story,
    Told,
    Translation,
    folded,
)
from tocsin.statements.values import (
    Correction,
    Forecast,
    Kind,
    Layer,
    LongMode,
    Repeat,
    Source,
    Window,
    Words,
)

__all__ = [
    "Change",
    "Correction",
    "Extent",
    "Forecast",
    "Kind",
    "Layer",
    "Logged",
    "LongMode",
    "Mark",
    "Named",
    "Promise",
    "Publication",
    "Removed",
    "Repeat",
    "Shout",
    "Source",
    "Span",
    "Story",
    "Told",
    "Translation",
    "Window",
    "Words",
    "layering_of",
    "logged",
    "marks",
    "promising_ids",
    "redacted_digests",
]


@dataclass(frozen=True, slots=True)
class Span:
    """A component other than operational, as published; ``until`` is None while it lasts."""

    component_id: str
    state: State
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Named:
    """What named a component: where the history places it, and when the last was said of it.

    Planned work is an incident once it outlasted its window.
    """

    incident_id: str
    placed_at: datetime
    last_said_at: datetime
    is_incident: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an audience was told: its newest number, and how often something was taken out."""

    number: int = 0
    redactions: int = 0


AtHand = Mapping[str, Story]
NOTHING: AtHand = {}

SPAN = ("component_id", "state", "since", "until")
SHOUTS = shouted.FOLDER  # beside the files of a page


def last_number(audience_id: str) -> int:
    """The number of the newest publication; 0 before the first."""
    return _count("SELECT max(number) FROM statements_publication", audience_id)


def last_numbers() -> dict[str, int]:
    """The newest number of every audience, 0 before the first: one query, however many there are.

    Each is looked up in an index, so that a long record costs no more than a short one.
    """
    return {key: last or 0 for key, last in _LAST_NUMBERS.tuples()}


def extents() -> dict[str, Extent]:
    """How far every audience was told, in two queries, however many there are."""
    taken_out = dict(_REDACTION_COUNTS.tuples())
    return {key: Extent(last, taken_out.get(key, 0)) for key, last in last_numbers().items()}


def extent(audience_id: str) -> Extent:
    """How far one audience was told."""
    return Extent(last_number(audience_id), redactions(audience_id))


def publication(publication_id: str) -> Publication | None:
    """One publication by id."""
    return next((reading.publication(*row) for row in _BY_ID.tuples(publication_id)), None)


def in_every_audience(publication_id: str) -> tuple[Publication, ...]:
    """One word as each audience was told it, under its own number; everyone's first."""
    leave = PublicationRow.objects.filter(pk=publication_id).values("clearance_id")
    rows = PublicationRow.objects.filter(clearance_id__in=leave)
    slugs = dict(rows.values_list("audience_id", "audience__slug"))
    told = reading.read(rows.order_by("audience_id"))
    return tuple(sorted(told, key=lambda said: slugs[said.audience_id] != EVERYONE))


def numbered(audience_id: str, *, after: int, limit: int = 1000) -> tuple[Publication, ...]:
    """Publications with a number above ``after``, in order."""
    rows = PublicationRow.objects.filter(audience_id=audience_id, number__gt=after)
    return reading.read(rows.order_by("number")[:limit])


def redactions(audience_id: str) -> int:
    """How often something was taken out of what an audience was told before."""
    return _count("SELECT count(*) FROM statements_redaction", audience_id)


def _count(sql: str, audience_id: str) -> int:
    """A number of one audience's, asked plainly: every head asks several times."""
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE audience_id = %s", [audience_id])
        return cursor.fetchone()[0] or 0


def redaction_counts(audience_ids: Collection[str]) -> dict[str, int]:
    """The same of several audiences, in one plain query: whoever sends asks at every chunk."""
    if not audience_ids:
        return {}
    marks = ", ".join(["%s"] * len(audience_ids))
    sql = f"""
        SELECT audience_id, count(*) FROM statements_redaction
        WHERE audience_id IN ({marks}) GROUP BY audience_id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, sorted(audience_ids))
        return dict.fromkeys(audience_ids, 0) | dict(cursor.fetchall())


def redacted_since(audience_id: str, count: int) -> tuple[Publication, ...]:
    """What was redacted after the first so many redactions."""
    rows = RedactionRow.objects.filter(audience_id=audience_id).order_by("pk")
    keys = list(rows.values_list("publication_id", flat=True)[count:])
    return reading.read(PublicationRow.objects.filter(pk__in=keys).order_by("number"))


def speaking_of(audience_id: str, component_ids: Collection[str]) -> tuple[Publication, ...]:
    """All that was said of some components, with everything of the incidents that named them.

    A translation is left out: it says nothing new of any component.
    """
    told = chain.from_iterable(map(reading.read, mentions.naming(audience_id, component_ids)))
    return tuple(sorted(told, key=lambda said: said.number))


def by_incident(audience_id: str) -> Iterator[Publication]:
    """All that an audience was told, incident by incident, read as it is asked for."""
    rows = PublicationRow.objects.filter(audience_id=audience_id).exclude(kind=Kind.TRANSLATION)
    ordered = rows.order_by("incident_id", "number").values_list(*reading.COLUMNS)
    # Read once, and too many to be kept.
    return starmap(reading.made_anew, ordered.iterator(chunk_size=500))


def since(at: datetime, *, until: datetime | None = None) -> tuple[Publication, ...]:
    """Everything said to anyone from ``at`` on, oldest first."""
    rows = PublicationRow.objects.filter(published_at__gte=at)
    rows = rows.filter(published_at__lt=until) if until else rows
    return reading.read(rows.order_by("published_at", "number"))


def story(audience_id: str, incident_id: str) -> Story | None:
    """One incident as told to an audience; None when nothing was said of it."""
    return next(iter(_stories(audience_id, [incident_id])), None)


def open_stories(audience_id: str, at_hand: AtHand = NOTHING) -> tuple[Story, ...]:
    """The incidents that are open, worst first, then newest first.

    Stories ``at_hand``, by incident, are not read again.
    """
    threads = Thread.objects.filter(audience_id=audience_id, is_open=True, is_incident=True)
    told = _stories(audience_id, list(threads.values_list("incident_id", flat=True)), at_hand)
    newest_first = sorted(told, key=lambda story: story.opened_at, reverse=True)
    return tuple(sorted(newest_first, key=lambda story: story.severity))


def planned_stories(audience_id: str, at_hand: AtHand = NOTHING) -> tuple[Story, ...]:
    """Planned work to come or under way, by its window; those ``at_hand`` are not read again."""
    threads = Thread.objects.filter(audience_id=audience_id, is_open=True, is_incident=False)
    # Ordered here: asked for the order, SQLite goes through all that was ever placed.
    ordered = sorted(threads.values_list("placed_at", "id", "incident_id"))
    return _stories(audience_id, [incident_id for *_, incident_id in ordered], at_hand)


def recent_stories(audience_id: str, *, limit: int = 50, offset: int = 0) -> tuple[Story, ...]:
    """The newest incidents told of, newest first, after as many as ``offset``."""
    return _newest(audience_id, _incidents(audience_id), limit, offset)


def recent_planned(audience_id: str, *, limit: int = 50, offset: int = 0) -> tuple[Story, ...]:
    """The newest planned work told of, newest first, with that which outlasted its window."""
    return _newest(audience_id, _planned(audience_id), limit, offset)


def incident_count(audience_id: str) -> int:
    """How many incidents were ever told of."""
    return _incidents(audience_id).count()


def planned_count(audience_id: str) -> int:
    """How much planned work was ever told of."""
    return _planned(audience_id).count()


def _incidents(audience_id: str) -> QuerySet[Thread]:
    return Thread.objects.filter(audience_id=audience_id, is_incident=True)


def _planned(audience_id: str) -> QuerySet[Thread]:
    return Thread.objects.filter(audience_id=audience_id, is_planned=True)


def standing_of_series(audience_id: str) -> tuple[Story, ...]:
    """Of every series its newest window, and each that its rule alone would tell otherwise.

    However long ago: a rule goes on telling all that it ever meant.
    """
    threads = Thread.objects.filter(audience_id=audience_id, is_planned=True)
    rows = PublicationRow.objects.filter(pk__in=threads.values("last_id")).order_by("number")
    newest: dict[str, str] = {}
    found: dict[str, None] = {}
    for key, content in rows.values_list("incident_id", "content"):
        words = reading.words_of(content.get("words"))
        if key and words and words.window and words.window.repeat:
            newest[words.window.repeat.series] = key
            if words.phase == Phase.CANCELLED or words.window.is_off_its_rule:
                found[key] = None
    return _stories(audience_id, [*dict.fromkeys([*found, *newest.values()])])


def _newest(
    audience_id: str, threads: QuerySet[Thread], limit: int, offset: int = 0
) -> tuple[Story, ...]:
    ordered = threads.order_by("-opened_at", "-id")
    found = ordered.values_list("incident_id", flat=True)[offset : offset + limit]
    return _stories(audience_id, list(found))


def stories_from(
    audience_id: str, *, offset: int, limit: int, without: Collection[str] = ()
) -> tuple[Story, ...]:
    """Some of all that was told of, planned work too, the newest first; ``without`` some ids."""
    if not (offset or without):
        return _stories(audience_id, [key for (key,) in _first(limit).tuples(audience_id)])
    threads = Thread.objects.filter(audience_id=audience_id).exclude(incident__in=without)
    ordered = threads.order_by("-opened_at", "-id").values_list("incident_id", flat=True)
    return _stories(audience_id, list(ordered[offset : offset + limit]))


@lru_cache(maxsize=100)
def _first(limit: int) -> "Compiled[Thread]":
    """The newest of all that was told of."""
    return Compiled(
        lambda audience: (
            Thread.objects.filter(audience_id=audience)
            .order_by("-opened_at", "-id")
            .values_list("incident_id")[:limit]
        )
    )


def stories_holding(audience_id: str, text: str) -> list[str]:
    """The ids of what may hold a text, the newest first: whoever asks looks once more."""
    # As the database keeps JSON: SQLite as it was written, PostgreSQL as it was meant.
    sought = json.dumps(text, ensure_ascii=connection.vendor == "sqlite")[1:-1]
    rows = PublicationRow.objects.filter(audience_id=audience_id).exclude(incident=None)
    rows = rows.annotate(told=Cast("content", TextField())).filter(told__icontains=sought)
    threads = Thread.objects.filter(audience_id=audience_id, incident__in=rows.values("incident"))
    return list(threads.order_by("-opened_at", "-id").values_list("incident_id", flat=True))


def open_ids(audience_id: str) -> list[str]:
    """The ids of trouble that is open and was never planned, the newest first."""
    return [key for (key,) in _OPEN_IDS.tuples(audience_id)]


def stories_of(
    audience_id: str, incident_ids: Sequence[str], at_hand: AtHand = NOTHING
) -> tuple[Story, ...]:
    """Some incidents as told to an audience, in this order; those never told of are left out."""
    return _stories(audience_id, list(incident_ids), at_hand)


def that_named(audience_id: str, component_ids: Collection[str]) -> tuple[Named, ...]:
    """Every incident and planned work that named one of these, the newest first."""
    threads = Thread.objects.filter(
        audience_id=audience_id, incident__in=mentions.incidents_naming(audience_id, component_ids)
    ).order_by("-placed_at", "-id")
    return tuple(
        Named(*told)
        for told in threads.values_list(
            "incident_id", "placed_at", "last__published_at", "is_incident"
        )
    )


def spans_of(audience_id: str, component_ids: Collection[str]) -> dict[str, list[Span]]:
    """Every stretch of trouble that some components ever were in, by component."""
    rows = SpanRow.objects.filter(audience_id=audience_id, component_id__in=component_ids)
    told: dict[str, list[Span]] = {}
    for key, *rest in rows.order_by("since", "id").values_list(*SPAN):
        told.setdefault(key, []).append(Span(key, State(rest[0]), rest[1], rest[2]))
    return told


def stories_between(audience_id: str, start: datetime, end: datetime) -> tuple[Story, ...]:
    """Incidents first told of in [start, end) and planned work of that time, newest first."""
    threads = Thread.objects.filter(
        audience_id=audience_id, placed_at__gte=start, placed_at__lt=end
    ).order_by("-placed_at", "-id")
    return _stories(audience_id, list(threads.values_list("incident_id", flat=True)))


def count_told(audience_id: str, *, before: datetime | None = None) -> int:
    """How many incidents and planned work were told of; with ``before``, of an earlier time."""
    threads = Thread.objects.filter(audience_id=audience_id)
    return (threads.filter(placed_at__lt=before) if before else threads).count()


def first_told_at(audience_id: str) -> datetime | None:
    """When the oldest incident was first told of, or the oldest planned work took place."""
    threads = Thread.objects.filter(audience_id=audience_id).order_by("placed_at")
    return threads.values_list("placed_at", flat=True).first()


def last_placed_at(audience_id: str) -> datetime | None:
    """How far ahead planned work was ever told of."""
    threads = Thread.objects.filter(audience_id=audience_id, is_planned=True)
    return threads.order_by("-placed_at").values_list("placed_at", flat=True).first()


def states_now(audience_id: str) -> dict[str, State]:
    """Each component that is not operational, as published."""
    return {key: State(state) for key, state in _STATES_NOW.tuples(audience_id)}


def touched(audience_id: str) -> dict[str, datetime]:
    """When each component's published state last changed; those whose never did are left out."""
    return {key: last for key, last in _TOUCHED.tuples(audience_id) if last}


def shouts_waiting(directory: Path) -> tuple[Shout, ...]:
    """What was shouted beside a page's files and is not in the record yet."""
    shouts = shouted.waiting(directory)
    ids = [shout.id for shout in shouts]
    taken = set(ShoutRow.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return tuple(shout for shout in shouts if shout.id not in taken)


def spans_between(audience_id: str, start: datetime, end: datetime) -> tuple[Span, ...]:
    """Every stretch of trouble that touches [start, end), by component and time."""
    rows = SpanRow.objects.filter(audience_id=audience_id, since__lt=end)
    touching = rows.filter(until=None) | rows.filter(until__gt=start)
    told = touching.order_by("component_id", "since", "id")
    fields = told.values_list(*SPAN)
    return tuple(Span(key, State(state), began, ended) for key, state, began, ended in fields)


def _stories(
    audience_id: str, incident_ids: list[str], at_hand: AtHand = NOTHING
) -> tuple[Story, ...]:
    missing = [key for key in incident_ids if key not in at_hand]
    read = _read_stories(audience_id, missing) if missing else {}
    found = ((at_hand.get(key) or read.get(key)) for key in dict.fromkeys(incident_ids))
    return tuple(story for story in found if story)


def _read_stories(audience_id: str, incident_ids: list[str]) -> dict[str, Story]:
    told: dict[str, list[Publication]] = {}
    for said in sorted(_told_of(audience_id, incident_ids), key=lambda said: said.number):
        told.setdefault(str(said.incident_id), []).append(said)
    return {key: Story(key, folded(said)) for key, said in told.items()}


def _told_of(audience_id: str, incident_ids: Sequence[str]) -> Iterable[Publication]:
    if 0 < len(incident_ids) <= FEW:
        return starmap(reading.publication, _OF_INCIDENTS.tuples(audience_id, *incident_ids))
    return reading.read(_of_incidents(audience_id, *incident_ids))


def _of_incidents(audience_id: str, *incident_ids: str) -> "QuerySet[PublicationRow]":
    """In any order: asked for that of their numbers, SQLite goes through all that was ever said."""
    rows = PublicationRow.objects.filter(audience_id=audience_id, incident_id__in=incident_ids)
    return rows.order_by()


# What every call of a machine's asks: its SQL is written once.
FEW = 20  # stories at once, of which each number has its own SQL
_BY_ID = Compiled(lambda key: PublicationRow.objects.filter(pk=key).values_list(*reading.COLUMNS))
_OF_INCIDENTS = Compiled(
    lambda audience, *incidents: _of_incidents(audience, *incidents).values_list(*reading.COLUMNS)
)
_OPEN_IDS = Compiled(
    lambda audience: (
        Thread.objects.filter(audience_id=audience, is_open=True, is_planned=False)
        .order_by("-opened_at", "-id")
        .values_list("incident_id")
    )
)
_LAST_NUMBERS = Compiled(
    lambda: Audience.objects.annotate(
        last=Subquery(
            PublicationRow.objects.filter(audience_id=OuterRef("pk"))
            .order_by("-number")
            .values("number")[:1]
        )
    ).values_list("pk", "last")
)
_REDACTION_COUNTS = Compiled(
    lambda: (
        RedactionRow.objects.values("audience_id")
        .annotate(count=Count("pk"))
        .order_by()
        .values_list("audience_id", "count")
    )
)
_STATES_NOW = Compiled(
    lambda audience: SpanRow.objects.filter(audience_id=audience, until=None).values_list(
        "component_id", "state"
    )
)
_TOUCHED = Compiled(
    # The newest stretch of each, found in an index: however often states change, it costs the same.
    lambda audience: (
        Component.objects.filter(page__in=Audience.objects.filter(pk=audience).values("page"))
        .annotate(
            last=Subquery(
                SpanRow.objects.filter(audience_id=audience, component_id=OuterRef("pk"))
                .order_by("-since", "-id")
                .values(at=Coalesce("until", "since"))[:1]
            )
        )
        .order_by()
        .values_list("pk", "last")
    )
)
