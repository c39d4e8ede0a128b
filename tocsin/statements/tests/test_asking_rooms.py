"""The operators' room hears of words that wait: at once, in reminders, and when nobody answered."""

from dataclasses import replace
from typing import Any

import pytest

from tests.cast import NOON, a_page, an_operator, later
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Operator, Role
from tocsin.post.models import Letter
from tocsin.statements import asking_reminders, circles, fallback, policies, word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

ASKS_LEGAL = "clearance:\n  sev1:\n    words: legal\n    within: 15m\n"
CAUSE = "A change of ours broke the checkout at 12:04."
ROOMS = {
    "slack": "https://hooks.slack.com/services/T0/B0/secret",
    "teams": "https://prod-00.westeurope.logic.azure.com/workflows/a/triggers/b",
    "discord": "https://discord.com/api/webhooks/123/secret",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(settings: Any) -> Brand:
    settings.TOCSIN = replace(settings.TOCSIN, operators_chat=("slack", ROOMS["slack"]))
    page = a_page()
    policies.adopt(page.id, ASKS_LEGAL, by=TERMINAL, at=NOON)
    an_operator("Lea", Role.LEGAL)
    an_operator("Mara", Role.LEGAL)
    return page


@pytest.fixture
def olu() -> Operator:
    return an_operator("Olu", Role.RESPONDER)


def asked(page: Brand, olu: Operator, *, audience: str = "") -> str:
    """At 12:04 Olu writes a word that waits for legal until 12:19. Return the incident."""
    incident = word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        audience=audience,
        by=olu.actor,
        at=NOON,
    ).incident_id
    layers = {"en": Layer("Checkout fails", CAUSE), "fr": Layer("Le paiement échoue", CAUSE)}
    word.say(incident, Saying(Phase.IDENTIFIED, layers), by=olu.actor, at=later(4))
    return incident


def told(channel: str = "slack") -> list[str]:
    return list(
        Letter.objects.filter(channel=channel).order_by("id").values_list("text", flat=True)
    )


@pytest.mark.parametrize("channel", sorted(ROOMS))
def test_the_room_is_told_who_asks_who_can_answer_and_where(
    page: Brand, olu: Operator, settings: Any, channel: str
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, operators_chat=(channel, ROOMS[channel]))

    asked(page, olu)

    (message,) = told(channel)
    for words in ("Olu asks for consent", "Lea, Mara", "12:19 UTC", "/console/answer/"):
        assert words in message
    assert CAUSE not in message


def test_reminders_go_to_the_room_once_each(page: Brand, olu: Operator) -> None:
    asked(page, olu)

    done = [asking_reminders.remind(later(minute)) for minute in (5, 12, 12, 17, 17)]

    assert done == [0, 3, 0, 3, 0], "two people and the room, at half and at four fifths"
    assert ["still wanted" in message for message in told()] == [False, True, True]


def test_a_lapse_asks_in_the_room_anew(page: Brand, olu: Operator) -> None:
    asked(page, olu)

    fallback.fall_back(later(19))

    first, again = told()
    assert "12:19 UTC" in first
    assert "12:39 UTC" in again
    assert first != again, "each request has a link of its own"


def test_the_room_hears_that_readers_hear_nothing(page: Brand, olu: Operator) -> None:
    escalates = ASKS_LEGAL + "    falls_back: escalate\n"
    policies.adopt(page.id, escalates, by=TERMINAL, at=NOON)
    asked(page, olu)

    fallback.fall_back(later(19))

    assert sum("readers hear nothing" in message for message in told()) == 1


def test_what_a_circle_alone_knows_is_not_named_in_the_room(page: Brand, olu: Operator) -> None:
    circle = circles.open_circle(
        page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=later(-1)
    )

    asked(page, olu, audience=circle.audience)

    (message,) = told()
    assert "Checkout is failing" not in message
    assert "Known to a circle only" in message


def test_a_room_set_up_wrongly_keeps_nobody_from_being_asked(
    page: Brand, olu: Operator, settings: Any
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, operators_chat=("slack", "https://else.example/x"))

    asked(page, olu)

    assert told() == []
    assert Letter.objects.filter(channel="email").count() == 2
