"""How a message looks in Discord: one embed with our bar of colour. Pure."""

import json
import re
from typing import Any

from tocsin.channels import prose
from tocsin.channels.prose import Dialect, shortened
from tocsin.channels.sheet import Sheet

MOST_TITLE, MOST_DESCRIPTION, MOST_FACTS = 256, 4096, 2000
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
    title, foot = _title(sheet), shortened(f"{sheet.sender} · {sheet.eyebrow}", MOST_FOOTER)
    room = min(MOST_DESCRIPTION, MOST_TOGETHER - len(title) - len(foot))
    found: Json = {
        "title": title,
        "description": _description(sheet, room),
        "color": int(sheet.bar.removeprefix("#"), 16),
        "footer": {"text": foot},
    }
    if sheet.action:
        found["url"] = sheet.action.url
    return found


def _title(sheet: Sheet) -> str:
    return shortened(sheet.headline, MOST_TITLE)


def _description(sheet: Sheet, room: int) -> str:
    """The words, as many paragraphs as there is room for, and below them what is always there."""
    below = [part for part in (_facts(sheet), _next(sheet), _foot(sheet)) if part]
    left = room - sum(len(part) + 2 for part in below)
    kept: list[str] = []
    for block in sheet.blocks:
        for words in prose.paragraphs(block.html, DIALECT, most=max(100, left)):
            if len(words) + 2 > left:
                return "\n\n".join([*kept, *below])
            kept.append(words)
            left -= len(words) + 2
    return "\n\n".join([*kept, *below])


def _facts(sheet: Sheet) -> str:
    """The labelled lines: an embed's own fields would stand below the links."""
    room = max(40, MOST_FACTS // max(1, len(sheet.facts)) - 40)
    return "\n".join(
        f"**{shortened(fact.label, 40, escaped)}** {shortened(fact.value, room, escaped)}"
        for fact in sheet.facts
    )


def _next(sheet: Sheet) -> str:
    if sheet.boxed is None:
        return ""
    label, value = shortened(sheet.boxed.label, 80, escaped), shortened(sheet.boxed.value, 200)
    return f"{label} **{escaped(value)}**"


def _foot(sheet: Sheet) -> str:
    links = [*([sheet.action] if sheet.action else []), *sheet.links]
    told = [linked(shortened(link.label, 100, escaped), link.url) for link in links]
    why = shortened(sheet.why, 300, escaped)
    return "\n".join(part for part in (why, " · ".join(told)) if part)
