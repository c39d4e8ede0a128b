"""A last word: what it must not lack at its severity, and how nobody is silenced by that."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests import cast
from tests.cast import later
from tocsin.catalogue.tree import State
from tocsin.disclosure.closing import Element
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.statements import coaching, ending, policies, published, word
from tocsin.statements.ending import NotWhole
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

BARE = Saying(Phase.RESOLVED, {code: Layer("It is over", "It is over.") for code in ("en", "fr")})
SUMMED_UP = {
    "en": Layer(
        "It is over", "It is over.", total="40 orders", lingering="Nothing", customer_action="None"
    ),
    "fr": Layer(
        "C’est fini", "C’est fini.", total="40 commandes", lingering="Rien", customer_action="Rien"
    ),
}
WHOLE = Saying(
    Phase.RESOLVED,
    SUMMED_UP,
    since=later(0),
    data=DataStatement.UNDER_CHECK,
    account_due=date(2026, 12, 8),
)


def an_incident(state: State = State.MAJOR) -> str:
    page = cast.a_page()
    return word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": state},
        by=TERMINAL,
        at=later(5),
    ).incident_id


def said(incident: str, saying: Saying, *, because: str = "") -> Any:
    return ending.say(incident, saying, because=because, by=TERMINAL, at=later(40)).publication


def lacking(incident: str, saying: Saying) -> tuple[Element, ...]:
    with pytest.raises(NotWhole) as refused:
        said(incident, saying)
    return refused.value.lacking


def test_a_bare_last_word_of_a_grave_incident_is_told_all_that_it_lacks() -> None:
    incident = an_incident()

    assert lacking(incident, BARE) == tuple(Element)
    assert declaration.known_of(incident).is_open


def test_fields_say_it_in_place_of_words() -> None:
    incident = an_incident()

    told = said(incident, WHOLE).words

    assert not declaration.known_of(incident).is_open
    assert told.layers["fr"].customer_action == "Rien"
    again = published.story(told_to(incident), incident)
    assert again is not None
    assert again.words.layers["en"].total == "40 orders"


def told_to(incident: str) -> str:
    return declaration.known_of(incident).audience_id


@pytest.mark.parametrize(
    ("left_out", "element"),
    [
        ({"since": None}, Element.START),
        ({"data": None}, Element.DATA),
        ({"account_due": None}, Element.ACCOUNT),
        ({"total": ""}, Element.EFFECT),
        ({"lingering": ""}, Element.LINGERING),
        ({"customer_action": ""}, Element.ACTION),
    ],
)
def test_each_is_missed_by_itself(left_out: dict[str, Any], element: Element) -> None:
    if next(iter(left_out)) in ("total", "lingering", "customer_action"):
        # One language that says it is not enough for the readers of the other.
        layers = SUMMED_UP | {"fr": replace(SUMMED_UP["fr"], **left_out)}
        saying = replace(WHOLE, layers=layers)
    else:
        saying = replace(WHOLE, **left_out)

    assert lacking(an_incident(), saying) == (element,)


def test_words_say_it_in_place_of_fields() -> None:
    body = (
        "Payments failed for 400 customers from 12:00 UTC to 12:30 UTC. No data was lost. There is "
        "nothing for you to do. We will publish the full account by 8 December 2026."
    )
    saying = Saying(Phase.RESOLVED, {"en": Layer("You can pay again", body, lingering="Nothing")})

    said(an_incident(), saying)


def test_a_sentence_lets_it_go_and_is_kept() -> None:
    incident = an_incident()

    said(incident, BARE, because="The data team is asleep; we add it in the morning.")

    assert not declaration.known_of(incident).is_open
    ((rule, phrase),) = coaching.waved(incident)
    assert rule == ending.RULE
    assert "data" in phrase


def test_a_mild_incident_ends_with_any_word() -> None:
    said(an_incident(State.DEGRADED), BARE)


def test_the_policy_says_what_is_asked_for() -> None:
    incident = an_incident(State.DEGRADED)
    page = declaration.known_of(incident).page_id
    text = "closing:\n  sev1: []\n  sev3: [account, data]\n"
    policies.adopt(page, text, by=TERMINAL, at=later(10))

    assert lacking(incident, BARE) == (Element.DATA, Element.ACCOUNT)
    assert policies.policy_of(page).closings["sev2"] == tuple(Element)  # type: ignore[index]


def test_any_other_word_is_not_looked_at() -> None:
    incident = an_incident()

    said(incident, replace(BARE, phase=Phase.MONITORING, next_word_at=later(90)))

    assert declaration.known_of(incident).is_open
