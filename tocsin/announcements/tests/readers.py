"""Readers, a page that is live, and what they were sent: builders for these tests."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.cast import NOON
from tests.hostile_smtp import HostileSmtp
from tocsin.announcements import audience, ledger
from tocsin.announcements.audience import Choice
from tocsin.announcements.readers import Subscriber
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.page.models import Live
from tocsin.statements import word
from tocsin.statements.published import Publication
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying, Spoken

BEFORE = NOON - timedelta(days=30)


def a_reader(
    page: Brand,
    address: str = "sam@reader.example",
    *,
    components: tuple[str, ...] = (),
    severity: str = "sev4",
    language: str = "en",
    at: datetime = BEFORE,
) -> Subscriber:
    """A reader who has been told of things for a month."""
    choice = Choice(components, severity, language)
    return audience.subscribe(
        page.id, address=address, choice=choice, confirmed=True, by=TERMINAL, at=at
    )


def readers(page: Brand, count: int) -> list[Subscriber]:
    return [a_reader(page, f"r{number}@reader.example") for number in range(count)]


def go_live(page: Brand, number: int, *, place: str = "primary", at: datetime = NOON) -> None:
    """The page stands at a place up to this publication."""
    Live.objects.update_or_create(
        page_id=page.id,
        audience_id=page.audience_id,
        place=place,
        defaults={
            "number": number,
            "revision": 0,
            "catalogue_at": at,
            "changes_at": at + timedelta(days=1),
            "at": at,
            "edition": "test",
        },
    )


def a_word(
    spoken: Spoken,
    text: str = "We are putting it back.",
    *,
    at: datetime,
    phase: Phase = Phase.INVESTIGATING,
) -> Publication:
    """Another word about an incident, in English and French."""
    layers = {
        "en": Layer(headline=f"Checkout is failing: {text}"[:90], body=text),
        "fr": Layer(headline=f"Le paiement échoue : {text}"[:90], body=text),
    }
    saying = Saying(phase=phase, layers=layers)
    return word.say(spoken.incident_id, saying, by=TERMINAL, at=at).publication


def tell(page: Brand, said: Publication, *, at: datetime | None = None) -> int:
    """Put a publication live, announce it, and send everything that is due."""
    when = at or said.published_at
    go_live(page, said.number, at=when)
    ledger.announce(when)
    done = 0
    while sent := ledger.deliver_due(when):
        done += sent
    return done


def mails(server: HostileSmtp) -> list[EmailMessage]:
    return [message_from_bytes(body, policy=policy.default) for _, body in server.bodies]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("html",))
    assert part is not None
    return str(part.get_content())
