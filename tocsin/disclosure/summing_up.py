"""What the paragraphs of a last word tell already, so that no row beside them tells it again. Pure.

A last word that was made by its template (T-07) has a paragraph for each thing that readers wait
for, with a lead of its own ("*Your data.*"). It is known by those leads, whoever changed the words
since; where something else stands below a lead, it is told in a row as ever.
"""

import re
from collections.abc import Mapping
from functools import cache

from tocsin.disclosure import library
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.wording import BLANK

TEMPLATE = library.template("T-07")
LEAD = re.compile(r"(?:\[optional: )?(\*[^*]+\*)")
WORD = re.compile(r"\w+")
DATA, CAUSE = "data_statement", "cause_plain"


def tells(body: str, language: str, name: str, answer: str) -> bool:
    """Whether the paragraph for a blank of the template ("lingering") holds an answer to it."""
    said = _plain(answer)
    return bool(said) and f" {said} " in f" {_paragraph(body, language, name)} "


def tells_of_data(body: str, language: str, data: DataStatement) -> bool:
    """Whether the paragraph on their data says what the fact beside the words says."""
    told = _paragraph(body, language, DATA)
    if not told:
        return False
    of_each = _of_each(language)
    own = of_each.pop(data, ())
    if own:
        return all(piece in told for piece in own)
    # It is in the author's own words, unless those are the template's for something else.
    return not any(all(piece in told for piece in other) for other in of_each.values())


@cache
def _leads(language: str) -> Mapping[str, str]:
    """How the paragraph begins that holds each blank."""
    text = TEMPLATE.text(language)
    leads: dict[str, str] = {}
    for paragraph in text.paragraphs:
        if lead := LEAD.match(paragraph):
            names = BLANK.findall(paragraph)
            names += [inner for name in names for inner in _inside(text.choices.get(name, {}))]
            leads |= dict.fromkeys(names, _plain(lead[1]))
    return leads


def _inside(options: Mapping[str, str]) -> list[str]:
    return [name for option in options.values() for name in BLANK.findall(option)]


def _of_each(language: str) -> dict[str, tuple[str, ...]]:
    """What the template says by itself of their data, by what became of them."""
    options = TEMPLATE.text(language).choices[DATA]
    pieces = {name: BLANK.split(text)[::2] for name, text in options.items()}
    plain = {name: tuple(filter(None, map(_plain, told))) for name, told in pieces.items()}
    return {name: told for name, told in plain.items() if told}


def _paragraph(body: str, language: str, name: str) -> str:
    lead = _leads(language).get(name)
    if not lead:
        return ""
    paragraphs = (_plain(paragraph) for paragraph in body.split("\n\n"))
    return next((told for told in paragraphs if told.startswith(f"{lead} ")), "")


def _plain(text: str) -> str:
    """Words alone, whatever typography and Markdown made of what stands around them."""
    return " ".join(WORD.findall(text.casefold()))
