"""What states, phases and indicators are called on the page; each call heeds the language in force.

No word of the trade: things work, are slow, or fail (the coach would say so too).
"""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import CauseSide, Certainty
from tocsin.disclosure.severity import INDICATOR_OF, Indicator
from tocsin.disclosure.times import MONTHS

# One letter per weight, for the stylesheet: operational, maintenance, dull, partial, complete.
LETTERS = {
    Indicator.NONE: "o",
    Indicator.MAINTENANCE: "m",
    Indicator.MINOR: "d",
    Indicator.MAJOR: "p",
    Indicator.CRITICAL: "x",
}


def letter(state: State) -> str:
    return LETTERS[INDICATOR_OF[state]]


def state(told: State) -> str:
    return {
        State.OPERATIONAL: pgettext("component", "Working"),
        State.MAINTENANCE: pgettext("component", "Maintenance"),
        State.DEGRADED: pgettext("component", "Slow"),
        State.PARTIAL: pgettext("component", "Failing for some"),
        State.MAJOR: pgettext("component", "Failing"),
    }[told]


def indicator(told: Indicator) -> str:
    return {
        Indicator.NONE: pgettext("impact", "Notice"),
        Indicator.MAINTENANCE: pgettext("impact", "Maintenance"),
        Indicator.MINOR: pgettext("impact", "Limited trouble"),
        Indicator.MAJOR: pgettext("impact", "Partial outage"),
        Indicator.CRITICAL: pgettext("impact", "Major outage"),
    }[told]


def phase(told: Phase) -> str:
    return {
        Phase.HOLDING: pgettext("phase", "Looking into it"),
        Phase.INVESTIGATING: pgettext("phase", "Investigating"),
        Phase.IDENTIFIED: pgettext("phase", "Identified"),
        Phase.MONITORING: pgettext("phase", "Watching the repair"),
        Phase.RESOLVED: pgettext("phase", "Resolved"),
        Phase.ACCOUNT: pgettext("phase", "Account"),
    }[told]


def phase_in_feeds(told: Phase) -> str:
    """The status word that feed readers know."""
    return {
        Phase.HOLDING: pgettext("feed", "Investigating"),
        Phase.INVESTIGATING: pgettext("feed", "Investigating"),
        Phase.IDENTIFIED: pgettext("feed", "Identified"),
        Phase.MONITORING: pgettext("feed", "Monitoring"),
        Phase.RESOLVED: pgettext("feed", "Resolved"),
        Phase.ACCOUNT: pgettext("feed", "Postmortem"),
    }[told]


def whose_side(side: CauseSide, certainty: Certainty) -> str:
    """Whose side the cause is on, no surer than we are."""
    if side == CauseSide.UNKNOWN:
        return _("Not known yet")
    if certainty == Certainty.VERIFIED:
        return {
            CauseSide.OURS: _("Ours"),
            CauseSide.UPSTREAM: _("A service that we rely on"),
            CauseSide.YOURS: _("Yours"),
        }[side]
    return {
        CauseSide.OURS: _("Probably ours"),
        CauseSide.UPSTREAM: _("Probably a service that we rely on"),
        CauseSide.YOURS: _("Probably yours"),
    }[side]


def written_in(language: str) -> str:
    """The note beside words that exist in another language only."""
    return {"en": _("in English"), "fr": _("in French")}.get(language, language)


def month(on: date, language: str) -> str:
    """ "November 2026"."""
    return f"{MONTHS[language][on.month - 1].capitalize()} {on.year}"


def day_of_month(on: date, language: str) -> str:
    """A day without its year, where the year goes without saying: "14 November"."""
    number = "1er" if language == "fr" and on.day == 1 else str(on.day)
    return f"{number} {MONTHS[language][on.month - 1]}"


def percent(share: float, language: str) -> str:
    """ "99.98 %", "99,98 %"; a hundred has no digits after it."""
    digits = "100" if share == 100 else f"{share:.2f}"
    return f"{digits.replace('.', ',') if language == 'fr' else digits}\N{NO-BREAK SPACE}%"
