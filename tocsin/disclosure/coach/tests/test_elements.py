"""What a word must not lack: fields first, cues second, and what the cause's side asks for."""

from dataclasses import replace

import pytest

from tocsin.disclosure.coach import cues, reviewing
from tocsin.disclosure.coach.values import Apology, Component, Context, Kind
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.disclosure.severity import Severity

AT = Context(language="en", phase=Phase.INVESTIGATING)
FRENCH = replace(AT, language="fr")
RESOLVED = replace(AT, phase=Phase.RESOLVED)
ACCOUNT = replace(AT, phase=Phase.ACCOUNT)
SECURITY = Context(language="en", kind=Kind.SECURITY)
# What answers a check in each language, and a moment at which it is asked.
ANSWERED = [
    ("next_update", AT, "Next update by 09:50 UTC.", "Prochain point au plus tard à 9 h 50."),
    ("effect", AT, "Orders fail.", "Les commandes échouent."),
    ("who", AT, "For all customers.", "Pour tous les clients."),
    ("who", AT, "For one in 3.", "Pour 12 clients."),
    ("since", AT, "Since 09:12 UTC.", "Depuis 9 h 12."),
    ("workaround", AT, "You can pay by card.", "En attendant, payez par carte."),
    ("action", AT, "We are moving traffic.", "Nous déplaçons le trafic."),
    ("certainty", replace(AT, phase=Phase.IDENTIFIED), "Confirmed.", "C'est confirmé."),
    ("lag_note", replace(AT, phase=Phase.MONITORING), "It may take a while.", "Rechargez."),
    ("end_time", RESOLVED, "It lasted until 10:00 UTC.", "Cela a duré jusqu'à 10 h 00."),
    ("data_statement", RESOLVED, "No data was lost.", "Aucune donnée perdue."),
    ("customer_action", RESOLVED, "There is nothing to do.", "Vous n'avez rien à faire."),
    ("regret", RESOLVED, "We are sorry.", "Nous sommes désolés."),
    ("responsibility", RESOLVED, "We made a mistake.", "C'est à nous de réparer."),
    ("explanation", RESOLVED, "A full disk caused it.", "Un disque plein a provoqué cela."),
    ("repair", ACCOUNT, "We restored the orders.", "Nous avons rétabli les commandes."),
    (
        "forbearance",
        ACCOUNT,
        "We will add a second check by 12 December.",
        "Nous ajouterons un contrôle d'ici le 12 décembre.",
    ),
    ("contact", RESOLVED, "Questions: support.", "Des questions ? L'assistance répond."),
    (
        "account_due",
        replace(RESOLVED, severity=Severity.SEV1),
        "We will publish a full account by 28 November.",
        "Nous publierons un compte rendu le 28 novembre.",
    ),
    (
        "still_works",
        replace(AT, severity=Severity.SEV2),
        "Payments still work.",
        "Le paiement fonctionne.",
    ),
]


def lacking(text: str, context: Context = AT) -> dict[str, str]:
    return {one.check: one.level.value for one in reviewing.review(text, context).missing}


@pytest.mark.parametrize(("check", "context", "english", "french"), ANSWERED)
def test_a_check_is_answered_by_a_cue_or_by_its_field(
    check: str, context: Context, english: str, french: str
) -> None:
    for language, cue, silence in (("en", english, "Hello."), ("fr", french, "Bonjour.")):
        told = replace(context, language=language)

        assert check in lacking(silence, told)
        assert check not in lacking(cue, told)
        assert check not in lacking(silence, replace(told, filled=frozenset({check})))


def test_every_check_of_the_table_is_there_with_a_question_in_both_languages() -> None:
    names = [check.name for check in cues.checks()]

    assert len(names) == 25
    assert all(name in cues.asking(code).prompts for name in names for code in ("en", "fr"))


