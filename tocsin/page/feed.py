"""The Atom, RSS and JSON feeds: an entry per incident, its updates inside, newest first. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from io import StringIO
from typing import Any
from urllib.parse import urlsplit
from xml.sax.xmlreader import AttributesImpl
from zoneinfo import ZoneInfo

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc3339_date
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from tocsin.catalogue import languages
from tocsin.disclosure.phases import STATUSPAGE
from tocsin.page import labels
from tocsin.page.address import path_of, prefix_of
from tocsin.page.keeping import Kept
from tocsin.page.markup import html_of, html_of_brought, without_unseen
from tocsin.page.snapshot import Snapshot
from tocsin.statements.published import Publication, Story, Window

RECENT = 25
ARCHIVED = "http://purl.org/syndication/history/1.0"
Entry = dict[str, Any]
NO_LINKS: Mapping[str, str] = {}
PARTS = ("title", "link", "description", "unique_id", "pubdate", "updateddate")


class _Remembering:
    """A feed that writes an entry once, and then as it was written: most say nothing new."""

    items: list[dict[str, Any]]
    element: str

    def write_items(self, handler: SimplerXMLGenerator) -> None:
        for item in self.items:
            said = (self.element, *(item[part] for part in PARTS))
            handler.ignorableWhitespace(_texts.get(said, said, self._entry, item))

    def _entry(self, item: dict[str, Any]) -> str:
        out = StringIO()
        handler = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
        handler.startElement(self.element, AttributesImpl({}))
        self.add_item_elements(handler, item)
        handler.endElement(self.element)
        return out.getvalue()

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        raise NotImplementedError


class _Atom(_Remembering, Atom1Feed):
    """Django's Atom feed with the elements, in the order, that status readers know."""

    element = "entry"

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        handler.addQuickElement("id", self.feed["id"])
        _link(handler, "alternate", "text/html", self.feed["link"])
        _link(handler, "self", "application/atom+xml", self.feed["feed_url"])
        for rel in ("current", "prev-archive"):
            if self.feed.get(rel):
                _link(handler, rel, "application/atom+xml", self.feed[rel])
        if self.feed.get("current"):
            handler.addQuickElement("fh:archive", "", {"xmlns:fh": ARCHIVED})
        handler.addQuickElement("title", self.feed["title"])
        handler.addQuickElement("updated", rfc3339_date(self.feed["updated_at"]))
        handler.startElement("author", AttributesImpl({}))
        handler.addQuickElement("name", self.feed["author_name"])
        handler.endElement("author")

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        handler.addQuickElement("id", item["unique_id"])
        handler.addQuickElement("published", rfc3339_date(item["pubdate"]))
        handler.addQuickElement("updated", rfc3339_date(item["updateddate"]))
        _link(handler, "alternate", "text/html", item["link"])
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("content", item["description"], {"type": "html"})


class _Rss(_Remembering, Rss201rev2Feed):
    """Django's RSS feed (2.0), each incident known by its address."""

    element = "item"

    def latest_post_date(self) -> datetime:
        told: datetime = self.feed["updated_at"]  # the same words make the same bytes
        return told

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        known = {"unique_id": item["link"], "unique_id_is_permalink": True}
        Rss201rev2Feed.add_item_elements(self, handler, item | known)


def _link(handler: SimplerXMLGenerator, rel: str, kind: str, href: str) -> None:
    handler.addQuickElement("link", "", {"rel": rel, "type": kind, "href": href})


def atom(snapshot: Snapshot, language: str) -> bytes:
    """The Atom feed (RFC 4287) in one language; call under that language's translation.

    What it has no room for is in the archive of months that it leads to (RFC 5005, 4).
    """
    month = _month_left_out(snapshot)
    links = {"prev-archive": _archive_url(snapshot, language, month)} if month else {}
    return _fed(_Atom, "history.atom", snapshot, language, links=links)


