"""A component's past as its page tells it: windows, months, what happened on which day. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.catalogue import languages
from tocsin.catalogue.tree import Node, State
from tocsin.catalogue.weights import WHOLE, Weights
from tocsin.disclosure.times import day, lasted
from tocsin.page import bars, branches, labels
from tocsin.page.address import path_of
from tocsin.page.bars import Day
from tocsin.page.snapshot import Snapshot
from tocsin.page.uptime import percent
from tocsin.page.views import Said
from tocsin.page.voice import Voice
from tocsin.page.windows import Month, Past, Window
from tocsin.statements.published import Story

FOR_EVER = datetime.max.replace(tzinfo=UTC)
YEAR = 13  # months that are shown at once: this one, and a year back


@dataclass(frozen=True, slots=True)
class ToldDay:
    """A day with trouble in words, and what was said of it: (path, name)."""

    words: str
    incidents: tuple[tuple[str, Said], ...]


@dataclass(frozen=True, slots=True)
class ToldMonth:
    """``path`` leads to its incidents, empty where there was none."""

    name: str
    path: str
    words: str


@dataclass(frozen=True, slots=True)
class ToldPast:
    """``months`` are those of the last year, ``earlier`` the ones before."""

    windows: tuple[tuple[str, str], ...]
    counted: str
    until: SafeString
    months: tuple[ToldMonth, ...]
    earlier: tuple[ToldMonth, ...]
    days: tuple[ToldDay, ...]


def told(snapshot: Snapshot, node: Node, past: Past, voice: Voice) -> ToldPast:
    """Tell a past in a language; the translation in force is that of ``voice``."""
    months = [_month(month, node, voice.language) for month in past.months]
    is_shown = node.showcase
    return ToldPast(
        windows=tuple(_window(window, node, voice) for window in past.windows) if is_shown else (),
        counted=counted(snapshot.page.weights, voice.language),
        until=voice.dated_time(snapshot.at),
        months=tuple(months[:YEAR]),
        earlier=tuple(months[YEAR:]),
        days=tuple(_days(snapshot, node, past.stories, voice)),
    )


def counted(weights: Weights, language: str) -> str:
    """What counts as down, in words."""
    pieces = ", ".join(
        _piece(labels.state_within(state), weights.of(state), language)
        for state in (State.MAJOR, State.PARTIAL, State.DEGRADED)
    )
    return _("What counts as down: %(told)s. Planned maintenance never counts.") % {"told": pieces}


def _piece(state: str, weight: int, language: str) -> str:
    if weight in (0, WHOLE):
        found = _("%(state)s (in full)") if weight else _("%(state)s (not at all)")
        return found % {"state": state}
    share = f"{weight / 10:g}".replace(".", languages.of(language).decimal)
    return _("%(state)s (%(share)s of the time)") % {
        "state": state,
        "share": f"{share}\N{NO-BREAK SPACE}%",
    }


def _window(window: Window, node: Node, voice: Voice) -> tuple[str, str]:
    name = ngettext("%(days)d day", "%(days)d days", window.days) % {"days": window.days}
    if window.share is None:
        return name, _("no data")
    words = [labels.percent(percent(window.share), voice.language)]
    words += [
        branches.time_in_words(state, lasted(window.lasted[state], voice.language))
        for state in reversed(State)
        if state in window.lasted
    ]
    if node.is_group:
        words.append(_("the mean of what belongs to it"))
    if window.observed_on:
        since = day(window.observed_on, voice.language)
        words.append(_("no data before %(day)s") % {"day": since})
    return name, " · ".join(words)


def _month(month: Month, node: Node, language: str) -> ToldMonth:
    words = [labels.told(month.incidents + month.planned, planned=month.planned)]
    if node.showcase and not month.is_ahead:
        share = None if month.share is None else labels.percent(percent(month.share), language)
        words.insert(0, share or _("no data"))
    path = f"history/{month.on:%Y-%m}/{node.slug}" if month.incidents or month.planned else ""
    return ToldMonth(labels.month(month.on, language), path, " · ".join(words))


def _days(
    snapshot: Snapshot, node: Node, stories: Sequence[Story], voice: Voice
) -> Iterator[ToldDay]:
    """The days with trouble, the newest first."""
    if node.is_group or not node.showcase:
        return
    edges = bars.midnights(snapshot.at, snapshot.page.time_zone)
    lived = [(story, lifetime) for story in stories if (lifetime := lifetime_of(story))]
    for told_day in reversed(snapshot.bars_of(node).days):
        start, end = edges[told_day.place], edges[told_day.place + 1]
        of_it = [story for story, lifetime in lived if lifetime.touches(start, end)]
        yield _day(told_day, of_it, voice)


def _day(told_day: Day, stories: Iterable[Story], voice: Voice) -> ToldDay:
    named = tuple((path_of(story), _name(story, voice.language)) for story in stories)
    return ToldDay(branches.in_words(told_day, voice.language), named)


def _name(story: Story, language: str) -> Said:
    lang, name = story.name(language)
    return Said(name, "" if lang == language else lang)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """When something took place; it is over ``FOR_EVER`` from now while it lasts."""

    began: datetime
    over: datetime

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether it took place in [start, end), be it for no more than a moment."""
        return self.began < end and (self.over > start or self.over == self.began >= start)


def lifetime_of(story: Story) -> Lifetime | None:
    """When an incident, or planned work, took place, as was said of it; None where it never did."""
    if story.is_cancelled:
        return None
    if story.window and not story.is_incident:
        return Lifetime(story.window.starts_at, story.window.ends_at)
    return Lifetime(story.started_at, story.over_at or FOR_EVER)
