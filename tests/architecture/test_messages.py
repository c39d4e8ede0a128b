"""Translations: compiled from the text beside them, complete, and none of them a guess."""

import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.architecture.house import PACKAGE, ROOT

STRAIGHT = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
OTHER_MAIL = re.compile(r"e-mail|\bmails?\b|adresse électronique", re.IGNORECASE)
WRITTEN = sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po"))


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def compiled(path: Path) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalogue(path))
    return out.getvalue()


def test_what_is_compiled_is_what_is_written() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path in WRITTEN
        if not path.with_suffix(".mo").exists()
        or path.with_suffix(".mo").read_bytes() != compiled(path)
    ]

    assert stale == [], "run: make messages"


def test_every_message_is_translated_and_none_is_guessed() -> None:
    lacking = [
        (path.parts[-5], message.id)
        for path in WRITTEN
        for message in catalogue(path)
        if message.id and (message.fuzzy or not all(_strings(message)))
    ]

    assert lacking == []


def test_a_translation_keeps_the_placeholders() -> None:
    faults = [
        (path.parts[-5], message.id, str(error))
        for path in WRITTEN
        for message, errors in catalogue(path).check()
        for error in errors
    ]

    assert faults == []


def test_french_sets_its_apostrophes() -> None:
    straight = [
        (path.parts[-5], said)
        for path in WRITTEN
        if path.parts[-3] == "fr"
        for message in catalogue(path)
        for said in (_strings(message) if message.id else ())
        if STRAIGHT.search(said)
    ]

    assert straight == []


def test_french_has_one_word_for_mail() -> None:
    """A courriel, as in the templates; "email" alone is the name of a column or a field."""
    others = [
        (path.parts[-5], said)
        for path in WRITTEN
        if path.parts[-3] == "fr"
        for message in catalogue(path)
        for said in (_strings(message) if message.id else ())
        if OTHER_MAIL.search(said)
    ]

    assert others == []


def _strings(message: Message) -> list[str]:
    said = message.string or ""
    return [said] if isinstance(said, str) else list(said)
