"""A last word from the template: page and mail tell each fact once, in both languages."""

import re

import pytest

from tests.cast import a_page, an_incident, later, olu
from tocsin.announcements import message
from tocsin.catalogue import shelf
from tocsin.console.tests.ground import came_in, say, text_of
from tocsin.page import html, record
from tocsin.statements import published

pytestmark = pytest.mark.django_db
OVER = {
    "phase": "resolved",
    "way": "T-07",
    "speak.en": "on",
    "speak.fr": "on",
    "since": "12:00",
    "until": "12:02",
    "certainty": "verified",
    "data_statement": "none_lost",
    "account_due": "2026-12-08",
    "contact": "help@linden.example",
    "effect.en": "cards were refused",
    "effect.fr": "les cartes étaient refusées",
    "who.en": "one customer in three",
    "who.fr": "un client sur trois",
    "total.en": "4,120 orders failed",
    "total.fr": "4 120 commandes ont échoué",
    "lingering.en": "Refunds take a day longer",
    "lingering.fr": "Les remboursements prennent un jour de plus",
    "customer_action.en": "order again",
    "customer_action.fr": "commander de nouveau",
    "cause_plain.en": "A certificate ran out",
    "cause_plain.fr": "Un certificat a expiré",
    "how.en": "every order",
    "how.fr": "chaque commande",
    "what_was_done.en": "renewed it",
    "what_was_done.fr": "renouvelé le certificat",
    "concrete_harm.en": "you could not pay",
    "concrete_harm.fr": "vous n’avez pas pu payer",
}
FACTS = {
    "en": (
        *("cards were refused", "one customer in three", "4,120 orders failed", "Refunds take"),
        *("order again", "certificate ran out", "8 December 2026", "data was lost"),
    ),
    "fr": (
        *("cartes étaient refusées", "un client sur trois", "4 120 commandes", "remboursements"),
        *("commander de nouveau", "certificat a expiré", "8 décembre 2026", "donnée n’a été"),
    ),
}


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).casefold()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_fact_once(language: str) -> None:
    page = a_page()
    incident = an_incident(page).incident_id

    said = say(came_in(olu()), incident, OVER)

    assert said.status_code == 302, text_of(said)
    story = published.story(page.audience_id, incident)
    assert story is not None
    snapshot = record.gather(shelf.brand(page.id), former=None, at=later(60))
    shown = html.incident(snapshot, language, story)
    top = plain(shown.partition("<main")[2].partition('<ol class="timeline">')[0])
    _, mail, _ = message.preview(story.last_word, shelf.brand(page.id), language=language)
    mail = plain(mail)
    for fact in FACTS[language]:
        assert top.count(fact.casefold()) == 1, (fact, top)
        assert mail.count(fact.casefold()) == 1, (fact, mail)
