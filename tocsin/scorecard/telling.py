"""A score in sentences for people; for machines see facts.py."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tocsin.scorecard import figures, labels, totals
from tocsin.scorecard.baselines import BASELINES
from tocsin.scorecard.figures import (
    Figure,
    Mean,
    NotMeasured,
    Number,
    Points,
    Share,
    Span,
    Spread,
    Tally,
    Why,
)
from tocsin.scorecard.history import Sort
from tocsin.scorecard.lights import Light, lights
from tocsin.scorecard.measures import Card, review
from tocsin.scorecard.totals import Line, Measure, Score, why_no_filing

AHEAD = {
    Measure.LEAD: gettext_lazy("half at %(median)s or more; below zero customers knew first"),
    Measure.CLOCK_MARGIN: gettext_lazy("half at %(median)s or more; below zero it was late"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One line in words. ``value`` is what it comes to, ``not_measured`` what is not in it, and
    ``world`` what others come to. ``is_measured``: there is a figure at all."""

    name: str
    value: str
    n: int
    not_measured: str
    world: str
    is_measured: bool


def said(line: Line, language: str) -> Said:
    """A line as people read it, in the language in force."""
    return Said(
        name=labels.named(line.measure, line.of, language),
        value=_value(line, language),
        n=line.figure.n,
        not_measured=left_out(line.figure.left_out),
        world=world(line.measure, language),
        is_measured=line.figure.n > 0,
    )


def _value(line: Line, language: str) -> str:
    figure = line.figure
    if not figure.n:
        return value(figure, language)
    if isinstance(figure, Tally) and line.measure == Measure.APPROVAL_SHARE:
        return _tallied(figure, language, labels.percent)
    if isinstance(figure, Share) and line.measure == Measure.LEFT:
        return _("%(hits)s of %(n)s (%(share)s in 1,000)") % {
            "hits": figure.hits,
            "n": figure.n,
            "share": labels.per_thousand(figure.share or 0.0, language),
        }
    if line.measure in AHEAD and isinstance(figure, Spread) and figure.median is not None:
        # The longer the better here: how much 95 in 100 come to would be the best of them.
        return str(AHEAD[line.measure]) % {"median": labels.spelled(figure.median, language)}
    return value(figure, language)


def value(figure: Figure, language: str) -> str:
    """What a figure comes to: the values where they are few, else median and 95 %; or nothing."""
    if not figure.n:
        return _("not measured") if figure.left_out else _("nothing to count")
    if isinstance(figure, Share):
        told = _("%(hits)s of %(n)s") % {"hits": figure.hits, "n": figure.n}
        return f"{told} ({labels.percent(figure.share or 0.0, language)})"
    if isinstance(figure, Tally):
        return _tallied(figure, language, labels.number)
    if isinstance(figure, Points):
        return _points(figure, language)
    if isinstance(figure, Mean):
        return labels.number(figure.mean or 0.0, language)
    if figure.median is None or figure.p95 is None:
        return ", ".join(labels.spelled(one, language) for one in figure.values)
    return _("half within %(median)s, 95 in 100 within %(p95)s") % {
        "median": labels.spelled(figure.median, language),
        "p95": labels.spelled(figure.p95, language),
    }


def _tallied(figure: Tally, language: str, spelled: Callable[[float, str], str]) -> str:
    if figure.median is None or figure.p95 is None:
        return ", ".join(spelled(one, language) for one in figure.values)
    return _("half at most %(median)s, 95 in 100 at most %(p95)s") % {
        "median": spelled(figure.median, language),
        "p95": spelled(figure.p95, language),
    }


def _points(figure: Points, language: str) -> str:
    """Grades never go alone: what was lacking stands beside them (R-32)."""
    if figure.median is None:
        values = ", ".join(map(str, figure.values))
        told = _("%(values)s of %(of)s points") % {"values": values, "of": figure.of}
    else:
        told = _("half have %(median)s of %(of)s points or more") % {
            "median": labels.number(figure.median, language),
            "of": figure.of,
        }
    return f"{told}; {missing(figure.lacking)}" if figure.lacking else told


def missing(lacking: Mapping[str, int]) -> str:
    """Which elements of an apology were missing, and how often."""
    told = (f"{labels.ELEMENTS[name]} ({count})" for name, count in lacking.items())
    return _("missing: %(elements)s") % {"elements": ", ".join(told)}


def brief(figure: Figure, language: str) -> str:
    """The same in little room: "12 min · 95% ≤ 31 min"."""
    if isinstance(figure, Spread) and figure.median is not None and figure.p95 is not None:
        median = labels.spelled(figure.median, language)
        share = labels.percent(0.95, language)
        return f"{median} · {share} ≤ {labels.spelled(figure.p95, language)}"
    return value(figure, language)


def left_out(reasons: Mapping[Why, int]) -> str:
    """Why how many are not in a figure."""
    return ", ".join(f"{labels.WHYS[why]} ({count})" for why, count in reasons.items())


def world(measure: Measure, language: str) -> str:
    """What others come to, where anybody counted it."""
    found = BASELINES.get(measure)
    if found is None:
        return ""
    told = (
        f"{labels.percent(found.share, language)} (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{found.n}"
    )
    return f"{told}, {labels.NOTES[found.note]})" if found.note else f"{told})"


def span(told: Span, language: str) -> str:
    """One incident's span, or why there is none."""
    return labels.spelled(told, language) if isinstance(told, timedelta) else _why(told)


def _why(told: NotMeasured) -> str:
    return _("not measured: %(why)s") % {"why": labels.WHYS[told.why]}


