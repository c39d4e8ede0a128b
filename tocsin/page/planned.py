"""What the templates see of planned work: when, for how long, what still works. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tocsin.catalogue.tree import State
from tocsin.disclosure import times
from tocsin.disclosure.phases import Phase
from tocsin.page import labels
from tocsin.page.address import path_of
from tocsin.page.snapshot import Snapshot
from tocsin.page.voice import Voice
from tocsin.statements.published import Story, Window


@dataclass(frozen=True, slots=True)
class Words:
    """Some words and the language they are in; ``lang`` is empty where that is the page's."""

    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """Planned work in a list. ``edge`` says what the clock says and no word has said yet."""

    path: str
    name: Words
    when: SafeString
    lasts: str
    phase: str
    effects: tuple[str, ...]
    interruption: str
    still_works: Words | None
    comes_again: str
    edge: str
    is_cancelled: bool


def works(snapshot: Snapshot, voice: Voice) -> list[Work]:
    """What is to come, by its window, and what was cancelled of it; of a series the next window."""
    told = [story for story in snapshot.planned if story.phase == Phase.ANNOUNCED]
    seen: set[str] = set()
    shown = []
    for story in sorted((*told, *snapshot.dropped), key=lambda story: story.placed_at):
        repeat = story.window.repeat if story.window else None
        if repeat and not story.is_cancelled:
            if repeat.series in seen:
                continue
            seen.add(repeat.series)
        shown.append(work(snapshot, story, voice))
    return shown


def work(snapshot: Snapshot, story: Story, voice: Voice) -> Work:
    window = story.window
    assert window is not None, "planned work has a window"
    lang, name = story.name(voice.language)
    return Work(
        path=path_of(story),
        name=Words(name, "" if lang == voice.language else lang),
        when=voice.window(window.starts_at, window.ends_at),
        lasts=voice.lasted(window.lasts_for),
        phase=labels.phase(story.phase),
        effects=tuple(_effects(snapshot, window, voice)),
        interruption=interruption(window, voice),
        still_works=still_works(window, voice),
        comes_again=_comes_again(window),
        edge=_edge(snapshot, story, window, voice),
        is_cancelled=story.is_cancelled,
    )


def _effects(snapshot: Snapshot, window: Window, voice: Voice) -> Iterator[str]:
    """What happens to each component meanwhile."""
    for key, state in window.effects.items():
        path = snapshot.paths.get(key, ())
        if path:
            name = path[-1].named(voice.language)
            yield _("%(name)s: %(state)s") % {"name": name, "state": _meanwhile(state, window)}


def _meanwhile(state: State, window: Window) -> str:
    if state in {State.MAINTENANCE, State.MAJOR} and window.interruption_for:
        return _("interrupted now and then")
    if state == State.MAINTENANCE:
        return _("not available")
    return labels.state_within(state)


def interruption(window: Window, voice: Voice) -> str:
    """How long each interruption lasts; empty where nothing is interrupted."""
    if window.interruption_for:
        count, each = window.interruptions, window.interruption_for
        said = times.interruptions(count, each, voice.language)
        return said[:1].upper() + said[1:]
    if all(state == State.OPERATIONAL for state in window.effects.values()):
        return _("None")
    return _("The whole time, %(lasted)s") % {"lasted": voice.lasted(window.lasts_for)}


def still_works(window: Window, voice: Voice) -> Words | None:
    told = window.still_works
    if not told:
        return None
    lang = voice.language if voice.language in told else next(iter(told))
    return Words(told[lang], "" if lang == voice.language else lang)


def _comes_again(window: Window) -> str:
    repeat = window.repeat
    if repeat is None or repeat.is_ended:
        return ""
    parts = dict(part.split("=") for part in repeat.pattern.split(";"))
    if parts.get("INTERVAL", "1") != "1":
        return _("comes again")
    return {
        "DAILY": _("comes again every day"),
        "WEEKLY": _("comes again every week"),
        "MONTHLY": _("comes again every month"),
        "YEARLY": _("comes again every year"),
    }[parts["FREQ"]]


def _edge(snapshot: Snapshot, story: Story, window: Window, voice: Voice) -> str:
    if story.phase != Phase.ANNOUNCED or snapshot.at < window.starts_at:
        return ""
    if snapshot.at < window.ends_at:
        return _("The window is open; we have not said yet that the work has begun.")
    return _("The window is over; we have not said what became of the work.")
