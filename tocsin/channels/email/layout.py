"""How a mail looks: paper and ink, one bar of colour, the same words as text and as HTML. Pure.

Styles stand on the elements because mail programs drop style sheets; the sheet that is there only
turns the paper dark where the reader's program knows how.
"""

from collections.abc import Sequence
from html import escape
from textwrap import fill

from django.utils import translation

from tocsin.catalogue import languages
from tocsin.channels.sheet import Block, Fact, Link, Sheet
from tocsin.channels.watermark import mark

SERIF = "'Iowan Old Style','Palatino Linotype',Palatino,Georgia,serif"
SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif"
TEXT_WIDTH = 76
DARK = """
:root{color-scheme:light dark;supported-color-schemes:light dark}
a{color:inherit}
@media(prefers-color-scheme:dark){
.paper{background:#161513!important;color:#efece4!important}
.soft{color:#a39d91!important}
.box{background:#1e1c19!important;border-color:#33302a!important}
.line{border-color:#33302a!important}
.do{background:#efece4!important;color:#161513!important}
}
"""


def as_text(sheet: Sheet) -> str:
    """The mail in plain text, wrapped for reading."""
    head = [*filter(None, [mark()]), sheet.eyebrow, _wrapped(sheet.headline)]
    body = [block.text for block in sheet.blocks]
    colon = languages.of(sheet.language).colon
    facts = [_wrapped(f"{fact.label}{colon} {fact.value}") for fact in sheet.facts]
    boxed = [_wrapped(f"{sheet.boxed.label} {sheet.boxed.value}.")] if sheet.boxed else []
    action = [f"{sheet.action.label}{colon}\n{sheet.action.url}"] if sheet.action else []
    foot = [_wrapped(sheet.why)] if sheet.why else []
    links = [f"{link.label}{colon}\n{link.url}" for link in sheet.links]
    above = "\n\n".join(["\n".join(head), *body, *(["\n".join(facts)] if facts else []), *boxed])
    below = "\n\n".join(["-- ", *foot, *links])
    return "\n\n".join([above, *action, below]) + "\n"


def _wrapped(words: str) -> str:
    return fill(words, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)


def _direction(language: str) -> str:
    with translation.override(language):
        return ' dir="rtl"' if translation.get_language_bidi() else ""


def as_html(sheet: Sheet) -> str:
    """The mail in HTML: no images, no scripts, nothing fetched from anywhere."""
    return f"""<!doctype html>
<html lang="{escape(sheet.language)}"{_direction(sheet.language)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{escape(sheet.headline)}</title>
<style>{DARK}</style>
</head>
<body class="paper" style="margin:0;padding:0;background:#fbfaf6;color:#1c1b19">
<div style="display:none;max-height:0;overflow:hidden">{escape(sheet.preview)}</div>
<div class="paper" style="max-width:38rem;margin:0 auto;padding:1.5rem 1.25rem 2.5rem;\
background:#fbfaf6;color:#1c1b19;font:17px/1.55 {SANS}">
{_marked()}<p style="margin:0 0 .75rem;font-weight:600">{escape(sheet.sender)}</p>
<div style="border-top:8px solid {sheet.bar}"></div>
<p class="soft" style="margin:1.25rem 0 .25rem;color:#66625a;font-size:15px">\
{escape(sheet.eyebrow)}</p>
<h1{_lang(sheet.words_language)} style="margin:0 0 .75rem;font:600 30px/1.15 {SERIF};\
letter-spacing:-.015em">{escape(sheet.headline)}</h1>
{_blocks(sheet.blocks)}
{_facts(sheet.facts)}
{_box(sheet.boxed)}
{_action(sheet.action)}
{_foot(sheet)}
</div>
</body>
</html>
"""


def _marked() -> str:
    told = mark()
    return (
        f'<p style="margin:0 0 1rem;padding:.5rem 1rem;background:#1c1b19;color:#fbfaf6;'
        f'font-weight:700;letter-spacing:.08em">{escape(told)}</p>\n'
        if told
        else ""
    )


def _lang(language: str) -> str:
    return f' lang="{escape(language)}"' if language else ""


def _blocks(blocks: Sequence[Block]) -> str:
    return "\n".join(f"<div{_lang(block.language)}>{block.html}</div>" for block in blocks)


def _facts(facts: Sequence[Fact]) -> str:
    if not facts:
        return ""
    rows = "\n".join(
        f'<tr><td class="soft" style="padding:.2rem 1.25rem .2rem 0;color:#66625a;'
        f'vertical-align:top;white-space:nowrap">{escape(fact.label)}</td>'
        f'<td{_lang(fact.language)} style="padding:.2rem 0;vertical-align:top">'
        f"{escape(fact.value)}</td></tr>"
        for fact in facts
    )
    return (
        '<table role="presentation" cellspacing="0" cellpadding="0" '
        f'style="margin:1.25rem 0;font:17px/1.5 {SANS};color:inherit">\n{rows}\n</table>'
    )


def _box(boxed: Fact | None) -> str:
    if boxed is None:
        return ""
    return (
        '<p class="box" style="margin:1.25rem 0;padding:.75rem 1rem;border:1px solid #e2ded3;'
        f'border-radius:6px;background:#ffffff">{escape(boxed.label)} '
        f"<strong>{escape(boxed.value)}</strong></p>"
    )


def _action(action: Link | None) -> str:
    if action is None:
        return ""
    return (
        f'<p style="margin:1.5rem 0"><a class="do" href="{escape(action.url)}" '
        'style="display:inline-block;padding:.6rem 1rem;border-radius:6px;background:#1c1b19;'
        f'color:#fbfaf6;font-weight:600;text-decoration:none">{escape(action.label)}</a></p>'
    )


def _foot(sheet: Sheet) -> str:
    if not sheet.why and not sheet.links:
        return ""
    links = " &nbsp; ".join(
        f'<a href="{escape(link.url)}" style="color:inherit">{escape(link.label)}</a>'
        for link in sheet.links
    )
    return (
        '<div class="line soft" style="margin-top:2.5rem;padding-top:1rem;'
        'border-top:1px solid #e2ded3;color:#66625a;font-size:14px">'
        f'<p style="margin:0 0 .5rem">{escape(sheet.why)}</p>'
        f'<p style="margin:0">{links}</p></div>'
    )
