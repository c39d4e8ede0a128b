import urllib.robotparser
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

from tocsin.catalogue.models import Access
from tocsin.page import archive, sitemap
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import a_brand, a_closed_story, a_snapshot, later

URL = "https://status.linden.example"
SPACE = f"{{{sitemap.SPACE}}}"
COUNTS = {"2026-10": 3, "2026-11": 1}


def locations(content: bytes) -> list[str]:
    return [found.text or "" for found in ElementTree.fromstring(content).iter(f"{SPACE}loc")]


def a_month(snapshot: Snapshot) -> archive.Files:
    return archive.month(snapshot, date(2026, 11, 1), snapshot.recent)


def test_the_index_leads_to_every_month_the_newest_first() -> None:
    told = archive.history(a_snapshot(), COUNTS)

    assert locations(told["sitemap.xml"]) == [
        f"{URL}/sitemap-pages.xml",
        f"{URL}/sitemap-2026-11.xml",
        f"{URL}/sitemap-2026-10.xml",
    ]


def test_what_always_stands_is_listed_in_each_language() -> None:
    told = locations(archive.history(a_snapshot(), COUNTS)["sitemap-pages.xml"])

    assert told[:4] == [f"{URL}/", f"{URL}/fr/", f"{URL}/history", f"{URL}/fr/history"]
    assert f"{URL}/fr/history/2026-10" in told
    assert f"{URL}/c/checkout" in told
    assert len(told) == len(set(told))


def test_a_score_is_listed_where_the_page_shows_it() -> None:
    for shows in (True, False):
        page = replace(a_brand(), shows_score=shows)
        told = locations(archive.history(a_snapshot(page=page), COUNTS)["sitemap-pages.xml"])
        assert (f"{URL}/fr/score" in told) is shows


def test_a_month_lists_its_incidents_and_when_each_last_changed() -> None:
    content = a_month(a_snapshot(a_closed_story(at=later(-600))))["sitemap-2026-11.xml"]

    assert locations(content) == [
        f"{URL}/incidents/closed000000",
        f"{URL}/fr/incidents/closed000000",
    ]
    changed = ElementTree.fromstring(content).findtext(f"{SPACE}url/{SPACE}lastmod")
    assert changed == "2026-11-23T02:30:00Z"


def test_robots_are_sent_to_the_sitemap_and_kept_from_what_is_no_page() -> None:
    told = urllib.robotparser.RobotFileParser()
    told.parse(archive.history(a_snapshot(), {})["robots.txt"].decode().splitlines())

    assert told.site_maps() == [f"{URL}/sitemap.xml"]
    for path in ("/", "/fr/", "/incidents/a", "/c/checkout", "/history.atom", "/subscribe"):
        assert told.can_fetch("*", URL + path), path
    for path in ("/console/", "/v1/pages", "/for/acme/", "/events", "/api/v2/summary.json"):
        assert not told.can_fetch("*", URL + path), path


def test_a_page_that_only_some_may_read_tells_search_engines_nothing() -> None:
    page = replace(a_brand(), access=Access.NAMED, audience="acme", audience_name="Acme")
    snapshot = a_snapshot(a_closed_story(), page=page)

    files = {**archive.history(snapshot, COUNTS), **a_month(snapshot)}

    assert not [name for name in files if "sitemap" in name or "robots" in name]
