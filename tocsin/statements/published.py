"""What was said, for everyone else to read: frozen values, never a model or a queryset.

An attribute walk from here leads to nothing that is merely known.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from tocsin.catalogue.models import Audience
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.disclosure.posture import CauseSide, Certainty
from tocsin.disclosure.severity import Indicator, Severity
from tocsin.statements import shouted, values
from tocsin.statements.models import Publication as PublicationRow
from tocsin.statements.models import Shout as ShoutRow
from tocsin.statements.models import Span as SpanRow
from tocsin.statements.models import Thread
from tocsin.statements.shouted import Shout
from tocsin.statements.values import (
    Correction,
    Forecast,
    Kind,
    Layer,
    LongMode,
    Repeat,
    Window,
    Words,
)

__all__ = [
    "Change",
    "Correction",
    "Forecast",
    "Kind",
    "Layer",
    "LongMode",
    "Publication",
    "Repeat",
    "Shout",
    "Span",
    "Story",
    "Told",
    "Translation",
    "Window",
    "Words",
]


@dataclass(frozen=True, slots=True)
class Change:
    """A component's state before and from this publication on."""

    component_id: str
    old: State
    new: State


@dataclass(frozen=True, slots=True)
class Translation:
    """One language's words, published after the word they belong to, with a number of their own."""

    language: str
    number: int
    publication_id: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """One thing said. ``words`` is None for kind ``state``: a change without words.

    ``number`` counts up per audience without gaps. ``changes`` holds every component that the
    publication speaks of, the unchanged ones included (old == new), as page-wide states: the worst
    of all that is open, so that two incidents on one component never contradict each other.

    Kind ``translation`` brings one language to the word of number ``translates``. In a story it is
    folded into that word: ``words`` hold its language, and ``translations`` say when it came.
    """

    id: str
    page_id: str
    audience_id: str
    number: int
    kind: Kind
    incident_id: str | None
    words: Words | None
    changes: tuple[Change, ...]
    announces: bool
    published_at: datetime
    digest: str
    # Kind ``state``: what was said itself, where ``changes`` tell what it came to.
    overrides: Mapping[str, State] = field(default_factory=dict)
    retells: bool = False  # stretches of the past follow from it, not only what comes after
    translates: int = 0
    translations: tuple[Translation, ...] = ()

    @property
    def is_correction(self) -> bool:
        return self.kind == Kind.CORRECTION

    @property
    def is_final(self) -> bool:
        return self.words is not None and self.words.is_final

    @property
    def newest(self) -> int:
        """The number of what was said of it last: its own, or that of a translation."""
        return max([self.number, *(came.number for came in self.translations)])

    def layer(self, language: str) -> tuple[str, Layer]:
        """(language, layer): the words in ``language``, else in the one that leads."""
        assert self.words is not None, "a change of state has no words"
        layers = self.words.layers
        shown = next(code for code in (language, self.words.primary, *layers) if code in layers)
        return shown, layers[shown]

    def said_at(self, language: str) -> datetime:
        """When readers of a language could read it last anew: at once, or once translated."""
        came = (told.published_at for told in self.translations if told.language == language)
        return next(came, self.published_at)

    def language_lag(self, language: str) -> timedelta | None:
        """How long after the first language this one was there; None while it is not."""
        assert self.words is not None, "a change of state has no words"
        if language not in self.words.layers:
            return None
        return self.said_at(language) - self.published_at

    def translation_due(self, language: str) -> datetime | None:
        """By when readers of a language were to have these words; None once they do."""
        if self.words is None or language in self.words.layers:
            return None
        return self.words.translations_due.get(language)

    def with_translation(self, came: "Publication") -> "Publication":
        """This word with one language more."""
        assert self.words is not None
        assert came.words is not None
        told = tuple(
            Translation(language, came.number, came.id, came.published_at)
            for language in came.words.layers
        )
        words = _joined(self.words, came.words)
        return replace(self, words=words, translations=(*self.translations, *told))


