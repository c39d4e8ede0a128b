"""Laying shouted words into a head's files: every file that they make untrue is made again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.page.emergency import markup
from tocsin.page.emergency.answers import answers
from tocsin.page.emergency.atom import atom
from tocsin.page.emergency.known import Known, known
from tocsin.page.emergency.phrases import phrases
from tocsin.statements.shouted import Shout, Thread, threads

# What says how things stand, and cannot be made again by hand: no word is better than an old one.
CLAIMS = {"badge.svg", "status.txt", "feed.json", "history.rss", "history.json"}
NOTES = "headers.json"


@dataclass(frozen=True, slots=True)
class Laid:
    """A head with the words in it: its files, and which of the former ones had to go.

    ``anew`` are the files that hold the words, or tell of them: what copies of the page lack.
    """

    files: Mapping[str, bytes]
    anew: tuple[str, ...]
    removed: tuple[str, ...]
    known: Known
    threads: tuple[Thread, ...]


def laid(former: Mapping[str, bytes], shouts: Sequence[Shout], *, slug: str, live: str) -> Laid:
    """Lay all that was shouted into the files of a head that is to be called ``live``.

    ``former`` may hold words that were laid in before: they are laid in anew. It may be empty or
    broken: then what can be known makes plain files.
    """
    page, told = known(former, slug), threads(shouts)
    if not told:
        return Laid(former, (), (), page, ())
    files = dict(former)
    if "index.html" not in files:
        files[NOTES] = _plain_notes()
    gone = [name for name in files if name.rpartition("/")[2] in CLAIMS]
    for language in page.languages:
        gone += _lay_language(files, page, told, language, live)
    files |= answers(files, told, page, phrases(page.record, page.languages[0]), live=live)
    for name in gone:
        files.pop(name, None)
    # By identity: made again with the same words as before, a file may still be missing elsewhere.
    anew = tuple(name for name, body in files.items() if former.get(name) is not body)
    return Laid(files, anew, tuple(sorted(gone)), page, told)


def _lay_language(
    files: dict[str, bytes], page: Known, told: tuple[Thread, ...], language: str, live: str
) -> list[str]:
    """The HTML and the feed of one language; returns what cannot be made again."""
    say, prefix = phrases(page.record, language), page.prefix(language)
    base = _text(files.get(f"{prefix}index.html")) or markup.plain(page, language)
    front = markup.front(base, told, page, language, say, live=live)
    files[f"{prefix}index.html"] = front.encode()
    for thread in told:
        own = markup.notice(base, thread, page, language, say, live=live)
        files[f"{prefix}incidents/{thread.id}/index.html"] = own.encode()
    embedded = f"{prefix}embed/frame/index.html"
    if embedded in files:
        told_there = markup.embedded(_text(files[embedded]), told, page, language, say)
        files[embedded] = told_there.encode()
    feed = f"{prefix}history.atom"
    if feed not in files:
        return []
    made = atom(files[feed], told, page, language, say)
    if made is None:
        return [feed]
    files[feed] = made
    return []


def _text(content: bytes | None) -> str:
    try:
        return content.decode() if content else ""
    except UnicodeDecodeError:
        return ""


def _plain_notes() -> bytes:
    return b'{"html":{"Content-Security-Policy":"%s"}}' % markup.policy().encode()
