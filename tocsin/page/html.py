"""Every HTML file of a page, in one language each. Pure: a snapshot to text.

Each function switches the translation itself, so that callers need not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.catalogue.tree import Node, State, worst
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import INDICATOR_OF, Indicator
from tocsin.page import (
    assets,
    beside,
    charts,
    labels,
    linked,
    named,
    pasts,
    picture,
    planned,
    promised,
    views,
)
from tocsin.page.address import home_of, path_of, prefix_of
from tocsin.page.bars import DAYS
from tocsin.page.branches import Branch, branch, branches
from tocsin.page.changes import CONFIRMED_EVERY
from tocsin.page.frame import frame, template, written
from tocsin.page.log import view
from tocsin.page.log.format import file_of
from tocsin.page.named import Choice
from tocsin.page.picture import Picture
from tocsin.page.reviews import Review
from tocsin.page.snapshot import Snapshot
from tocsin.page.standing import weight
from tocsin.page.views import Said
from tocsin.page.voice import LONG_AGO, Voice, iso
from tocsin.page.windows import Past
from tocsin.statements.published import Publication, Story

LATELY = timedelta(days=14)
LONG_PAST = 60  # days, from which on a date says more than their number
MOST_LATELY = 5
MOST_NAMED = 10  # incidents on a component's page; the months lead to all of them

Parameters = ParamSpec("Parameters")
Told = TypeVar("Told")
Rendering = Callable[Concatenate[Snapshot, str, Parameters], Told]


def _in_its_language(render: Rendering[Parameters, Told]) -> Rendering[Parameters, Told]:
    @wraps(render)
    def rendered(
        snapshot: Snapshot, language: str, /, *rest: Parameters.args, **named: Parameters.kwargs
    ) -> Told:
        with translation.override(language):
            return render(snapshot, language, *rest, **named)

    return rendered


@dataclass(frozen=True, slots=True)
class Entry:
    """An incident or planned work in a list."""

    path: str
    name: Said
    day: str
    letter: str
    impact: str
    lasted: str


@dataclass(frozen=True, slots=True)
class Wordless:
    """Components whose state was changed without words."""

    headline: str
    letter: str
    impact: str
    since: str


@_in_its_language
def front(snapshot: Snapshot, language: str) -> str:
    """The first page: how things stand, what is open, everything we run."""
    voice = _voice(snapshot, language)
    told = snapshot.standing
    lead = _telling(snapshot, told.lead, voice) if told.lead else None
    wordless = _wordless(snapshot, voice)
    is_well = told.indicator == Indicator.NONE
    title = lead.headline if lead else wordless.headline if wordless else ""
    return written(
        "page/front.html",
        frame(snapshot, language, path="", title=title, indicator=told.indicator),
        linked=linked.front(snapshot, language),
        stamp=snapshot.stamp,
        number=snapshot.number,
        letter=labels.LETTERS[told.indicator],
        impact=labels.indicator(told.indicator),
        is_well=is_well,
        is_bare=not snapshot.tree.roots,
        lead=lead,
        timeline=_timeline(lead, language) if lead else "",
        wordless=wordless,
        wordless_leads=wordless is not None and lead is None,
        open_too=[_telling(snapshot, story, voice) for story in told.others],
        others_open=bool(told.others or (wordless and lead)),
        last=_last(snapshot, voice) if is_well else None,
        since=voice.day(snapshot.page.created_at),
        # With its day: whoever reads an old copy takes an hour alone for one of today.
        confirmed=voice.dated_time(snapshot.at),
        confirmed_iso=iso(snapshot.at),
        minutes=CONFIRMED_EVERY // timedelta(minutes=1),
        tree=_tree(snapshot, language),
        has_bars=any(node.showcase and not node.is_group for node in snapshot.tree),
        charts=charts.drawn(snapshot, voice),
        planned=planned.works(snapshot, voice),
        lately=[_entry(story, voice) for story in _lately(snapshot)],
    )


def _tree(snapshot: Snapshot, language: str) -> SafeString:
    """Everything we run, as HTML."""
    home = home_of(snapshot.page, language)
    told = branches(snapshot, snapshot.tree.roots, language)
    return mark_safe("".join(_drawn(root, language, home) for root in told))


def _timeline(telling: views.Telling, language: str) -> SafeString:
    """What was said of it, as HTML, newest first."""
    return mark_safe("".join(_written(word, language) for word in telling.timeline))


# As with the bars: of a long night's words only the newest is new.
@lru_cache(maxsize=4096)
def _written(word: views.Word, language: str) -> str:
    """One word of a timeline as HTML; the translation in force is that of ``language``."""
    text: str = template("page/word.html").render({"word": word})
    return text


# A word changes a component or two: the others' bars, most of a large page, are drawn already.
@lru_cache(maxsize=4096)
def _drawn(root: Branch, language: str, home: str) -> str:
    """One branch of the tree as HTML; the translation in force is that of ``language``."""
    text: str = template("page/branches.html").render({"branches": (root,), "home": home})
    return text


def forget() -> None:
    """Draw every word anew next time."""
    _written.cache_clear()


@_in_its_language
def incident(snapshot: Snapshot, language: str, story: Story, *, path: str = "") -> str:
    """One incident's page, or planned work's, at its own place unless another ``path`` is named.

    A closed one says every time with its day: it will be read later.
    """
    now = snapshot.at if story.is_open else LONG_AGO
    voice = Voice(language, snapshot.page.time_zone, now)
    telling = _telling(snapshot, story, voice)
    name = telling.name.text if not story.is_open else telling.headline
    path = path or path_of(story)
    shown = linked.incident(snapshot, language, story, path)
    if picture.is_drawn(snapshot, story):
        shown += _shown_with(snapshot, language, story, telling, path)
    return written(
        "page/incident.html",
        frame(snapshot, language, path=path, title=name),
        linked=shown,
        letter=telling.letter if story.is_open else "o",
        story=telling,
        timeline=_timeline(telling, language),
        beside=beside.drawn(story, voice),
        promises=promised.of_story(story, _voice(snapshot, language)),
        touched=_touched(snapshot, story, language),
        review=_review(snapshot, story, language),
    )


def _review(snapshot: Snapshot, story: Story, language: str) -> Review | None:
    """How readers were told, where that was handed in: beside an account, and only there."""
    if story.phase != Phase.ACCOUNT:
        return None
    return snapshot.reviews.get(story.incident_id, {}).get(language)


def _shown_with(
    snapshot: Snapshot, language: str, story: Story, telling: views.Telling, path: str
) -> SafeString:
    drawn = picture.of(snapshot, language, story, telling)
    url = f"{snapshot.url}/{prefix_of(snapshot.page, language)}{path}"
    at = picture.path(snapshot, language, story, drawn)
    return picture.elements(snapshot, url, drawn, at)


@_in_its_language
def pictured(snapshot: Snapshot, language: str, story: Story) -> Picture:
    """What the picture of an incident's page says."""
    now = snapshot.at if story.is_open else LONG_AGO
    voice = Voice(language, snapshot.page.time_zone, now)
    return picture.of(snapshot, language, story, _telling(snapshot, story, voice))


