"""The drawing of what happened beside what was said."""

from dataclasses import replace

import pytest

from tests.cast import a_page, an_incident, later
from tocsin.catalogue.tree import State
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.page import beside
from tocsin.page.voice import LONG_AGO, Voice
from tocsin.statements import published, word
from tocsin.statements.published import Story
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db
VOICE = Voice("en", "Etc/UTC", LONG_AGO)


def a_story(*, is_over: bool) -> Story:
    page = a_page()
    incident = an_incident(page, at=later(10)).incident_id
    layers = {"en": Layer("It is slow", "It is slow."), "fr": Layer("C'est lent", "C'est lent.")}
    watching = Saying(
        phase=Phase.MONITORING,
        layers=layers,
        components={"checkout": State.DEGRADED},
        since=later(0),
    )
    word.say(incident, watching, by=TERMINAL, at=later(30))
    if is_over:
        over = Saying(
            phase=Phase.RESOLVED, layers=layers, until=later(40), data=DataStatement.NONE_LOST
        )
        word.say(incident, over, by=TERMINAL, at=later(60))
    story = published.story(page.audience_id, incident)
    assert story is not None
    return story


def test_of_an_incident_that_named_no_component_the_words_alone_are_drawn() -> None:
    told = a_story(is_over=True)
    words = [
        replace(said, words=replace(said.words, impacts={}))
        for said in told.publications
        if said.words
    ]

    drawn = beside.drawn(replace(told, publications=tuple(words)), VOICE)

    assert drawn is not None
    assert drawn.stretches == ()
    assert drawn.ticks


def test_what_happened_stands_above_and_each_word_below() -> None:
    drawn = beside.drawn(a_story(is_over=True), VOICE)

    assert drawn is not None
    # An axis of sixty minutes, 288 wide: bad until minute 30, slow until 40, words at 10, 30, 60.
    assert [(one.path, one.letter) for one in drawn.stretches] == [
        ("M0.0 12H144.0", "x"),
        ("M144.0 12H192.0", "d"),
    ]
    assert drawn.ticks == "M48.0 30V46M144.0 30V46M288.0 30V46"
    assert drawn.label.startswith("Trouble from 12:00 UTC")
    assert "3 words" in drawn.label


def test_what_lasts_is_not_drawn() -> None:
    assert beside.drawn(a_story(is_over=False), VOICE) is None
