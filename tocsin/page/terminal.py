"""``status.txt``: how things stand, for terminals and scripts. Pure.

The first line is the whole answer; what others wrote is indented, so that no line of it can pass
for one of ours.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from textwrap import wrap

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tocsin.catalogue.tree import State, worst
from tocsin.disclosure.severity import INDICATOR_OF, Indicator
from tocsin.disclosure.typography import set_in
from tocsin.page import labels, planned, views
from tocsin.page.address import prefix_of
from tocsin.page.keeping import Kept
from tocsin.page.markup import html_of_brought, without_unseen
from tocsin.page.snapshot import Snapshot
from tocsin.page.standing import weight
from tocsin.page.views import Telling
from tocsin.page.voice import Voice
from tocsin.statements.published import Story

WIDE = 78
INDENT = "  "
# Controls of eight bits too: to a terminal U+009B is an escape sequence's beginning.
_CONTROLS = re.compile("[\x80-\x9f]")
_TAGS = re.compile("<[^>]*>")  # of what we escaped ourselves, no sign of a tag is left but tags
_BLANK = re.compile("[^\\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")


def status(snapshot: Snapshot, language: str) -> bytes:
    """The file in one language; call under that language's translation."""
    voice = Voice(language, snapshot.page.time_zone, snapshot.at)
    parts = [
        [_title(snapshot, language)],
        *_sections(snapshot, voice),
        [_line(_("Confirmed at %(confirmed)s.") % {"confirmed": _dated(snapshot, voice)})],
    ]
    text = "\n\n".join("\n".join(part) for part in parts)
    return f"{text}\n".encode()


def _dated(snapshot: Snapshot, voice: Voice) -> str:
    return _plain(voice.dated_time(snapshot.at))


def _sections(snapshot: Snapshot, voice: Voice) -> Iterator[list[str]]:
    told = snapshot.standing
    open_now = [story for story in (told.lead, *told.others) if story]
    if open_now:
        yield [_("Open now"), *_apart(_incident(snapshot, story, voice) for story in open_now)]
    if works := planned.works(snapshot, voice):
        home = f"{snapshot.url}/{prefix_of(snapshot.page, voice.language)}"
        yield [_("Planned work"), *_apart(_work(work, home) for work in works)]
    if troubled := list(_troubled(snapshot, voice.language)):
        yield [_("Not working as they should"), *troubled]


def _title(snapshot: Snapshot, language: str) -> str:
    brand = snapshot.page.name
    name = brand if brand.lower().endswith("status") else _("%(brand)s status") % {"brand": brand}
    return _line(_named(name, _state(snapshot, language)))


def _named(name: str, what: str) -> str:
    """Two things with a colon between them, as each language sets it."""
    return _("%(name)s: %(state)s") % {"name": name, "state": what}


def _state(snapshot: Snapshot, language: str) -> str:
    """How it stands, in a sentence: as the page's own headline."""
    told = snapshot.standing
    if told.lead:
        shown, layer = told.lead.in_force.layer(language)
        return set_in(shown, layer.headline)
    if told.wordless:
        state = worst([snapshot.states[key] for key in told.wordless])
        return labels.indicator(INDICATOR_OF[state])
    return _("Everything is working.") if snapshot.tree.roots else _("Nothing is listed here yet.")


def _incident(snapshot: Snapshot, story: Story, voice: Voice) -> list[str]:
    telling = _telling(snapshot, story, voice)
    prefix = prefix_of(snapshot.page, voice.language)
    rows = [_named(asked, f"{told.before}{_plain(told.text)}") for asked, told in telling.rows]
    return [
        *_wrapped(telling.headline),
        *_wrapped(" · ".join(_facts(telling))),
        *_body(story, voice.language),
        *(line for row in rows for line in _wrapped(row)),
        *_wrapped(_next_word(telling)),
        f"{INDENT}{snapshot.url}/{prefix}{telling.path}",
    ]


def _telling(snapshot: Snapshot, story: Story, voice: Voice) -> Telling:
    shown = [node.id for node in snapshot.tree]
    impact: Indicator = weight(story, shown, snapshot.states)
    return views.telling(snapshot, story, voice, impact=impact)


def _facts(telling: Telling) -> Iterator[str]:
    yield telling.impact
    yield telling.phase
    if not telling.work:  # its window is among the answers
        yield _("since %(since)s") % {"since": _plain(telling.since)}
    if telling.note:
        yield telling.note


def _next_word(telling: Telling) -> str:
    if telling.due is None:
        return ""
    by = {"by": _plain(telling.due.time)}
    if telling.due.is_overdue:
        told = _("next word overdue since %(by)s") % by
        return told[:1].upper() + told[1:]
    return _("Next word by %(by)s") % by


def _body(story: Story, language: str) -> list[str]:
    shown, layer = story.in_force.layer(language)
    is_brought = story.last_word.source is not None
    name = story.last_word.id, shown
    return _bodies.get(name, (layer.body, is_brought), _paragraphs, layer.body, is_brought)


_bodies: Kept[list[str]] = Kept()
forget = _bodies.forget


def _paragraphs(body: str, is_brought: bool) -> list[str]:
    """Markdown as it was typed: it is made to be read so; what was brought may be HTML."""
    text = body
    if is_brought:
        text = unescape(strip_tags(html_of_brought(body).replace("<br>", "\n")))
    return [line for typed in text.splitlines() for line in _wrapped(typed)]


def _work(work: planned.Work, home: str) -> list[str]:
    facts = [_plain(work.when), work.phase]
    return [
        *_wrapped(work.name.text),
        *_wrapped(" · ".join(facts)),
        *(line for effect in work.effects for line in _wrapped(effect)),
        *_wrapped(work.edge),
        f"{INDENT}{home}{work.path}",
    ]


def _troubled(snapshot: Snapshot, language: str) -> Iterator[str]:
    """Each component in trouble, under the names that it is found by."""
    for node in snapshot.tree:
        state = snapshot.states.get(node.id, State.OPERATIONAL)
        if state != State.OPERATIONAL:
            name = " / ".join(above.named(language) for above in snapshot.paths[node.id])
            yield from _wrapped(_named(name, labels.state_within(state)))


def _apart(told: Iterable[list[str]]) -> Iterator[str]:
    """One after the other, with a line between them."""
    for place, lines in enumerate(told):
        if place:
            yield ""
        yield from lines


def _wrapped(text: str) -> list[str]:
    return wrap(
        _line(text),
        WIDE,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(text: str) -> str:
    """What is ready HTML as text; all else is text already."""
    return unescape(_TAGS.sub("", text)) if isinstance(text, SafeString) else text


def _line(text: str) -> str:
    """Some words as one line that no terminal takes for more than words."""
    return _CONTROLS.sub("", without_unseen(_BLANK.sub(" ", text))).strip()
