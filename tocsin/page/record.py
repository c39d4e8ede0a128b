"""Reading the published record into a snapshot, and telling it in ``record.json``."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.page import bars
from tocsin.page.address import incident_url, url_of
from tocsin.page.snapshot import Snapshot
from tocsin.page.statuspage import RECENT, stamp, written
from tocsin.statements import published
from tocsin.statements.published import Publication, Span, Story

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
PATIENCE = 5
AT_ONCE = 50


def gather(page: Brand, *, former: tuple[int, int] | None, at: datetime) -> Snapshot:
    """Read all that the page's head says at ``at``.

    ``former`` is the number and revision that stand already: the same number's revision rises.
    """
    snapshot = _read(page, former, at)
    for _ in range(PATIENCE):
        # No transaction holds up those who write: if somebody wrote meanwhile, read again. Past
        # patience the snapshot may hold a newer word than its number says, and is soon followed.
        if published.last_number(page.audience_id) == snapshot.number:
            break
        snapshot = _read(page, former, at)
    return snapshot


def _read(page: Brand, former: tuple[int, int] | None, at: datetime) -> Snapshot:
    number = published.last_number(page.audience_id)
    revision = former[1] + 1 if former and former[0] == number else 0
    last = published.numbered(page.audience_id, after=number - 1, limit=1) if number else ()
    window = bars.midnights(at, page.time_zone)[0]
    # A day beyond: what began at this very moment counts, and clocks of two hosts may differ.
    spans = published.spans_between(page.audience_id, window, at + timedelta(days=1))
    return Snapshot(
        page=page,
        url=url_of(page),
        tree=shelf.components_of(page.id),
        everything=shelf.components_of(page.id, retired=True),
        open=published.open_stories(page.audience_id),
        recent=_recent(page.audience_id, number),
        spans=spans,
        states=published.states_now(page.audience_id),
        touched=_touched(page.audience_id, spans, window, at=at),
        number=number,
        revision=revision,
        said_at=last[0].published_at if last else None,
        at=at,
    )


# The newest stories of each audience up to a number: what is published never changes, so that only
# what is newer has to be read.
_read_so_far: dict[str, tuple[int, dict[str, Story]]] = {}


def _recent(audience_id: str, newest: int) -> tuple[Story, ...]:
    number, stories = _read_so_far.get(audience_id, (0, {}))
    if newest < number:  # another database: a backup was put back
        stories = {}
    fresh = published.numbered(audience_id, after=number, limit=AT_ONCE) if stories else ()
    if not stories or len(fresh) == AT_ONCE:
        number = published.last_number(audience_id)
        recent = published.recent_stories(audience_id, limit=RECENT)
    else:
        number = fresh[-1].number if fresh else number
        recent = _newest(_taken_in(audience_id, stories, fresh))
    _read_so_far[audience_id] = (number, {story.incident_id: story for story in recent})
    return recent


def _taken_in(
    audience_id: str, stories: dict[str, Story], fresh: Iterable[Publication]
) -> Iterable[Story]:
    """Stories with what was said since; an incident not among them is read whole."""
    told = dict(stories)
    for said in fresh:
        key = said.incident_id
        if key is None:
            continue
        before = told.get(key) or published.story(audience_id, key)
        if before and before.latest.number < said.number:
            before = Story(key, (*before.publications, said))
        if before:
            told[key] = before
    return told.values()


def _newest(stories: Iterable[Story]) -> tuple[Story, ...]:
    ordered = sorted(stories, key=lambda story: story.first.number, reverse=True)
    return tuple(sorted(ordered, key=lambda story: story.opened_at, reverse=True)[:RECENT])


# When each component was last in trouble before the ninety days: read once, for it cannot change
# but by what is within them from then on.
_earlier: dict[str, dict[str, datetime]] = {}


def _touched(
    audience_id: str, spans: Iterable[Span], window: datetime, *, at: datetime
) -> dict[str, datetime]:
    if audience_id not in _earlier:
        _earlier[audience_id] = _edges(published.spans_between(audience_id, LONG_AGO, window), at)
    return _earlier[audience_id] | _edges(spans, at)


def forget() -> None:
    """Read everything anew next time."""
    _read_so_far.clear()
    _earlier.clear()


def _edges(spans: Iterable[Span], at: datetime) -> dict[str, datetime]:
    touched: dict[str, datetime] = {}
    for span in spans:
        last = span.until or span.since
        touched[span.component_id] = max(last, touched.get(span.component_id, last))
    return touched


def told(snapshot: Snapshot) -> bytes:
    """``record.json``: what an emergency tool needs to speak when all else is down."""
    page = snapshot.page
    return written(
        {
            "page": {
                "id": page.id,
                "slug": page.slug,
                "name": page.name,
                "url": snapshot.url,
                "time_zone": page.time_zone,
                "languages": list(page.languages),
            },
            "number": snapshot.number,
            "revision": snapshot.revision,
            "compiled_at": stamp(snapshot.at),
            "changes_at": stamp(snapshot.changes_at),
            "indicator": snapshot.standing.indicator.value,
            "states": {key: state.value for key, state in sorted(snapshot.states.items())},
            "open": [_story(snapshot, story) for story in snapshot.open],
        }
    )


def _story(snapshot: Snapshot, story: Story) -> dict[str, Any]:
    words = story.words
    return {
        "id": story.incident_id,
        "url": incident_url(snapshot.page, story.incident_id),
        "name": dict(words.name),
        "phase": words.phase.value,
        "severity": words.severity.value,
        "since": stamp(story.started_at),
        "said_at": stamp(story.latest.published_at),
        "next_word_at": stamp(words.next_word_at),
        "number": story.latest.number,
        "layers": {
            language: {"headline": layer.headline, "body": layer.body}
            for language, layer in words.layers.items()
        },
    }
