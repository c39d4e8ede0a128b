"""French spaces: a double mark never starts a line."""

import pytest

from tocsin.disclosure.typography import contracted, set_in


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


@pytest.mark.parametrize(
    ("language", "before", "noun", "both"),
    [
        ("fr", "au sujet de ", "le paiement", "au sujet du paiement"),
        ("fr", "au sujet de ", "les factures", "au sujet des factures"),
        ("fr", "quant à ", "le panier", "quant au panier"),
        ("fr", "quant à ", "les comptes", "quant aux comptes"),
        ("fr", "au sujet de ", "la connexion", "au sujet de la connexion"),
        ("fr", "au sujet de ", "l’envoi", "au sujet de l’envoi"),
        ("fr", "concernant ", "le paiement", "concernant le paiement"),
        ("en", "calling about de ", "le Mans", "calling about de le Mans"),
    ],
)
def test_french_makes_one_word_of_a_preposition_and_an_article(
    language: str, before: str, noun: str, both: str
) -> None:
    assert "".join(contracted(language, before, noun)) == both
