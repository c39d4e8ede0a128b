"""Every sentence of the console exists in French: what the code says against what is written."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation import gettext, override
from django.utils.translation.template import templatize

from tocsin.console import echoes

CONSOLE = Path(__file__).resolve().parent.parent
WRITTEN = CONSOLE / "locale" / "fr" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    "pgettext": ((1, "c"), 2),
}


def sources() -> Iterator[bytes]:
    """The code, and the templates as gettext reads them."""
    for path in sorted(CONSOLE.rglob("templates/**/*.*")):
        yield templatize(path.read_text("utf-8"), origin=str(path)).encode()
    for path in sorted(CONSOLE.rglob("*.py")):
        if "tests" not in path.parts:
            yield path.read_bytes()


def said() -> set[str]:
    found = set()
    for source in sources():
        for _line, message, _comments, _context in extract(
            "python", BytesIO(source), keywords=KEYWORDS
        ):
            found |= {message} if isinstance(message, str) else {part for part in message if part}
    return found


def written() -> set[str]:
    with WRITTEN.open("rb") as file:
        ids = [message.id for message in read_po(file) if message.id]
    return {part for told in ids for part in ([told] if isinstance(told, str) else told)}


def test_every_sentence_exists_in_french() -> None:
    assert said() - written() == set()


def test_no_translation_is_left_of_what_is_no_longer_said() -> None:
    assert written() - said() == set()


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Say which component it is about.", "Dites de quel composant il s’agit."),
        (
            "The headline (English) has 91 characters; 90 is the most. Move the rest to the body.",
            (
                "Le titre (anglais) compte 91 caractères\u202f; 90 au plus. "
                "Passez le reste dans le texte."
            ),
        ),
        ("A sentence that nobody knows.", "A sentence that nobody knows."),
    ],
)
def test_a_refusal_is_said_in_the_operators_language(english: str, french: str) -> None:
    with override("fr"):
        assert echoes.echoed(english) == french
    with override("en"):
        assert echoes.echoed(english) == english


@pytest.mark.parametrize("sentence", echoes.SENTENCES)
def test_no_sentence_is_taken_for_another(sentence: str) -> None:
    told = echoes.BLANK.sub("x", sentence)

    with override("fr"):
        assert echoes.echoed(told) == gettext(sentence) % dict.fromkeys(
            echoes.BLANK.findall(sentence), "x"
        )