def test_a_time_wants_its_zone_and_a_text_without_times_does_not() -> None:
    assert lacking("Sign-in fails since 09:12.")["time_zone"] == "block"
    assert "time_zone" not in lacking("Sign-in fails since 09:12 UTC, more at 10:00.")
    assert "time_zone" not in lacking("Sign-in fails since 09:12+01:00.")
    assert "time_zone" not in lacking("Sign-in fails since this morning.")
    assert lacking("La connexion échoue depuis 9 h 12, et le panier.", FRENCH)["time_zone"]
    assert "time_zone" not in lacking("Depuis 9 h 12 (heure de Paris), cela échoue.", FRENCH)
    assert "time_zone" not in lacking("La panne a duré 2 h.", FRENCH)


def test_a_time_is_no_count_of_customers() -> None:
    assert "who" in lacking("Sign-in fails since 09:12 UTC on 26 November, for 20 minutes.")
    assert "who" not in lacking("Sign-in fails for 40 % since 09:12 UTC.")


def test_an_estimate_wants_its_basis() -> None:
    estimate = "It will be back in 2 to 3 hours."

    assert lacking(estimate, replace(AT, phase=Phase.IDENTIFIED))["estimate_basis"] == "block"
    assert "estimate_basis" not in lacking(f"{estimate} Based on 400 GB at the current rate.")
    assert "estimate_basis" not in lacking("Sign-in fails.")


def test_a_body_is_short_while_it_lasts_and_so_are_its_sentences() -> None:
    assert lacking("word " * 91)["length"] == "hint"
    assert "length" in lacking("word " * 26 + ".")
    assert "length" not in lacking(("word " * 22 + ". ") * 4)
    assert "length" not in lacking("word " * 91, RESOLVED)


def test_a_post_that_repeats_one_of_the_two_before_it_is_told() -> None:
    post = "Sign-in fails for one customer in three and we are moving it to another region."
    others = ("Something else entirely.", "And more of it, too.")

    assert lacking(post, replace(AT, previous=(post, "Else.")))["near_duplicate"] == "warn"
    assert "near_duplicate" in lacking(post + " Still.", replace(AT, previous=(post,)))
    assert "near_duplicate" not in lacking(post, replace(AT, previous=(post, *others)))
    # Over the longer text: what adds as much again is new.
    assert "near_duplicate" not in lacking(post + " word" * 8, replace(AT, previous=(post,)))


def test_a_title_says_what_customers_know() -> None:
    parts = (Component("kube-ingress", "the shop"), Component("Checkout", "checkout"))
    told = replace(AT, components=parts)

    assert lacking("Fails.", replace(told, title="kube-ingress fails"))["title_effect"] == "warn"
    assert "title_effect" not in lacking("Fails.", replace(told, title="Checkout fails"))
    assert "title_effect" in lacking("Fails.", replace(told, title="x" * 91))
    assert "title_effect" not in lacking("Fails.", told)


def test_a_security_notice_is_dated_and_says_what_to_do() -> None:
    asked = lacking("We are sorry.", SECURITY)

    assert {asked[name] for name in ("date_in_title", "data_statement", "customer_action")} == {
        "block"
    }
    dated = replace(SECURITY, title="Security notice of 26 November 2026")
    assert "date_in_title" not in lacking("We are sorry.", dated)


def test_an_apology_is_weighed_by_what_it_has() -> None:
    whole = (
        "A change we made stopped sign-in because it filled a disk. You could not sign in from "
        "09:12 to 10:00 UTC, and we are sorry. We restored every order. We will test such changes "
        "on a copy by 12 December."
    )

    assert reviewing.review(whole, RESOLVED).apology == Apology(9, 9, ())
    assert reviewing.review("We are sorry.", RESOLVED).apology == Apology(
        1, 9, ("responsibility", "repair", "explanation", "forbearance", "harm")
    )
    assert reviewing.review("We are sorry.", AT).apology is None


@pytest.mark.parametrize(
    ("posture", "text", "asked"),
    [
        (Posture.CHANGE, "Over.", "forbearance"),
        (Posture.DESIGN, "Over.", "forbearance"),
        (Posture.UNKNOWN, "Over.", "forbearance"),
        (Posture.UNKNOWN, "It failed because of a disk.", "no_cause_yet"),
        (Posture.SUPPLIER, "Over.", "fallback"),
        (Posture.ATTACK, "We are sorry. Please change your password.", "customer_action_first"),
        (Posture.ACCIDENT, "Over.", "action"),
    ],
)
def test_the_side_of_the_cause_says_what_else_is_asked(
    posture: Posture, text: str, asked: str
) -> None:
    assert lacking(text, replace(RESOLVED, posture=posture))[asked] == "warn"
    assert asked not in lacking(text, RESOLVED)


