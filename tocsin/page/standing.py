"""How the page stands: one value for the indicator, the headline and the colour. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tocsin.catalogue.tree import State, Tree
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import INDICATOR_OF, INDICATORS, Indicator, worst_indicator
from tocsin.statements.published import Story

# The words that existing clients show beside the indicator.
DESCRIPTIONS = {
    Indicator.NONE: "All Systems Operational",
    Indicator.MAINTENANCE: "Service Under Maintenance",
    Indicator.MINOR: "Minor Service Outage",
    Indicator.MAJOR: "Partial System Outage",
    Indicator.CRITICAL: "Major Service Outage",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The page's state, what leads it, and the rest.

    ``lead`` is the open incident that weighs as much as the indicator; None when all is well, or
    when what weighs most are ``wordless`` components: those in trouble that no open word names.
    """

    indicator: Indicator
    lead: Story | None
    others: tuple[Story, ...]
    wordless: tuple[str, ...]


def standing(tree: Tree, states: Mapping[str, State], stories: Iterable[Story]) -> Standing:
    """Judge a page. ``stories`` are the open ones, the first of equals leads."""
    told = tuple(stories)
    shown = [node.id for node in tree]
    wordless = _wordless(shown, states, told)
    unsaid = worst_indicator([INDICATOR_OF[states[key]] for key in wordless])
    heaviest = max(told, key=lambda story: _order(weight(story, shown, states)), default=None)
    said = weight(heaviest, shown, states) if heaviest else Indicator.NONE
    indicator = worst_indicator([unsaid, said])
    leads = heaviest is not None and indicator != Indicator.NONE and said == indicator
    lead = heaviest if leads else None
    others = tuple(story for story in told if story is not lead)
    return Standing(indicator, lead, others, wordless)


def weight(story: Story, shown: Iterable[str], states: Mapping[str, State]) -> Indicator:
    """An incident weighs as its impact, or as the components that it names stand now.

    Planned work that has not begun does nothing to them yet; while it lasts, longer than planned
    too, it is work under way, whatever it does to them.
    """
    if story.phase == Phase.ANNOUNCED:
        return story.impact
    named = set(shown) & set(story.words.impacts)
    now = [INDICATOR_OF[states.get(key, State.OPERATIONAL)] for key in named]
    under_way = [Indicator.MAINTENANCE] if story.window and story.is_open else []
    return worst_indicator([story.impact, *now, *under_way])


def _wordless(
    shown: Iterable[str], states: Mapping[str, State], stories: Iterable[Story]
) -> tuple[str, ...]:
    named = {
        key
        for story in stories
        for key, state in story.words.impacts.items()
        if state != State.OPERATIONAL
    }
    troubled = (key for key in shown if states.get(key, State.OPERATIONAL) != State.OPERATIONAL)
    return tuple(key for key in troubled if key not in named)


def _order(indicator: Indicator) -> int:
    return INDICATORS.index(indicator)