@_in_its_language
def component(snapshot: Snapshot, language: str, node: Node, past: Past) -> str:
    """One component: its state, its days in words, its uptime, and its latest incidents."""
    voice = _voice(snapshot, language)
    return written(
        "page/component.html",
        frame(snapshot, language, path=f"c/{node.slug}", title=node.named(language)),
        letter=labels.letter(node.rolled_up(snapshot.states)),
        above=[above.named(language) for above in snapshot.paths[node.id][:-1]],
        branch=branch(snapshot, node, language, most_days=DAYS),
        description=node.description,
        slug=node.slug,
        told=pasts.told(snapshot, node, past, voice),
        past=[_entry(story, voice) for story in past.stories[:MOST_NAMED]],
    )


@_in_its_language
def month(
    snapshot: Snapshot,
    language: str,
    of: date,
    stories: Sequence[Story],
    choices: Sequence[Choice] = (),
    *,
    choice: Choice | None = None,
) -> str:
    """The incidents of a month, newest first; with a ``choice`` those alone that named it."""
    voice = Voice(language, snapshot.page.time_zone, LONG_AGO)
    name, only = labels.month(of, language), choice.node.named(language) if choice else ""
    return written(
        "page/month.html",
        frame(
            snapshot,
            language,
            path=named.path(of, choice),
            title=f"{only} · {name}" if only else name,
        ),
        name=name,
        only=only,
        slug=choice.node.slug if choice else "",
        whole=named.path(of),
        count=_told_in(stories),
        choices=[
            (
                named.path(of, one),
                one.node.named(language),
                _told_in(one.stories),
                one is choice,
            )
            for one in choices
        ],
        entries=[_entry(story, voice) for story in (choice.stories if choice else stories)],
    )


