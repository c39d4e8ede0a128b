"""The sentences by which the lexicons' authors test a coach, and what they expect of it."""

import pytest

from tocsin.catalogue.tree import State
from tocsin.disclosure import library
from tocsin.disclosure.coach import reviewing
from tocsin.disclosure.coach.values import Component, Context, Findings, Kind, Level
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.wording import TEMPLATES_OF

# What a correction says of a former word: facts retold, "no data was lost" among them, which
# somebody else reads before it goes out, in a correction as in any other word.
RETOLD = {"T-16-wrong", "T-16-correct"}
OUT = (Component("Checkout", state=State.MAJOR),)


def reviewed(text: str, language: str, moment: str, **told: object) -> Findings:
    at = {"kind": Kind.SECURITY} if moment == "security" else {"phase": Phase(moment)}
    return reviewing.review(text, Context(language=language, **{**at, **told}))  # type: ignore[arg-type]


SENTENCES = [
    ("This incident has been resolved.", "en", "resolved", {"en-emp-05": "block"}),
    (
        (
            "Sign-in has failed for about 40 % of European customers since 09:12 UTC. API keys "
            "still work. Next update by 09:50 UTC."
        ),
        "en",
        "investigating",
        {},
    ),
    (
        "An engineer deleted the wrong database; this will never happen again.",
        "en",
        "account",
        {"en-bla-03": "warn", "en-abs-01": "block"},
    ),
    (
        (
            "A change we made at 14:02 UTC deleted invoices created that day. We have restored "
            "98 % and are contacting the 41 customers concerned."
        ),
        "en",
        "identified",
        {},
    ),
    (
        "We expect to be back up in 10 minutes.",
        "en",
        "investigating",
        {"en-abs-05": "block"},
    ),
    ("Sorry if you were affected.", "en", "resolved", {"en-pas-06": "warn"}),
    ("Our change caused this, and putting it right is on us.", "en", "resolved", {}),
    (
        (
            "Suite à un incident technique indépendant de notre volonté, certains utilisateurs "
            "ont pu rencontrer quelques perturbations. Nous vous prions de nous excuser pour la "
            "gêne occasionnée."
        ),
        "fr",
        "resolved",
        {
            "fr-bla-09": "warn",
            "fr-min-01": "warn",
            "fr-min-06": "hint",
            "fr-min-11": "warn",
            "fr-min-18": "warn",
            "fr-pas-10": "warn",
        },
    ),
    (
        (
            "La connexion échoue pour environ un client sur trois depuis 9 h 12 (heure de Paris). "
            "L'application mobile fonctionne. Prochain point au plus tard à 9 h 50."
        ),
        "fr",
        "investigating",
        {},
    ),
    (
        "Rien n'indique que vos données aient été consultées, et cela ne se reproduira plus.",
        "fr",
        "security",
        {"fr-abs-10": "review", "fr-abs-01": "block"},
    ),
    (
        "La panne d'OVH est à l'origine de nos difficultés techniques.",
        "fr",
        "investigating",
        {"fr-bla-10": "warn", "fr-pas-10": "warn"},
    ),
]


@pytest.mark.parametrize(("text", "language", "moment", "expected"), SENTENCES)
def test_the_coach_says_of_each_sentence_what_its_authors_expect(
    text: str, language: str, moment: str, expected: dict[str, str]
) -> None:
    found = reviewed(text, language, moment).findings

    assert {one.rule: one.level.value for one in found} == expected
    assert all(text[one.start : one.end] == one.text for one in found)


def test_disturbances_are_too_weak_a_word_for_what_is_out() -> None:
    found = reviewed("Quelques perturbations.", "fr", "resolved", components=OUT).findings

    assert {one.rule for one in found} == {"fr-min-18", "fr-eup-02"}


def test_an_outage_is_no_word_for_what_is_merely_slow() -> None:
    slow = (Component("Checkout", state=State.DEGRADED),)

    said = [reviewed("An outage since 09:12 UTC.", "en", "holding", components=c) for c in (slow,)]

    assert [one.rule for found in said for one in found.findings] == ["en-eup-01"]
    assert not reviewed("An outage since 09:12 UTC.", "en", "holding", components=OUT).findings
    assert not reviewed("An outage since 09:12 UTC.", "en", "holding").findings


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", sorted(set(library.every_key()) - RETOLD))
def test_no_template_of_ours_is_stopped(key: str, language: str) -> None:
    template = library.template(key).text(language)
    chosen = [words for options in template.choices.values() for words in options.values()]
    lines = [template.headline, *template.paragraphs, *chosen]
    moments = [phase for phase, keys in TEMPLATES_OF.items() if key in keys] or [Phase.RESOLVED]

    stopped = [
        (moment, one.rule, one.text)
        for moment in moments
        for line in lines
        for one in reviewed(line, language, moment.value).findings
        if one.level in (Level.BLOCK, Level.REVIEW)
    ]

    assert stopped == []


