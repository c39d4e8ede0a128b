"""Ten questions on a screen: what they write is shown, and adopted by the step that there is."""

import re
from html import unescape

import pytest

from tests.cast import a_page, ada, olu
from tocsin.console.tests.ground import came_in, text_of
from tocsin.disclosure.starting import answers, drafting
from tocsin.people import access
from tocsin.statements import policies

pytestmark = pytest.mark.django_db

START = "/console/policy/start"
TEN = {
    "field": "banking",
    "country": "FR",
    "customers": "people",
    "admission": "liability",
    "notice": "",
    "insurer": "none",
    "regimes": ["gdpr", "dora"],
    "night": "team",
    "reviewers": ["incident_lead", "legal"],
    "languages": "together",
}
WRITTEN = drafting.written(
    answers.typed(
        {
            **{name: told for name, told in TEN.items() if isinstance(told, str)},
            "notice": "none",
            "regimes": "gdpr,dora",
            "reviewers": "incident_lead,legal",
        }
    ),
    "en",
)


def test_ten_answers_write_a_policy_and_put_nothing_in_force() -> None:
    page, client = a_page(), came_in(ada())
    assert "Who is awake at three in the morning?" in text_of(client.get(START))

    shown = text_of(client.post(START, {**TEN, "do": "write"}))

    (text,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", shown, re.DOTALL)
    assert unescape(text) == WRITTEN
    assert "needs the consent of somebody of legal" in shown
    assert policies.history(page.id) == []
    client.post("/console/policy", {"text": unescape(text), "do": "adopt"})
    assert policies.adopted(page.id).text == WRITTEN


def test_what_is_usual_in_a_field_is_filled_in() -> None:
    a_page()

    shown = text_of(came_in(ada()).post(START, {"field": "internal", "do": "usual"}))

    assert re.search(r'name="customers" value="colleagues" checked', shown)
    assert not re.search(r'name="reviewers" value="\w+" checked', shown)


def test_a_wrong_answer_is_told_beside_its_question_and_the_others_stay() -> None:
    a_page()
    owner = ada()
    access.speak(owner, language="fr")

    refused = came_in(owner).post(START, {**TEN, "country": "France", "do": "write"})

    assert refused.status_code == 422
    assert "Un pays s’écrit en deux lettres" in text_of(refused)
    assert re.search(r'name="regimes" value="dora" checked', text_of(refused))


def test_its_reasons_are_in_the_language_of_whoever_asks() -> None:
    a_page()
    owner = ada()
    access.speak(owner, language="fr")

    shown = text_of(came_in(owner).post(START, {**TEN, "do": "write"}))

    assert "Une première règle, tirée de dix réponses" in shown


def test_a_responder_may_ask_and_not_adopt() -> None:
    a_page()

    shown = text_of(came_in(olu()).post(START, {**TEN, "do": "write"}))

    assert "An owner can adopt it." in shown
    assert 'value="adopt"' not in shown
