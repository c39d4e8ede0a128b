"""Forms of words and classes of words: what a phrase is widened by."""

import pytest

from tocsin.disclosure.coach import inflecting, lexicon, reviewing
from tocsin.disclosure.coach.values import Context
from tocsin.disclosure.phases import Phase


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("overlook", "en", {"overlook", "overlooks", "overlooked", "overlooking"}),
        ("skip", "en", {"skips", "skipped", "skipping"}),
        ("unplug", "en", {"unplugged", "unplugging"}),
        ("botch", "en", {"botches", "botched", "botching"}),
        ("deny", "en", {"denies", "denied", "denying"}),
        ("forget", "en", {"forgets", "forgot", "forgotten", "forgetting"}),
        ("négliger", "fr", {"néglige", "négligeons", "négligé", "négligées", "négligeait"}),
        ("gérer", "fr", {"gère", "gérons", "gérait", "géré"}),
        ("agir", "fr", {"agit", "agissons", "agi", "agiront"}),
        ("omettre", "fr", {"omet", "omis", "omises"}),
        ("directeur", "fr", {"directeurs", "directrice", "directrices"}),
        ("fautif", "fr", {"fautifs", "fautive", "fautives"}),
        ("oublié", "fr", {"oubliés", "oubliée", "oubliées"}),
        ("passager", "fr", {"passagère", "passagers", "passagères"}),
        ("usager", "fr", {"usagers"}),
        ("ennuyeux", "fr", {"ennuyeuse", "ennuyeuses"}),
    ],
)
def test_a_word_is_met_in_every_form(word: str, language: str, expected: set[str]) -> None:
    assert expected <= set(inflecting.forms(word, language))


def test_what_ends_like_a_verb_and_is_none_has_no_forms_of_one() -> None:
    """A shop's « passage en caisse » is no small matter."""
    said = "Nous examinons un problème concernant le passage en caisse."

    found = reviewing.review(said, Context(language="fr", phase=Phase.INVESTIGATING)).findings

    assert "passage" not in inflecting.forms("passager", "fr")
    assert [one.rule for one in found if one.group == "MIN"] == []


@pytest.mark.parametrize("language", lexicon.LANGUAGES)
def test_every_class_that_a_rule_names_is_there(language: str) -> None:
    entries = [one for one in lexicon.of(language) if one.is_added]

    assert any(one.is_last for one in entries)
    for name in ("person", "team", "third", "customer", "failed", "tiny", "harm"):
        assert inflecting.widened(f"{{{name}}}", language).startswith("(")
    assert inflecting.widened("by {n} or {time}", language) == "by {n} or {time}"


def test_a_pages_own_entries_are_widened_too() -> None:
    own = (
        "lexicon: en\nentries:\n"
        '  - {id: own-bla-01, lvl: warn, m: ["the grove ~ forget+"], fix: "\'We forgot.\'"}\n'
    )
    context = Context(language="en", phase=Phase.INVESTIGATING, own=own)

    found = reviewing.review("The grove had simply forgotten the key.", context).findings

    assert "own-bla-01" in {one.rule for one in found}


@pytest.mark.parametrize(
    ("text", "language", "rule"),
    [
        ("The night clerk mixed up two lists.", "en", "en-bla-71"),
        ("Le chef d'atelier a négligé deux alertes.", "fr", "fr-bla-71"),
        ("Nos électriciennes n'avaient pas relu le plan.", "fr", "fr-bla-71"),
    ],
)
def test_who_fails_is_told_by_class_and_form(text: str, language: str, rule: str) -> None:
    found = reviewing.review(text, Context(language=language, phase=Phase.ACCOUNT)).findings

    assert rule in {one.rule for one in found}


def test_that_nobody_acts_goes_without_saying_where_more_was_found() -> None:
    context = Context(language="en", phase=Phase.ACCOUNT)

    alone = reviewing.review("Wrong assumptions were made.", context).findings
    beside = reviewing.review("Wrong assumptions were made by a careless engineer.", context)

    assert {one.group for one in alone} == {"PAS"}
    assert {one.group for one in beside.findings} == {"BLA"}
