"""What stands on other people's pages: a script that opens a small frame, and the frame. Pure.

The frame tells its page when there is something to show (``showFrame``) and when there is not
(``dismissFrame``), in the words that such scripts have always used.
"""

import hashlib
import json
import re
from functools import cache, lru_cache

from django.utils import translation
from django.utils.html import escape

from tocsin.catalogue.look import Look
from tocsin.disclosure.severity import Indicator
from tocsin.page import assets, views
from tocsin.page.address import path_of, prefix_of
from tocsin.page.frame import frame, written
from tocsin.page.snapshot import Snapshot
from tocsin.page.standing import weight
from tocsin.page.voice import Voice
from tocsin.statements.published import Story

# In a frame of anybody's page; who may frame it, only a header can say (front/headers.py).
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'none'; base-uri 'none'"
)


def files(snapshot: Snapshot) -> dict[str, bytes]:
    """The script, and the frame in each language of the page."""
    told = {"embed/script.js": _script(snapshot).encode()}
    for language in snapshot.page.languages:
        prefix = prefix_of(snapshot.page, language)
        told[f"{prefix}embed/frame/index.html"] = _frame(snapshot, language).encode()
    return told


@lru_cache(maxsize=256)
def sheet(look: Look) -> tuple[str, bytes]:
    """(relative path, bytes) of the frame's stylesheet in the colours that were chosen."""
    worn = look.embed
    chosen = (
        f":root{{--incident:{worn.incident_background};--incident-ink:{worn.incident_text};"
        f"--work:{worn.maintenance_background};--work-ink:{worn.maintenance_text}}}"
    )
    return _named("embed", "css", chosen + assets.asset("embed.css"))


@cache
def behaviour() -> tuple[str, bytes]:
    """(relative path, bytes) of the frame's own script."""
    return _named("embed", "js", assets.asset("embed-frame.js"))


def _named(stem: str, kind: str, text: str) -> tuple[str, bytes]:
    content = text.encode()
    return f"assets/{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{kind}", content


def _script(snapshot: Snapshot) -> str:
    page = snapshot.page
    told = {
        "frames": {code: f"{prefix_of(page, code)}embed/frame" for code in page.languages},
        "first": page.language,
        "position": page.look.embed.position,
        "name": page.name,
    }
    # JSON is script too, save for two line ends that only older browsers stumble over.
    return re.sub("__TOLD__", lambda _: json.dumps(told), assets.asset("embed.js"))


def _frame(snapshot: Snapshot, language: str) -> str:
    story = _story(snapshot)
    with translation.override(language):
        voice = Voice(language, snapshot.page.time_zone, snapshot.at)
        told = frame(snapshot, language, path="embed/frame", title="")
        if told["brand"].startswith(told["watermark"]):
            told["watermark"] = ""  # there is room for it once
        return written(
            "page/embed.html",
            told,
            policy=POLICY,
            sheet=f"{snapshot.page.root}/{sheet(snapshot.page.look)[0]}",
            behaviour=f"{snapshot.page.root}/{behaviour()[0]}",
            story=_telling(snapshot, story, voice) if story else None,
            is_work=story is not None and not story.is_incident,
            url=_url(snapshot, story, language) if story else "",
        )


def _story(snapshot: Snapshot) -> Story | None:
    """What weighs most of what goes on: an incident, or work under way."""
    told = snapshot.standing
    return told.lead or next(iter(told.others), None)


def _telling(snapshot: Snapshot, story: Story, voice: Voice) -> views.Telling:
    shown = [node.id for node in snapshot.tree]
    impact: Indicator = weight(story, shown, snapshot.states)
    return views.telling(snapshot, story, voice, impact=impact)


def _url(snapshot: Snapshot, story: Story, language: str) -> str:
    return escape(f"{snapshot.url}/{prefix_of(snapshot.page, language)}{path_of(story)}")