def _told_in(stories: Sequence[Story]) -> str:
    return labels.told(len(stories), planned=sum(not story.is_incident for story in stories))


@_in_its_language
def history(
    snapshot: Snapshot,
    language: str,
    counts: Mapping[str, int],
    planned: Mapping[str, int] | None = None,
) -> str:
    """The months, newest first; ``counts`` holds what was told in each month that had anything, and
    ``planned`` how much of that is planned work.
    """
    planned = planned or {}
    first = min(counts, default="")
    years: dict[int, list[tuple[str, str, str]]] = {}
    voice = _voice(snapshot, language)
    for of in _months_back(voice.date_of(snapshot.at), first):
        key = f"{of:%Y-%m}"
        years.setdefault(of.year, []).append(
            (
                labels.month(of, language).split()[0],
                key if key in counts else "",
                labels.told(counts.get(key, 0), planned=planned.get(key, 0)),
            )
        )
    return written(
        "page/history.html",
        frame(snapshot, language, path="history", title=_("History")),
        years=[(year, _told(months)) for year, months in years.items()],
        components=[(node.slug, node.named(language)) for node in snapshot.tree] if years else [],
    )


def _told(months: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The months of a year; none where nothing was said in any: that is a line, not twelve."""
    return months if any(key for _name, key, _count in months) else []


@_in_its_language
def log(
    snapshot: Snapshot, language: str, head: Mapping[str, Any], newest: Sequence[Publication]
) -> str:
    """The public log: its end, how to check it, and its newest entries, newest first."""
    voice = Voice(language, snapshot.page.time_zone, LONG_AGO)
    return written(
        "page/log.html",
        frame(snapshot, language, path="log", title=_("Public log")),
        number=head["number"],
        link=head["link"],
        key=head["key"],
        file=file_of(head["number"]),
        url=snapshot.url,
        checker=f"{snapshot.page.root}/{assets.log_script(language)[0]}",
        entries=[view.entry(snapshot, said, voice) for said in reversed(newest)],
    )


@_in_its_language
def promises(snapshot: Snapshot, language: str, stories: Sequence[Story]) -> str:
    """What was promised after incidents: open, done, dropped and why (R-54 to R-56)."""
    counted = promised.counted(stories)
    return written(
        "page/promises.html",
        frame(snapshot, language, path="promises", title=_("What we promised")),
        parts=promised.parts(stories, _voice(snapshot, language)),
        count=_("Done so far: %(done)d of %(of)d.") % counted,
    )


@_in_its_language
def missing(snapshot: Snapshot, language: str) -> str:
    """What answers an address where there is nothing."""
    return written(
        "page/missing.html",
        frame(snapshot, language, path="", title=_("Nothing here")),
    )


def _voice(snapshot: Snapshot, language: str) -> Voice:
    return Voice(language, snapshot.page.time_zone, snapshot.at)


def _telling(snapshot: Snapshot, story: Story, voice: Voice) -> views.Telling:
    shown = [node.id for node in snapshot.tree]
    impact = weight(story, shown, snapshot.states) if story.is_open else _worst_impact(story)
    return views.telling(snapshot, story, voice, impact=impact)


def _worst_impact(story: Story) -> Indicator:
    """The worst that was ever said of an incident; what was put right since does not count."""
    told: list[Indicator] = []
    for words in (said.words for said in story.publications if said.words):
        is_put_right = words.correction is not None and words.correction.severity is not None
        told = [words.impact] if is_put_right else [*told, words.impact]
    return max(told, key=list(Indicator).index)


def _entry(story: Story, voice: Voice) -> Entry:
    lang, name = story.name(voice.language)
    impact = _worst_impact(story)
    lasted = "" if story.is_cancelled else views.lasted(story, voice)
    return Entry(
        path=path_of(story),
        name=Said(name, "" if lang == voice.language else lang),
        day=voice.day(story.placed_at),
        letter=labels.LETTERS[impact],
        impact=labels.indicator(impact),
        lasted=lasted or labels.phase(story.phase),
    )


def _wordless(snapshot: Snapshot, voice: Voice) -> Wordless | None:
    keys = snapshot.standing.wordless
    if not keys:
        return None
    state = worst([snapshot.states[key] for key in keys])
    first = next(key for key in keys if snapshot.states[key] == state)
    name = snapshot.paths[first][-1].named(voice.language)
    span = snapshot.open_span_of(first)
    return Wordless(
        headline=_unsaid(name, state, others=len(keys) - 1),
        letter=labels.letter(state),
        impact=labels.indicator(INDICATOR_OF[state]),
        since=voice.time(span.since) if span else "",
    )


def _unsaid(name: str, state: State, *, others: int) -> str:
    told = {"name": name, "state": labels.state_within(state), "others": others}
    if not others:
        return _("%(name)s: %(state)s") % told
    more = ngettext(
        "%(name)s and %(others)d more: %(state)s", "%(name)s and %(others)d more: %(state)s", others
    )
    return more % told


def _last(snapshot: Snapshot, voice: Voice) -> dict[str, Any] | None:
    """The incident that ended last, and how long ago that was."""
    closed = [(story.over_at, story) for story in snapshot.recent if story.over_at is not None]
    ended, last = max(closed, key=lambda each: each[0], default=(None, None))
    if ended is None or last is None:
        return None
    days = (voice.date_of(snapshot.at) - voice.date_of(ended)).days
    lasted = views.lasted(last, voice)
    ago = _ago(days) if days < LONG_PAST else _("on %(day)s") % {"day": voice.day(ended)}
    return {"entry": _entry(last, voice), "ago": mark_safe(ago), "lasted": lasted}


def _ago(days: int) -> str:
    if days == 0:
        return _("today")
    return ngettext("yesterday", "%(days)d days ago", days) % {"days": days}


def _newest(snapshot: Snapshot) -> list[Story]:
    """Incidents and planned work, the newest told of first."""
    told = {story.incident_id: story for story in (*snapshot.recent, *snapshot.recent_planned)}
    return sorted(told.values(), key=lambda story: story.placed_at, reverse=True)


def _lately(snapshot: Snapshot) -> list[Story]:
    since = snapshot.at - LATELY
    dropped = {story.incident_id for story in snapshot.dropped}
    closed = [
        story
        for story in _newest(snapshot)
        if not story.is_open and story.incident_id not in dropped
    ]
    return [story for story in closed if story.latest.published_at > since][:MOST_LATELY]


def lately(snapshot: Snapshot) -> list[Story]:
    """The closed incidents that the front page links to."""
    last = [story for story in snapshot.recent if not story.is_open][:1]
    return [*_lately(snapshot), *snapshot.dropped, *last]


def _touched(snapshot: Snapshot, story: Story, language: str) -> list[tuple[str, str]]:
    """(slug, name) of each component that an incident named; no slug where it was taken off."""
    shown = {node.id for node in snapshot.tree}
    paths = ((key, snapshot.paths.get(key)) for key in story.component_ids)
    return [
        (path[-1].slug if key in shown else "", path[-1].named(language))
        for key, path in paths
        if path
    ]


def _months_back(today: date, first: str) -> Iterator[date]:
    of = today.replace(day=1)
    while first and f"{of:%Y-%m}" >= first:
        yield of
        of = (of - timedelta(days=1)).replace(day=1)
