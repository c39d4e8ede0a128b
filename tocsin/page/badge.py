"""Badges: a page's state, or a component's, as a small picture for other people's pages. Pure.

A picture in another page has no stylesheet of ours and no font either: colours are attributes, and
each text is stretched to the width that was reckoned for it.
"""

import unicodedata

from django.utils.html import format_html
from django.utils.translation import gettext as _

from tocsin.catalogue.tree import Node, State
from tocsin.disclosure.severity import INDICATOR_OF, Indicator
from tocsin.page import labels
from tocsin.page.markup import without_unseen
from tocsin.page.snapshot import Snapshot

HIGH, ASIDE = 20, 6
LONGEST = 40  # signs; a longer name ends in an ellipsis
INK, BEHIND = "#ffffff", "#3d4348"
# White on each is at least 4.5 : 1 (WCAG AA), and each says in words what it means.
COLOURS = {
    Indicator.NONE: "#1a7340",
    Indicator.MAINTENANCE: "#2560a8",
    Indicator.MINOR: "#855800",
    Indicator.MAJOR: "#b04300",
    Indicator.CRITICAL: "#b3181f",
}
NARROW, WIDE = set("fijlrtI.,:;!|'’()[] "), set("mwMW@%—…")


def of_page(snapshot: Snapshot) -> bytes:
    """How the page stands, in the language in force."""
    indicator = snapshot.standing.indicator
    if not snapshot.tree.roots and indicator == Indicator.NONE:
        return _drawn(snapshot.page.name, _("No data yet"), BEHIND)
    is_well = indicator == Indicator.NONE
    state = labels.state(State.OPERATIONAL) if is_well else labels.indicator(indicator)
    return _drawn(snapshot.page.name, state, COLOURS[indicator])


def of_component(snapshot: Snapshot, language: str, node: Node) -> bytes:
    """How a component stands, with all below it; call under that language's translation."""
    state = node.rolled_up(snapshot.states)
    return _drawn(node.named(language), labels.state(state), COLOURS[INDICATOR_OF[state]])


def _drawn(name: str, state: str, colour: str) -> bytes:
    name = _short(name)
    left, right = _width(name), _width(state)
    behind, shown = left + 2 * ASIDE, right + 2 * ASIDE
    text = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        'viewBox="0 0 {wide} {high}" role="img" aria-labelledby="t"><title id="t">{title}</title>'
        '<path fill="{back}" d="M3 0H{behind}V{high}H3A3 3 0 0 1 0 17V3A3 3 0 0 1 3 0Z"/>'
        '<path fill="{colour}" d="M{behind} 0h{flat}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{flat}Z"/>'
        '<g fill="{ink}" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">'
        '<text x="{aside}" y="14" textLength="{left}" lengthAdjust="spacingAndGlyphs">{name}</text>'
        '<text x="{at}" y="14" textLength="{right}" lengthAdjust="spacingAndGlyphs">{state}</text>'
        "</g></svg>\n",
        wide=behind + shown,
        high=HIGH,
        title=_("%(name)s: %(state)s") % {"name": name, "state": state},
        back=BEHIND,
        behind=behind,
        colour=colour,
        flat=shown - 3,
        ink=INK,
        aside=ASIDE,
        left=left,
        name=name,
        at=behind + ASIDE,
        right=right,
        state=state,
    )
    return text.encode()


def _short(name: str) -> str:
    name = " ".join(without_unseen(name).split())
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"


def _width(text: str) -> int:
    """About how wide a text is in Verdana at 11 px, in whole pixels."""
    return max(1, round(sum(map(_width_of, text))))


def _width_of(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0
    if unicodedata.east_asian_width(sign) in "WF":
        return 11
    if sign in NARROW:
        return 4.2
    if sign in WIDE:
        return 10.4
    return 7.9 if sign.isupper() else 6.7
