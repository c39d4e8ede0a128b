"""The files of a page's head: what is true now, small enough to be held in memory. Pure."""

from collections.abc import Mapping, Sequence

from django.utils import translation

from tocsin.page import (
    assets,
    badge,
    calendar,
    embed,
    feed,
    html,
    record,
    statuspage,
    terminal,
    verbatim,
)
from tocsin.page.address import paths_of, prefix_of
from tocsin.page.emergency.laying import laid
from tocsin.page.snapshot import Snapshot
from tocsin.page.statuspage import written
from tocsin.statements.published import Shout

Files = dict[str, bytes]


def files(
    snapshot: Snapshot,
    *,
    overlay: Mapping[str, bytes] | None = None,
    shouts: Sequence[Shout] = (),
    older_styles: tuple[str, ...] = (),
) -> Files:
    """Every file by relative path. ``overlay`` holds what others placed; compiled files win.

    ``shouts`` are the words said by hand that are not in the record yet; ``older_styles`` the
    digests of stylesheets in files of the archive that are still to be made anew.
    """
    told: Files = dict(overlay or {}) | _old_places(snapshot) | statuspage.files(snapshot)
    for language in snapshot.page.languages:
        told |= _in_language(snapshot, language)
    if snapshot.page.is_public:
        told |= embed.files(snapshot)
    told["record.json"] = record.told(snapshot)
    told["headers.json"] = written(_notes(snapshot, told, older_styles))
    return dict(laid(told, shouts, slug=snapshot.page.slug, live=snapshot.stamp).files)


def _notes(snapshot: Snapshot, told: Files, older_styles: tuple[str, ...]) -> statuspage.Json:
    """The headers that HTML needs. What everybody asks for first names no sheet but its own."""
    page = snapshot.page
    first = [told[f"{prefix_of(page, code)}index.html"].decode() for code in page.languages]
    policies = {
        "html": assets.policy(page.look, also=older_styles),
        "first": assets.policy_for(first, page.look),
    }
    return {of: {"Content-Security-Policy": policy} for of, policy in policies.items()}


def _old_places(snapshot: Snapshot) -> Files:
    """Where what is open was found before it was brought here."""
    told: Files = {}
    for story in (*snapshot.open, *snapshot.planned):
        told |= verbatim.moved(snapshot.url, story, snapshot.page.language)
    return told


def _in_language(snapshot: Snapshot, language: str) -> Files:
    prefix = prefix_of(snapshot.page, language)
    told = {
        f"{prefix}index.html": html.front(snapshot, language).encode(),
        f"{prefix}404.html": html.missing(snapshot, language).encode(),
    }
    with translation.override(language):
        told[f"{prefix}history.atom"] = feed.atom(snapshot, language)
        told[f"{prefix}history.rss"] = feed.rss(snapshot, language)
        told[f"{prefix}feed.json"] = feed.json_feed(snapshot, language)
        told[f"{prefix}maintenance.ics"] = calendar.feed(snapshot, language)
        told[f"{prefix}status.txt"] = terminal.status(snapshot, language)
        told[f"{prefix}badge.svg"] = badge.of_page(snapshot)
    for story in (*snapshot.open, *snapshot.planned):
        for path in paths_of(story):
            page = html.incident(snapshot, language, story, path=path)
            told[f"{prefix}{path}/index.html"] = page.encode()
    return told
