"""What search engines are told: which pages there are, and what is no page to be found. Pure.

A file for each month and one for what always stands, so that a word writes two small ones and not
one as long as the record. All lie at the root, for a sitemap may speak of nothing above itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from xml.sax.saxutils import escape

from tocsin.page.address import paths_of, prefix_of
from tocsin.page.snapshot import Snapshot
from tocsin.page.voice import iso
from tocsin.statements.published import Story

Files = dict[str, bytes]
Place = tuple[str, str]  # a path without its language, and when it last changed, if that is known

SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
STANDING = "sitemap-pages.xml"
# What is asked, signed into or called, and never read.
NO_PAGES = ("/api/", "/console/", "/events", "/for/", "/hooks/", "/reader", "/v1/")


def file_of(month: str) -> str:
    """Where the incidents of a month ("2026-11") are listed."""
    return f"sitemap-{month}.xml"


def files(snapshot: Snapshot, months: Iterable[str]) -> Files:
    """The index, what always stands, and ``robots.txt``; nothing of a page that is not public."""
    if not snapshot.page.is_public:
        return {}
    told = sorted(months, reverse=True)
    listed = [STANDING, *map(file_of, told)]
    return {
        "sitemap.xml": _written(
            "sitemapindex",
            (f"<sitemap>{_at(f'{snapshot.url}/{name}')}</sitemap>" for name in listed),
        ),
        STANDING: _urls(snapshot, _standing(snapshot, told)),
        "robots.txt": _robots(snapshot),
    }


def month(snapshot: Snapshot, of: date, stories: Sequence[Story]) -> Files:
    """The incidents and the planned work of a month."""
    if not snapshot.page.is_public:
        return {}
    places = (
        (path, iso(story.updated_at(snapshot.page.language)))
        for story in stories
        for path in paths_of(story)
    )
    return {file_of(f"{of:%Y-%m}"): _urls(snapshot, places)}


def _standing(snapshot: Snapshot, months: Iterable[str]) -> Iterator[Place]:
    yield "", ""
    yield "history", ""
    yield "log", ""
    if snapshot.has_promises:
        yield "promises", ""
    if snapshot.page.shows_score:
        yield "score", ""
    yield from ((f"history/{key}", "") for key in months)
    yield from ((f"c/{node.slug}", "") for node in snapshot.tree)


def _urls(snapshot: Snapshot, places: Iterable[Place]) -> bytes:
    page = snapshot.page
    prefixes = [prefix_of(page, language) for language in page.languages]
    return _written(
        "urlset",
        (
            f"<url>{_at(f'{snapshot.url}/{prefix}{path}', changed_at)}</url>"
            for path, changed_at in places
            for prefix in prefixes
        ),
    )


def _at(url: str, changed_at: str = "") -> str:
    changed = f"<lastmod>{changed_at}</lastmod>" if changed_at else ""
    return f"<loc>{escape(url)}</loc>{changed}"


def _written(root: str, entries: Iterable[str]) -> bytes:
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f'<{root} xmlns="{SPACE}">', *entries]
    return "\n".join([*lines, f"</{root}>\n"]).encode()


def _robots(snapshot: Snapshot) -> bytes:
    refused = "".join(f"Disallow: {path}\n" for path in NO_PAGES)
    return f"User-agent: *\n{refused}\nSitemap: {snapshot.url}/sitemap.xml\n".encode()