def archive_of(
    snapshot: Snapshot, language: str, month: str, stories: Iterable[Story], *, before: str
) -> bytes:
    """All of a month ("2026-11"); ``before`` is the month before it that has any, or empty."""
    prefix = prefix_of(snapshot.page, language)
    links = {"current": f"{snapshot.url}/{prefix}history.atom"}
    if before:
        links["prev-archive"] = _archive_url(snapshot, language, before)
    told = [_entry(snapshot, story, language) for story in stories]
    return _fed(_Atom, archive_file(month), snapshot, language, told=told, links=links)


def archive_file(month: str) -> str:
    """Where the archive of a month stands, in any language."""
    return f"history/{month}.atom"


def _archive_url(snapshot: Snapshot, language: str, month: str) -> str:
    return f"{snapshot.url}/{prefix_of(snapshot.page, language)}{archive_file(month)}"


def _month_left_out(snapshot: Snapshot) -> str:
    """The newest month of which the feed has not all; empty where it has everything.

    A month that is not over is left alone as long as can be: readers fetch an archive once.
    """
    told = {story.incident_id for story in _newest(snapshot)}
    known = (*snapshot.recent, *snapshot.recent_planned, *snapshot.planned)
    left_out = [story.placed_at for story in known if story.incident_id not in told]
    if not left_out:
        return ""
    return f"{max(left_out).astimezone(ZoneInfo(snapshot.page.time_zone)):%Y-%m}"


def rss(snapshot: Snapshot, language: str) -> bytes:
    """The same as RSS 2.0; call under that language's translation."""
    return _fed(_Rss, "history.rss", snapshot, language)


def json_feed(snapshot: Snapshot, language: str) -> bytes:
    """The same as a JSON Feed (https://www.jsonfeed.org/version/1.1/); call likewise."""
    page, prefix = snapshot.page, prefix_of(snapshot.page, language)
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(snapshot),
        "home_page_url": f"{snapshot.url}/{prefix}",
        "feed_url": f"{snapshot.url}/{prefix}feed.json",
        "language": language,
        "authors": [{"name": without_unseen(page.name)}],
        "items": [],
    }
    items = []
    for entry in _entries(snapshot, language):
        said = ("json", *entry.values())
        items.append(_texts.get(said, said, _json_item, entry))
    opening = json.dumps(told, ensure_ascii=False).removesuffix("]}")
    return f"{opening}{','.join(items)}]}}".encode()


def _json_item(entry: Entry) -> str:
    told = {
        "id": entry["unique_id"],
        "url": entry["link"],
        "title": entry["title"],
        "content_html": entry["description"],
        "date_published": rfc3339_date(entry["pubdate"]),
        "date_modified": rfc3339_date(entry["updateddate"]),
    }
    return json.dumps(told, ensure_ascii=False)


def _title(snapshot: Snapshot) -> str:
    brand = without_unseen(snapshot.page.name)
    return _("%(brand)s Status - Incident History") % {"brand": brand}


def _fed(
    kind: type[_Atom | _Rss],
    name: str,
    snapshot: Snapshot,
    language: str,
    *,
    told: list[Entry] | None = None,
    links: Mapping[str, str] = NO_LINKS,
) -> bytes:
    page, prefix = snapshot.page, prefix_of(snapshot.page, language)
    host = urlsplit(snapshot.url).hostname
    told = _entries(snapshot, language) if told is None else told
    title = _title(snapshot)
    feed = kind(
        title=title,
        link=f"{snapshot.url}/{prefix}",
        description=title,
        language=language,
        feed_url=f"{snapshot.url}/{prefix}{name}",
        author_name=without_unseen(page.name),
        id=f"tag:{host},2005:/{prefix}history",
        updated_at=max((entry["updateddate"] for entry in told), default=page.created_at),
    )
    feed.feed.update(links)
    for entry in told:
        feed.add_item(**entry)
    return feed.writeString("utf-8").encode()


