"""What the coach says of a program's words stands in a header, and keeps nothing from going out."""

import pytest

from tests.cast import NOON
from tests.machine import Machine
from tocsin.journal.actors import TERMINAL
from tocsin.statements import manners, policies

pytestmark = pytest.mark.django_db

HEADER = "X-Tocsin-Findings"


def test_a_words_findings_are_told_and_it_is_published_all_the_same(machine: Machine) -> None:
    told = {"incident": {"name": "Cards are refused", "body": "It was human error."}}

    response = machine.call("POST", "incidents", told)

    assert response.status_code == 201
    assert response[HEADER].startswith("verdict=block, en-bla-01=block, ")
    assert "missing.since=block" in response[HEADER]
    assert "missing.next_update" not in response[HEADER]  # the policy's cadence says it
    [shown] = machine.read(response, 201)["incident_updates"]
    assert shown["body"] == "It was human error."


def test_an_update_is_told_of_too_and_a_call_without_words_is_not(machine: Machine) -> None:
    made = machine.post("incidents", {"incident": {"name": "Cards are refused"}})
    path = f"incidents/{made['id']}"

    worded = machine.call(
        "PATCH", path, {"incident": {"status": "identified", "body": "Oops, a glitch."}}
    )
    silent = machine.call("PATCH", path, {"incident": {"metadata": {"a": {"b": "c"}}}})

    assert "en-ton-01=block" in worded[HEADER]
    assert "en-min-09=block" in worded[HEADER]
    assert HEADER not in silent
    assert HEADER not in machine.call("POST", "incidents", {"incident": {"name": "Cards"}})


def test_a_pages_own_entries_are_told_to_programs_too(machine: Machine) -> None:
    own = "lexicons:\n  - lexicon: en\n    entries: [{id: en-bla-01, lvl: off}]\n"
    manners.adopt(machine.page.id, own, by=TERMINAL, at=NOON)

    told = {"incident": {"name": "Cards are refused", "body": "It was human error."}}

    assert "en-bla-01" not in machine.call("POST", "incidents", told)[HEADER]


def test_how_far_words_may_go_is_the_policys(machine: Machine) -> None:
    told = {"incident": {"name": "Cards are refused", "body": "We take responsibility for this."}}
    before = machine.call("POST", "incidents", told)[HEADER]
    facts = "clearance:\n  sev1:\n    register: facts_only\n  sev2:\n    register: facts_only\n"
    every = facts + "  sev3:\n    register: facts_only\n  sev4:\n    register: facts_only\n"

    policies.adopt(machine.page.id, every, by=TERMINAL, at=NOON)

    after = machine.call("POST", "incidents", told)[HEADER]
    assert "=review" not in before
    assert "=review" in after
