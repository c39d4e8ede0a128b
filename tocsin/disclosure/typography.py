"""How a language sets its words: spaces before French double marks, "de" and "le" as one word."""

from tocsin.catalogue import languages


def set_in(language: str, text: str) -> str:
    """Keep a mark with the word it belongs to; English is left as it is."""
    for pattern, put in languages.of(language).typography:
        text = pattern.sub(put, text)
    return text


def contracted(language: str, before: str, noun: str) -> tuple[str, str]:
    """What stands before a noun, and the noun, where the language makes one word of two."""
    for word, article, put in languages.of(language).contracted:
        if before.endswith(f" {word} ") and noun.startswith(f"{article} "):
            return before.removesuffix(f"{word} "), put + noun.removeprefix(article)
    return before, noun