@dataclass(frozen=True, slots=True)
class Told:
    """A time as readers were told it, and when they were."""

    moment: datetime
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """An incident as its audience was told of it. ``words`` are oldest first, never empty.

    Translations are folded into the words they translate.
    """

    incident_id: str
    publications: tuple[Publication, ...]

    @property
    def first(self) -> Publication:
        return self.publications[0]

    @property
    def latest(self) -> Publication:
        return self.publications[-1]

    @property
    def last_word(self) -> Publication:
        """The newest that an author said: what promised the next word, and keeps the time of it."""
        said = (each for each in reversed(self.publications) if each.kind == Kind.WORD)
        return next(said, self.latest)

    @property
    def words(self) -> Words:
        """The words in force: those of the newest word, as corrected since."""
        assert self.latest.words is not None
        if not self.latest.is_correction:
            return self.latest.words
        # What a correction says beside its layers is what holds from then on.
        word = self.last_word
        assert word.words is not None
        name = {**word.words.name, **self.latest.words.name}
        layers = self.as_corrected(word)
        return replace(self.latest.words, name=name, layers=layers, correction=None)

    @property
    def in_force(self) -> Publication:
        """The newest word, reading as it does now."""
        return replace(self.last_word, words=self.words)

    def corrections_of(self, said: Publication) -> tuple[Publication, ...]:
        """What was put right in one word since, oldest first."""
        return tuple(
            later
            for later in self.publications
            if later.words and later.words.correction and later.words.correction.of == said.id
        )

    def as_corrected(self, said: Publication) -> Mapping[str, Layer]:
        """One word's layers as they read now."""
        assert said.words is not None
        layers = dict(said.words.layers)
        for later in self.corrections_of(said):
            assert later.words
            assert later.words.correction
            layers |= later.words.correction.now
        return layers

    def translation_due(self, language: str) -> datetime | None:
        """By when readers of a language were to have the words in force; None once they do."""
        return self.last_word.translation_due(language)

    @property
    def newest(self) -> int:
        """The number of what was said of it last, translations included."""
        return max(said.newest for said in self.publications)

    def updated_at(self, language: str) -> datetime:
        """When something last changed for readers of a language."""
        return max(said.said_at(language) for said in self.publications)

    def with_said(self, said: Publication) -> "Story":
        """The story with one publication more, as :func:`story` would read it anew."""
        return Story(self.incident_id, folded((*self.publications, said)))

    @property
    def is_open(self) -> bool:
        return self.words.phase not in FINAL

    @property
    def phase(self) -> Phase:
        return self.words.phase

    @property
    def severity(self) -> Severity:
        return self.words.severity

    @property
    def impact(self) -> Indicator:
        return self.words.impact

    @property
    def cause_side(self) -> CauseSide:
        return self.words.cause_side

    @property
    def certainty(self) -> Certainty:
        return self.words.certainty

    @property
    def opened_at(self) -> datetime:
        return self.first.published_at

    @property
    def started_at(self) -> datetime:
        """When the effect began, as last told; else when it was first told."""
        return self.words.since or self.opened_at

    @property
    def is_retrospective(self) -> bool:
        """Told only after it was over: it says nothing of how fast we are."""
        return self.first.words is not None and self.first.words.retrospective is not None

    @property
    def begun(self) -> tuple[Told, ...]:
        """Every beginning that readers were told, the one that holds last."""
        return _times((said, said.words.since) for said in self.publications if said.words)

    @property
    def ended(self) -> tuple[Told, ...]:
        """Every end that they were told since it was last open, the one that holds last."""
        told: list[tuple[Publication, datetime | None]] = []
        for said in self.publications:
            if said.words:
                told = [*told, (said, said.words.until)] if said.words.is_final else []
        return _times(told)

    @property
    def window(self) -> Window | None:
        """When it takes place, for planned work."""
        return self.words.window

    @property
    def placed_at(self) -> datetime:
        """Where it belongs in the history: planned work by its window, all else when told."""
        return self.window.starts_at if self.window else self.opened_at

    @property
    def is_incident(self) -> bool:
        """Planned work is one from the moment on when it outlasts its window."""
        return not self.words.is_planned

    @property
    def is_cancelled(self) -> bool:
        return self.phase == Phase.CANCELLED

    @property
    def overran_at(self) -> datetime | None:
        """When planned work was said to outlast its window."""
        if self.window is None or not self.is_incident:
            return None
        return self.as_incident().opened_at

    def as_incident(self) -> "Story":
        """Planned work that outlasted its window, from there on: an incident with its own clock."""
        said = tuple(
            word for word in self.publications if not (word.words and word.words.is_planned)
        )
        return Story(self.incident_id, said) if said else self

    @property
    def monitoring_at(self) -> datetime | None:
        return self._reached(Phase.MONITORING)

    @property
    def resolved_at(self) -> datetime | None:
        return None if self.is_open else self._reached(Phase.RESOLVED, Phase.ENDED, Phase.CANCELLED)

    @property
    def component_ids(self) -> tuple[str, ...]:
        """Every component ever spoken of, in order of mention."""
        told = (change.component_id for said in self.publications for change in said.changes)
        return tuple(dict.fromkeys(told))

    def name(self, language: str) -> tuple[str, str]:
        """(language, name) in ``language`` where it has one."""
        names = self.words.name
        shown = next(code for code in (language, self.words.primary, *names) if code in names)
        return shown, names[shown]

    def _reached(self, *phases: Phase) -> datetime | None:
        """When one of the phases was last entered."""
        entered, before = None, None
        for said in self.publications:
            now = said.words.phase if said.words else before
            if now in phases and before != now:
                entered = said.published_at
            before = now
        return entered


