"""How a message looks in Teams: an adaptive card 1.4, with a bar in the nearest of its colours."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tocsin.channels import prose
from tocsin.channels.prose import Dialect, shortened
from tocsin.channels.sheet import BARS, WELL, Sheet

MOST_BYTES = 25_000  # of the 28 kB that Teams takes, its own wrapping aside
MOST_PARAGRAPH, MOST_LINE = 4000, 500
_MARKS = re.compile(r"([\\`*_~\[\]()<>#])")
_LEADING = re.compile(r"^(\s*)(-|\+|\d+(?=\.))", re.MULTILINE)
# A card cannot have a colour of its own; these are the styles that stand nearest to ours.
STYLES = {
    BARS["sev1"]: "attention",
    BARS["sev2"]: "warning",
    BARS["sev3"]: "warning",
    BARS["sev4"]: "accent",
    WELL: "good",
}
Json = dict[str, Any]


def escaped(words: str) -> str:
    """Words that the card shows as they are; no list begins by itself."""
    return _LEADING.sub("\\1\u200b\\2", _MARKS.sub(r"\\\1", words))


def linked(words: str, url: str) -> str:
    """A link; a bracket would end its address."""
    return f"[{words}]({url.replace('(', '%28').replace(')', '%29')})"


# Cards know neither code nor strikes.
DIALECT = Dialect(
    escape=escaped,
    escape_code=escaped,
    link=linked,
    em="_",
    strong="**",
    bullet="- ",
    quote="\u00a0\u00a0\u00a0",
    line="\n\n",
)


def card(sheet: Sheet) -> bytes:
    """The whole body of the call, its last paragraphs left out where it would be too long."""
    bodies = list(_paragraphs(sheet))
    while len(body := _written(sheet, bodies)) > MOST_BYTES and bodies:
        bodies.pop()
    return body


def _written(sheet: Sheet, bodies: list[Json]) -> bytes:
    content: Json = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": sheet.language,
        "fallbackText": shortened(f"{sheet.sender}: {sheet.headline}", MOST_LINE),
        "body": [_head(sheet), *bodies, *_below(sheet)],
        "msteams": {"width": "Full"},
    }
    if sheet.action:
        action = {"type": "Action.OpenUrl", "title": sheet.action.label, "url": sheet.action.url}
        content["actions"] = [action]
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": content,
    }
    told = {"type": "message", "attachments": [attachment]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _head(sheet: Sheet) -> Json:
    above = _line(f"**{_short(sheet.sender)}** · {_short(sheet.eyebrow)}", isSubtle=True)
    headline = _line(_short(sheet.headline), size="Large", weight="Bolder", style="heading")
    return {
        "type": "Container",
        "style": STYLES.get(sheet.bar, "emphasis"),
        "bleed": True,
        "items": [above, headline],
    }


def _paragraphs(sheet: Sheet) -> Iterator[Json]:
    for block in sheet.blocks:
        for words in prose.paragraphs(block.html, DIALECT, most=MOST_PARAGRAPH):
            yield _line(words)


def _below(sheet: Sheet) -> Iterator[Json]:
    if sheet.facts:
        facts = [
            {"title": _short(fact.label), "value": shortened(fact.value, MOST_LINE, escaped)}
            for fact in sheet.facts
        ]
        yield {"type": "FactSet", "facts": facts}
    if sheet.boxed:
        yield _line(f"{_short(sheet.boxed.label)} **{_short(sheet.boxed.value)}**")
    links = [linked(_short(link.label), link.url) for link in sheet.links]
    foot = [part for part in (_short(sheet.why), *links) if part]
    if foot:
        yield _line(" · ".join(foot), isSubtle=True, size="Small", spacing="Large")


def _line(words: str, **more: object) -> Json:
    return {"type": "TextBlock", "text": words, "wrap": True, **more}


def _short(words: str) -> str:
    return shortened(words, MOST_LINE, escaped)
