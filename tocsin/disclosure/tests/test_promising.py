"""What a promise is refused for, and what it is not."""

import pytest

from tocsin.disclosure import promising


def faults(action: str, done_when: str, owner: str = "on-call", *, language: str = "en") -> str:
    return " ".join(promising.faults(action, done_when, owner, language=language))


@pytest.mark.parametrize(
    ("language", "action"),
    [
        ("en", "Improve the monitoring of checkout"),
        ("en", "Investigate why the bank refuses cards"),
        ("en", "Be more careful with certificates"),
        ("fr", "Améliorer la surveillance du paiement"),
        ("fr", "Faire plus attention aux certificats"),
        ("de", "Vorsichtiger mit Zertifikaten umgehen"),
    ],
)
def test_a_wish_needs_an_end(language: str, action: str) -> None:
    assert "never ends" in faults(action, "", language=language)
    assert "never ends" in faults(action, action.lower(), language=language)


@pytest.mark.parametrize(
    ("language", "action", "done_when"),
    [
        ("en", "Improve the monitoring", "a card refused twice in a minute rings the phone"),
        ("en", "Renew certificates 30 days ahead", "no certificate has fewer than 30 days left"),
        ("fr", "Alerter sur les cartes refusées", "deux refus en une minute font sonner"),
        ("fr", "Renouveler les certificats", "aucun certificat n'expire dans les 30 jours"),
        ("de", "Zertifikate früher erneuern", "kein Zertifikat läuft in 30 Tagen ab"),
        ("nl", "De certificaten eerder vernieuwen", "geen enkel is ouder"),
    ],
)
def test_what_ends_and_can_be_seen_is_a_promise(language: str, action: str, done_when: str) -> None:
    assert faults(action, done_when, language=language) == ""


def test_an_end_is_something_that_can_be_looked_at() -> None:
    assert "cannot be looked at" in faults("Add an alarm", "all good")
    assert "a wish again" in faults("Add an alarm", "the team is trying")
    assert "how we will know" in faults("Add an alarm", "")


def test_it_begins_with_a_verb_and_belongs_to_a_role() -> None:
    assert "Begin with a verb" in faults("The alarm rings", "it rings within 1 minute")
    assert "Begin with a verb" in faults("Nous ajoutons", "elle sonne en 1 minute", language="fr")
    assert "a role" in faults("Add an alarm", "it rings within 1 minute", owner=" ")
    assert "Make two of it" in faults("Add " + "an alarm " * 30, "it rings within 1 minute")
    assert faults("", "").startswith("Say what is done")
