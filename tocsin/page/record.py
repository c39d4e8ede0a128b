"""Reading the published record into a snapshot, and telling it in ``record.json``."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.severity import Indicator
from tocsin.page import assets, bars, feed, html, markup, memory, statuspage, terminal, views
from tocsin.page.address import path_of, url_of
from tocsin.page.reviews import Reviews
from tocsin.page.snapshot import Snapshot
from tocsin.page.statuspage import stamp, written
from tocsin.statements import published
from tocsin.statements.published import Story
from tocsin.watch import shown as measured

PATIENCE = 5
NO_REVIEWS: Reviews = {}


def gather(
    page: Brand, *, former: tuple[int, int] | None, at: datetime, reviews: Reviews = NO_REVIEWS
) -> Snapshot:
    """Read all that the page's head says at ``at``.

    ``former`` is the number and revision that stand already: the same number's revision rises.
    ``reviews`` were handed in at the place that is compiled.
    """
    reviews = reviews if page.shows_score else NO_REVIEWS
    snapshot = _read(page, former, at, reviews)
    for _turn in range(PATIENCE):
        # No transaction holds up those who write: if somebody wrote meanwhile, read again. Past
        # patience the snapshot may hold a newer word than its number says, and is soon followed.
        if published.last_number(page.audience_id) == snapshot.number:
            break
        snapshot = _read(page, former, at, reviews)
    return snapshot


def _read(page: Brand, former: tuple[int, int] | None, at: datetime, reviews: Reviews) -> Snapshot:
    number = published.last_number(page.audience_id)
    revision = former[1] + 1 if former and former[0] == number else 0
    window = bars.midnights(at, page.time_zone)[0]
    remembered, redactions = memory.of(page.audience_id), published.redactions(page.audience_id)
    if redactions != remembered.redactions:
        forget_rendered()
    # A day beyond: what began at this very moment counts, and clocks of two hosts may differ.
    until = at + timedelta(days=1)
    remembered.catch_up(
        number, window=window, until=until, redactions=redactions, changed_at=page.changed_at
    )
    shown, everything = remembered.trees_of(page.id)
    at_hand = remembered.stories
    return Snapshot(
        page=page,
        url=url_of(page),
        tree=shown,
        everything=everything,
        open=published.open_stories(page.audience_id, at_hand),
        recent=remembered.recent,
        spans=remembered.spans,
        states=published.states_now(page.audience_id),
        touched=dict(remembered.touched),
        number=number,
        revision=revision,
        said_at=remembered.said_at,
        at=at,
        planned=published.planned_stories(page.audience_id, at_hand),
        recent_planned=remembered.planned,
        series=remembered.series,
        charts=measured.charts(page.id, at=at),
        has_promises=bool(published.promising_ids(page.audience_id)),
        reviews=reviews,
    )


def forget_rendered() -> None:
    """Let this process forget words that it made of what was published: some were taken out."""
    feed.forget()
    html.forget()
    statuspage.forget()
    terminal.forget()
    views.forget()
    markup.html_of.cache_clear()
    markup.html_of_brought.cache_clear()


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
            "emergency": {code: _phrases(code) for code in page.languages},
            "emergency_icon": assets.icon(Indicator.CRITICAL),
            "planned": [_story(snapshot, story) | _window(story) for story in snapshot.planned],
        }
    )


def _phrases(language: str) -> dict[str, str]:
    """What the page says around words that are shouted (emergency/phrases.py), translated here."""
    with translation.override(language):
        return {
            "kick": _("Emergency notice"),
            "over": _("It is over"),
            "since": _("since {time}"),
            "by_hand": _("Written in an emergency, by hand, at {time}."),
            "by_itself": _("Until our systems are back, this page does not renew itself."),
            "next": _("Next word by {time}"),
            "link": _("Link to this notice"),
            "earlier": _("What was said before"),
            "below": _("What stands below was last confirmed at {time}, and not since."),
            "stood": _("How things stood then"),
            "confirmed": _("Last confirmed by our systems at {time}; written by hand since then."),
            "unconfirmed": _("Written by hand: our systems have confirmed nothing here."),
            "done": _("This is over."),
        }


def _story(snapshot: Snapshot, story: Story) -> dict[str, Any]:
    words = story.words
    return {
        "id": story.incident_id,
        "url": f"{snapshot.url}/{path_of(story)}",
        "name": dict(words.name),
        "phase": words.phase.value,
        "severity": words.severity.value,
        "since": stamp(story.started_at),
        "said_at": stamp(story.latest.published_at),
        "next_word_at": stamp(words.next_word_at),
        "number": story.latest.number,
        "translations_due": {
            language: stamp(due)
            for language in words.translations_due
            if (due := story.translation_due(language))
        },
        "layers": {
            language: {"headline": layer.headline, "body": layer.body}
            for language, layer in words.layers.items()
        },
    }


def _window(story: Story) -> dict[str, Any]:
    window = story.window
    assert window is not None, "planned work has a window"
    return {"starts_at": stamp(window.starts_at), "ends_at": stamp(window.ends_at)}
