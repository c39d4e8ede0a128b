"""The picture of a word that waits for consent, as whoever is asked sees it."""

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import time_machine

if TYPE_CHECKING:
    from tests.screenshots import Studio
    from tocsin.catalogue.shelf import Brand
    from tocsin.statements.word import Saying

POLICY = "clearance:\n  sev1:\n    words: legal\n    within: 15m\n"


def shoot(
    studio: "Studio", page: "Brand", incident: str, traveller: time_machine.Traveller
) -> None:
    """Olu admits what the house is liable for; Mara, who is legal, opens the link in her mail."""
    from tocsin.journal.actors import TERMINAL
    from tocsin.people import access
    from tocsin.people.models import Operator, Role
    from tocsin.statements import answers, asking_letters, policies, word

    at = studio.now + timedelta(minutes=4)
    traveller.move_to(at)
    policies.adopt(page.id, POLICY, by=TERMINAL, at=at)
    token = access.invite(
        email="mara@linden.example", name="Mara", role=Role.LEGAL, by=TERMINAL, at=at
    )
    mara = access.take_up(token, at=at)
    olu = Operator.objects.get(email="olu@linden.example").actor
    word.say(incident, _owning_up(), by=olu, at=at)
    (waiting,) = answers.waiting()
    studio.now = at
    path = urlsplit(asking_letters.link_for(waiting, mara)).path
    tall = {"width": 1160, "height": 1260}
    studio.shoot("consent", path, color_scheme="light", viewport=tall)


def _owning_up() -> "Saying":
    from tocsin.disclosure.phases import Phase
    from tocsin.disclosure.posture import Certainty, Posture
    from tocsin.statements.values import Layer
    from tocsin.statements.word import Saying

    layer = Layer(
        headline="Cards are refused, because we let a certificate lapse",
        body="We did not renew the certificate that our bank needs. We are liable for the orders "
        "that you lost this evening.\n\nA new one is signed, and is being installed.",
        who="Everyone who pays by card",
        still_works="Bank transfer and vouchers; carts are kept",
    )
    return Saying(
        phase=Phase.IDENTIFIED,
        layers={"en": layer},
        posture=Posture.DESIGN,
        certainty=Certainty.VERIFIED,
    )