def _entries(snapshot: Snapshot, language: str) -> list[Entry]:
    """What each format tells, put together once for all of them."""
    key = "entries of a feed", language
    if key not in snapshot.told:
        snapshot.told[key] = [_entry(snapshot, story, language) for story in _newest(snapshot)]
    found: list[Entry] = snapshot.told[key]
    return found


def _entry(snapshot: Snapshot, story: Story, language: str) -> Entry:
    prefix, host = prefix_of(snapshot.page, language), urlsplit(snapshot.url).hostname
    return {
        "title": without_unseen(story.name(language)[1]),
        "link": f"{snapshot.url}/{prefix}{path_of(story)}",
        "description": without_unseen(_content(story, language, snapshot.page.time_zone)),
        "unique_id": f"tag:{host},2005:Incident/{story.incident_id}{prefix and '/' + language}",
        "pubdate": story.opened_at,
        "updateddate": story.updated_at(language),
    }


def _newest(snapshot: Snapshot) -> list[Story]:
    """Incidents and planned work, each once, the newest told of first."""
    told = (*snapshot.recent, *snapshot.recent_planned)
    unique = {story.incident_id: story for story in told}.values()
    return sorted(unique, key=lambda story: story.first.number, reverse=True)[:RECENT]


_texts: Kept[str] = Kept()
forget = _texts.forget


def _content(story: Story, language: str, zone: str) -> str:
    # A publication's id is one audience's own: two audiences tell of one incident under one id.
    key = story.first.id, language, zone
    return _texts.get(key, story, _written, story, language, zone)


def _written(story: Story, language: str, zone: str) -> str:
    parts = [
        _texts.get((said.id, label, language, zone), said, _part, said, label, language, zone)
        for said, label in _labelled(story)
    ]
    event = [_event(story.window, language, zone)] if story.window else []
    return "".join([*event, *reversed(parts)])


def _event(window: Window, language: str, zone: str) -> SafeString:
    """What readers of such feeds look for; no ``<strong>``, for the first one is the state."""
    return format_html(
        "<p>{} {} - {}</p>",
        _("THIS IS A SCHEDULED EVENT"),
        _time(window.starts_at, language, zone),
        _time(window.ends_at, language, zone),
    )


def _labelled(story: Story) -> Iterator[tuple[Publication, str]]:
    """Publications, oldest first; only the first of equal statuses is called by its name."""
    before = None
    for said in story.publications:
        assert said.words is not None
        status = STATUSPAGE[said.words.phase]
        if said.words.correction:
            yield said, _("Correction")
            continue
        if said.is_progress:
            yield said, _("What we promised")
            continue
        yield said, _("Update") if status == before else labels.phase_in_feeds(said.words.phase)
        before = status


def _part(said: Publication, label: str, language: str, zone: str) -> SafeString:
    shown, layer = said.layer(language)
    if said.source:  # its line would be the name, which is the title already
        text = mark_safe(html_of_brought(layer.body))
    else:
        text = format_html("<p>{}</p>", layer.headline) + mark_safe(html_of(layer.body))
    if said.words and said.words.is_shouted:
        text += format_html("<p><small>{}</small></p>", _("Written in an emergency, by hand."))
    foreign = format_html(" ({})", labels.written_in(shown)) if shown != language else ""
    return format_html(
        "<p><small>{}</small><br><strong>{}</strong>{} - {}",
        _time(said.published_at, language, zone),
        label,
        foreign,
        mark_safe(text.removeprefix("<p>")),
    )


def _time(at: datetime, language: str, zone: str) -> SafeString:
    there = at.astimezone(ZoneInfo(zone))
    speech = languages.of(language)
    return format_html(
        speech.feed_time,
        month=speech.short_months[there.month - 1],
        day=format_html("<var data-var='date'>{}</var>", there.day),
        time=format_html("<var data-var='time'>{}</var>", f"{there:%H:%M}"),
        zone=there.tzname(),
    )
