"""What a process has read of the record so far.

What is published never changes but by a redaction, which is counted, and spans change only by what
is published: so of a long past only what is newer has to be read, and a new word costs the same
with five thousand incidents as with fifty.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tocsin.catalogue import shelf
from tocsin.catalogue.tree import Tree
from tocsin.page.statuspage import RECENT
from tocsin.statements import published
from tocsin.statements.published import Publication, Span, Story

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MOST_FRESH = 50  # past this many new publications, reading all anew is as quick
MARGIN = timedelta(minutes=1)


@dataclass(slots=True)
class Memory:
    """One audience, up to ``number``: the newest stories, the newest planned work (which is among
    the stories too once it outlasted its window), the spans of the last ninety days. Of ``series``,
    however old, what the calendar needs beside the rule.

    ``touched`` says when each component was last in trouble, ever; ``trees`` are the components;
    ``said_at`` is when the newest word was said, and ``last_id`` which that was.
    """

    audience_id: str
    number: int = 0
    redactions: int = 0
    changed_at: datetime | None = None
    recent: tuple[Story, ...] = ()
    planned: tuple[Story, ...] = ()
    series: tuple[Story, ...] = ()
    spans: tuple[Span, ...] = ()
    touched: dict[str, datetime] = field(default_factory=dict)
    trees: tuple[Tree, Tree] | None = None
    last_id: str = ""
    said_at: datetime | None = None

    @property
    def stories(self) -> dict[str, Story]:
        """Every story at hand, by incident."""
        told = (*self.series, *self.planned, *self.recent)
        return {story.incident_id: story for story in told}

    def trees_of(self, page_id: str) -> tuple[Tree, Tree]:
        """What the page shows, and that with what was taken off: the page's, as of ``changed_at``.

        Read before they are changed again, they may be newer than that, and are read again then.
        """
        if self.trees is None:
            shown = shelf.components_of(page_id)
            self.trees = shown, shelf.components_of(page_id, retired=True)
        return self.trees

    def catch_up(
        self,
        newest: int,
        *,
        window: datetime,
        until: datetime,
        redactions: int = 0,
        changed_at: datetime | None = None,
    ) -> None:
        """Read up to at least ``newest``; ``window`` to ``until`` is the time that is drawn.

        After another redaction, or a change of the page (a past that was brought along is one),
        nothing that was read before may be true any more.
        """
        if (redactions, changed_at) != (self.redactions, self.changed_at):
            self.number, self.redactions, self.changed_at = 0, redactions, changed_at
            self.trees = None
        fresh = self._fresh(newest)
        if fresh is None:
            self._read_anew(newest, window, until)
        elif fresh:
            self.spans = self._spans_with(fresh, until)
            told = tuple(self._stories_with(fresh))
            self.recent = _newest(story for story in told if story.is_incident)
            self.planned = _newest(story for story in told if story.window)
            self.series = _of_series((*self.series, *told))
            self._stands_at(fresh[-1])
        self.spans = tuple(span for span in self.spans if not span.until or span.until > window)
        self.touched |= _edges(self.spans)

    def _fresh(self, newest: int) -> tuple[Publication, ...] | None:
        """What was said since; None where all has to be read (the first time, or a backup)."""
        if not 0 < self.number <= newest:
            return None
        told = published.numbered(self.audience_id, after=self.number - 1, limit=MOST_FRESH)
        if not told or told[0].id != self.last_id:
            return None  # a backup was put back, and others spoke since
        fresh = told[1:]
        if len(told) == MOST_FRESH or any(said.retells for said in fresh):
            return None  # too many, or stretches of the past were laid out anew
        return fresh

    def _stands_at(self, last: Publication) -> None:
        self.number, self.last_id, self.said_at = last.number, last.id, last.published_at

    def _read_anew(self, newest: int, window: datetime, until: datetime) -> None:
        self.number, self.last_id, self.said_at = newest, "", None
        for last in published.numbered(self.audience_id, after=newest - 1, limit=1):
            self._stands_at(last)
        self.recent = published.recent_stories(self.audience_id, limit=RECENT)
        self.planned = published.recent_planned(self.audience_id, limit=RECENT)
        self.series = published.standing_of_series(self.audience_id)
        self.touched = _edges(published.spans_between(self.audience_id, LONG_AGO, window))
        self.spans = published.spans_between(self.audience_id, window, until)

    def _spans_with(self, fresh: Iterable[Publication], until: datetime) -> tuple[Span, ...]:
        """The spans anew from the first moment that these words speak of."""
        start = min(moment for said in fresh for moment in _moments(said)) - MARGIN
        kept = (span for span in self.spans if span.until and span.until <= start)
        return (*kept, *published.spans_between(self.audience_id, start, until))

    def _stories_with(self, fresh: Iterable[Publication]) -> Iterable[Story]:
        """The stories with what was said since; one not among them is read whole."""
        told = self.stories
        for said in fresh:
            key = said.incident_id
            before = (told.get(key) or published.story(self.audience_id, key)) if key else None
            if key and before:
                is_new = before.newest < said.number
                told[key] = before.with_said(said) if is_new else before
        return told.values()


_memories: dict[str, Memory] = {}


def of(audience_id: str) -> Memory:
    """What this process has read of what an audience was told."""
    return _memories.setdefault(audience_id, Memory(audience_id))


def forget() -> None:
    """Read everything anew next time."""
    _memories.clear()


def _moments(said: Publication) -> Iterable[datetime]:
    yield said.published_at
    if said.words:
        yield from filter(None, (said.words.since, said.words.until))


def _newest(stories: Iterable[Story]) -> tuple[Story, ...]:
    ordered = sorted(stories, key=lambda story: story.first.number, reverse=True)
    return tuple(sorted(ordered, key=lambda story: story.opened_at, reverse=True)[:RECENT])


def _of_series(stories: Iterable[Story]) -> tuple[Story, ...]:
    """Of every series its newest window, and each that its rule alone would tell otherwise."""
    told: dict[str, Story] = {}
    newest: dict[str, str] = {}
    for story in sorted(stories, key=lambda story: (story.latest.number, story.newest)):
        if story.window and story.window.repeat:
            told[story.incident_id] = story
            newest[story.window.repeat.series] = story.incident_id
    kept = set(newest.values())
    return tuple(
        story
        for key, story in told.items()
        if key in kept or story.is_cancelled or (story.window and story.window.is_off_its_rule)
    )


def _edges(spans: Iterable[Span]) -> dict[str, datetime]:
    touched: dict[str, datetime] = {}
    for span in spans:
        last = span.until or span.since
        touched[span.component_id] = max(last, touched.get(span.component_id, last))
    return touched
