"""Every word of the page is there in French too."""

import io
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import tocsin.page

HERE = Path(tocsin.page.__file__).parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def messages_in(path: Path) -> set[tuple[str | None, str]]:
    text = path.read_text("utf-8")
    code = templatize(text) if path.suffix == ".html" else text
    found = extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS)
    return {(context, said if isinstance(said, str) else said[0]) for _, said, _, context in found}


def test_every_word_of_the_page_is_said_in_french_and_none_is_left_over() -> None:
    sources = [*HERE.glob("*.py"), *HERE.glob("log/*.py"), *HERE.glob("templates/**/*.html")]
    said = {message for path in sources for message in messages_in(path)}
    with (HERE / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="fr")

    translated = {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in catalogue
        if message.id
    }

    assert said == translated
