"""Charts of what is measured, drawn from plain values."""

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tocsin.page import charts, html
from tocsin.page.charts import Drawn
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import NOON, a_snapshot, later
from tocsin.page.voice import Voice
from tocsin.watch import shown
from tocsin.watch.shown import Chart, Reading


def a_chart(*readings: Reading, **told: Any) -> Chart:
    own: dict[str, Any] = {
        "id": "metric000000",
        "name": "Response time",
        "description": "",
        "suffix": "ms",
        "decimals": 1,
        "lowest": None,
        "highest": None,
        "hides_scale": False,
        "readings": readings,
        "latest": readings[-1] if readings else None,
    }
    return Chart(**own | told)


def drawn(chart: Chart, language: str = "en") -> Drawn:
    return charts.drawn(told_of(chart), Voice(language, "Etc/UTC", NOON))[0]


def told_of(*told: Chart) -> Snapshot:
    return replace(a_snapshot(), charts=told)


HOUR = [Reading(later(-60 + 5 * n), 100.0 + n) for n in range(12)]


def test_a_chart_says_its_newest_value_and_draws_the_day() -> None:
    told = drawn(a_chart(*HOUR))

    assert told.now == "111.0\xa0ms"
    assert told.told_at is None
    assert (told.lowest, told.highest) == ("100.0\xa0ms", "111.0\xa0ms")
    assert told.line.startswith("M276.5 46h0L277.5 ")
    assert told.line.endswith("L287.5 2")
    assert told.line.count("M") == 1


def test_a_line_breaks_where_nothing_was_measured() -> None:
    told = drawn(a_chart(*HOUR[:3], *HOUR[9:], HOUR[11]))

    assert told.line.count("M") == 2


def test_a_value_of_an_hour_ago_says_so() -> None:
    told = drawn(a_chart(HOUR[0]))

    assert told.told_at is not None
    assert "11:00" in told.told_at


def test_swings_are_drawn_from_zero_and_small_changes_as_they_are() -> None:
    assert drawn(a_chart(Reading(later(-10), 10), Reading(later(-5), 90))).lowest == "0.0\xa0ms"
    assert drawn(a_chart(Reading(later(-10), 99), Reading(later(-5), 90))).lowest == "90.0\xa0ms"


@pytest.mark.parametrize(
    ("told", "scale"),
    [
        ({"lowest": 0, "highest": 200}, ("0.0\xa0ms", "200.0\xa0ms")),
        ({"lowest": 500}, ("500.0\xa0ms", "550.0\xa0ms")),
        ({"highest": 50}, ("40.0\xa0ms", "50.0\xa0ms")),
        ({"hides_scale": True}, ("", "")),
    ],
)
def test_a_chosen_scale_holds(told: dict[str, Any], scale: tuple[str, str]) -> None:
    chart = drawn(a_chart(*HOUR, **told))

    assert (chart.lowest, chart.highest) == scale


@pytest.mark.parametrize("value", [0.0, -5.0, 1.7e308, -1.7e308, 5e-324])
def test_any_number_can_be_drawn(value: float) -> None:
    told = drawn(a_chart(Reading(later(-10), value), Reading(later(-5), 1.0)))

    assert "nan" not in told.line
    assert "inf" not in told.line + told.now + told.lowest + told.highest
    assert len(told.now) < 30


def test_nothing_measured_is_said_in_words() -> None:
    page = html.front(told_of(a_chart()), "en")

    assert "Nothing was measured in the last 24 hours." in page
    assert "<svg" not in page.split('class="charts"')[1]


def test_the_front_page_shows_charts_to_ears_too() -> None:
    page = html.front(told_of(a_chart(*HOUR, name="<b>Latency</b>")), "en")

    assert "What we measure" in page
    told = "&lt;b&gt;Latency&lt;/b&gt; over the last 24 hours: between 100.0\xa0ms and 111.0\xa0ms"
    assert f'aria-label="{told}"' in page
    assert "<b>Latency" not in page
    assert "What we measure" not in html.front(a_snapshot(), "en")


def test_charts_speak_the_readers_language() -> None:
    page = html.front(told_of(a_chart(*HOUR)), "fr")

    assert "Ce que nous mesurons" in page
    assert "111,0\xa0ms" in page


def test_what_is_shown_is_frozen_values() -> None:
    kinds = [kind for kind in vars(shown).values() if is_dataclass(kind)]

    assert kinds
    assert all(vars(kind)["__dataclass_params__"].frozen for kind in kinds)
    assert all(fields(kind) for kind in kinds if isinstance(kind, type))


def test_a_day_is_drawn_at_the_time_of_the_page() -> None:
    told = replace(told_of(a_chart(*HOUR)), at=NOON + timedelta(hours=23))

    (chart,) = charts.drawn(told, Voice("en", "Etc/UTC", told.at))

    assert chart.line.startswith("M0.5 46h0")
