"""How a message looks in Slack: blocks, because they keep our order on every screen. Pure.

No button: one that only opens a page still asks the sender's own server for an answer, and Slack
marks it with a warning when none comes.
"""

import json
from collections.abc import Iterator
from typing import Any

from tocsin.channels import prose
from tocsin.channels.prose import Dialect, shortened
from tocsin.channels.sheet import Fact, Link, Sheet

MOST_BLOCKS, MOST_HEADER, MOST_SECTION, MOST_TEXT = 50, 150, 3000, 3000
MOST_WORDS = 12_000  # a room is no place for more; the page has all of it
Json = dict[str, Any]


def escaped(words: str) -> str:
    """The three signs that Slack reads: with them gone, nobody is called and nothing is linked."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linked(words: str, url: str) -> str:
    """A link; a bar would end its address."""
    return f"<{escaped(url).replace('|', '%7C')}|{words.replace('|', '¦')}>"


DIALECT = Dialect(
    escape=escaped,
    escape_code=lambda words: escaped(words.replace("`", "'")),
    link=linked,
    em="_",
    strong="*",
    strike="~",
    code="`",
    fence="```",
)


def card(sheet: Sheet) -> bytes:
    """The whole body of the call."""
    told = {
        "text": shortened(f"{sheet.sender}: {sheet.headline}. {sheet.eyebrow}", MOST_TEXT, escaped),
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": list(_blocks(sheet)),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _blocks(sheet: Sheet) -> Iterator[Json]:
    above = [_header(sheet.headline), _small(_eyebrow(sheet))]
    below = list(_below(sheet))
    yield from above
    yield from _bodies(sheet, most=MOST_BLOCKS - len(above) - len(below))
    yield from below


def _bodies(sheet: Sheet, *, most: int) -> list[Json]:
    kept, signs = list[Json](), 0
    for block in sheet.blocks:
        for words in prose.paragraphs(block.html, DIALECT, most=MOST_SECTION):
            signs += len(words)
            if signs > MOST_WORDS or len(kept) == most:
                return kept
            kept.append(_section(words))
    return kept


def _below(sheet: Sheet) -> Iterator[Json]:
    if sheet.facts:
        yield _section(_facts(sheet))
    if sheet.boxed:
        yield _section(f"{_short(sheet.boxed.label)} *{_short(sheet.boxed.value)}*")
    if sheet.action:
        yield _section(f"*{_link(sheet.action)}*")
    foot = [_short(sheet.why), *(_link(link) for link in sheet.links)]
    if any(foot):
        yield _small(" · ".join(part for part in foot if part))


def _eyebrow(sheet: Sheet) -> str:
    return f"*{_short(sheet.sender)}* · {_short(sheet.eyebrow)}"


def _facts(sheet: Sheet) -> str:
    room = MOST_SECTION // max(1, len(sheet.facts)) - 1
    return "\n".join(_fact(fact, room) for fact in sheet.facts)


def _fact(fact: Fact, room: int) -> str:
    label = _short(fact.label)
    return f"*{label}*  {shortened(fact.value, max(20, room - len(label) - 4), escaped)}"


def _short(words: str) -> str:
    return shortened(words, 500, escaped)


def _link(link: Link) -> str:
    return linked(_short(link.label), link.url)


def _header(words: str) -> Json:
    return {"type": "header", "text": {"type": "plain_text", "text": shortened(words, MOST_HEADER)}}


def _section(words: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def _small(words: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words}]}
