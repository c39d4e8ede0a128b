"""The files of a page's archive: one set per closed incident, per month, per component. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation

from tocsin.catalogue.tree import Node
from tocsin.page import badge, feed, html, named, sitemap, statuspage, verbatim
from tocsin.page.address import paths_of, prefix_of
from tocsin.page.log import format, writing
from tocsin.page.snapshot import Snapshot
from tocsin.page.windows import Past
from tocsin.statements.published import Publication, Story

Files = dict[str, bytes]


def incident(snapshot: Snapshot, story: Story) -> Files:
    """A closed incident or planned work that is over, for people and for machines."""
    told = {
        f"{prefix}{path}/index.html": html.incident(snapshot, language, story, path=path).encode()
        for language, prefix in _prefixes(snapshot)
        for path in paths_of(story)
    }
    old = verbatim.moved(snapshot.url, story, snapshot.page.language)
    return old | told | statuspage.archived(snapshot, story)


def component(snapshot: Snapshot, node: Node, past: Past) -> Files:
    """A component's page, and its badge."""
    told: Files = {}
    for language, prefix in _prefixes(snapshot):
        place = f"{prefix}c/{node.slug}"
        told[f"{place}/index.html"] = html.component(snapshot, language, node, past).encode()
        with translation.override(language):
            told[f"{place}/badge.svg"] = badge.of_component(snapshot, language, node)
    return told


def month(snapshot: Snapshot, of: date, stories: Sequence[Story]) -> Files:
    """The incidents first told of in a month and its planned work, newest first.

    All of them, and for each component and group those that named it, or one below it.
    """
    choices = named.choices(snapshot, stories)
    told: Files = {}
    for language, prefix in _prefixes(snapshot):
        for choice in (None, *choices):
            page = html.month(snapshot, language, of, stories, choices, choice=choice)
            told[f"{prefix}{named.path(of, choice)}/index.html"] = page.encode()
    return told | sitemap.month(snapshot, of, stories)


def feeds(snapshot: Snapshot, month: str, stories: Sequence[Story], *, before: str) -> Files:
    """A month of the Atom feed, which leads to the month ``before`` it that has any."""
    told: Files = {}
    for language, prefix in _prefixes(snapshot):
        with translation.override(language):
            content = feed.archive_of(snapshot, language, month, stories, before=before)
        told[f"{prefix}{feed.archive_file(month)}"] = content
    return told


def history(
    snapshot: Snapshot, counts: Mapping[str, int], planned: Mapping[str, int] | None = None
) -> Files:
    """The index of months; ``counts`` by "2026-11" what was told in those that had anything, and
    ``planned`` how much of that is planned work.
    """
    told = {
        f"{prefix}history/index.html": html.history(
            snapshot, language, counts, planned or {}
        ).encode()
        for language, prefix in _prefixes(snapshot)
    }
    return told | sitemap.files(snapshot, counts)


def log(snapshot: Snapshot, head: Mapping[str, Any], newest: Sequence[Publication]) -> Files:
    """The end of the public log, for machines and people; ``newest`` are shown, oldest first."""
    told = {
        f"{prefix}log/index.html": html.log(snapshot, language, head, newest).encode()
        for language, prefix in _prefixes(snapshot)
    }
    return told | {format.HEAD: writing.written(head)}


def promises(snapshot: Snapshot, stories: Sequence[Story]) -> Files:
    """What was promised after incidents; nothing where nothing was."""
    return {
        f"{prefix}promises/index.html": html.promises(snapshot, language, stories).encode()
        for language, prefix in (_prefixes(snapshot) if stories else ())
    }


def _prefixes(snapshot: Snapshot) -> list[tuple[str, str]]:
    page = snapshot.page
    return [(language, prefix_of(page, language)) for language in page.languages]


def month_of(at: datetime, zone: str) -> date:
    """The first day of the month that a moment falls into, in the page's zone."""
    return at.astimezone(ZoneInfo(zone)).date().replace(day=1)


def bounds_of(of: date, zone: str) -> tuple[datetime, datetime]:
    """When a month begins and ends in a zone, in UTC."""
    after = (of + timedelta(days=32)).replace(day=1)
    begin, end = (datetime.combine(day, time.min, ZoneInfo(zone)) for day in (of, after))
    return begin.astimezone(UTC), end.astimezone(UTC)
