"""How Slack, Teams and Discord show what they are sent: their marks read as they read them.

For pictures only. It starts from the very bodies that leave, so that what is wrong in one shows.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")
_LINK = re.compile(r"<(https?://[^|>]+)\|([^>]*)>")
STYLE = """
*{box-sizing:border-box}
body{margin:0;padding:28px;background:#f3f1ec;
font:15px/1.46 Lato,"Noto Sans","Liberation Sans",sans-serif;color:#1d1c1d;display:grid;
grid-template-columns:1fr 1fr 1fr;gap:22px;align-items:start}
section{border-radius:10px;padding:16px 18px;overflow-wrap:anywhere}
h6{margin:0 0 10px;font:600 12px/1 sans-serif;letter-spacing:.04em;color:#8a857b;
text-transform:uppercase}.who{display:flex;gap:10px;margin-bottom:6px}
.face{flex:none;width:36px;height:36px;border-radius:6px;background:#1c1b19;color:#fbfaf6;
font:700 17px/36px Georgia,serif;text-align:center}
.app{font-size:10px;padding:0 4px;border-radius:3px;background:#ddd9d0;color:#4d4a45;
vertical-align:2px}.when{color:#77736b;font-size:12px}p{margin:0 0 8px}a{color:#1264a3}
.slack{background:#fff}.slack h3{font-size:18px;margin:2px 0 4px}
.slack .small{color:#616061;font-size:13px}
.discord{background:#313338;color:#dbdee1;
font-family:"gg sans","Noto Sans","Liberation Sans",sans-serif}.discord .who b{color:#f2f3f5}
.discord .when{color:#949ba4}.discord .face{border-radius:50%}
.discord .app{background:#5865f2;color:#fff}.discord a{color:#00a8fc;text-decoration:none}
.embed{background:#2b2d31;border-left:4px solid;border-radius:4px;padding:12px 14px;
font-size:14px}.embed h3{font-size:16px;margin:0 0 8px}
.embed strong{color:#f2f3f5}
.embed footer{font-size:12px;color:#b5bac1;margin-top:10px}
.teams{background:#fff;font-family:"Segoe UI","Noto Sans","Liberation Sans",sans-serif;
font-size:14px}.card{border:1px solid #e1dfdd;border-radius:6px;overflow:hidden}
.card>div{padding:10px 14px}.card h3{font-size:18px;margin:2px 0}.card p{margin:0 0 8px}
.card .subtle{color:#605e5c;font-size:12px}.attention{background:#fde7e9;color:#8e1620}
.warning{background:#fff1de;color:#7a3d00}.good{background:#e2f3ea;color:#14573a}
.accent{background:#e3ecfb;color:#1d3c78}.emphasis{background:#f3f2f1}
.card .warning .subtle,.card .attention .subtle{color:inherit}
.facts{display:grid;grid-template-columns:auto 1fr;gap:3px 14px;margin:4px 0 10px}
.facts b{font-weight:600}
.act{display:inline-block;border:1px solid #c8c6c4;border-radius:4px;padding:5px 12px;
font-weight:600}
"""


def page(bodies: dict[str, bytes], *, when: str) -> str:
    """The three of them side by side."""
    told = {name: json.loads(body) for name, body in bodies.items()}
    parts = [
        _room("slack", "Slack", "Linden", when, "".join(_slack(told["slack"]["blocks"]))),
        _room("teams", "Teams", "Workflows", when, _teams(told["teams"])),
        _room("discord", "Discord", told["discord"]["username"], when, _discord(told["discord"])),
    ]
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{"".join(parts)}'


def _room(kind: str, title: str, sender: str, when: str, body: str) -> str:
    return (
        f'<section class="{kind}"><h6>{title}</h6><div class="who"><span class="face">L</span>'
        f'<span><b>{html.escape(sender)}</b> <span class="app">APP</span> '
        f'<span class="when">{when}</span></span></div>{body}</section>'
    )


def _slack(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        if block["type"] == "header":
            yield f"<h3>{html.escape(block['text']['text'])}</h3>"
        elif block["type"] == "section":
            yield f"<p>{_mrkdwn(block['text']['text'])}</p>"
        else:
            yield f'<p class="small">{_mrkdwn(block["elements"][0]["text"])}</p>'


def _mrkdwn(text: str) -> str:
    """Slack's marks: its own entities stay, links and signs around words become tags."""
    shown = _LINK.sub(r'<a href="\1">\2</a>', text)
    for sign, tag in (("*", "b"), ("_", "i"), ("~", "s"), ("`", "code")):
        mark = re.escape(sign)
        pattern = rf"(?<![\w{mark}/=-]){mark}(?=\S)([^{mark}\n]+?)(?<=\S){mark}(?![\w{mark}])"
        shown = re.sub(pattern, rf"<{tag}>\1</{tag}>", shown)
    return shown.replace("\n", "<br>")


def _discord(told: dict[str, Any]) -> str:
    (embed,) = told["embeds"]
    return (
        f'<div class="embed" style="border-color:#{embed["color"]:06x}">'
        f'<h3><a href="{html.escape(embed["url"])}">{html.escape(embed["title"])}</a></h3>'
        f"{_MARKDOWN.render(embed['description'])}"
        f"<footer>{html.escape(embed['footer']['text'])}</footer></div>"
    )


def _teams(told: dict[str, Any]) -> str:
    card = told["attachments"][0]["content"]
    head, *rest = card["body"]
    above = "".join(_block(item) for item in head["items"])
    below = "".join(_block(item) for item in rest)
    acts = "".join(f'<span class="act">{html.escape(a["title"])}</span>' for a in card["actions"])
    style = head["style"]
    return f'<div class="card"><div class="{style}">{above}</div><div>{below}{acts}</div></div>'


def _block(item: dict[str, Any]) -> str:
    if item["type"] == "FactSet":
        rows = "".join(
            f"<b>{_line(f['title'])}</b><span>{_line(f['value'])}</span>" for f in item["facts"]
        )
        return f'<div class="facts">{rows}</div>'
    if item.get("style") == "heading":
        return f"<h3>{_line(item['text'])}</h3>"
    if item.get("isSubtle"):
        return f'<p class="subtle">{_line(item["text"])}</p>'
    return str(_MARKDOWN.render(item["text"]))


def _line(text: str) -> str:
    return str(_MARKDOWN.renderInline(text))
