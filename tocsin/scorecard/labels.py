"""What everything in a score is called, in the language in force."""

from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tocsin.catalogue import languages
from tocsin.disclosure import times
from tocsin.disclosure.phases import Phase
from tocsin.page import labels as phases
from tocsin.scorecard.figures import Why
from tocsin.scorecard.history import Sort
from tocsin.scorecard.lights import Lamp, Light
from tocsin.scorecard.measures import Source
from tocsin.scorecard.totals import Measure

MEASURES: dict[Measure, Promise] = {
    Measure.FIRST_NOTICE: _("First notice, from the first effect"),
    Measure.DETECT_TO_NOTICE: _("First notice, from when we knew"),
    Measure.IN_TIME: _("First notices within the limit of their severity"),
    Measure.NOTICED: _("Noticed, from the first effect"),
    Measure.DRAFTED: _("Written, from when we knew"),
    Measure.CLEARED: _("Cleared, from when it was written"),
    Measure.PUBLISHED: _("Published, from when it was cleared"),
    Measure.SEEN: _("Seen on the page, from publishing"),
    Measure.APPROVAL: _("Waited for somebody’s consent, in all"),
    Measure.APPROVAL_SHARE: _("Of the time to the first notice, waited for consent"),
    Measure.TOLD: _("Told to the last reader"),
    Measure.SKEW: _("From the first channel told to the last"),
    Measure.SCOPE: _("Effect, who, since and next word told, from the first notice"),
    Measure.LEAD: _("Ahead of the first customer’s report"),
    Measure.TOLD_FIRST: _("Incidents that customers heard of from us first"),
    Measure.ALERTED: _("Incidents that machines noticed first"),
    Measure.DETECTED_BY: _("Who noticed first"),
    Measure.OWED_KEPT: _("Owed words kept"),
    Measure.OWED_STRICTLY: _("Owed words kept to the minute"),
    Measure.OWED_STATED: _("Words that stated the time of the next"),
    Measure.OWED_LATE: _("Late by, when late"),
    Measure.SILENCE: _("Longest silence"),
    Measure.SILENCE_HOUR: _("Incidents never silent for more than an hour"),
    Measure.GAPS: _("Silences between words"),
    Measure.PACED: _("Silences no longer than the policy wants"),
    Measure.BEYOND: _("Silent beyond what the policy wants, in all"),
    Measure.EMPTY: _("Updates that told nothing new"),
    Measure.COMPLETENESS: _("What readers wait for in a word"),
    Measure.APOLOGY: _("How whole the apology is"),
    Measure.JARGON: _("Jargon, of all words"),
    Measure.ANGLICISMS: _("English words, of all words in French"),
    Measure.SENTENCES: _("Words to a sentence"),
    Measure.CORRECTED: _("Words that had to be corrected"),
    Measure.WENT_BACK: _("Words that went back to an earlier phase"),
    Measure.WIDENED: _("How often more turned out to be affected, by incident"),
    Measure.FORECAST_KEPT: _("Repair forecasts that held"),
    Measure.FORECAST_WIDTH: _("Repair forecasts, from their earliest to their latest"),
    Measure.FORECAST_CHANGES: _("How often a repair forecast changed, by incident"),
    Measure.LANGUAGE_LAG: _("A further language, after the first"),
    Measure.RESOLUTION_LAG: _("Told that it was over, from its end"),
    Measure.COMPLETE: _("Closing words with beginning, end, effect and data"),
    Measure.AUTHORITY_TOOK: _("Reports to authorities, from when their clock began"),
    Measure.CLOCK_MARGIN: _("Reports to authorities, ahead of their time"),
    Measure.ACCOUNT_SHOWN: _("Grave incidents with an account on the page"),
    Measure.ACCOUNT_ON_TIME: _("Accounts on time"),
    Measure.ACCOUNT_TOOK: _("The account, from when it was over"),
    Measure.ACTIONS_30: _("Prevention actions done within 30 days"),
    Measure.ACTIONS_90: _("Prevention actions done within 90 days"),
    Measure.ACTIONS_LATE: _("Prevention actions past their day"),
    Measure.ACTION_AGE: _("Age of open prevention actions"),
    Measure.REPORTED_BACK: _("Reports on promises, after 30 and 90 days, on their day"),
    Measure.REACH: _("Readers who were told of the first notice"),
    Measure.LEFT: _("Readers who unsubscribed within a week of a first notice"),
    Measure.PLANNED_KEPT: _("Planned work: owed words kept"),
    Measure.PLANNED_OVERRAN: _("Planned work that outlasted its window"),
}
WHYS: dict[Why, Promise] = {
    Why.NOTHING_SAID: _("nothing was said"),
    Why.NO_START: _("nobody recorded when the effect began"),
    Why.NO_END: _("nobody recorded when the effect ended"),
    Why.CONTRADICTORY: _("the recorded times contradict each other"),
    Why.NOT_SEEN: _("published, and not found where readers look"),
    Why.NOT_LOOKED: _("nobody looked whether readers could see it"),
    Why.NO_DRAFT: _("there was no draft, or no clearance"),
    Why.NO_LIMIT: _("the policy sets no limit"),
    Why.NOT_DUE_YET: _("not due yet"),
    Why.NOBODY_TOLD: _("nobody could be told"),
    Why.STILL_TELLING: _("still being told"),
    Why.NO_CUSTOMER: _("no customer’s report was recorded"),
    Why.NEVER_SCOPED: _("no word told all of it"),
    Why.NOTHING_STATED: _("no word stated the next"),
    Why.NONE_LATE: _("none was late"),
    Why.ONE_WORD: _("one word, said when it was over"),
    Why.NO_FOLLOW_UP: _("no further word was said"),
    Why.STILL_OPEN: _("still open"),
    Why.NOT_TRANSLATED: _("never said in that language"),
    Why.NOT_OWED: _("none was owed"),
    Why.NO_DUE_DATE: _("no date was promised"),
    Why.NO_REGISTER: _("no register of actions is kept"),
    Why.NO_ACTIONS: _("no action was promised"),
    Why.NO_ACCOUNT: _("no account is there"),
    Why.NO_FORECAST: _("no repair was forecast"),
    Why.ONE_CHANNEL: _("told on one channel, or on none"),
    Why.ALL_SETTLED: _("all were done or dropped"),
    Why.NO_REVIEW: _("nobody’s consent was asked"),
    Why.AT_ONCE: _("it took no time"),
    Why.NOT_ANSWERED: _("nobody said which authorities are to be told"),
    Why.NOT_BEGUN: _("nobody recorded what its clock counts from"),
    Why.NO_TIME_SAID: _("its clock names no time"),
    Why.NOT_SUBMITTED: _("past its time, and not submitted"),
    Why.NOT_READ: _("our check of texts has not read it yet"),
    Why.NO_LEXICON: _("our check of texts does not read its language"),
    Why.NOT_SPEED: _("told afterwards, brought from elsewhere, or a drill"),
}
SORTS: dict[Sort, Promise] = {
    Sort.LIVE: pgettext_lazy("entries", "told as they happened"),
    Sort.RETROSPECTIVE: pgettext_lazy("entries", "told when they were over"),
    Sort.IMPORTED: pgettext_lazy("entries", "brought from elsewhere"),
    Sort.DRILL: pgettext_lazy("entries", "drills"),
    Sort.PLANNED: pgettext_lazy("entries", "planned work"),
}
LAMPS: dict[Lamp, Promise] = {
    Lamp.FIRST_NOTICE: _("First notice in time"),
    Lamp.OWED_WORDS: _("Owed words kept"),
    Lamp.SILENCE: _("No long silence"),
    Lamp.RESOLUTION: _("Closing word complete"),
    Lamp.ACCOUNT: _("Account on time"),
}
LIGHTS: dict[Light, Promise] = {
    Light.GREEN: pgettext_lazy("light", "yes"),
    Light.AMBER: pgettext_lazy("light", "nearly"),
    Light.RED: pgettext_lazy("light", "no"),
    Light.GREY: _("not measured"),
}
NOTES: dict[str, Promise] = {
    "without_the_one": _("without the one provider that makes up half of the record"),
    "first_notices": _("first notices"),
    "critical": _("critical incidents"),
    "major_and_critical": _("major and critical incidents"),
}
CHANNELS: dict[str, Promise] = {
    "email": pgettext_lazy("channel", "mail"),
    "webhook": pgettext_lazy("channel", "webhook"),
    "slack": pgettext_lazy("channel", "Slack"),
    "teams": pgettext_lazy("channel", "Teams"),
    "discord": pgettext_lazy("channel", "Discord"),
}
SOURCES: dict[Source, Promise] = {
    Source.MONITORING: pgettext_lazy("noticed by", "monitoring"),
    Source.CUSTOMER: pgettext_lazy("noticed by", "customers"),
    Source.STAFF: pgettext_lazy("noticed by", "our staff"),
}


