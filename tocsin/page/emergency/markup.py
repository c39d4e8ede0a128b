"""Shouted words as HTML: laid between the marks that every front page has, or on a plain page."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from tocsin.page.emergency.known import Known
from tocsin.page.emergency.phrases import Phrases
from tocsin.statements.shouted import Shout, Thread, headline_of, rest_of

CSS = (
    "body{margin:0 auto;max-width:46rem;padding:1.25rem;font:1.0625rem/1.55 system-ui,sans-serif}"
    ".now{border-top:.5rem solid #b3202c;padding-top:1rem}"
    ".soft,small{color:#595959}.lead{font-size:1.1875rem}"
)
_MAIN = re.compile(r"(<main\b[^>]*>)(.*?)(</main>)", re.DOTALL)
_BODY = re.compile(r"<body\b[^>]*>")
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_LIVE = re.compile(r"(<html\b[^>]*?\sdata-live=\")[^\"]*(\")")
_ICON = re.compile(r"(<link rel=\"icon\" href=\")[^\"]*(\")")
_LEAD = '<section class="now[^"]*" id="incident-{id}">.*?</section>'


def front(
    page: str, told: Sequence[Thread], known: Known, language: str, say: Phrases, *, live: str
) -> str:
    """A front page with the shouted words first, and nothing below that they make untrue."""
    sections = [_section(thread, known, language, say, first=thread is told[0]) for thread in told]
    below = _phrase(say, "below", known.confirmed_at, known) if known.confirmed_at else ""
    note = f'<p class="soft">{below}</p>\n' if below else ""
    page = _without_what_is_over(page, told)
    page = _between(page, "standing", "")
    # Green marks beside an emergency would speak against it: they are there for who asks.
    page = _between(
        page, "stood", f'<details class="more"><summary>{escape(say["stood"])}</summary>'
    )
    page = _between(page, "then", "</details>")
    page = _laid(page, "\n" + "\n".join(sections) + note)
    return _framed(page, told, known, language, say, live=live)


def notice(
    page: str, thread: Thread, known: Known, language: str, say: Phrases, *, live: str
) -> str:
    """The page of one shouted notice, in the frame of a front page."""
    section = _section(thread, known, language, say, first=True, links=False)
    body = f"\n<!--shout-->\n{section}<!--/shout-->\n"
    page = _MAIN.sub(lambda found: found[1] + body + found[3], page, count=1)
    return _framed(page, [thread], known, language, say, live=live)


def embedded(page: str, told: Sequence[Thread], known: Known, language: str, say: Phrases) -> str:
    """The notice on other people's pages, saying what was shouted first of what goes on."""
    thread = next((thread for thread in told if thread.is_open), None)
    if thread is None:
        return page
    tongue, text = thread.latest.layer(language)
    url = f"{known.url}/{known.prefix(language)}incidents/{thread.id}"
    words = (
        f'<main class="incident" data-key="{thread.id}">\n'
        f'<p class="kick"><b class="x">{escape(say["kick"])}</b> {escape(known.name)}</p>\n'
        f'<h1 class="said"><a href="{escape(url)}" target="_blank" rel="noopener"'
        f"{_foreign(tongue, language)}>{escape(headline_of(text))}</a></h1>\n"
    )
    return _MAIN.sub(lambda found: words + found[3], page, count=1)


def plain(known: Known, language: str) -> str:
    """A page where there is none, to lay words on."""
    name = escape(known.name)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" data-live="">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{name}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
        f'<header><b>{name}</b></header>\n<main id="main">\n<!--shout--><!--/shout-->\n</main>\n'
        "<footer><!--confirmed--><!--/confirmed--></footer>\n</body>\n</html>\n"
    )


def policy() -> str:
    """The Content-Security-Policy of a plain page."""
    digest = b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    rest = "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; {rest}"


def _framed(
    page: str, told: Sequence[Thread], known: Known, language: str, say: Phrases, *, live: str
) -> str:
    leading = told[0]
    headline = escape(headline_of(leading.latest.layer(language)[1]))
    page = _TITLE.sub(lambda _: f"<title>{headline} · {escape(known.name)}</title>", page, count=1)
    page = _LIVE.sub(lambda found: found[1] + live + found[2], page, count=1)
    icon = known.record.get("emergency_icon")
    if leading.is_open and isinstance(icon, str):
        page = _ICON.sub(lambda found: found[1] + escape(icon) + found[2], page, count=1)
    at = known.confirmed_at
    confirmed = _phrase(say, "confirmed", at, known) if at else escape(say["unconfirmed"])
    return _between(page, "confirmed", f"<p>{confirmed}</p>")


