"""Pictures of how a first policy comes about: the ten questions, and the sheet that is signed."""

from datetime import timedelta
from typing import TYPE_CHECKING

import time_machine

if TYPE_CHECKING:
    from tests.screenshots import Studio
    from tocsin.catalogue.shelf import Brand

TEN = """\
field: software
country: FR
customers: firms
admission: liability
notice: 15m
insurer: liability
regimes: [gdpr, nis2]
night: one
reviewers: [incident_lead, legal]
languages: later
"""
TALL = {"width": 1160, "height": 1240}


def shoot(studio: "Studio", page: "Brand", traveller: time_machine.Traveller) -> None:
    """The questions as they are answered; then a policy that a lawyer signed a year ago."""
    from tocsin.disclosure.sheet import Side
    from tocsin.disclosure.starting import answers, drafting
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import policies, sheets

    studio.shoot("policy-start", "/console/policy/start", color_scheme="light", viewport=TALL)
    at = studio.now + timedelta(minutes=1)
    traveller.move_to(at)
    written = drafting.written(answers.read(TEN), "en")
    kept = policies.adopt(page.id, written, by=TERMINAL, at=at)
    sheets.sign(
        page.id,
        side=Side.LAWYER,
        name="Mara Lindqvist",
        number=kept.number,
        on=at.date(),
        by=TERMINAL,
        at=at,
    )
    studio.now = at
    studio.shoot("policy-sheet", "/console/policy/sheet", color_scheme="light", viewport=TALL)
