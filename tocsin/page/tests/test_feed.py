import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.utils import translation

from tocsin.disclosure.phases import Phase
from tocsin.page import feed
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import a_closed_story, a_snapshot, a_story, a_word, later
from tocsin.statements.published import Layer

ATOM = "{http://www.w3.org/2005/Atom}"


def atom(snapshot: Snapshot, language: str = "en") -> bytes:
    with translation.override(language):
        return feed.atom(snapshot, language)


def test_the_feed_is_what_readers_know() -> None:
    root = ElementTree.fromstring(atom(a_snapshot(a_story())))

    assert root.findtext(f"{ATOM}id") == "tag:status.linden.example,2005:/history"
    assert root.findtext(f"{ATOM}title") == "Linden Status - Incident History"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Linden"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "alternate": "https://status.linden.example/",
        "self": "https://status.linden.example/history.atom",
    }


def test_an_entry_is_an_incident() -> None:
    parsed = feedparser.parse(atom(a_snapshot(a_story())))

    entry = parsed.entries[0]

    assert not parsed.bozo
    assert entry.id == "tag:status.linden.example,2005:Incident/incident0000"
    assert entry.link == "https://status.linden.example/incidents/incident0000"
    assert entry.title == "Checkout is failing"
    assert entry.content[0].type == "text/html"


def test_ids_are_unique_across_entries_and_languages() -> None:
    stories = [a_closed_story(incident=f"closed{n:06d}", at=later(-n * 60)) for n in range(30)]
    snapshot = a_snapshot(*stories)

    ids = [
        entry.id
        for language in ("en", "fr")
        for entry in feedparser.parse(atom(snapshot, language)).entries
    ]

    assert len(ids) == len(set(ids)) == 2 * feed.RECENT


def test_updates_stand_newest_first_and_a_second_of_one_status_is_an_update() -> None:
    story = a_story(
        a_word(number=1, phase=Phase.HOLDING),
        a_word(number=2, phase=Phase.INVESTIGATING, at=later(5)),
        a_word(number=3, phase=Phase.RESOLVED, at=later(9)),
    )

    content = _content(a_snapshot(story))

    labels = [part.split("</strong>")[0] for part in content.split("<strong>")[1:]]
    assert labels == ["Resolved", "Update", "Investigating"]


def test_an_update_is_dated_as_parsers_expect() -> None:
    content = _content(a_snapshot(a_story()))

    assert content.startswith(
        "<p><small>Nov <var data-var='date'>23</var>, <var data-var='time'>12:00</var> UTC</small>"
        "<br><strong>Investigating</strong> - Checkout is failing for one in three</p>"
    )


@pytest.mark.parametrize("hostile", ["]]>", "<script>alert(1)</script>", "a\x00b\x0bc", "&amp;<"])
def test_hostile_words_break_no_feed(hostile: str) -> None:
    layer = Layer(headline=hostile, body=hostile)
    story = a_story(
        a_word(incident=f"x{hash(hostile)}", layers={"en": layer}, names={"en": hostile})
    )

    text = atom(a_snapshot(story))

    ElementTree.fromstring(text)
    assert "<script" not in _content(a_snapshot(story))


def _content(snapshot: Snapshot) -> str:
    root = ElementTree.fromstring(atom(snapshot))
    return root.findtext(f"{ATOM}entry/{ATOM}content") or ""


def test_two_audiences_of_one_incident_read_their_own_words() -> None:
    def told(headline: str, key: str) -> bytes:
        return atom(a_snapshot(a_story(replace(a_word(headline=headline), id=key))))

    circle, public = told("Said to a circle", "circle000000"), told("Said to all", "public000000")

    assert b"Said to a circle" in circle
    assert b"Said to a circle" not in public


def test_rss_readers_find_the_same_incidents_at_their_addresses() -> None:
    snapshot = a_snapshot(a_story(), a_closed_story(at=later(-600)))

    with translation.override("fr"):
        parsed = feedparser.parse(feed.rss(snapshot, "fr"))

    assert not parsed.bozo
    assert parsed.version == "rss20"
    assert [entry.id for entry in parsed.entries] == [
        "https://status.linden.example/fr/incidents/incident0000",
        "https://status.linden.example/fr/incidents/closed000000",
    ]
    assert all(entry.link == entry.id for entry in parsed.entries)
    assert parsed.entries[0].published_parsed[:5] == (2026, 11, 23, 12, 0)
    assert "<strong>" in parsed.entries[0].summary