def test_what_the_side_of_the_cause_asks_for_can_be_answered() -> None:
    def asked(text: str, posture: Posture, certainty: Certainty | None = None) -> set[str]:
        told = replace(RESOLVED, posture=posture, certainty=certainty)
        return set(lacking(text, told)) & {
            *("forbearance", "fallback", "customer_action_first", "action", "no_cause_yet")
        }

    assert not asked("We will test it on a copy by 12 December.", Posture.CHANGE)
    assert not asked("We switched to another provider.", Posture.SUPPLIER)
    assert not asked("Please change your password. We are sorry.", Posture.ATTACK)
    assert not asked("We restored every order.", Posture.ACCIDENT)
    said = "It failed because of a disk. We will add one by 12 December."
    assert not asked(said, Posture.UNKNOWN, Certainty.VERIFIED)


@pytest.mark.parametrize("certainty", [Certainty.UNKNOWN, Certainty.SUSPECTED])
@pytest.mark.parametrize("phase", [Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING])
@pytest.mark.parametrize(
    ("language", "fact", "owned_up"),
    [
        (
            "en",
            "Sign-in fails. It was caused by a lost route.",
            "Sign-in fails. We believe that it was caused by a lost route, not yet confirmed.",
        ),
        (
            "fr",
            "La connexion échoue. La panne est provoquée par une route perdue.",
            "La connexion échoue. Elle est probablement provoquée par une route perdue.",
        ),
    ],
)
def test_only_a_verified_cause_is_told_as_a_fact(
    language: str, fact: str, owned_up: str, phase: Phase, certainty: Certainty
) -> None:
    told = Context(language=language, phase=phase, certainty=certainty)

    assert lacking(fact, told)["no_cause_yet"] == "warn"
    assert "no_cause_yet" not in lacking(owned_up, told)
    assert "no_cause_yet" not in lacking(fact, replace(told, certainty=Certainty.VERIFIED))
    assert "no_cause_yet" not in lacking(fact, replace(told, certainty=None))


def test_a_cause_stands_beside_its_own_doubt_and_an_estimate_on_its_basis() -> None:
    told = Context(language="en", phase=Phase.IDENTIFIED, certainty=Certainty.SUSPECTED)
    apart = "It was caused by a lost route. We are not yet certain of the rest."
    estimate = "*How long.* Between 10:30 UTC and 11:30 UTC, because 400 GB remain."

    assert "no_cause_yet" in lacking(apart, told)
    assert "no_cause_yet" not in lacking(estimate, told)


ACCOUNTS = {
    "en": """
## 5. What happened

A disk was full.

## 6. What made it possible

{{Conditions, in several parts}}

## 8. What we are changing

| Action | By |
|---|---|
| Watch the disks | 12 December 2026 |
""",
    "fr": """
## 3. Vos données

Rien n’en a été touché.

## 6. Ce qui l’a rendu possible

Personne ne regardait les disques.

## 8. Ce que nous changeons

Nous ferons mieux.
""",
}


def test_an_account_answers_below_its_headings_in_a_table_too() -> None:
    lacking = {one.check for one in reviewing.review(ACCOUNTS["en"], ACCOUNT).missing}

    assert "forbearance" not in lacking, "the table says what, and by when"
    assert "explanation" in lacking, "what is left to be written answers nothing"
    assert "data_statement" in lacking, "nor does a heading that is not there"


def test_better_intentions_without_a_day_are_no_change_below_a_heading_either() -> None:
    account = replace(FRENCH, phase=Phase.ACCOUNT)
    lacking = {one.check for one in reviewing.review(ACCOUNTS["fr"], account).missing}

    assert "forbearance" in lacking
    assert "explanation" not in lacking
    assert "data_statement" not in lacking


def test_headings_answer_in_an_account_alone() -> None:
    lacking = {one.check for one in reviewing.review(ACCOUNTS["fr"], RESOLVED).missing}

    assert "explanation" in lacking
