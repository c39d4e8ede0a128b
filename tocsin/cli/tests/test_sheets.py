"""The yearly sheet at the terminal: printed, signed, and warned of."""

import json
from datetime import timedelta

import pytest
import time_machine

from tests.cast import NOON, a_page
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.journal.actors import TERMINAL
from tocsin.statements import policies

pytestmark = pytest.mark.django_db

ASKING = "clearance:\n  sev1:\n    account: legal\n    register: facts_and_ownership\n"


@pytest.fixture
def page() -> Brand:
    page = a_page()
    policies.adopt(page.id, ASKING, by=TERMINAL, at=NOON)
    return page


def signed_at_noon(*more: str) -> None:
    with time_machine.travel(NOON, tick=False):
        done = tocsin("policy", "sign", "--as", "lawyer", "--name", "Mara Lindqvist", *more)
    assert done.stdout == ("Mara Lindqvist signed policy no. 1 as lawyer, until 2027-11-23.\n"), (
        done.output
    )


def test_the_sheet_says_each_case_in_words_with_room_to_sign(page: Brand) -> None:
    signed_at_noon()

    with time_machine.travel(NOON, tick=False):
        told = tocsin("policy", "sheet").stdout
        french = tocsin("policy", "sheet", "--lang", "fr").stdout

    assert "Policy no. 1, in force since 23 November 2026." in told
    assert facts("policy", "sheet")["sha256"] in told
    assert "It is no legal\nadvice" in told or "no legal advice" in told.replace("\n", " ")
    assert "The first word on a sev1 is owed within 10 minutes" in told
    assert "needs the consent of somebody of legal" in " ".join(told.split())
    assert "[What your customers use]" in told or "We are looking into a problem with [" in told
    assert "The lawyer: signed by Mara Lindqvist on 23 November 2026" in told
    assert "The insurer: not signed yet" in told
    assert told.count("Signature  ___") == 2
    assert "L’avocat\u00a0: signée par Mara Lindqvist" in french
    assert "n’est pas un avis juridique" in " ".join(french.split())


def test_status_and_doctor_warn_before_and_after_it_lapses(page: Brand) -> None:
    signed_at_noon()
    year = timedelta(days=365)

    for days, said in ((-40, ""), (-20, "which is soon"), (2, "it has lapsed")):
        with time_machine.travel(NOON + year + timedelta(days=days), tick=False):
            status, doctor = tocsin("status").stdout, facts_of_doctor()
            due = facts("status")["sheets"]
        (sheet,) = [one for one in doctor if one["check"] == "sheet linden"]

        assert said in status
        assert ("Policy of linden" in status) is bool(said)
        assert (sheet["level"], said in sheet["told"]) == ("hint" if said else "ok", True)
        assert len(due) == bool(said)


def test_an_adopted_policy_that_nobody_signed_is_a_hint_and_a_usual_one_is_not() -> None:
    page = a_page()

    before = [one for one in facts_of_doctor() if one["check"] == "sheet linden"]
    policies.adopt(page.id, ASKING, by=TERMINAL, at=NOON)
    after = [one for one in facts_of_doctor() if one["check"] == "sheet linden"]

    assert before == []
    assert [(one["level"], one["told"]) for one in after] == [
        ("hint", "nobody signed policy no. 1.")
    ]
    assert facts("status")["sheets"] == []


def test_what_cannot_be_signed_is_refused_in_a_sentence(page: Brand) -> None:
    refused = tocsin("policy", "sign", "--as", "insurer", "--name", "Ida", "--number", "7")

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Policy no. 1 is in force, and what was signed is no. 7." in refused.stderr


def facts_of_doctor() -> list[dict[str, str]]:
    return list(json.loads(tocsin("doctor", "--json").stdout)["checks"])


def test_a_signature_that_was_a_mistake_is_taken_back(page: Brand) -> None:
    tocsin("policy", "sign", "--as", "lawyer", "--name", "Mara")

    told = facts("policy", "unsign", "--as", "lawyer", "--because", "It was a draft.")
    again = tocsin("policy", "unsign", "--as", "lawyer", "--because", "It was a draft.")

    assert told["sides"][0]["standing"] == "unsigned"
    assert (again.exit_code, "Nobody is recorded" in again.stderr) == (1, True)
