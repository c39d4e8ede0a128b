"""A language is files: each one is whole, and nothing in the code names it."""

import tomllib
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import tocsin
from tocsin.catalogue import languages
from tocsin.disclosure import library

HERE = Path(tocsin.__file__).parent
CODES = list(languages.every())
FOR_READERS = ("page", "announcements", "subscribe")


def messages_of(folder: str, code: str) -> set[tuple[str | None, str]]:
    with (HERE / folder / "locale" / code / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {
            (message.context, message.id if isinstance(message.id, str) else message.id[0])
            for message in read_po(file, locale=code)
            if message.id
        }


@pytest.mark.parametrize("code", CODES)
def test_a_language_has_twelve_months_three_units_and_words_that_stand_in(code: str) -> None:
    language = languages.of(code)

    assert len(set(language.months)) == len(set(language.short_months)) == 12
    assert [len(unit) for unit in language.units] == [2, 2, 2]
    assert set(language.stand_in) == set(language.example) == {"function", "can_do"}


@pytest.mark.parametrize("code", CODES)
def test_a_language_says_what_it_calls_each_other(code: str) -> None:
    named = [languages.called(other, code) for other in CODES]

    assert not any("(" in naming.name + naming.in_it for naming in named)


@pytest.mark.parametrize("code", [code for code in CODES if code not in ("en", "fr")])
@pytest.mark.parametrize("folder", FOR_READERS)
def test_whatever_a_reader_is_told_is_there_in_each_language(folder: str, code: str) -> None:
    assert messages_of(folder, "fr") - messages_of(folder, code) == set()


@pytest.mark.parametrize("code", CODES)
def test_the_front_says_the_same_in_each_language(code: str) -> None:
    english, own = (
        tomllib.loads((HERE / "front" / "languages" / f"{name}.toml").read_text("utf-8"))
        for name in ("en", code)
    )

    assert {key: set(said) for key, said in own.items()} == {
        key: set(said) for key, said in english.items()
    }


@pytest.mark.parametrize("code", CODES)
def test_every_template_and_blank_is_there_in_each_language(code: str) -> None:
    keys = library.every_key()

    assert [key for key in keys if code not in library.template(key).texts] == []


def test_one_language_calls_another_by_what_its_file_says() -> None:
    assert languages.called("de", "fr").in_it == "en allemand"
    assert languages.called("en", "de").name == "Englisch"


def test_an_unknown_language_falls_back_and_is_named_by_its_code() -> None:
    assert languages.of("tlh").code == "en"
    assert languages.called("tlh", "en").name == "tlh"
