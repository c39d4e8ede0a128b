"""What an account answers by its outline (T-15): whatever stands below a heading answers it. Pure.

Its readers look for the answer there, in sentences or in the cells of a table, which have no words
around them that a cue could know.
"""

from collections.abc import Iterator
from dataclasses import replace

from tocsin.disclosure import outline
from tocsin.disclosure.coach.elements import DATE
from tocsin.disclosure.coach.reading import plainly
from tocsin.disclosure.coach.values import Context
from tocsin.disclosure.phases import Phase

ANSWERING = {"data": "data_statement", "possible": "explanation", "do": "workaround"}


def with_answers(text: str, context: Context) -> Context:
    """The same, knowing what an account says below its headings."""
    if context.phase is not Phase.ACCOUNT:
        return context
    return replace(context, filled=context.filled | frozenset(_answered(text, context.language)))


def _answered(text: str, language: str) -> Iterator[str]:
    told = outline.sections(text, language)
    yield from (check for part, check in ANSWERING.items() if told.get(part))
    if DATE.search(plainly(told.get("changing", ""))):
        yield "forbearance"  # what changes, and by when
