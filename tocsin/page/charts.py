"""What is measured, as readers see it: a line over the last day, and the same in words. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tocsin.catalogue import languages
from tocsin.page.snapshot import Snapshot
from tocsin.page.voice import Voice
from tocsin.watch.shown import DRAWN_FOR, Chart, Reading

WIDTH, HEIGHT = 288, 48  # of the drawing: a unit for each five minutes of a day
EDGE = 2  # kept free above and below, so that a line along them is seen whole
STEP = timedelta(minutes=5)
GAP = timedelta(minutes=15)  # a line runs on over what lacks no longer than that
FRESH_FOR = timedelta(minutes=15)  # then the newest value says its time


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart. ``now`` is its newest value, ``told_at`` when that was if it is not of just now.

    ``line`` is empty where nothing was measured all day; ``label`` says what the line shows.
    """

    name: str
    description: str
    now: str
    told_at: SafeString | None
    line: str
    label: str
    lowest: str
    highest: str


def drawn(snapshot: Snapshot, voice: Voice) -> list[Drawn]:
    """The page's public metrics."""
    return [_drawn(chart, voice, at=snapshot.at) for chart in snapshot.charts]


def _drawn(chart: Chart, voice: Voice, *, at: datetime) -> Drawn:
    low, high = _scale(chart)
    return Drawn(
        name=chart.name,
        description=chart.description,
        now=_value(chart, chart.latest.value, voice) if chart.latest else "",
        told_at=_told_at(chart.latest, voice, at=at),
        line="".join(_line(chart.readings, low, high, at=at)),
        label=_label(chart, voice),
        lowest="" if chart.hides_scale else _value(chart, low, voice),
        highest="" if chart.hides_scale else _value(chart, high, voice),
    )


def _told_at(latest: Reading | None, voice: Voice, *, at: datetime) -> SafeString | None:
    if latest is None or at - latest.at <= FRESH_FOR:
        return None
    return voice.time(latest.at)


def _scale(chart: Chart) -> tuple[float, float]:
    """From where to where the chart goes: as chosen, else as the values are.

    From zero where they swing far: a line that begins above it makes much of little.
    """
    values = [reading.value for reading in chart.readings] or [0.0]
    low, high = min(values), max(values)
    if low > 0 and high - low > high / 2:
        low = 0.0
    low = low if chart.lowest is None else chart.lowest
    high = high if chart.highest is None else chart.highest
    if high > low:
        return low, high
    middle = abs(low) / 10 or 1.0
    return (low, low + middle) if chart.lowest is not None else (high - middle, high)


def _line(readings: Sequence[Reading], low: float, high: float, *, at: datetime) -> Iterator[str]:
    """An SVG path: it breaks where nothing was measured, and a lone value is a dot."""
    start = at - DRAWN_FOR
    before: datetime | None = None
    for reading in readings:
        x = max(0, round((reading.at + STEP / 2 - start) / STEP, 1))
        # What goes beyond the scale runs along its edge. Divided first: values may be enormous.
        share = reading.value / (high - low) - low / (high - low)
        y = round(HEIGHT - EDGE - min(max(share, 0.0), 1.0) * (HEIGHT - 2 * EDGE), 1)
        lone = before is None or reading.at - before > GAP
        yield f"M{min(x, WIDTH):g} {y:g}h0" if lone else f"L{min(x, WIDTH):g} {y:g}"
        before = reading.at


def _label(chart: Chart, voice: Voice) -> str:
    if not chart.readings:
        return _("Nothing was measured in the last 24 hours.")
    values = [reading.value for reading in chart.readings]
    return _("%(name)s over the last 24 hours: between %(lowest)s and %(highest)s") % {
        "name": chart.name,
        "lowest": _value(chart, min(values), voice),
        "highest": _value(chart, max(values), voice),
    }


def _value(chart: Chart, value: float, voice: Voice) -> str:
    """A value with its digits and suffix: "12.5 ms", "12,5 ms"; one without end in brief."""
    figures = f"{value:.{chart.decimals}f}" if abs(value) < 1e12 else f"{value:.3g}"
    spelled = figures.replace(".", languages.of(voice.language).decimal).replace("-", "\u2212")
    return f"{spelled}\N{NO-BREAK SPACE}{chart.suffix}" if chart.suffix else spelled
