"""Repair forecasts are scored apart from promises (R-08)."""

from datetime import timedelta

from tests.cast import later
from tocsin.disclosure.phases import Phase
from tocsin.statements import forecasts
from tocsin.statements.tests.telling import a_story, a_word

OVER = Phase.RESOLVED


def test_a_forecast_is_hit_if_the_effect_was_over_by_its_later_end() -> None:
    told = a_story(
        a_word(0, due=20, forecast=(60, 120)),
        a_word(130, phase=OVER, until=later(119)),
    )

    (estimate,) = forecasts.estimates_of(told)

    assert estimate.is_hit is True, "what counts is the effect, not when it was said"
    assert estimate.width == timedelta(minutes=60)


def test_an_effect_that_outlasts_its_forecast_fails_it() -> None:
    told = a_story(a_word(0, due=20, forecast=(60, 120)), a_word(130, phase=OVER))

    assert forecasts.estimates_of(told)[0].is_hit is False


def test_while_the_effect_lasts_nothing_is_judged() -> None:
    told = a_story(a_word(0, due=20, forecast=(60, 120)))

    score = forecasts.score([told])

    assert (score.hit, score.failed, score.open, score.eta_hit) == (0, 0, 1, None)


def test_a_forecast_said_again_is_the_same_and_another_is_a_revision() -> None:
    told = a_story(
        a_word(0, due=20, forecast=(60, 120)),
        a_word(15, due=35, forecast=(60, 120)),
        a_word(30, due=50, forecast=(90, 180)),
        a_word(45, due=65),
        a_word(150, phase=OVER),
    )

    score = forecasts.score([told, a_story(a_word(0, due=20))])

    assert score.revisions == (1,), "an incident without a forecast has none to revise"
    assert (score.hit, score.failed) == (1, 1)
    assert score.eta_hit == 0.5
    assert score.width_median == timedelta(minutes=75)
