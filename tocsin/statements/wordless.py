"""Words for a change that came without any: what a program's mere status means, from templates."""

import re
from collections.abc import Sequence
from datetime import datetime

from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure import library, times, wording
from tocsin.disclosure.phases import Phase
from tocsin.statements import drafting
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.values import Layer

TEMPLATES = {
    Phase.IDENTIFIED: "status-identified",
    Phase.MONITORING: "status-monitoring",
    Phase.RESOLVED: "status-resolved",
}
SENTENCE = re.compile(r".+?[.!?…](?=\s|$)", re.DOTALL)
LONGEST_REASON = 300


def layers(
    page: Brand,
    components: Sequence[str],
    phase: Phase,
    *,
    next_word_at: datetime | None,
    at: datetime,
) -> dict[str, Layer]:
    """What a phase means, in every language of a page."""
    made = library.template(TEMPLATES[phase])
    return {code: _layer(page, components, made, code, next_word_at, at) for code in page.languages}


def waiting(
    page: Brand, components: Sequence[str], *, next_word_at: datetime, at: datetime
) -> dict[str, Layer]:
    """That work goes on and more will be said: what may always be said of what was told before."""
    made = library.template("T-04-holding")
    return {code: _layer(page, components, made, code, next_word_at, at) for code in page.languages}


def notice(page: Brand, key: str) -> dict[str, Layer]:
    """A template that needs nothing told, in every language of a page."""
    told = ((code, wording.fill(library.template(key), code, {})) for code in page.languages)
    return {code: Layer(headline=made.headline, body=made.body) for code, made in told}


def first_sentence(text: str) -> str:
    """The first sentence of a text, or as much of it as is short enough."""
    found = SENTENCE.match(text.strip())
    return (found.group() if found else text.strip())[:LONGEST_REASON]


def _layer(
    page: Brand,
    components: Sequence[str],
    made: library.Template,
    code: str,
    next_word_at: datetime | None,
    at: datetime,
) -> Layer:
    tree = shelf.components_of(page.id)
    due = times.spoken(next_word_at, page.time_zone, code, now=at) if next_word_at else ""
    own = drafting.function_of(page, tree, list(components), code)
    # Nobody types the headline: a long name gives way, so that it can never be refused for length.
    wider = (own, page.words[code].function, languages.of(code).stand_in["function"])
    filled = [
        wording.fill(made, code, {"function": function, "next_update_at": due})
        for function in wider
    ]
    fitting = (words.headline for words in filled if len(words.headline) <= HEADLINE_LENGTH)
    return Layer(headline=next(fitting), body=filled[0].body)
