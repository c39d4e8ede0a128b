"""How a message looks in Discord: one embed with our bar of colour. Pure."""

import json
import re
from typing import Any

from tocsin.channels import prose
from tocsin.channels.prose import Dialect, shortened
from tocsin.channels.sheet import Sheet

MOST_TITLE, MOST_DESCRIPTION, MOST_FIELDS, MOST_NAME, MOST_VALUE = 256, 4096, 25, 256, 1024
MOST_FOOTER, MOST_TOGETHER, MOST_USERNAME = 2048, 6000, 80
_MARKS = re.compile(r"([\\`*_~|\[\]()<>#-])")
_REFUSED = re.compile(r"(?i)discord|clyde|```|[@#:]")  # what a sender's name may not hold
Json = dict[str, Any]


def escaped(words: str) -> str:
    """Words that Discord shows as they are; a call of a name is broken up."""
    return _MARKS.sub(r"\\\1", words).replace("@", "@\u200b")


def linked(words: str, url: str) -> str:
    """A link; a bracket would end its address."""
    return f"[{words}]({url.replace('(', '%28').replace(')', '%29')})"


DIALECT = Dialect(
    escape=escaped,
    escape_code=lambda words: words.replace("`", "'"),
    link=linked,
    em="*",
    strong="**",
    strike="~~",
    code="`",
    fence="```",
)


def card(sheet: Sheet) -> bytes:
    """The whole body of the call."""
    told: Json = {"embeds": [_embed(sheet)], "allowed_mentions": {"parse": []}}
    if (name := shortened(sheet.sender, MOST_USERNAME)) and not _REFUSED.search(name):
        told["username"] = name
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _embed(sheet: Sheet) -> Json:
    fields, foot = _fields(sheet), shortened(f"{sheet.sender} · {sheet.eyebrow}", MOST_FOOTER)
    found: Json = {
        "title": shortened(sheet.headline, MOST_TITLE),
        "color": int(sheet.bar.removeprefix("#"), 16),
        "fields": fields,
        "footer": {"text": foot},
    }
    if sheet.action:
        found["url"] = sheet.action.url
    taken = len(found["title"]) + len(foot) + sum(len(f["name"]) + len(f["value"]) for f in fields)
    found["description"] = _description(sheet, min(MOST_DESCRIPTION, MOST_TOGETHER - taken))
    return found


def _fields(sheet: Sheet) -> list[Json]:
    """The labelled lines, and the next word last; short enough together to leave room for words."""
    facts = [*sheet.facts, *([sheet.boxed] if sheet.boxed else [])][:MOST_FIELDS]
    room = max(60, min(MOST_VALUE, 2600 // max(1, len(facts))))
    return [
        {
            "name": shortened(fact.label, MOST_NAME, escaped),
            "value": shortened(fact.value, room, escaped),
        }
        for fact in facts
    ]


def _description(sheet: Sheet, room: int) -> str:
    """The words, as many paragraphs as there is room for, and the links below them."""
    foot = _foot(sheet)
    left = room - len(foot) - 2
    kept: list[str] = []
    for block in sheet.blocks:
        for words in prose.paragraphs(block.html, DIALECT, most=max(100, left)):
            if len(words) + 2 > left:
                return "\n\n".join([*kept, foot])
            kept.append(words)
            left -= len(words) + 2
    return "\n\n".join([*kept, foot] if foot else kept)


def _foot(sheet: Sheet) -> str:
    links = [*([sheet.action] if sheet.action else []), *sheet.links]
    told = [linked(shortened(link.label, 100, escaped), link.url) for link in links]
    why = shortened(sheet.why, 300, escaped)
    return "\n".join(part for part in (why, " · ".join(told)) if part)
