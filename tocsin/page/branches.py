"""The component tree as the templates see it: states in words, bars as paths. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.catalogue.tree import ORDER, Node, State
from tocsin.disclosure.times import lasted_briefly
from tocsin.page import bars, labels
from tocsin.page.bars import Bars, Day
from tocsin.page.keeping import Kept
from tocsin.page.snapshot import Snapshot

# Of a day of one; the stylesheet draws the gaps by the same, and the worse the day, the taller.
WIDTH = ".75"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Ninety days as SVG paths: the days without data, those with, and each kind of trouble.

    ``label`` says the uptime as a sentence; ``before`` and ``after`` are what it has around it,
    nothing where the days are all ninety, as the key to the bars says.
    """

    unknown: str
    base: str
    marks: tuple[tuple[str, str], ...]
    uptime: str
    label: str
    before: str
    after: str
    days: tuple[str, ...]
    more_days: int


@dataclass(frozen=True, slots=True)
class Branch:
    slug: str
    name: str
    letter: str
    state: str
    is_troubled: bool
    children: tuple["Branch", ...]
    drawing: Drawing | None


FEW_DAYS = 5  # told beside the bars; a component's own page tells them all


def branches(snapshot: Snapshot, nodes: Iterable[Node], language: str) -> tuple[Branch, ...]:
    """Nodes and all below them, without those that show only when degraded and are not."""
    return tuple(
        branch(snapshot, node, language)
        for node in nodes
        if not node.only_show_if_degraded or _state(snapshot, node) != State.OPERATIONAL
    )


def branch(snapshot: Snapshot, node: Node, language: str, *, most_days: int = FEW_DAYS) -> Branch:
    state = _state(snapshot, node)
    draws = node.showcase and not node.is_group
    return Branch(
        slug=node.slug,
        name=node.named(language),
        letter=labels.letter(state),
        state=labels.state(state),
        is_troubled=state != State.OPERATIONAL,
        children=branches(snapshot, node.children, language),
        drawing=_drawn(snapshot.bars_of(node), node.id, language, most_days) if draws else None,
    )


def _drawn(told: Bars, node_id: str, language: str, most_days: int) -> Drawing:
    # Most components' bars are as they were a word ago.
    return _drawings.get((node_id, language, most_days), told, drawing, told, language, most_days)


_drawings: Kept[Drawing] = Kept()


def _state(snapshot: Snapshot, node: Node) -> State:
    return node.rolled_up(snapshot.states)


def drawing(told: Bars, language: str, most_days: int = bars.DAYS) -> Drawing:
    """Draw bars, and say the newest days with trouble in words."""
    uptime = labels.percent(told.uptime, language) if told.uptime is not None else ""
    label = _label(told, uptime)
    before, after = _around(uptime, label) if told.first else ("", "")
    return Drawing(
        unknown=f"M0 0H{told.first}" if told.first else "",
        base=f"M{told.first} 0H{bars.DAYS}" if told.first < bars.DAYS else "",
        marks=tuple(_marks(told.days)),
        uptime=uptime,
        label=label,
        before=before,
        after=after,
        days=tuple(in_words(day, language) for day in told.days[: -most_days - 1 : -1]),
        more_days=max(len(told.days) - most_days, 0),
    )


def _marks(days: Iterable[Day]) -> Iterator[tuple[str, str]]:
    paths = dict.fromkeys(map(labels.letter, ORDER), "")
    for day in days:
        paths[labels.letter(day.state)] += f"M{day.place} 0h{WIDTH}"
    return ((letter, path) for letter, path in paths.items() if path)


def _around(uptime: str, label: str) -> tuple[str, str]:
    before, _uptime, after = label.partition(uptime) if uptime else (label, "", "")
    return before, after


def _label(told: Bars, uptime: str) -> str:
    if told.uptime is None:
        return _("No data yet")
    observed = bars.DAYS - told.first
    over = ngettext("%(uptime)s over %(days)d day", "%(uptime)s over %(days)d days", observed)
    return over % {"uptime": uptime, "days": observed}


def in_words(day: Day, language: str) -> str:
    """A day with trouble: which, and for how long."""
    spent = " · ".join(
        time_in_words(state, lasted_briefly(lasted_for, language))
        for state, lasted_for in day.lasted.items()
    )
    on = labels.day_of_month(day.on, language)
    return _("%(day)s: %(spent)s") % {"day": on, "spent": spent}


def time_in_words(state: State, lasted: str) -> str:
    """How long something was in a state: "failing, 12 minutes"."""
    told = {"state": labels.state_within(state), "lasted": lasted}
    return _("%(state)s, %(lasted)s") % told