# The elements of an apology.
ELEMENTS: dict[str, Promise] = {
    "responsibility": _("responsibility"),
    "repair": _("repair"),
    "explanation": _("explanation"),
    "regret": _("regret"),
    "forbearance": _("what changes, by when"),
    "harm": _("the harm by its name"),
}
BY_LANGUAGE = frozenset(
    {Measure.LANGUAGE_LAG, Measure.JARGON, Measure.ANGLICISMS, Measure.SENTENCES}
)
BY_PHASE = frozenset({Measure.COMPLETENESS, Measure.APOLOGY})


QUARTERS: tuple[Promise, ...] = (
    _("1st quarter"),
    _("2nd quarter"),
    _("3rd quarter"),
    _("4th quarter"),
)


def quarter(number: int, year: int) -> str:
    """A quarter of a year: "3rd quarter 2026"."""
    return f"{QUARTERS[number - 1]} {year}"


def named(measure: Measure, of: str, language: str) -> str:
    """What a line is called, with its channel, language, phase, severity or source."""
    name = str(MEASURES[measure])
    return f"{name} ({_of(measure, of)})" if of else name


def _of(measure: Measure, of: str) -> str:
    if measure in BY_LANGUAGE:
        return languages.of(of).name
    if measure in BY_PHASE:
        return str(phases.PHASES[Phase(of)])
    if measure == Measure.DETECTED_BY:
        return str(SOURCES[Source(of)])
    if measure in (Measure.AUTHORITY_TOOK, Measure.CLOCK_MARGIN):
        return of
    return of.upper() if measure == Measure.GAPS else str(CHANNELS.get(of, of))


