"""`tocsin clocks`, as people in the middle of a night and their scripts use it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cast import a_page
from tocsin.catalogue.shelf import Brand
from tocsin.cli.dues import NOT_ADVICE
from tocsin.cli.tests.terminal import facts, tocsin

pytestmark = pytest.mark.django_db

OWN = """\
clocks:
  - id: acme-contract
    regime: "Contract with Acme, clause 14.2"
    kind: contract
    source: "contract of 1 March 2026"
    stages:
      - {name: notice, offset: PT2H, from: aware_at, recipient: "security@acme.example"}
"""


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def incident(page: Brand) -> str:
    said = facts(
        *("declare", "Checkout is failing", "--component", "checkout=major_outage"),
        *("--say", "Nobody can pay since 11:50 UTC."),
    )
    return str(said["incident"])


def test_it_asks_its_two_questions_first(incident: str) -> None:
    told = tocsin("clocks", "due", incident).output

    assert "Is personal data touched, even if it is only unavailable?" in told
    assert "Which regimes apply?" in told
    assert NOT_ADVICE in told


def test_the_status_names_what_is_due_next(incident: str) -> None:
    assert NOT_ADVICE not in tocsin("status").output
    tocsin("clocks", "answer", incident, "--clock", "eu-nis2-23")

    told = tocsin("status").output
    assert f"{incident}: eu-nis2-23 early_warning may be owed by " in told
    assert "and 1 more." in told
    assert NOT_ADVICE in told
    first, later = facts("status")["reports"]
    assert (first["incident"], first["stage"]) == (incident, "early_warning")
    assert later["stage"] == "notification"


def test_what_is_due_next_says_to_whom_and_by_which_source(incident: str) -> None:
    told = tocsin(
        *("clocks", "answer", incident, "--personal-data", "yes"),
        *("--clock", "eu-gdpr-33", "--clock", "eu-nis2-23"),
    ).output

    assert told.startswith("Next: eu-nis2-23 early_warning: by ")
    assert "to CSIRT or competent authority (France: ANSSI)" in told
    assert "Source: https://nis2-info.eu/article-23-reporting-obligations" in told
    assert "final_report: waits for submitted_at(notification) (P1M)" in told
    assert "eu-nis2-cloud-threshold says when eu-nis2-23 counts" in told
    assert NOT_ADVICE in told


def test_due_prints_what_scripts_rely_on(incident: str) -> None:
    facts("clocks", "answer", incident, "--personal-data", "no", "--clock", "eu-gdpr-33")

    said = facts("clocks", "due", incident)

    assert set(said) == {
        *("incident", "not_advice", "personal_data", "clocks", "next", "reports", "receipts"),
        *("thresholds", "gone", "to_consider"),
    }
    assert (said["personal_data"], said["clocks"]) == ("no", ["eu-gdpr-33"])
    assert said["next"]["source"]
    assert said["next"]["recipient"] == "competent supervisory authority (France: CNIL)"


def test_a_receipt_from_a_pipe_is_kept_and_the_next_stage_runs_from_it(incident: str) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    facts("clocks", "answer", incident, "--clock", "eu-dora-19")
    facts("clocks", "stamp", incident, "classified_major", now.isoformat())

    said = facts(
        *("clocks", "submitted", incident, "eu-dora-19", "initial", "--when", now.isoformat()),
        *("--reference", "ACPR-118", "--receipt", "-"),
        stdin="Received, thank you.\n",
    )

    assert said["next"]["stage"] == "intermediate"
    assert datetime.fromisoformat(said["next"]["due_at"]) == now + timedelta(hours=72)
    (receipt,) = said["receipts"]
    assert (receipt["reference"], receipt["receipt"]) == ("ACPR-118", "Received, thank you.")


def test_what_is_not_owed_and_what_was_a_mistake_are_told_as_such(incident: str) -> None:
    facts("clocks", "answer", incident, "--clock", "us-hipaa")
    told = ("clocks", "set-aside", incident, "us-hipaa", "media", "--because", "Eleven people.")
    assert "us-hipaa media: not owed, as somebody recorded" in tocsin(*told).output

    back = tocsin("clocks", "withdraw", incident, "us-hipaa", "media")

    assert "us-hipaa media: waits for determined_at" in back.output


def test_a_draft_is_filled_from_the_timeline(incident: str) -> None:
    facts("clocks", "answer", incident, "--personal-data", "yes", "--clock", "eu-gdpr-33")

    draft = tocsin("clocks", "draft", incident, "eu-gdpr-33", "notification").output

    assert draft.startswith("# Draft report: GDPR art. 33(1) (notification)\n")
    assert "check with counsel" in draft
    assert "Source: https://gdprlearninghub.com/article-33-gdpr/" in draft
    assert "- Checkout: down" in draft
    assert "  > Nobody can pay since 11:50 UTC." in draft
    assert "Personal data, even if only unavailable: yes" in draft
    assert "- [ ] " in draft


def test_a_draft_speaks_french(incident: str) -> None:
    draft = tocsin(
        "clocks", "draft", incident, "fr-cnil", "notification_initiale", "--lang", "fr"
    ).output

    assert "faites vérifier par votre conseil" in draft
    assert "- Paiement : en panne" in draft
    assert "{" not in draft


def test_every_clock_shows_its_source(page: Brand) -> None:
    found = facts("clocks", "list")["clocks"]

    assert len(found) == 44
    for clock in found:
        shown = tocsin("clocks", "show", clock["clock"]).output
        assert clock["source"] in shown
        assert NOT_ADVICE in shown


def test_a_file_of_clocks_is_checked_and_adopted(page: Brand, tmp_path: Path) -> None:
    file = tmp_path / "clocks.yaml"
    file.write_text(OWN, "utf-8")
    assert facts("clocks", "check", str(file)) == {
        "ok": True,
        "faults": [],
        "clocks": ["acme-contract"],
    }

    assert facts("clocks", "adopt", str(file))["is_new"]
    assert not facts("clocks", "adopt", str(file))["is_new"]

    assert tocsin("clocks", "own").output == OWN
    assert "acme-contract" in tocsin("clocks", "list").output


def test_a_faulty_file_exits_one_with_its_lines(page: Brand, tmp_path: Path) -> None:
    file = tmp_path / "clocks.yaml"
    file.write_text(OWN.replace("PT2H", "2h"), "utf-8")

    told = tocsin("clocks", "adopt", str(file))

    assert told.exit_code == 1
    assert "Line 7: “2h” is no length of time." in told.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("answer", "{id}", "--clock", "gdpr"), "No clock 'gdpr'"),
        (("submitted", "{id}", "eu-gdpr-33", "final"), "It has: notification"),
        (("draft", "{id}", "eu-gdpr-33", "final"), "It has: notification"),
        (("due", "nobody"), "No incident 'nobody'"),
    ],
)
def test_a_refusal_is_a_sentence(incident: str, words: tuple[str, ...], sentence: str) -> None:
    told = tocsin("clocks", *(word.format(id=incident) for word in words))

    assert told.exit_code == 1
    assert sentence in told.stderr
