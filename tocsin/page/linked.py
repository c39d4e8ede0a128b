"""JSON-LD: what a page is, for machines that read HTML. Pure.

The front page says what it is and never how things stand: nothing there can come to be untrue.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from tocsin.page.address import prefix_of
from tocsin.page.markup import without_unseen
from tocsin.page.snapshot import Snapshot
from tocsin.page.voice import iso
from tocsin.statements.published import Publication, Story

Json = dict[str, Any]

NEWEST = 10  # words of an incident that are told one by one
LONGEST = 110  # signs of a headline, as readers of it show them
# So that no words end the element that they stand in.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def front(snapshot: Snapshot, language: str) -> SafeString:
    """The page as a website of its firm: at its root alone, for a website has one name."""
    if language != snapshot.page.language:
        return SafeString()
    told = {
        "@type": "WebSite",
        "url": f"{snapshot.url}/",
        "name": snapshot.page.name,
        "inLanguage": language,
    }
    return _element(told)


def incident(snapshot: Snapshot, language: str, story: Story, path: str) -> SafeString:
    """An incident, or planned work, as what is reported live about it."""
    url = f"{snapshot.url}/{prefix_of(snapshot.page, language)}{path}"
    firm = {"@type": "Organization", "name": snapshot.page.name, "url": snapshot.url}
    began, ended = _coverage(story)
    told: Json = {
        "@type": "LiveBlogPosting",
        "url": url,
        "headline": story.name(language)[1][:LONGEST],
        "inLanguage": language,
        "datePublished": iso(story.opened_at),
        "dateModified": iso(story.updated_at(language)),
        "coverageStartTime": iso(began),
        **({"coverageEndTime": iso(ended)} if ended else {}),
        "author": firm,
        "publisher": firm,
        "liveBlogUpdate": list(_updates(story, language, url)),
    }
    return _element(told)


def _coverage(story: Story) -> tuple[datetime, datetime | None]:
    if story.window and not story.is_incident:
        return story.window.starts_at, story.window.ends_at
    return story.started_at, story.over_at


def _updates(story: Story, language: str, url: str) -> Iterator[Json]:
    for said in story.publications[: -NEWEST - 1 : -1]:
        yield _update(said, language, url)


def _update(said: Publication, language: str, url: str) -> Json:
    shown, layer = said.layer(language)
    return {
        "@type": "BlogPosting",
        "url": f"{url}#n{said.number}",
        "headline": layer.headline[:LONGEST],
        "articleBody": layer.body,
        "inLanguage": shown,
        "datePublished": iso(said.said_at(language)),
    }


def _element(told: Json) -> SafeString:
    text = json.dumps(
        {"@context": "https://schema.org", **told}, ensure_ascii=False, separators=(",", ":")
    )
    safe = without_unseen(text).translate(_ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{safe}</script>')