# What sounded a false alarm once, and must not again.
CLEAN = [
    ("A route leak at a network that we depend on kept part of Asia from us.", "en", "LEG"),
    ("We run this service and we let you down for 40 minutes.", "en", "EUP"),
    ("This was made possible by a missing limit.", "en", "MIN"),
    ("La connexion échoue toujours pour un client sur trois.", "fr", "ABS"),
    ("We will tell you by {next_soon_glitch}.", "en", "MIN"),
    ("The message reads “human error 502” and can be ignored.", "en", "BLA"),
    ("Use `shard-retry --glitch` meanwhile.", "en", "MIN"),
    ("See https://status.example/glitch/oops for more.", "en", "TON"),
    ("San Francisco is back. Parcels for the other 85 tenants follow at 15:00.", "en", "JAR"),
    ("Anyone with a ticket for Monday can come on Tuesday.", "en", "OPS"),
    ("The lift cannot be repaired until Monday.", "en", "OPS"),
    ("Give your name at the desk, or by calling the help desk.", "en", "OPS"),
    ("We have ruled out the router and look at the cable next.", "en", "ABS"),
    ("Only one of the two lifts works, for several hours more.", "en", "MIN"),
    ("Calls to other networks fail on the bank holiday.", "en", "JUS"),
    ("We told the regulator of a loss of keys; they were stolen on Tuesday.", "en", "BLA"),
    ("We suspect the cable under the platform.", "en", "LEG"),
    ("The system is back, and search with it: 40 letters went out twice.", "en", "EMP"),
    ("Our engineers replace the pump at the mill and look for the second leak.", "en", "EMP"),
    ("Whoever was signed in at 09:12 was signed out.", "en", "BLA"),
    ("Some of you were signed out at 09:12.", "en", "BLA"),
    ("You should have heard from us at 09:30.", "en", "BLA"),
    ("We are in the process of moving your files.", "en", "PAS"),
    ("Too many people ignored the letter of 4 May.", "en", "LEG"),
    ("Quiconque était connecté à 9 h 12 a été déconnecté.", "fr", "BLA"),
    ("Aucune ambulance n'a pu être appelée de 16 h 05 à 16 h 45.", "fr", "MIN"),
    ("C'est ainsi que 340 factures sont parties fausses.", "fr", "JUS"),
    ("Les personnes concernées ont reçu une lettre.", "fr", "PAS"),
    ("Nous avons publié par erreur la liste des électeurs.", "fr", "PAS"),
    ("Il suffit de présenter votre carte à l'accueil.", "fr", "OPS"),
    ("La pompe sera remplacée lundi.", "fr", "OPS"),
    ("Le code de l'immeuble a changé ; votre gardien vous donne le nouveau.", "fr", "OPS"),
    ("Aux heures de pointe, il n'y a plus d'eau dans le reste du quartier.", "fr", "TON"),
    ("Comme tous les mardis, le courant dans la rue est coupé une heure.", "fr", "JUS"),
    ("L'eau revient à 15 h 30.", "fr", "BLA"),
    ("Nous sommes revenus à la version d'hier et les pages s'ouvrent.", "fr", "EMP"),
    ("Des numéros de carte volés chez nous sont publiés.", "fr", "LEG"),
]


@pytest.mark.parametrize(("text", "language", "group"), CLEAN)
def test_what_sounded_a_false_alarm_is_left_alone(text: str, language: str, group: str) -> None:
    slow = (Component("Search", state=State.DEGRADED),)

    found = reviewed(text, language, "resolved", components=slow).findings

    assert [one for one in found if one.group == group] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Prochain point au plus tard à 12:07 UTC.", "fr"),
        ("What you may see. Payments are refused at the last step.", "en"),
        ("Some of you may find that the checkout does not work as it should.", "en"),
    ],
)
def test_what_our_own_templates_say_of_an_outage_is_no_euphemism(text: str, language: str) -> None:
    found = reviewed(text, language, "identified", components=OUT).findings

    assert [one.rule for one in found if one.group == "EUP"] == []
