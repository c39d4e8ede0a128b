"""French spaces: a double mark never starts a line."""

import pytest

from tocsin.disclosure.typography import set_in


@pytest.mark.parametrize(
    ("plain", "french"),
    [
        ("en panne ; nous", "en panne\u202f; nous"),
        ("Vraiment ?", "Vraiment\u202f?"),
        ("Début : 09:12", "Début\u00a0: 09:12"),
        ("dire « assez » ici", "dire «\u00a0assez\u00a0» ici"),
        ("https://a.example/?b=c", "https://a.example/?b=c"),
        ("voir ![schéma](x.png)", "voir ![schéma](x.png)"),
    ],
)
def test_french_keeps_its_marks_with_their_words(plain: str, french: str) -> None:
    assert set_in("fr", plain) == french


def test_english_is_left_as_it_is() -> None:
    assert set_in("en", "Why ? : ;") == "Why ? : ;"


def test_setting_twice_changes_nothing_more() -> None:
    once = set_in("fr", "Quoi ? « Rien » : rien !")

    assert set_in("fr", once) == once