def spelled(span: timedelta, language: str) -> str:
    """A span in brief: "0.4 s", "41 s", "22.6 min", "1 h 43 min"; below zero with its sign."""
    if span < timedelta(0):
        return f"\N{MINUS SIGN}{spelled(-span, language)}"
    seconds = span.total_seconds()
    hour, minute = languages.of(language).symbols
    if seconds < 60:
        return f"{number(seconds, language, whole=seconds >= 10)}\N{NO-BREAK SPACE}s"
    if seconds < 100 * 60:
        return f"{number(seconds / 60, language)}\N{NO-BREAK SPACE}{minute}"
    if seconds < 48 * 3600:
        hours, minutes = divmod(round(seconds / 60), 60)
        told = f"{hours}\N{NO-BREAK SPACE}{hour}"
        return f"{told} {minutes}\N{NO-BREAK SPACE}{minute}" if minutes else told
    return times.lasted(span, language)


def per_thousand(share: float, language: str) -> str:
    """A share of a thousand: "0.25"."""
    told = f"{share * 1000:.2f}".rstrip("0").removesuffix(".")
    return told.replace(".", languages.of(language).decimal)


def percent(share: float, language: str) -> str:
    """A share: "70 %", "13.6 %"; English sets no space."""
    told = number(share * 100, language)
    return f"{told}%" if language == "en" else f"{told}\N{NO-BREAK SPACE}%"


def number(value: float, language: str, *, whole: bool = False) -> str:
    """How many: "3", "2.5"; ``whole`` without what is behind the point."""
    told = f"{value:.0f}" if whole else f"{value:.1f}".removesuffix(".0")
    return told.replace(".", languages.of(language).decimal)
