"""What our own templates say is nobody's fault, in whichever phase and kind they are offered."""

from collections.abc import Iterator
from itertools import product

import pytest

from tocsin.catalogue.tree import State
from tocsin.disclosure import library, wording
from tocsin.disclosure.coach import reviewing
from tocsin.disclosure.coach.values import Component, Context, Kind, Level
from tocsin.disclosure.library import Kind as BlankKind
from tocsin.disclosure.library import Template
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.wording import LATE, TEMPLATES_OF

OUT = (Component("Checkout", state=State.MAJOR),)
TOLD = (Phase.HOLDING, Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING, Phase.RESOLVED)
OFFERED = [(phase, key) for phase in TOLD for key in TEMPLATES_OF[phase]]


def written(template: Template, language: str) -> Iterator[str]:
    """The template with times, and open blanks where somebody writes, for each way to choose."""
    choices = template.text(language).choices
    given = {
        blank.name: "09:12 UTC" if blank.form.kind is BlankKind.TIME else f"{{{blank.name}}}"
        for blank in wording.blanks_of(template, language)
        if blank.name not in choices
    }
    for options in product(*choices.values()):
        words = wording.preview(
            template, language, given | dict(zip(choices, options, strict=True))
        )
        yield f"{words.headline}\n\n{words.body}"


@pytest.mark.parametrize("kind", [Kind.INCIDENT, Kind.SECURITY])
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("phase", "key"), OFFERED)
def test_the_coach_finds_nothing_in_what_our_templates_say(
    phase: Phase, key: str, language: str, kind: Kind
) -> None:
    context = Context(language=language, phase=phase, kind=kind, components=OUT)

    found = {
        (one.rule, one.text)
        for text in written(library.template(key), language)
        for one in reviewing.review(text, context).findings
        if one.level is not Level.HINT
    }

    assert found == set()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nor_in_what_opens_a_late_word(language: str) -> None:
    context = Context(language=language, phase=Phase.IDENTIFIED, components=OUT)
    (text,) = written(library.template(LATE), language)

    assert [one.rule for one in reviewing.review(text, context).findings] == []


@pytest.mark.parametrize(
    ("text", "language", "rule"),
    [
        ("Names may be affected.", "en", "en-min-11"),
        ("Some data may be affected, perhaps.", "en", "en-min-11"),
        ("La panne vient d'une défaillance de notre hébergeur.", "fr", "fr-bla-72"),
        ("Vos envois ont du retard.", "fr", "fr-eup-51"),
    ],
)
def test_the_same_weak_words_are_still_found_elsewhere(text: str, language: str, rule: str) -> None:
    context = Context(language=language, phase=Phase.IDENTIFIED, components=OUT)

    assert rule in {one.rule for one in reviewing.review(text, context).findings}
