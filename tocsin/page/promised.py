"""What was promised after incidents, as the page tells it: open, done, dropped and why. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.disclosure import times
from tocsin.page.address import path_of
from tocsin.page.voice import Voice
from tocsin.statements.published import Promise, Story


@dataclass(frozen=True, slots=True)
class Pledged:
    """One promise as a reader is told of it. ``lang`` is empty where it is the page's."""

    anchor: str
    fate: str
    letter: str
    action: str
    lang: str
    rows: tuple[tuple[str, str, str], ...]  # what, whether in ``lang``, the text
    link: str
    proof_link: str
    path: str
    name: str
    name_lang: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Promises that stand alike, under one heading."""

    heading: str
    none: str
    pledges: tuple[Pledged, ...]


def parts(stories: Sequence[Story], voice: Voice) -> tuple[Part, ...]:
    """All promises of a page: what is open by its day, then what is settled, the newest first."""
    told = [(promise, story) for story in stories for promise in story.promises]
    opened = sorted((each for each in told if each[0].is_open), key=lambda each: each[0].due_on)
    return (
        Part(pgettext("promises", "Open"), _("Nothing is open."), _drawn(opened, voice)),
        Part(
            pgettext("promises", "Done"),
            _("None yet."),
            _drawn(_settled(told, dropped=False), voice),
        ),
        Part(
            pgettext("promises", "Dropped, and why"),
            _("None was dropped."),
            _drawn(_settled(told, dropped=True), voice),
        ),
    )


def of_story(story: Story, voice: Voice) -> tuple[Pledged, ...]:
    """What was promised after one incident, in the order in which it was."""
    return tuple(pledged(promise, story, voice) for promise in story.promises)


def counted(stories: Sequence[Story]) -> dict[str, int]:
    """How many there are, and how many are done."""
    told = [promise for story in stories for promise in story.promises]
    return {"of": len(told), "done": sum(promise.is_done for promise in told)}


def pledged(promise: Promise, story: Story, voice: Voice) -> Pledged:
    lang = voice.language if voice.language in promise.texts else next(iter(promise.texts))
    name_lang, name = story.name(voice.language)
    today = voice.date_of(voice.now)
    is_late = promise.is_late(today)
    return Pledged(
        anchor=f"p-{promise.id}",
        fate=_fate(promise, is_late=is_late),
        letter=_letter(promise, is_late=is_late),
        action=promise.texts[lang].action,
        lang="" if lang == voice.language else lang,
        rows=tuple(_rows(promise, lang, voice)),
        link=promise.link,
        proof_link=promise.proof_link,
        path=path_of(story),
        name=name,
        name_lang="" if name_lang == voice.language else name_lang,
        is_late=is_late,
    )


def _letter(promise: Promise, *, is_late: bool) -> str:
    """Its mark: done as what works is, dropped as what is taken off, late as what is slow."""
    if promise.is_open:
        return "d" if is_late else ""
    return "o" if promise.is_done else "m"


def _rows(promise: Promise, lang: str, voice: Voice) -> Iterator[tuple[str, str, str]]:
    text = promise.texts[lang]
    own = "" if lang == voice.language else lang
    yield _("Done when"), own, text.done_when
    yield _("Who"), own, text.owner
    if promise.is_open:
        yield _("By"), "", times.day(promise.due_on, voice.language)
    if promise.due_before:
        yield pgettext("promise", "First by"), "", _days(promise.due_before, voice.language)
    if text.reason:
        yield _("Why"), own, text.reason
    if promise.is_done and text.proof:
        yield _("Proof"), own, text.proof


def _days(days: Iterable[date], language: str) -> str:
    return _(", then ").join(times.day(on, language) for on in days)


def _fate(promise: Promise, *, is_late: bool) -> str:
    if promise.is_done:
        return pgettext("promise", "Done")
    if promise.is_dropped:
        return pgettext("promise", "Dropped")
    return pgettext("promise", "Late") if is_late else pgettext("promise", "Open")


def _drawn(told: Iterable[tuple[Promise, Story]], voice: Voice) -> tuple[Pledged, ...]:
    return tuple(pledged(promise, story, voice) for promise, story in told)


def _settled(told: list[tuple[Promise, Story]], *, dropped: bool) -> list[tuple[Promise, Story]]:
    found = [each for each in told if not each[0].is_open and each[0].is_dropped == dropped]
    return sorted(found, key=lambda each: each[0].settled_on or each[0].made_on, reverse=True)
