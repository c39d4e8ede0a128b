"""What another place told of an incident, given back to its clients field by field. Pure.

What was brought from elsewhere is told as it was told there, until somebody says more of it here:
from then on only what cannot change since is.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.html import escape

from tocsin.catalogue import languages
from tocsin.page.address import path_of
from tocsin.statements.published import Publication, Story

Json = dict[str, Any]
STANDS = ("created_at", "started_at", "shortlink", "page_id", "reminder_intervals")
# A path of one to four plain parts. What the page itself has goes before (``OURS``).
_PART = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,150}"
LINK = re.compile(rf"{_PART}(?:/{_PART}){{1,3}}")
OURS = frozenset(
    {*("api", "assets", "c", "console", "embed", "events", "for", "history", "hooks", "static")}
    | {"subscribe", "us", "v1", *languages.every()}
)
OWN_PLACE = re.compile(r"(incidents|maintenance)/[a-z0-9]{12}(/.*)?")
MOVED = (
    "<!doctype html>\n<html>\n<head>\n"
    '<meta charset="utf-8">\n<title>{title}</title>\n'
    '<meta http-equiv="refresh" content="0; url={url}">\n<link rel="canonical" href="{url}">\n'
    '</head>\n<body>\n<p><a href="{url}">{title}</a></p>\n</body>\n</html>\n'
)


def update(said: Publication, told: Mapping[str, Any]) -> Json:
    """One update with the fields that it had where it comes from."""
    if said.source is None:
        return dict(told)
    after = {"updated_at": told["updated_at"]} if said.redactions else {}
    return {**told, **said.source.update, **after}


def incident(story: Story, told: Mapping[str, Any]) -> Json:
    """An incident, or planned work, with the fields that it had where it comes from."""
    if story.source is None or story.source.incident is None:
        return dict(told)
    theirs = story.source.incident
    if story.is_as_brought:
        return {**told, **theirs}
    return {**told, **{name: theirs[name] for name in STANDS if name in theirs}}


def moved(url: str, story: Story, language: str) -> dict[str, bytes]:
    """The old places of an incident, each leading to the new one, by relative path."""
    if story.source is None:
        return {}
    page = MOVED.format(
        title=escape(story.name(language)[1]), url=escape(f"{url}/{path_of(story)}")
    ).encode()
    return {place: page for link in story.source.links if (place := _place(link))}


def _place(link: str) -> str:
    """Where a link's file lies; empty for one that may not stand among ours."""
    plain = link.strip("/")
    is_taken = plain.split("/")[0] in OURS or OWN_PLACE.fullmatch(plain)
    if is_taken or not LINK.fullmatch(plain):
        return ""
    return plain if plain.endswith((".html", ".json")) else f"{plain}/index.html"
