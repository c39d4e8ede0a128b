"""A score as pictures: bars with their words in them, readable at any width. Pure.

Lengths across are percent, so that nothing is stretched and letters keep their size on a phone. The
same figures stand in a table beside each picture, and its description says them once more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from tocsin.scorecard import labels, telling
from tocsin.scorecard.baselines import BASELINES
from tocsin.scorecard.figures import Figure, Share, Spread
from tocsin.scorecard.measures import Stage
from tocsin.scorecard.totals import Measure, Score

ROW, BAR, BEYOND = 66, 12, 6  # pixels down: of a row, of its bar, of what stands out of that
BEGINS, ALL = 1.0, 97.0  # percent: where bars begin, and how long the longest is


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, its value, and below them a bar, a line beyond it, or dots."""

    name: str
    value: str
    brief: str
    n: int
    not_measured: str
    name_y: int
    value_y: int
    bar_y: int
    middle_y: int
    end_y: int
    line_y: int  # the line of others stands out above and below the bar
    line_end_y: int
    width: str = ""  # percent; empty where there is no bar
    reaches: str = ""  # percent: as far as 95 in 100 go
    dots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture. ``line`` is where others stand, in percent; ``key`` tells pictures apart."""

    key: str
    title: str
    column: str
    about: str
    bars: tuple[Bar, ...]
    height: int
    line: str = ""
    line_about: str = ""

    @property
    def description(self) -> str:
        """The whole picture in a sentence."""
        told = "; ".join(f"{bar.name}: {bar.value}" for bar in self.bars)
        return f"{told}." + (f" {self.line_about}" if self.line_about else "")


def charts(whole: Score, quarters: Mapping[str, Score], language: str) -> list[Chart]:
    """The four pictures of a score."""
    return [
        by_quarter(Measure.FIRST_NOTICE, quarters, language),
        the_road(whole, language),
        by_quarter(Measure.OWED_KEPT, quarters, language),
        by_quarter(Measure.SILENCE, quarters, language),
    ]


def by_quarter(measure: Measure, quarters: Mapping[str, Score], language: str) -> Chart:
    """One figure, quarter by quarter."""
    rows = [(quarter(key), told.figure(measure)) for key, told in quarters.items()]
    is_share = any(isinstance(figure, Share) for _name, figure in rows)
    baseline = BASELINES.get(measure) if is_share else None
    return _chart(
        measure.value,
        str(labels.MEASURES[measure]),
        _("Quarter"),
        _("Share of each quarter.") if is_share else _of_spreads(),
        rows,
        language,
        line=_place(baseline.share) if baseline else "",
        line_about=(
            _("The dashed line is others: %(share)s.") % {"share": telling.world(measure, language)}
            if baseline
            else ""
        ),
    )


def the_road(whole: Score, language: str) -> Chart:
    """From the first effect to the last reader told, step by step."""
    steps = [Measure(stage) for stage in Stage]
    rows = [
        (labels.named(line.measure, line.of, language), line.figure)
        for line in whole.lines
        if line.measure in (*steps, Measure.TOLD)
    ]
    title = _("The road to the reader, step by step")
    return _chart("road", title, _("Step"), _of_spreads(), rows, language)


def quarter(key: str) -> str:
    """A quarter as people write it."""
    year, number = key.split("Q")
    return labels.quarter(int(number), int(year))


def _of_spreads() -> str:
    return _(
        "The bar is half of the incidents, the line beyond it 95 in 100. Below five incidents "
        "each is a dot."
    )


def _chart(
    key: str,
    title: str,
    column: str,
    about: str,
    rows: Sequence[tuple[str, Figure]],
    language: str,
    *,
    line: str = "",
    line_about: str = "",
) -> Chart:
    longest = max((_longest(figure) for _name, figure in rows), default=timedelta())
    bars = tuple(
        _bar(name, figure, number * ROW, longest, language)
        for number, (name, figure) in enumerate(rows)
    )
    return Chart(key, title, column, about, bars, len(bars) * ROW, line, line_about)


def _longest(figure: Figure) -> timedelta:
    if not isinstance(figure, Spread):
        return timedelta()
    return max([*figure.values, *filter(None, (figure.median, figure.p95))], default=timedelta())


def _bar(name: str, figure: Figure, top: int, longest: timedelta, language: str) -> Bar:
    width, reaches, dots = _lengths(figure, longest)
    return Bar(
        name=name,
        value=telling.value(figure, language),
        brief=telling.brief(figure, language),
        n=figure.n,
        not_measured=telling.left_out(figure.left_out),
        name_y=top + 15,
        value_y=top + 34,
        bar_y=top + 42,
        middle_y=top + 42 + BAR // 2,
        end_y=top + 42 + BAR,
        line_y=top + 42 - BEYOND,
        line_end_y=top + 42 + BAR + BEYOND,
        width=width,
        reaches=reaches,
        dots=dots,
    )


def _lengths(figure: Figure, longest: timedelta) -> tuple[str, str, tuple[str, ...]]:
    if isinstance(figure, Share):
        return (_length(figure.share) if figure.share else "", "", ())
    if not isinstance(figure, Spread):
        return "", "", ()  # of numbers there is no picture
    if figure.median is None or figure.p95 is None:
        return "", "", tuple(_placed(figure.values, longest))
    half = _length(_share(figure.median, longest))
    return half, _place(_share(figure.p95, longest)), ()


def _placed(values: Iterable[timedelta], longest: timedelta) -> Iterable[str]:
    return (_place(_share(value, longest)) for value in values)


def _share(span: timedelta, longest: timedelta) -> float:
    return max(span / longest, 0.0) if longest else 0.0


def _length(share: float) -> str:
    return f"{share * ALL:.2f}%"


def _place(share: float) -> str:
    return f"{BEGINS + share * ALL:.2f}%"
