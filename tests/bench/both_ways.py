"""The two ways of sending one notice to many readers; imported once Django is set up."""

import time
from datetime import UTC, datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from tests.cast import a_page, an_incident, later
from tocsin.announcements import importing, ledger, message
from tocsin.announcements.models import Announcement, Delivery
from tocsin.catalogue import shelf
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.page.models import Live
from tocsin.statements import word
from tocsin.statements.published import Publication
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

NOTICE = Layer(
    headline="Checkout is failing for about one customer in three",
    body=(
        "Card payments are refused at the last step since 09:12 UTC. Nobody has been charged "
        "twice.\n\nWe are taking back a change to the card gateway, route by route, and watch "
        "each one for five minutes before the next."
    ),
    who="About 34 % of customers in Europe paying by card",
    still_works="Browsing, carts, sign-in, bank transfers, wallets, orders already placed",
    workaround="Pay by wallet or transfer; your cart is kept for 48 hours",
)


def a_notice(count: int) -> Publication:
    """A full word, live, and so many readers who wait for it."""
    page = a_page()
    rows = [
        {"email": f"reader{number}@linden.example", "consented_at": "2024-05-01"}
        for number in range(count)
    ]
    importing.import_rows(page.id, rows, by=TERMINAL, at=later(-60))
    spoken = an_incident(page)
    saying = Saying(phase=Phase.IDENTIFIED, layers={"en": NOTICE, "fr": NOTICE})
    # The first word is let go by: this is about one notice to everybody.
    said = word.say(spoken.incident_id, saying, by=TERMINAL, at=later(1)).publication
    _let_go_by(spoken.publication)
    _go_live(said)
    return said


def _let_go_by(first: Publication) -> None:
    Announcement.objects.create(
        publication_id=first.id,
        audience_id=first.audience_id,
        number=first.number,
        about=first.incident_id or first.id,
        published_at=first.published_at,
        begun_at=first.published_at,
        announced_at=first.published_at,
        reason=ledger.SILENT,
    )


def _go_live(said: Publication) -> None:
    Live.objects.create(
        page_id=said.page_id,
        audience_id=said.audience_id,
        place="primary",
        number=said.number,
        revision=0,
        catalogue_at=said.published_at,
        changes_at=said.published_at + timedelta(days=1),
        at=said.published_at,
        edition="bench",
    )


def announced(said: Publication) -> float:
    """Fix the audience; answers the seconds it took."""
    began = time.perf_counter()
    ledger.announce(said.published_at)
    return time.perf_counter() - began


def delivered() -> int:
    """Send to everybody; answers how many deliveries were settled."""
    done = 0
    while sent := ledger.deliver_due(later(2)):
        done += sent
    return done


def taken_once(said: Publication) -> int:
    """How many deliveries the ledger holds a receipt for."""
    return Delivery.objects.filter(publication_id=said.id, outcome="delivered").count()


def sent_by_django(said: Publication, port: int, count: int) -> float:
    """The same words Django's way; answers the seconds it took."""
    page = shelf.brand(said.page_id)
    subject, text, html = message.preview(said, page, language="en")
    blank = "." * message.TOKEN_LENGTH
    backend = EmailBackend(host="127.0.0.1", port=port, use_tls=False, use_ssl=False)
    backend.open()
    began = time.perf_counter()
    for number in range(count):
        token = f"{number:032d}"
        mail = EmailMultiAlternatives(
            subject,
            text.replace(blank, token),
            "Linden <status@linden.example>",
            [f"django{number}@linden.example"],
            connection=backend,
            headers={
                "Message-ID": f"<{number}.{datetime.now(UTC).timestamp()}@linden.example>",
                "List-Unsubscribe": f"<https://linden.example/subscribe/unsubscribe/{token}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(html.replace(blank, token), "text/html")
        mail.send()
    took = time.perf_counter() - began
    backend.close()
    return took
