"""Words of machines that need somebody's consent: taken, told as waiting, and not public."""

import pytest

from tests.cast import NOON, an_operator, later
from tests.machine import Machine
from tocsin.api.v1.tests.telling import component, opened
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Operator, Role
from tocsin.statements import answers, policies, published

ASKS_LEGAL = "clearance:\n  sev1:\n    words: legal\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def lea(machine: Machine) -> Operator:
    policies.adopt(machine.page.id, ASKS_LEGAL, by=TERMINAL, at=NOON)
    return an_operator("Lea", Role.LEGAL)


def test_a_first_word_that_waits_is_answered_201_and_is_not_public(
    machine: Machine, lea: Operator
) -> None:
    made = opened(machine, components={component(machine): "major_outage"})

    pending = made["metadata"]["tocsin"]["pending"]
    assert (pending["role"], pending["status"]) == ("legal", "investigating")
    assert made["incident_updates"] == []
    assert published.last_number(machine.page.audience_id) == 0
    answers.grant(pending["clearance"], by=lea.actor, at=later(1))
    told = machine.get(f"incidents/{made['id']}")
    assert told["incident_updates"][0]["body"] == "Cards are refused."
    assert "tocsin" not in (told["metadata"] or {})


def test_a_further_word_that_waits_leaves_the_incident_as_it_is_in_public(
    machine: Machine, lea: Operator
) -> None:
    fields = {"name": "Checkout", "components": {component(machine): "major_outage"}}
    made = machine.post("incidents", {"incident": fields})
    assert "tocsin" not in made["metadata"], "the template's own words wait for nobody"

    told = machine.patch(
        f"incidents/{made['id']}", {"incident": {"status": "resolved", "body": "It is mended."}}
    )

    assert told["metadata"]["tocsin"]["pending"]["status"] == "resolved"
    assert told["status"] == "investigating"
    assert len(told["incident_updates"]) == 1


def test_a_client_reads_and_words_anew_what_waits_before_anything_was_said(
    machine: Machine, lea: Operator
) -> None:
    made = opened(machine, components={component(machine): "major_outage"})

    read = machine.get(f"incidents/{made['id']}")
    told = machine.patch(
        f"incidents/{made['id']}", {"incident": {"status": "identified", "body": "We know why."}}
    )

    assert read["metadata"]["tocsin"]["pending"]["status"] == "investigating"
    assert told["metadata"]["tocsin"]["pending"]["status"] == "identified"
    assert published.last_number(machine.page.audience_id) == 0
    (waiting,) = answers.waiting()
    answers.grant(waiting.clearance_id, by=lea.actor, at=later(2))
    now = machine.get(f"incidents/{made['id']}")
    assert [one["body"] for one in now["incident_updates"]] == ["We know why."]


def test_a_client_closes_what_was_never_said_with_words_that_wait_for_nobody(
    machine: Machine, lea: Operator
) -> None:
    made = opened(machine, components={component(machine): "major_outage"})

    told = machine.patch(f"incidents/{made['id']}", {"incident": {"status": "resolved"}})

    assert told["status"] == "resolved"
    assert answers.waiting() == []
