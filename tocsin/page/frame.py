"""What every HTML page shares, and how a template becomes a file's text."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import get_template
from django.utils.html import format_html

from tocsin.catalogue import languages
from tocsin.disclosure.severity import Indicator
from tocsin.page import assets
from tocsin.page.address import home_of, prefix_of
from tocsin.page.markup import without_unseen
from tocsin.page.snapshot import Snapshot

PREFORMATTED = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
POLICY, STYLES = "<!--policy-->", "<!--styles-->"  # where they go in base.html
MAILBOX = re.compile(r"[\w.+-]+@[\w.-]+")
WEB = re.compile(r"https?://[^\s\"'<>]+")
BLANK_LINES = re.compile(r"\n\s*\n")


class _Other(NamedTuple):
    """The same page in another language. Machines that read it want its whole address."""

    code: str
    name: str
    path: str
    url: str


def frame(
    snapshot: Snapshot,
    language: str,
    *,
    path: str,
    title: str,
    indicator: Indicator = Indicator.NONE,
) -> dict[str, Any]:
    """What every page shares. ``path`` is its own, without slash or language at its start."""
    page = snapshot.page
    home = home_of(page, language)
    others = [
        _Other(
            code,
            languages.of(code).name,
            f"{home_of(page, code)}{path}",
            f"{snapshot.url}/{prefix_of(page, code)}{path}",
        )
        for code in page.languages
        if code != language
    ]
    return {
        "language": language,
        "brand": page.name,
        "watermark": settings.TOCSIN.watermark,
        "says_status": page.name.lower().endswith("status"),
        "title": title,
        "home": home,
        "path": f"{home}{path}",
        "others": others,
        "root": page.root,
        "is_public": page.is_public,
        "has_promises": snapshot.has_promises,
        "logo": page.look.logo,
        "dark_logo": page.look.dark_logo,
        "look": page.look,
        "script": f"{page.root}/{assets.script(language)[0]}",
        "icon": f"{page.root}/{assets.icon_file(indicator)[0]}",
        "contact": _reached(page.contact),
        "shows_score": page.shows_score and page.is_for_everyone,
    }


def _reached(contact: str) -> str:
    """Where customers reach us: to be followed, where it is an address, else as it was typed."""
    if MAILBOX.fullmatch(contact):
        return format_html('<a href="mailto:{0}">{0}</a>', contact)
    return format_html('<a href="{0}">{0}</a>', contact) if WEB.fullmatch(contact) else contact


@cache
def template(name: str) -> Any:
    """A template, read once."""
    return get_template(name)


def written(template_name: str, frame: Mapping[str, Any], **context: Any) -> str:
    text = without_unseen(template(template_name).render({**frame, **context}))
    parts = PREFORMATTED.split(text)
    text = "".join(part if n % 2 else BLANK_LINES.sub("\n", part) for n, part in enumerate(parts))
    # Last, for which styles a page wears is told by its markup.
    sheets = assets.worn(text, frame["look"])
    text = text.replace(POLICY, assets.policy_in_markup(sheets), 1)
    return text.replace(STYLES, assets.elements(sheets), 1)