def _laid(page: str, words: str) -> str:
    """The words between the marks; where there are none, at the top of whatever there is."""
    laid = _between(page, "shout", words)
    if laid != page or "<!--shout-->" in page:
        return laid
    marked = f"\n<!--shout-->{words}<!--/shout-->"
    for place in (_MAIN, _BODY):
        found = place.search(page)
        if found:
            end = found.end(1) if place is _MAIN else found.end()
            return page[:end] + marked + page[end:]
    return page + marked


def _between(page: str, mark: str, words: str) -> str:
    pattern = re.compile(f"(<!--{mark}-->).*?(<!--/{mark}-->)", re.DOTALL)
    return pattern.sub(lambda found: found[1] + words + found[2], page)


def _without_what_is_over(page: str, told: Sequence[Thread]) -> str:
    """A notice that leads below while it goes on above would contradict it."""
    marks = _between(page, "shout", "")
    for thread in told:
        pattern = re.compile(_LEAD.format(id=re.escape(thread.id)), re.DOTALL)
        marks = pattern.sub("", marks)
    return marks


def _section(
    thread: Thread,
    known: Known,
    language: str,
    say: Phrases,
    *,
    first: bool,
    links: bool = True,
) -> str:
    latest, level = thread.latest, "h1" if first else "h2"
    letter, kick = ("x", say["kick"]) if thread.is_open else ("o", say["over"])
    tongue, text = latest.layer(language)
    lang = _foreign(tongue, language)
    since, by_hand = (
        _phrase(say, "since", thread.first.at, known),
        _phrase(say, "by_hand", latest.at, known),
    )
    return "\n".join(
        [
            f'<section class="now {letter}" id="incident-{thread.id}" data-shout="{thread.id}">',
            f'<p class="kick"><b class="{letter}">{escape(kick)}</b> <span>{since}</span></p>',
            f"<{level}{lang}>{escape(headline_of(text))}</{level}>",
            *_lead(text, lang),
            f'<p class="soft">{by_hand} {escape(say["by_itself"])}</p>',
            *_next(latest, known, say),
            *(_link(thread, known, language, say) if links else ()),
            *_earlier(thread, known, language, say),
            "</section>\n",
        ]
    )


def _foreign(tongue: str, language: str) -> str:
    return "" if tongue == language else f' lang="{escape(tongue)}"'


def _link(thread: Thread, known: Known, language: str, say: Phrases) -> Iterator[str]:
    href = escape(f"{known.root}/{known.prefix(language)}incidents/{thread.id}")
    yield f'<p class="acts"><a class="do quiet" href="{href}">{escape(say["link"])}</a></p>'


def _lead(text: str, lang: str) -> Iterator[str]:
    if rest := rest_of(text):
        yield f'<div class="lead"{lang}>{_paragraphs(rest)}</div>'


def _paragraphs(text: str) -> str:
    blocks = (escape(block).replace("\n", "<br>") for block in re.split(r"\n\n+", text))
    return "".join(f"<p>{block}</p>" for block in blocks)


def _next(latest: Shout, known: Known, say: Phrases) -> Iterator[str]:
    if latest.next_word_at and not latest.is_over:
        due = f"{latest.next_word_at:%Y-%m-%dT%H:%M:%SZ}"
        told = _phrase(say, "next", latest.next_word_at, known)
        yield f'<p class="next"><span>{told}</span> <small data-due="{due}"></small></p>'


def _earlier(thread: Thread, known: Known, language: str, say: Phrases) -> Iterator[str]:
    if len(thread.words) < 2:
        return
    yield f'<details class="more" id="timeline-{thread.id}" open>'
    yield f'<summary>{escape(say["earlier"])}</summary>\n<ol class="timeline">'
    for word in reversed(thread.words[:-1]):
        tongue, text = word.layer(language)
        lang = _foreign(tongue, language)
        yield (
            f'<li id="shout-{word.id}"><p class="mark">{_time(word.at, known)}</p>'
            f"<div{lang}>{_paragraphs(text)}</div></li>"
        )
    yield "</ol></details>"


def _time(at: datetime, known: Known) -> str:
    return f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{escape(known.spoken(at))}</time>'


def _phrase(say: Phrases, name: str, at: datetime, known: Known) -> str:
    return escape(say[name]).replace("{time}", _time(at, known))
