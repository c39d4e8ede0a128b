"""What the pictures of owed words show: somebody reminded, and the word of a long night."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import time_machine

if TYPE_CHECKING:
    from tests.screenshots import Studio
    from tocsin.statements.word import Saying


def reminded(studio: "Studio", midway: datetime, traveller: time_machine.Traveller) -> None:
    """Whoever owes the word of 14:01 was reminded twice; and how soon the page speaks at all."""
    from tocsin.statements import nudges

    for minutes in (4.5, 9):
        studio.now = midway + timedelta(minutes=minutes)
        traveller.move_to(studio.now)
        nudges.nudge(studio.now)
    studio.shoot("words-owed", "/console/owed")
    studio.shoot("policy", "/console/policy")


def slower() -> "Saying":
    """The word after a long silence: late, and less often from now on."""
    from tocsin.disclosure.phases import Phase
    from tocsin.disclosure.posture import Certainty, Posture
    from tocsin.statements.values import Layer
    from tocsin.statements.word import Saying

    return Saying(
        phase=Phase.IDENTIFIED,
        layers={
            "en": Layer(
                headline="Cards are refused until the bank renews our certificate",
                body="The bank that carries card payments let our certificate lapse. A new one is "
                "signed, and is being installed at their end.",
                who="Everyone who pays by card",
                still_works="Bank transfer and vouchers; carts are kept",
            ),
            "fr": Layer(
                headline="Les cartes sont refusées tant que la banque n’a pas renouvelé",
                body="La banque qui achemine les paiements par carte a laissé expirer notre "
                "certificat. Un nouveau est signé ; elle l’installe.",
                who="Tous ceux qui paient par carte",
                still_works="Le virement et les bons d’achat ; les paniers sont conservés",
            ),
        },
        posture=Posture.SUPPLIER,
        certainty=Certainty.VERIFIED,
        late_reason={"en": "we were on the phone with the bank", "fr": "nous étions au téléphone"},
        long_reason={
            "en": "The bank installs overnight; nothing we say sooner would be news.",
            "fr": "La banque installe cette nuit ; rien de neuf n’est attendu avant.",
        },
    )
