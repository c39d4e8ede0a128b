"""The pictures of a page with three languages: a word in two of them, and owed in the third."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import time_machine

if TYPE_CHECKING:
    from tests.screenshots import Studio
    from tocsin.statements.values import Layer

SLUG = "vauban"
Told = dict[str, tuple[str, str, str]]
PARTS: dict[str, Told] = {
    "Paiement": {
        "fr": ("Paiement", "le paiement", "payer"),
        "de": ("Bezahlung", "die Bezahlung", "bezahlen"),
        "en": ("Payment", "payment", "pay"),
    },
    "Choix des places": {
        "fr": ("Choix des places", "le choix des places", "choisir vos places"),
        "de": ("Platzwahl", "die Platzwahl", "Plätze wählen"),
        "en": ("Choosing seats", "the choice of seats", "choose your seats"),
    },
    "Billets mobiles": {
        "fr": ("Billets mobiles", "l’envoi des billets", "recevoir vos billets"),
        "de": ("Mobile Tickets", "der Versand der Tickets", "Ihre Tickets erhalten"),
        "en": ("Mobile tickets", "the sending of tickets", "receive your tickets"),
    },
    "Mon compte": {
        "fr": ("Mon compte", "la connexion", "vous connecter"),
        "de": ("Mein Konto", "die Anmeldung", "sich anmelden"),
        "en": ("My account", "sign-in", "sign in"),
    },
}
NAMES = {
    "de": "Kartenzahlungen werden abgelehnt",
    "en": "Card payments are refused",
}


def shoot(studio: "Studio", traveller: time_machine.Traveller) -> None:
    """Tell the page's half hour up to the studio's time, and take its pictures."""
    incident = _told(studio.now)
    traveller.move_to(studio.now)
    here = studio.url.replace("127.0.0.1", f"{SLUG}.localhost")
    studio.shoot("page-german", f"{here}/de/", color_scheme="light")
    studio.shoot("page-to-follow", f"{here}/en/", color_scheme="light")
    studio.shoot("translate", f"/console/incidents/{incident}/translate/2/en")


def _told(now: datetime) -> str:
    from tocsin.catalogue.tree import State
    from tocsin.disclosure.phases import Phase
    from tocsin.disclosure.posture import Certainty, Posture
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import word
    from tocsin.statements.word import Saying
    from tocsin.worker import lanes
    from tocsin.worker.due import WORDS

    at = now - timedelta(minutes=27)
    incident = word.declare(
        _opened(now - timedelta(days=40)),
        title="Les paiements par carte sont refusés",
        components={"paiement": State.MAJOR},
        started_at=at - timedelta(minutes=6),
        names=NAMES,
        by=TERMINAL,
        at=at,
    ).incident_id
    found = Saying(
        phase=Phase.IDENTIFIED,
        posture=Posture.CHANGE,
        certainty=Certainty.VERIFIED,
        layers=_what_was_found(),
    )
    word.say(incident, found, by=TERMINAL, at=now - timedelta(minutes=8))
    lanes.drain(WORDS, now)
    return incident


def _opened(at: datetime) -> str:
    """The page and its parts; its id."""
    from tocsin.catalogue import shelf
    from tocsin.journal.actors import TERMINAL

    page = shelf.open_page(
        name="Vauban Billets",
        slug=SLUG,
        languages=("fr", "de", "en"),
        time_zone="Europe/Zurich",
        by=TERMINAL,
        at=at,
    )
    for name, said in PARTS.items():
        words = {
            code: dict(zip(("name", "function", "can_do"), told, strict=True))
            for code, told in said.items()
        }
        shelf.add_component(page.id, name=name, words=words, by=TERMINAL, at=at)
    return page.id


def _what_was_found() -> "dict[str, Layer]":
    """In two of the page's three languages: the third follows."""
    from tocsin.statements.values import Layer

    return {
        "fr": Layer(
            headline="Les paiements par carte sont refusés ; nous annulons une modification",
            body="Une modification de ce matin fait échouer la dernière étape du paiement. "
            "Nous l’annulons, serveur par serveur. Aucune carte n’est débitée.",
            who="environ une commande sur deux",
            still_works="Le choix des places et les billets déjà achetés",
            workaround="Vos places restent réservées une heure de plus.",
            cause="Une modification que nous avons faite ce matin",
        ),
        "de": Layer(
            headline="Kartenzahlungen werden abgelehnt; wir nehmen eine Änderung zurück",
            body="Eine Änderung von heute Morgen lässt den letzten Schritt der Bezahlung "
            "scheitern. Wir nehmen sie zurück, Server für Server. Keine Karte wird belastet.",
            who="etwa jede zweite Bestellung",
            still_works="Die Platzwahl und bereits gekaufte Tickets",
            workaround="Ihre Plätze bleiben eine Stunde länger reserviert.",
            cause="Eine Änderung, die wir heute Morgen gemacht haben",
        ),
    }