def test_the_same_words_make_the_same_rss() -> None:
    with translation.override("en"):
        assert feed.rss(a_snapshot(), "en") == feed.rss(a_snapshot(), "en")


def test_an_entry_is_never_what_was_written_of_other_words() -> None:
    atom(a_snapshot(a_story(a_word(headline="A secret slipped in"))))

    told = atom(a_snapshot(a_story(a_word(headline="Checkout is failing")))).decode()

    assert "Checkout is failing" in told
    assert "secret" not in told


def json_feed(snapshot: Snapshot, language: str = "en") -> dict[str, Any]:
    with translation.override(language):
        told: dict[str, Any] = json.loads(feed.json_feed(snapshot, language))
    return told


def test_the_json_feed_says_what_the_format_asks_for() -> None:
    told = json_feed(a_snapshot(a_story()), "fr")

    items = told.pop("items")
    assert told == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "État de Linden - Historique des incidents",
        "home_page_url": "https://status.linden.example/fr/",
        "feed_url": "https://status.linden.example/fr/feed.json",
        "language": "fr",
        "authors": [{"name": "Linden"}],
    }
    assert [set(item) for item in items] == [
        {"id", "url", "title", "content_html", "date_published", "date_modified"}
    ]
    assert items[0]["date_published"] == "2026-11-23T12:00:00+00:00"


def test_the_json_feed_and_atom_tell_the_same() -> None:
    snapshot = a_snapshot(a_story(), a_closed_story(at=later(-600)))

    entries = feedparser.parse(atom(snapshot)).entries
    items = json_feed(snapshot)["items"]

    assert [item["id"] for item in items] == [entry.id for entry in entries]
    assert [item["url"] for item in items] == [entry.link for entry in entries]
    assert [item["title"] for item in items] == [entry.title for entry in entries]
    assert [item["date_modified"] for item in items] == [entry.updated for entry in entries]
    assert len(_content(snapshot)) == len(items[0]["content_html"])


def test_a_page_that_has_told_nothing_has_a_json_feed_without_items() -> None:
    assert json_feed(a_snapshot())["items"] == []


@pytest.mark.parametrize("hostile", ['"}]}', "<script>alert(1)</script>", "a\x00b\u202ec", "\\"])
def test_hostile_words_break_no_json_feed(hostile: str) -> None:
    layer = Layer(headline=hostile, body=hostile)
    story = a_story(a_word(layers={"en": layer}, names={"en": hostile}))

    (item,) = json_feed(a_snapshot(story))["items"]

    assert item["title"] == hostile.replace("\x00", "").replace("\u202e", "")
    assert "<script" not in item["content_html"]


FH = f"{{{feed.ARCHIVED}}}"


def links(content: bytes) -> dict[str | None, str | None]:
    root = ElementTree.fromstring(content)
    return {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}


def test_a_feed_that_holds_everything_leads_to_no_archive() -> None:
    assert "prev-archive" not in links(atom(a_snapshot(a_story())))


def test_what_a_feed_has_no_room_for_is_in_the_month_it_leads_to() -> None:
    stories = [a_closed_story(incident=f"closed{n:06d}", at=later(-n * 24 * 60)) for n in range(30)]
    stories = [
        a_story(*(replace(said, number=100 - n) for said in story.publications))
        for n, story in enumerate(stories)
    ]

    told = links(atom(a_snapshot(*stories), "fr"))

    assert told["prev-archive"] == "https://status.linden.example/fr/history/2026-10.atom"


def test_a_month_of_the_archive_says_that_it_is_one_and_leads_back_and_to_the_feed() -> None:
    story = a_closed_story()

    with translation.override("en"):
        content = feed.archive_of(a_snapshot(), "en", "2026-11", [story], before="2026-08")
    root = ElementTree.fromstring(content)

    assert links(content) == {
        "alternate": "https://status.linden.example/",
        "self": "https://status.linden.example/history/2026-11.atom",
        "current": "https://status.linden.example/history.atom",
        "prev-archive": "https://status.linden.example/history/2026-08.atom",
    }
    assert root.find(f"{FH}archive") is not None
    assert root.findtext(f"{ATOM}id") == "tag:status.linden.example,2005:/history"
    assert len(root.findall(f"{ATOM}entry")) == 1
    assert not feedparser.parse(content).bozo


def test_the_first_month_of_all_leads_nowhere() -> None:
    with translation.override("en"):
        content = feed.archive_of(a_snapshot(), "en", "2026-11", [a_story()], before="")

    assert "prev-archive" not in links(content)
