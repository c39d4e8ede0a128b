"""The timeline of an incident that is over as a picture: what happened, beside what was said.

Two lanes over one axis of time: above the stretches in which components were in trouble, as
published; below a mark for each word. What it shows stands as words in the timeline below it, so
the picture itself is one image to those who hear the page. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.catalogue.tree import State, worst
from tocsin.disclosure.phases import Phase
from tocsin.page import labels
from tocsin.page.voice import Voice
from tocsin.statements.published import Publication, Story

WIDE = 288  # of the drawing; it is stretched to the page


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis in which something was in trouble; ``letter`` is how bad it was."""

    path: str
    letter: str


@dataclass(frozen=True, slots=True)
class Beside:
    """The drawing: ``ticks`` is a path of upright lines, one for each word."""

    stretches: tuple[Stretch, ...]
    ticks: str
    label: str
    first: str
    last: str


def drawn(story: Story, voice: Voice) -> Beside | None:
    """The picture; None while it lasts, and of what was told in one moment."""
    words = [said for said in story.publications if _is_of_its_time(said)]
    over_at = story.over_at
    if over_at is None or story.is_one_moment or not story.is_incident or not words:
        return None
    start = min(story.started_at, words[0].published_at)
    end = max(over_at, words[-1].published_at)
    if end <= start:
        return None
    axis = _Axis(start, end)
    return Beside(
        stretches=tuple(_stretches(story, over_at, axis)),
        ticks="".join(f"M{axis.at(said.published_at)} 30V46" for said in words),
        label=_label(story, over_at, words, voice),
        first=voice.spoken(start),
        last=Voice(voice.language, voice.zone, start).spoken(end),
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    start: datetime
    end: datetime

    def at(self, moment: datetime) -> str:
        share = (moment - self.start) / (self.end - self.start)
        return f"{min(max(share, 0), 1) * WIDE:.1f}"


def _is_of_its_time(said: Publication) -> bool:
    """A word that was said while it lasted, or told its end; neither the account nor later ones."""
    words = said.words
    return words is not None and words.phase != Phase.ACCOUNT and not said.is_progress


def _stretches(story: Story, over_at: datetime, axis: _Axis) -> Iterator[Stretch]:
    """From each word's states to the next one's; from the beginning, though it was told later."""
    told = [said for said in story.publications if said.words and said.words.impacts]
    since = story.started_at
    for said, after in zip_longest(told, told[1:]):
        until = min(after.published_at if after else over_at, over_at)
        assert said.words is not None
        state = worst(list(said.words.impacts.values()))
        if state != State.OPERATIONAL and since < until:
            yield Stretch(f"M{axis.at(since)} 12H{axis.at(until)}", labels.letter(state))
        since = max(since, until)


def _label(story: Story, over_at: datetime, words: list[Publication], voice: Voice) -> str:
    """The same in words, for whoever hears the page."""
    count = ngettext("%(count)d word", "%(count)d words", len(words)) % {"count": len(words)}
    return _("Trouble from %(since)s to %(until)s; %(count)s, the first at %(first)s.") % {
        "since": voice.spoken(story.started_at),
        "until": voice.spoken(over_at),
        "count": count,
        "first": voice.spoken(words[0].published_at),
    }
