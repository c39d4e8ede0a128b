"""How far a word goes along into mails and rooms, as the page's policy has it."""

import pytest

from tests.cast import NOON, a_page, an_incident, later
from tocsin.announcements import message, rooms
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.email import layout
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.journal.actors import TERMINAL
from tocsin.statements import corrections, policies, word
from tocsin.statements.corrections import Amending
from tocsin.statements.published import Publication
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

LAYER = Layer(
    headline="Checkout refuses cards",
    body="Cards are refused at the last step.",
    details="The gateway's **certificate** ended at noon.",
    workaround="Pay by transfer",
)


def told(policy: str) -> tuple[Brand, Publication]:
    page = a_page()
    policies.adopt(page.id, policy, by=TERMINAL, at=NOON)
    incident = an_incident(page, severity=Severity.SEV1).incident_id
    saying = Saying(phase=Phase.IDENTIFIED, layers={"en": LAYER}, next_word_at=later(30))
    said = word.say(incident, saying, by=TERMINAL, at=later(1)).publication
    return shelf.brand(page.id), said


def mailed(page: Brand, said: Publication) -> str:
    return message.preview(said, page, language="en")[1]


def in_a_room(page: Brand, said: Publication) -> str:
    return layout.as_text(rooms.sheet_of([said], page, "en", message.holes()))


def test_the_body_goes_along_as_usual_and_the_details_stay_on_the_page() -> None:
    page, said = told("")

    for text in (mailed(page, said), in_a_room(page, said)):
        assert "Cards are refused at the last step." in text
        assert "Pay by transfer" in text
        assert "certificate" not in text


def test_a_policy_sends_details_by_mail_and_the_headline_alone_into_rooms() -> None:
    page, said = told("layers:\n  sev1: {mail: details, chat: headline}\n")

    mail, room = mailed(page, said), in_a_room(page, said)

    assert "Cards are refused at the last step." in mail
    assert "The gateway's certificate ended at noon." in mail
    assert "Checkout refuses cards" in room
    assert "12:30 UTC" in room
    assert f"/incidents/{said.incident_id}" in room
    assert "last step" not in room
    assert "Pay by transfer" not in room


def test_a_correction_is_told_whole() -> None:
    page, said = told("layers:\n  sev1: {mail: headline, chat: headline}\n")
    assert said.incident_id is not None
    amending = Amending(
        severity=Severity.SEV2,
        wrong={"en": "all cards are refused"},
        correct={"en": "one in three is"},
    )

    put_right = corrections.correct(said.incident_id, amending, by=TERMINAL, at=later(5))

    for text in (mailed(page, put_right.publication), in_a_room(page, put_right.publication)):
        assert "one in three is" in text