def _times(told: Iterable[tuple[Publication, datetime | None]]) -> tuple[Told, ...]:
    found: list[Told] = []
    for said, moment in told:
        if moment is not None and (not found or found[-1].moment != moment):
            found.append(Told(moment, said.published_at))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Span:
    """A component other than operational, as published; ``until`` is None while it lasts."""

    component_id: str
    state: State
    since: datetime
    until: datetime | None


MANY = 100  # components, past which a search among the rows is slower than reading them all


def last_number(audience_id: str) -> int:
    """The number of the newest publication; 0 before the first."""
    rows = PublicationRow.objects.filter(audience_id=audience_id).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


def last_numbers(audience_ids: Iterable[str]) -> dict[str, int]:
    """The newest number of each audience that was told anything, in one query."""
    newest = PublicationRow.objects.filter(audience_id=OuterRef("pk")).order_by("-number")
    rows = Audience.objects.filter(pk__in=list(audience_ids)).annotate(
        last=Subquery(newest.values("number")[:1])
    )
    return {key: last for key, last in rows.values_list("pk", "last") if last is not None}


def publication(publication_id: str) -> Publication | None:
    """One publication by id."""
    row = PublicationRow.objects.filter(pk=publication_id).first()
    return _publication(row) if row else None


def numbered(audience_id: str, *, after: int, limit: int = 1000) -> tuple[Publication, ...]:
    """Publications with a number above ``after``, in order."""
    rows = PublicationRow.objects.filter(audience_id=audience_id, number__gt=after)
    return tuple(_publication(row) for row in rows.order_by("number")[:limit])


def speaking_of(audience_id: str, component_ids: Collection[str]) -> tuple[Publication, ...]:
    """All that was said of some components, with everything of the incidents that named them.

    A translation is left out: it says nothing new of any component.
    """
    rows = PublicationRow.objects.filter(audience_id=audience_id).exclude(kind=Kind.TRANSLATION)
    if 0 < len(component_ids) <= MANY:
        # Ids are random enough to be looked for as text, so most rows are never read.
        told = rows.annotate(told=Cast("content", TextField()))
        told = told.filter(reduce(or_, (Q(told__contains=key) for key in component_ids)))
        incidents = told.exclude(incident=None).values("incident_id")
        without = told.filter(incident=None).values("pk")
        rows = rows.filter(Q(incident__in=incidents) | Q(pk__in=without))
    return tuple(_publication(row) for row in rows.order_by("number"))


def since(at: datetime, *, until: datetime | None = None) -> tuple[Publication, ...]:
    """Everything said to anyone from ``at`` on, oldest first."""
    rows = PublicationRow.objects.filter(published_at__gte=at)
    rows = rows.filter(published_at__lt=until) if until else rows
    return tuple(_publication(row) for row in rows.order_by("published_at", "number"))


def story(audience_id: str, incident_id: str) -> Story | None:
    """One incident as told to an audience; None when nothing was said of it."""
    return next(iter(_stories(audience_id, [incident_id])), None)


