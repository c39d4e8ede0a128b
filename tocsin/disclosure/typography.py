"""How a language sets its words: the spaces that French puts before its double marks."""

from tocsin.catalogue import languages


def set_in(language: str, text: str) -> str:
    """Keep a mark with the word it belongs to; English is left as it is."""
    for pattern, put in languages.of(language).typography:
        text = pattern.sub(put, text)
    return text
