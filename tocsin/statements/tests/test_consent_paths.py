"""However a word comes to be said: where it needed somebody's consent, that somebody gave it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cast import NOON, a_page, an_operator, later
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL, Actor, ActorKind
from tocsin.people import access
from tocsin.people.access import NotAllowed
from tocsin.people.models import Operator, Role
from tocsin.statements import (
    answers,
    corrections,
    fallback,
    policies,
    publication,
    translation,
    word,
)
from tocsin.statements.corrections import Amending, CannotCorrect
from tocsin.statements.drafting import Overtaken
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.models import ClearanceKind, Publication
from tocsin.statements.translation import CannotTranslate
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

ASKS_LEGAL = """\
clearance:
  sev1:
    words: legal
    within: 15m
  security:
    words: legal
    within: 15m
"""
CAUSE = "A change of ours broke the checkout at 12:04."
TYPED = {"en": Layer("Checkout is failing", CAUSE)}
FRENCH = Layer("Le paiement est en panne", CAUSE)
# Refusals that any door shows; what was refused published nothing.
REFUSED: tuple[type[Exception], ...] = (
    *(NotAllowed, Overtaken, NotFitToSay, CannotCorrect, CannotTranslate),
    *(declaration.CannotDeclare, answers.CannotAnswer),
)


class House(NamedTuple):
    """The page, and everybody who tries something there. Noa was legal until an hour ago."""

    page: Brand
    olu: Operator
    ida: Operator
    lea: Operator
    noa: Operator

    @property
    def program(self) -> Actor:
        return Actor(ActorKind.SYSTEM, "alerts", "alerts")


@pytest.fixture
def house() -> House:
    page = a_page()
    policies.adopt(page.id, ASKS_LEGAL, by=TERMINAL, at=NOON)
    noa = an_operator("Noa", Role.LEGAL)
    lea = an_operator("Lea", Role.LEGAL)
    access.end_role(noa, role=Role.LEGAL, by=TERMINAL, at=NOON)
    ida = an_operator("Ida", Role.INCIDENT_LEAD)
    return House(page, an_operator("Olu", Role.RESPONDER), ida, lea, noa)


def answered(by: str) -> Callable[[House, str, datetime], None]:
    """Somebody tries to consent to everything that waits."""

    def answer(house: House, incident: str, at: datetime) -> None:
        for one in answers.waiting_of(incident):
            answers.grant(one.clearance_id, by=getattr(house, by).actor, at=at)

    return answer


def said(phase: Phase, **told: object) -> Callable[[House, str, datetime], None]:
    """Olu writes a word himself."""

    def say(house: House, incident: str, at: datetime) -> None:
        saying = Saying(phase=phase, layers=TYPED, **told)  # type: ignore[arg-type]
        word.say(incident, saying, by=house.olu.actor, at=at)

    return say


def held(house: House, incident: str, at: datetime) -> None:
    word.say(incident, Saying(phase=Phase.IDENTIFIED, layers={}), by=house.olu.actor, at=at)


def corrected(house: House, incident: str, at: datetime) -> None:
    corrections.correct(incident, Amending(layers=TYPED), by=house.ida.actor, at=at)


def translated(house: House, incident: str, at: datetime) -> None:
    translation.translate(incident, language="fr", layer=FRENCH, by=house.olu.actor, at=at)


def sent_back(house: House, incident: str, at: datetime) -> None:
    for one in answers.waiting_of(incident):
        answers.send_back(one.clearance_id, reason="No.", by=house.lea.actor, at=at)


def withdrawn(house: House, incident: str, at: datetime) -> None:
    for one in answers.waiting_of(incident):
        answers.withdraw(one.clearance_id, by=house.olu.actor, at=at)


def lapsed(house: House, incident: str, at: datetime) -> None:
    fallback.fall_back(at)


def changed(house: House, incident: str, at: datetime) -> None:
    state = {"sign-in": State.PARTIAL}
    publication.publish_state(house.page.id, state, by=house.olu.actor, at=at)


STEPS: dict[str, Callable[[House, str, datetime], None]] = {
    "says": said(Phase.IDENTIFIED),
    "says it is over": said(Phase.RESOLVED),
    "gives the account": said(Phase.ACCOUNT),
    "says it is but small": said(Phase.IDENTIFIED, severity=Severity.SEV4),
    "says it is no security": said(Phase.IDENTIFIED, is_security=False),
    "says it is security": said(Phase.IDENTIFIED, is_security=True),
    "holds": held,
    "corrects": corrected,
    "translates": translated,
    "changes a state": changed,
    "its author consents": answered("olu"),
    "a lead consents": answered("ida"),
    "who was legal consents": answered("noa"),
    "legal consents": answered("lea"),
    "legal sends it back": sent_back,
    "its author takes it back": withdrawn,
    "the deadline comes": lapsed,
}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.sampled_from(list(STEPS)), max_size=8))
@example(["says it is but small"])
@example(["says it is but small", "says"])
@example(["says it is but small", "holds", "says"])
@example(["says it is but small", "legal sends it back", "says"])
@example(["says it is but small", "its author takes it back", "the deadline comes", "says"])
@example(["says it is but small", "the deadline comes", "its author takes it back", "says"])
@example(["says it is security", "legal sends it back", "says it is no security", "says"])
@example(["says", "corrects", "legal consents", "translates", "legal consents"])
@example(["says it is over", "legal consents", "gives the account", "the deadline comes"])
@example(["says", "its author consents", "a lead consents", "who was legal consents"])
def test_no_path_publishes_a_word_that_needed_consent_and_had_none(
    house: House, steps: list[str]
) -> None:
    incident = word.declare(
        house.page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        severity=Severity.SEV1,
        by=house.olu.actor,
        at=NOON,
    ).incident_id
    for minute, step in enumerate(steps):
        with suppress(*REFUSED):
            STEPS[step](house, incident, later(20 * (minute + 1)))

    is_small = False  # as legal has cleared: from then on the policy asks nobody
    rows = Publication.objects.filter(incident_id=incident).order_by("number")
    for row in rows.select_related("clearance"):
        if CAUSE in str(row.content) and not is_small:
            assert row.clearance.kind == ClearanceKind.REVIEW, steps
            assert row.clearance.granted_by == "Lea"
            is_small = row.content["words"]["severity"] == Severity.SEV4
        else:
            assert row.clearance.kind != ClearanceKind.REVIEW or is_small
