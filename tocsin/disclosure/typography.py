"""How a language sets its words: the spaces that French puts before its double marks."""

import re

NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"

# Not before Markdown's image mark, "![".
BEFORE_HIGH_MARKS = re.compile(r"(?<=\S) (?=[;?!](?!\[))")
BEFORE_COLON = re.compile(r"(?<=\S) (?=:)")
INSIDE_QUOTES = re.compile(r"(?<=«) | (?=»)")


def set_in(language: str, text: str) -> str:
    """Keep a mark with the word it belongs to; English is left as it is."""
    if language != "fr":
        return text
    text = BEFORE_HIGH_MARKS.sub(NARROW, text)
    return INSIDE_QUOTES.sub(NO_BREAK, BEFORE_COLON.sub(NO_BREAK, text))
