"""The Atom feed with shouted notices as its first entries, where it is a feed that can be read."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from tocsin.page.emergency.known import Known
from tocsin.page.emergency.phrases import Phrases
from tocsin.statements.shouted import Shout, Thread, headline_of, stamp

_OURS = re.compile(r"<!--shout-->.*?<!--/shout-->", re.DOTALL)
_FIRST = re.compile(r"<entry\b|</feed>")
_UPDATED = re.compile(r"(<updated>)[^<]*(</updated>)")


def atom(
    content: bytes, told: Sequence[Thread], known: Known, language: str, say: Phrases
) -> bytes | None:
    """The feed with the shouted notices first; None where it cannot be made."""
    try:
        feed = _OURS.sub("", content.decode())
    except UnicodeDecodeError:
        return None
    place = _FIRST.search(feed)
    if place is None:
        return None
    entries = "".join(_entry(thread, known, language, say) for thread in told)
    said = f"<!--shout-->{entries}<!--/shout-->"
    feed = feed[: place.start()] + said + feed[place.start() :]
    newest = stamp(max(thread.latest.at for thread in told))
    feed = _UPDATED.sub(lambda found: found[1] + newest + found[2], feed, count=1)
    return feed.encode() if _is_whole(feed) else None


def _is_whole(feed: str) -> bool:
    # What we check is our own page's file with our own words in it, not anybody's upload.
    try:
        return ElementTree.fromstring(feed).tag == "{http://www.w3.org/2005/Atom}feed"
    except ElementTree.ParseError:
        return False


def _entry(thread: Thread, known: Known, language: str, say: Phrases) -> str:
    prefix = known.prefix(language)
    host = urlsplit(known.url).hostname or known.slug
    title = headline_of(thread.latest.layer(language)[1])
    link = f"{known.url}/{prefix}incidents/{thread.id}"
    own = f"tag:{host},2005:Incident/{thread.id}{prefix and '/' + language}"
    content = "".join(_word(word, known, language, say) for word in reversed(thread.words))
    return (
        f"<entry><id>{escape(own)}</id><published>{stamp(thread.first.at)}</published>"
        f"<updated>{stamp(thread.latest.at)}</updated>"
        f'<link rel="alternate" type="text/html" href={quoteattr(link)}/>'
        f"<title>{escape(title)}</title>"
        f'<content type="html">{escape(content)}</content></entry>'
    )


def _word(word: Shout, known: Known, language: str, say: Phrases) -> str:
    text = escape(word.layer(language)[1]).replace("\n", "<br>")
    by_hand = escape(say["by_hand"]).replace("{time}", escape(known.spoken(word.at)))
    kick = escape(say["over"] if word.is_over else say["kick"])
    return f"<p><strong>{kick}</strong> - {text}</p><p><small>{by_hand}</small></p>"
