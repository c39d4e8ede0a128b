import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalogue import colours
from tocsin.catalogue.colours import FOCUS, HOUSE, STATES, Unreadable, checked, contrast
from tocsin.catalogue.look import DARK, LIGHT, SCHEMES

SIGN = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_counted_as_the_guideline_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#b3202c", "#b3202c") == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_house_wears_what_it_asks_of_others(scheme: str) -> None:
    assert checked({scheme: dict(HOUSE[scheme])})[scheme] == HOUSE[scheme]


def test_the_house_s_colours_are_those_of_the_stylesheet() -> None:
    css = files("tocsin.page").joinpath("assets", "page.css").read_text("utf-8")
    light, dark = (dict(re.findall(r"--(\w+):(#\w+)", block)) for block in css.split("}", 2)[:2])

    for scheme, told in ((LIGHT, light), (DARK, dark)):
        said = {name: colours.spelled(told[name]) for name in HOUSE[scheme] if name != "accent"}
        assert said == {name: c for name, c in HOUSE[scheme].items() if name != "accent"}
        assert STATES[scheme] == tuple(told[key] for key in "odpxm")
        assert FOCUS[scheme] == told["focus"]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({LIGHT: {"ink": "#999999"}}, "ink #999999 cannot be read on paper #fbfaf6"),
        ({LIGHT: {"paper": "#333333"}}, "cannot be read"),
        ({LIGHT: {"accent": "#fff6c0"}}, "accent #fff6c0 cannot be seen"),
        ({DARK: {"paper": "#808080"}}, "colours that tell of trouble"),
        ({LIGHT: {"paper": "red"}}, "Write it as"),
        ({LIGHT: {"background": "#ffffff"}}, "is no colour of a page"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(told: colours.Colours, says: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(says)):
        checked(told)


@given(SIGN, SIGN, SIGN, st.sampled_from(SCHEMES))
def test_whatever_is_taken_can_be_read(paper: str, ink: str, accent: str, scheme: str) -> None:
    try:
        kept = checked({scheme: {"paper": paper, "ink": ink, "accent": accent}})[scheme]
    except Unreadable:
        return

    assert contrast(kept["ink"], kept["paper"]) >= 4.5
    assert contrast(kept["accent"], kept["paper"]) >= 3
    assert contrast(colours.on(kept["accent"]), kept["accent"]) >= 4.5
    assert min(contrast(state, kept["paper"]) for state in STATES[scheme]) >= 4.5