def cautions(score: Score) -> list[str]:
    """What to bear in mind of a score, in sentences."""
    counts = [
        f"{labels.SORTS[sort]} ({score.counts[sort]})" for sort in Sort if score.counts.get(sort)
    ]
    found = [_("Entries: %(counts)s.") % {"counts": ", ".join(counts)}] if counts else []
    if score.unsaid:
        found.append(
            ngettext(
                "Of %(count)s incident readers were never told.",
                "Of %(count)s incidents readers were never told.",
                score.unsaid,
            )
            % {"count": score.unsaid}
        )
    if score.by_publication:
        found.append(
            ngettext(
                "Of %(count)s incident nobody looked when readers could see it: it counts from "
                "publishing.",
                "Of %(count)s incidents nobody looked when readers could see them: they count from "
                "publishing.",
                score.by_publication,
            )
            % {"count": score.by_publication}
        )
    if score.revised:
        found.append(
            ngettext(
                "Of %(count)s incident the recorded beginning was changed; the latest counts.",
                "Of %(count)s incidents the recorded beginning was changed; the latest counts.",
                score.revised,
            )
            % {"count": score.revised}
        )
    return found


def five_of(card: Card, language: str) -> Iterator[tuple[str, str]]:
    """The five numbers for the review of the communication (R-57), in words: (name, value)."""
    five = review(card)
    kept, owed = five.kept
    yield str(labels.MEASURES[Measure.FIRST_NOTICE]), span(five.first_notice, language)
    yield str(labels.MEASURES[Measure.SCOPE]), span(five.scope, language)
    told = _("%(hits)s of %(n)s") % {"hits": kept, "n": owed}
    none = span(NotMeasured(Why.NOTHING_STATED), language)
    yield str(labels.MEASURES[Measure.OWED_KEPT]), told if owed else none
    yield str(labels.MEASURES[Measure.SILENCE]), span(five.silence, language)
    yield str(labels.MEASURES[Measure.LEAD]), span(five.lead, language)


def rows_of(card: Card, language: str) -> Iterator[tuple[str, str]]:
    """One incident's card in words: (name, value), the five of R-57 first."""
    yield from five_of(card, language)
    yield from more_of(card, language)


def more_of(card: Card, language: str) -> Iterator[tuple[str, str]]:
    """All but the five in words: (name, value)."""
    yield from road_of(card, language)
    yield from rhythm_of(card, language)
    yield from owed_to_others_of(card, language)
    yield from words_of(card, language)


def rhythm_of(card: Card, language: str) -> Iterator[tuple[str, str]]:
    """Who noticed first, and how words followed each other: (name, value)."""
    source = card.source
    yield (
        str(labels.MEASURES[Measure.DETECTED_BY]),
        _why(source) if isinstance(source, NotMeasured) else str(labels.SOURCES[source]),
    )
    silences = figures.spread([gap.length for gap in card.gaps] or [card.silence])
    yield str(labels.MEASURES[Measure.GAPS]), _counted(silences, language)
    yield str(labels.MEASURES[Measure.WIDENED]), _number(card.widened, language)
    widths = figures.spread(card.forecasts or [NotMeasured(Why.NO_FORECAST)])
    yield str(labels.MEASURES[Measure.FORECAST_WIDTH]), _counted(widths, language)
    yield str(labels.MEASURES[Measure.FORECAST_CHANGES]), _number(card.forecast_changes, language)


def owed_to_others_of(card: Card, language: str) -> Iterator[tuple[str, str]]:
    """How long consent was waited for, and how authorities were told: (name, value)."""
    yield str(labels.MEASURES[Measure.APPROVAL]), span(card.approval, language)
    share = card.approval_share
    told = _why(share) if isinstance(share, NotMeasured) else labels.percent(share, language)
    yield str(labels.MEASURES[Measure.APPROVAL_SHARE]), told
    if not card.filed:
        why = NotMeasured(why_no_filing(card.incident))
        yield str(labels.MEASURES[Measure.AUTHORITY_TOOK]), _why(why)
    for name, filed in card.filed.items():
        yield labels.named(Measure.AUTHORITY_TOOK, name, language), span(filed.took, language)
        yield labels.named(Measure.CLOCK_MARGIN, name, language), span(filed.margin, language)


def _counted(figure: Spread, language: str) -> str:
    """Of how many, since a few say little; or why there is none."""
    if not figure.n:
        return _why(NotMeasured(next(iter(figure.left_out))))
    return f"{value(figure, language)} (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{figure.n})"


def _number(told: Number, language: str) -> str:
    return _why(told) if isinstance(told, NotMeasured) else labels.number(told, language)


def road_of(card: Card, language: str) -> Iterator[tuple[str, str]]:
    """The road to the reader in words, step by step: (name, value)."""
    yield (
        str(labels.MEASURES[Measure.DETECT_TO_NOTICE]),
        span(card.detect_to_notice, language),
    )
    for stage, took in card.stages.items():
        yield str(labels.MEASURES[Measure(stage)]), span(took, language)
    for channel, took in card.told.items():
        yield labels.named(Measure.TOLD, channel, language), span(took, language)
    yield str(labels.MEASURES[Measure.RESOLUTION_LAG]), span(card.resolution_lag, language)


def words_of(card: Card, language: str) -> Iterator[tuple[str, str]]:
    """What the coach made of the words, by phase: (name, value)."""
    for line in totals.worded([card.incident]):
        if line.measure in labels.BY_PHASE and (line.figure.n or line.of == ""):
            told = said(line, language)
            yield told.name, told.value if told.is_measured else told.not_measured


def light_rows(card: Card, *, at: datetime) -> Iterator[tuple[str, str, Light]]:
    """The five lights in words: (name, word, light)."""
    for lamp, light in lights(card, at=at).items():
        yield str(labels.LAMPS[lamp]), str(labels.LIGHTS[light]), light
