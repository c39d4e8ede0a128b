"""What states, phases and indicators are called on the page; each call heeds the language in force.

No word of the trade: things work, are slow, or fail (the coach would say so too).
"""

from datetime import date

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from tocsin.catalogue import languages
from tocsin.catalogue.tree import State
from tocsin.disclosure import times
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import CauseSide, Certainty
from tocsin.disclosure.severity import INDICATOR_OF, Indicator

# One letter per weight, for the stylesheet: operational, maintenance, dull, partial, complete.
LETTERS = {
    Indicator.NONE: "o",
    Indicator.MAINTENANCE: "m",
    Indicator.MINOR: "d",
    Indicator.MAJOR: "p",
    Indicator.CRITICAL: "x",
}


STATES = {
    State.OPERATIONAL: pgettext_lazy("component", "Working"),
    State.MAINTENANCE: pgettext_lazy("component", "Maintenance"),
    State.DEGRADED: pgettext_lazy("component", "Slow"),
    State.PARTIAL: pgettext_lazy("component", "Failing for some"),
    State.MAJOR: pgettext_lazy("component", "Failing"),
}
INDICATORS = {
    Indicator.NONE: pgettext_lazy("impact", "Notice"),
    Indicator.MAINTENANCE: pgettext_lazy("impact", "Maintenance"),
    Indicator.MINOR: pgettext_lazy("impact", "Limited trouble"),
    Indicator.MAJOR: pgettext_lazy("impact", "Partial outage"),
    Indicator.CRITICAL: pgettext_lazy("impact", "Major outage"),
}
PHASES = {
    Phase.HOLDING: pgettext_lazy("phase", "Looking into it"),
    Phase.INVESTIGATING: pgettext_lazy("phase", "Investigating"),
    Phase.IDENTIFIED: pgettext_lazy("phase", "Identified"),
    Phase.MONITORING: pgettext_lazy("phase", "Watching the repair"),
    Phase.RESOLVED: pgettext_lazy("phase", "Resolved"),
    Phase.ACCOUNT: pgettext_lazy("phase", "Account"),
    Phase.ANNOUNCED: pgettext_lazy("phase", "Planned"),
    Phase.BEGUN: pgettext_lazy("phase", "Under way"),
    Phase.CHECKING: pgettext_lazy("phase", "Being checked"),
    Phase.ENDED: pgettext_lazy("phase", "Over"),
    Phase.CANCELLED: pgettext_lazy("phase", "Cancelled"),
}
# The status words that feed readers know.
PHASES_IN_FEEDS = {
    Phase.HOLDING: pgettext_lazy("feed", "Investigating"),
    Phase.INVESTIGATING: pgettext_lazy("feed", "Investigating"),
    Phase.IDENTIFIED: pgettext_lazy("feed", "Identified"),
    Phase.MONITORING: pgettext_lazy("feed", "Monitoring"),
    Phase.RESOLVED: pgettext_lazy("feed", "Resolved"),
    Phase.ACCOUNT: pgettext_lazy("feed", "Postmortem"),
    Phase.ANNOUNCED: pgettext_lazy("feed", "Scheduled"),
    Phase.BEGUN: pgettext_lazy("feed", "In progress"),
    Phase.CHECKING: pgettext_lazy("feed", "Verifying"),
    Phase.ENDED: pgettext_lazy("feed", "Completed"),
    Phase.CANCELLED: pgettext_lazy("feed", "Completed"),
}
SIDES = {
    (CauseSide.OURS, True): gettext_lazy("Ours"),
    (CauseSide.UPSTREAM, True): gettext_lazy("A service that we rely on"),
    (CauseSide.YOURS, True): gettext_lazy("Yours"),
    (CauseSide.OURS, False): gettext_lazy("Probably ours"),
    (CauseSide.UPSTREAM, False): gettext_lazy("Probably a service that we rely on"),
    (CauseSide.YOURS, False): gettext_lazy("Probably yours"),
}


def letter(state: State) -> str:
    return LETTERS[INDICATOR_OF[state]]


def state(told: State) -> str:
    return str(STATES[told])


def state_within(told: State) -> str:
    """A state inside a sentence: only its first letter is small, for German nouns keep theirs."""
    name = state(told)
    return name[:1].lower() + name[1:]


def indicator(told: Indicator) -> str:
    return str(INDICATORS[told])


def phase(told: Phase) -> str:
    return str(PHASES[told])


def phase_in_feeds(told: Phase) -> str:
    return str(PHASES_IN_FEEDS[told])


DATA = {
    DataStatement.NONE_LOST: gettext_lazy("nothing was lost or changed"),
    DataStatement.UNDER_CHECK: gettext_lazy("still being checked"),
    DataStatement.SOME_LOST: gettext_lazy("some was lost or changed"),
    DataStatement.IN_WORDS: gettext_lazy("as the words say"),
}


def data(told: DataStatement | None) -> str:
    """What was said of readers' data; nothing where nothing was."""
    return str(DATA[told]) if told else ""


def whose_side(side: CauseSide, certainty: Certainty) -> str:
    """Whose side the cause is on, no surer than we are."""
    if side == CauseSide.UNKNOWN:
        return _("Not known yet")
    return str(SIDES[side, certainty == Certainty.VERIFIED])


def before_cause(side: CauseSide, certainty: Certainty) -> str:
    """What stands before the plain sentence about the cause: whose side, and that it may be wrong.

    Only a verified cause is told as a fact (R-24).
    """
    told = f"{whose_side(side, certainty)}. "
    if certainty == Certainty.VERIFIED:
        return told
    return ("" if side == CauseSide.UNKNOWN else told) + _("Not confirmed yet: ")


def written_in(language: str) -> str:
    """The note beside words that exist in another language only."""
    return languages.called(language, get_language() or languages.SOURCE).in_it


def month(on: date, language: str) -> str:
    """ "November 2026"."""
    return f"{times.month(on, language).capitalize()} {on.year}"


def day_of_month(on: date, language: str) -> str:
    """A day without its year, where the year goes without saying: "14 November"."""
    return times.day_of_month(on, language)


def incidents(count: int) -> str:
    """How many there were: "no incident", "2 incidents"."""
    if not count:
        return _("no incident")
    return ngettext("%(count)d incident", "%(count)d incidents", count) % {"count": count}


def told(count: int, *, planned: int) -> str:
    """How many incidents there were, and how much planned work: "2 incidents · 1 planned"."""
    work = ngettext("%(count)d planned", "%(count)d planned", planned) % {"count": planned}
    return f"{incidents(count - planned)} · {work}" if planned else incidents(count)


def percent(share: float, language: str) -> str:
    """ "99.98 %", "99,98 %"; a hundred has no digits after it."""
    digits = "100" if share == 100 else f"{share:.2f}"
    return f"{digits.replace('.', languages.of(language).decimal)}\N{NO-BREAK SPACE}%"