def open_stories(audience_id: str) -> tuple[Story, ...]:
    """The incidents that are open, worst first, then newest first."""
    threads = Thread.objects.filter(audience_id=audience_id, is_open=True, is_incident=True)
    told = _stories(audience_id, list(threads.values_list("incident_id", flat=True)))
    newest_first = sorted(told, key=lambda story: story.opened_at, reverse=True)
    return tuple(sorted(newest_first, key=lambda story: story.severity))


def planned_stories(audience_id: str) -> tuple[Story, ...]:
    """Planned work to come or under way, by its window."""
    threads = Thread.objects.filter(audience_id=audience_id, is_open=True, is_incident=False)
    ordered = threads.order_by("placed_at", "id")
    return _stories(audience_id, list(ordered.values_list("incident_id", flat=True)))


def recent_stories(audience_id: str, *, limit: int = 50) -> tuple[Story, ...]:
    """The newest incidents told of, newest first."""
    threads = Thread.objects.filter(audience_id=audience_id, is_incident=True)
    return _newest(audience_id, threads, limit)


def recent_planned(audience_id: str, *, limit: int = 50) -> tuple[Story, ...]:
    """The newest planned work told of, newest first, with that which outlasted its window."""
    threads = Thread.objects.filter(audience_id=audience_id, is_planned=True)
    return _newest(audience_id, threads, limit)


def _newest(audience_id: str, threads: QuerySet[Thread], limit: int) -> tuple[Story, ...]:
    ordered = threads.order_by("-opened_at", "-id")
    return _stories(audience_id, list(ordered.values_list("incident_id", flat=True)[:limit]))


def stories_between(audience_id: str, start: datetime, end: datetime) -> tuple[Story, ...]:
    """Incidents first told of in [start, end) and planned work of that time, newest first."""
    threads = Thread.objects.filter(
        audience_id=audience_id, placed_at__gte=start, placed_at__lt=end
    ).order_by("-placed_at", "-id")
    return _stories(audience_id, list(threads.values_list("incident_id", flat=True)))


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
    rows = SpanRow.objects.filter(audience_id=audience_id, until=None)
    return {row.component_id: State(row.state) for row in rows}


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
    fields = told.values_list("component_id", "state", "since", "until")
    return tuple(Span(key, State(state), began, ended) for key, state, began, ended in fields)


def _stories(audience_id: str, incident_ids: list[str]) -> tuple[Story, ...]:
    rows = PublicationRow.objects.filter(audience_id=audience_id, incident_id__in=incident_ids)
    told: dict[str, list[Publication]] = {key: [] for key in incident_ids}
    for row in rows.order_by("number"):
        told[str(row.incident_id)].append(_publication(row))
    return tuple(Story(key, folded(said)) for key, said in told.items() if said)


def folded(told: Iterable[Publication]) -> tuple[Publication, ...]:
    """Words in order, each with the translations that came later."""
    words: dict[int, Publication] = {}
    for said in told:
        if said.kind != Kind.TRANSLATION:
            words[said.number] = said
        elif said.translates in words:
            words[said.translates] = words[said.translates].with_translation(said)
    return tuple(words.values())


def _joined(words: Words, came: Words) -> Words:
    """Words with what a translation brings; what was said in other languages stays as it was."""
    forecast = words.forecast
    if forecast and came.forecast:
        forecast = replace(forecast, basis={**came.forecast.basis, **forecast.basis})
    return replace(
        words,
        name={**words.name, **came.name},
        layers={**words.layers, **came.layers},
        forecast=forecast,
        turn_reason={**came.turn_reason, **words.turn_reason},
    )


def _publication(row: PublicationRow) -> Publication:
    return Publication(
        id=row.id,
        page_id=row.page_id,
        audience_id=row.audience_id,
        number=row.number,
        kind=Kind(row.kind),
        incident_id=row.incident_id,
        words=_words(row.content.get("words")),
        changes=tuple(_changes(row.content["changes"])),
        announces=row.announces,
        published_at=row.published_at,
        digest=row.digest,
        overrides={key: State(state) for key, state in row.content.get("said", {}).items()},
        retells=row.content.get("retells", False),
        translates=row.content.get("translates", 0),
    )


def _words(told: Mapping[str, Any] | None) -> Words | None:
    return values.read(told) if told else None


def _changes(told: Iterable[tuple[str, str, str]]) -> Iterable[Change]:
    return (Change(key, State(old), State(new)) for key, old, new in told)
