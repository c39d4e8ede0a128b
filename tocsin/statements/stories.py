"""What was said, as frozen values: a publication, and an incident's story. Pure.

Everyone else knows them by ``published``, which reads them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.disclosure.posture import CauseSide, Certainty
from tocsin.disclosure.severity import Indicator, Severity
from tocsin.statements.promised import Promise
from tocsin.statements.values import Kind, Layer, Source, Window, Words


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
class Removed:
    """That something was taken out of a publication: when, and why, by language."""

    at: datetime
    reason: Mapping[str, str]


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
    redactions: tuple[Removed, ...] = ()
    retells: bool = False  # stretches of the past follow from it, not only what comes after
    translates: int = 0
    translations: tuple[Translation, ...] = ()
    source: Source | None = None  # where it was brought from; never announced

    @property
    def is_correction(self) -> bool:
        return self.kind == Kind.CORRECTION

    @property
    def is_progress(self) -> bool:
        return self.kind == Kind.PROGRESS

    @property
    def is_account(self) -> bool:
        """Whether it is what happened, told afterwards: the account, or a later version of it."""
        phase = self.words.phase if self.words else None
        return self.kind == Kind.WORD and phase == Phase.ACCOUNT

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
        known = {gone.at for gone in self.redactions}
        gone = (*self.redactions, *(gone for gone in came.redactions if gone.at not in known))
        told = (*self.translations, *told)
        return replace(self, words=words, translations=told, redactions=gone)


@dataclass(frozen=True, slots=True)
class Told:
    """A time as readers were told it, and when they were."""

    moment: datetime
    said_at: datetime


@dataclass(frozen=True)
class Story:
    """An incident as its audience was told of it. ``words`` are oldest first, never empty.

    Translations are folded into the words they translate. What is worked out of them is worked out
    once: a head asks each story for its words a hundred times.
    """

    incident_id: str
    publications: tuple[Publication, ...]

    @property
    def first(self) -> Publication:
        return self.publications[0]

    @property
    def latest(self) -> Publication:
        return self.publications[-1]

    @cached_property
    def last_word(self) -> Publication:
        """The newest that an author said: what promised the next word, and keeps the time of it."""
        said = (each for each in reversed(self.publications) if each.kind == Kind.WORD)
        return next(said, self.latest)

    @cached_property
    def words(self) -> Words:
        """The words in force: those of the newest word, as corrected since.

        How the promises stand is beside them, and changes nothing of what was said of the incident.
        """
        latest = next(said for said in reversed(self.publications) if not said.is_progress)
        assert latest.words is not None
        if not latest.is_correction:
            return latest.words
        # What a correction says beside its layers is what holds from then on.
        word = self.last_word
        assert word.words is not None
        name = {**word.words.name, **latest.words.name}
        layers = self.as_corrected(word)
        return replace(latest.words, name=name, layers=layers, correction=None)

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """What was promised of it in public, as it was told last."""
        told = (said.words.promises for said in reversed(self.publications) if said.words)
        return next((promises for promises in told if promises), ())

    @cached_property
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
        return self._as_corrected(said)

    def _as_corrected(self, said: Publication, *, by: int | None = None) -> Mapping[str, Layer]:
        """The same, or as they read before the publication of a number."""
        assert said.words is not None
        layers = dict(said.words.layers)
        for later in self.corrections_of(said):
            assert later.words
            assert later.words.correction
            if by is None or later.number < by:
                layers |= later.words.correction.now
        return layers

    def account_before(self, said: Publication) -> tuple[Publication, Mapping[str, Layer]] | None:
        """The account whose place this one took, and its layers as they read then.

        None where this is the first, or no account.
        """
        if not said.is_account:
            return None
        before = None
        for one in self.publications:
            if one.number >= said.number:
                break
            if one.is_account:
                before = one
        return (before, self._as_corrected(before, by=said.number)) if before else None

    def as_it_reads(self, said: Publication) -> Publication:
        """One word as it holds now: its text as corrected, with the facts put right since.

        The newest word has the facts in force; an older one those that were corrected in itself.
        """
        assert said.words is not None
        if said.id == self.last_word.id:
            # What is no fact stays the word's own: a correction leads in languages of its own.
            words = replace(
                self.words,
                turn_reason=said.words.turn_reason,
                primary=said.words.primary,
                translations_due=said.words.translations_due,
            )
            return replace(said, words=words)
        facts: dict[str, Any] = {}
        for later in self.corrections_of(said):
            assert later.words
            assert later.words.correction
            told = later.words.correction
            pairs = {name: getattr(told, name) for name in ("severity", "since", "until", "data")}
            facts |= {name: pair[1] for name, pair in pairs.items() if pair}
        return replace(said, words=replace(said.words, layers=self.as_corrected(said), **facts))

    def translation_due(self, language: str) -> datetime | None:
        """By when readers of a language were to have the words in force; None once they do."""
        return self.last_word.translation_due(language)

    @cached_property
    def newest(self) -> int:
        """The number of what was said of it last, translations included."""
        return max(said.newest for said in self.publications)

    def updated_at(self, language: str) -> datetime:
        """When something last changed for readers of a language: said, or taken out."""
        taken_out = (gone.at for said in self.publications for gone in said.redactions)
        return max([*(said.said_at(language) for said in self.publications), *taken_out])

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

    @cached_property
    def source(self) -> Source | None:
        """Where it was brought from, as the newest word from there tells the whole; or None."""
        found = (said.source for said in reversed(self.publications) if said.source)
        return next((source for source in found if source.incident is not None), None)

    @property
    def is_as_brought(self) -> bool:
        """Whether all that was said of it was brought from elsewhere, and stands unchanged."""
        return all(said.source and not said.redactions for said in self.publications)

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
    def over_at(self) -> datetime | None:
        """When the trouble itself ended, as was said; else when it was said to be over."""
        return None if self.is_open else self.words.until or self.resolved_at

    @property
    def is_one_moment(self) -> bool:
        """Told, or brought along, when it was over, and nobody says how long it took."""
        is_told_later = self.is_retrospective or self.source is not None
        return is_told_later and self.over_at is not None and self.over_at <= self.started_at

    @cached_property
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
