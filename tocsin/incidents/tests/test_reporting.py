"""Which reports an incident may owe, and what was done about them."""

from datetime import UTC, datetime

import pytest

from tests.cast import NOON, a_page, eve, later, olu
from tocsin.catalogue.tree import State
from tocsin.disclosure.clocks.values import Standing
from tocsin.incidents import declaration, reporting
from tocsin.incidents.declaration import Known
from tocsin.incidents.models import Done, MomentKind, Touched
from tocsin.incidents.reporting import BadClocks, CannotReport
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people.access import NotAllowed

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
def incident() -> Known:
    page = a_page()
    return declaration.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        by=TERMINAL,
        at=NOON,
    )


def test_until_somebody_answers_both_questions_are_open(incident: Known) -> None:
    owed = reporting.owed(incident.id)

    assert not owed.answers.are_complete
    assert owed.answers.clocks is None
    assert (owed.dues, owed.upcoming) == ((), [])


def test_the_chosen_clocks_run_from_the_moments_of_the_incident(incident: Known) -> None:
    reporting.answer(
        incident.id,
        personal_data=Touched.YES,
        clocks=["eu-gdpr-33", "eu-nis2-23"],
        by=TERMINAL,
        at=later(5),
    )

    first, *_ = reporting.owed(incident.id).upcoming
    assert (first.clock.id, first.stage.name) == ("eu-nis2-23", "early_warning")
    assert first.due_at == later(24 * 60)


def test_one_answer_leaves_the_other_as_it_was(incident: Known) -> None:
    reporting.answer(incident.id, clocks=["eu-gdpr-33"], by=TERMINAL, at=later(1))
    reporting.answer(incident.id, personal_data=Touched.NO, by=TERMINAL, at=later(2))

    answers = reporting.answers_of(incident.id)
    assert (answers.personal_data, answers.clocks) == (Touched.NO, ("eu-gdpr-33",))


def test_personal_data_without_a_clock_about_it_is_pointed_out(incident: Known) -> None:
    reporting.answer(
        incident.id, personal_data=Touched.YES, clocks=["eu-dora-19"], by=TERMINAL, at=later(1)
    )

    considered = {clock.id for clock in reporting.owed(incident.id).to_consider}
    assert {"eu-gdpr-33", "fr-cnil", "us-hipaa"} <= considered


def test_what_decides_whether_a_clock_counts_is_shown_beside_it(incident: Known) -> None:
    reporting.answer(incident.id, clocks=["eu-nis2-23"], by=TERMINAL, at=later(1))

    thresholds = [clock.id for clock in reporting.owed(incident.id).thresholds]
    assert thresholds == ["eu-nis2-cloud-threshold", "eu-nis2-datacentre-threshold"]


def test_a_later_stage_runs_from_what_was_submitted(incident: Known) -> None:
    reporting.answer(incident.id, clocks=["eu-dora-19"], by=TERMINAL, at=later(1))
    declaration.set_moment(
        incident.id,
        kind=MomentKind.CLASSIFIED_MAJOR,
        moment_at=later(30),
        by=TERMINAL,
        at=later(40),
    )

    reporting.submit(
        incident.id,
        clock="eu-dora-19",
        stage="initial",
        submitted_at=later(120),
        reference="ACPR-2026-118",
        receipt="Received.",
        by=TERMINAL,
        at=later(130),
    )

    by_stage = {due.stage.name: due for due in reporting.owed(incident.id).dues}
    assert by_stage["initial"].standing == Standing.SUBMITTED
    assert by_stage["intermediate"].due_at == later(120 + 72 * 60)
    assert by_stage["final"].standing == Standing.WAITING
    (receipt,) = reporting.receipts_of(incident.id)
    assert (receipt.recipient, receipt.reference, receipt.recorded_by) == (
        "competent authority (France: ACPR or AMF)",
        "ACPR-2026-118",
        str(TERMINAL),
    )


def test_what_was_recorded_by_mistake_counts_no_more_and_stays_to_be_read(incident: Known) -> None:
    reporting.answer(incident.id, clocks=["eu-gdpr-33"], by=TERMINAL, at=later(1))
    told = {"clock": "eu-gdpr-33", "stage": "notification", "by": TERMINAL}
    reporting.submit(incident.id, **told, at=later(10))  # type: ignore[arg-type]

    reporting.withdraw(incident.id, **told, at=later(20), reason="another's")  # type: ignore[arg-type]

    assert [one.done for one in reporting.receipts_of(incident.id)] == [
        Done.SUBMITTED,
        Done.WITHDRAWN,
    ]
    assert reporting.owed(incident.id).upcoming[0].due_at == later(72 * 60)
    with pytest.raises(CannotReport, match="Nothing is recorded"):
        reporting.withdraw(incident.id, **told, at=later(21))  # type: ignore[arg-type]


def test_what_is_not_owed_says_why(incident: Known) -> None:
    told = {"clock": "us-hipaa", "stage": "media", "by": TERMINAL, "at": later(2)}
    reporting.answer(incident.id, clocks=["us-hipaa"], by=TERMINAL, at=later(1))

    with pytest.raises(CannotReport, match="why"):
        reporting.set_aside(incident.id, **told, reason=" ")  # type: ignore[arg-type]
    reporting.set_aside(incident.id, **told, reason="Eleven people.")  # type: ignore[arg-type]

    by_stage = {due.stage.name: due for due in reporting.owed(incident.id).dues}
    assert by_stage["media"].standing == Standing.SET_ASIDE


@pytest.mark.parametrize(
    ("clock", "stage", "at", "sentence"),
    [
        ("eu-gdpr-99", "notification", later(1), "No clock 'eu-gdpr-99'"),
        ("eu-gdpr-33", "final", later(1), "It has: notification"),
        ("eu-gdpr-33", "notification", later(60), "still to come"),
        ("eu-gdpr-33", "notification", datetime(2026, 11, 23, 12), "with its zone"),  # noqa: DTZ001
    ],
)
def test_what_cannot_be_recorded_is_refused(
    incident: Known, clock: str, stage: str, at: datetime, sentence: str
) -> None:
    with pytest.raises(CannotReport, match=sentence):
        reporting.submit(
            incident.id, clock=clock, stage=stage, submitted_at=at, by=TERMINAL, at=later(2)
        )

    assert reporting.receipts_of(incident.id) == ()


def test_a_regime_that_nobody_knows_is_refused(incident: Known) -> None:
    with pytest.raises(CannotReport, match="No clock 'gdpr'"):
        reporting.answer(incident.id, clocks=["gdpr"], by=TERMINAL, at=later(1))


def test_a_page_has_clocks_of_its_own_without_code(incident: Known) -> None:
    reporting.adopt(incident.page_id, OWN, by=TERMINAL, at=later(1))
    reporting.answer(incident.id, clocks=["acme-contract"], by=TERMINAL, at=later(2))

    (due,) = reporting.owed(incident.id).upcoming
    assert (due.stage.recipient, due.due_at) == ("security@acme.example", later(120))


def test_a_chosen_clock_that_is_gone_is_named(incident: Known) -> None:
    reporting.adopt(incident.page_id, OWN, by=TERMINAL, at=later(1))
    reporting.answer(incident.id, clocks=["acme-contract"], by=TERMINAL, at=later(2))
    reporting.adopt(incident.page_id, "# none\n", by=TERMINAL, at=later(3))

    owed = reporting.owed(incident.id)
    assert (owed.gone, owed.dues) == (("acme-contract",), ())


def test_faulty_clocks_are_not_adopted(incident: Known) -> None:
    with pytest.raises(BadClocks, match="Line 7"):
        reporting.adopt(incident.page_id, OWN.replace("PT2H", "2h"), by=TERMINAL, at=later(1))

    assert reporting.adopted(incident.page_id).number == 0


def test_every_act_is_in_the_journal_and_no_word_of_a_receipt(incident: Known) -> None:
    reporting.answer(incident.id, clocks=["eu-gdpr-33"], by=TERMINAL, at=later(1))
    reporting.submit(
        incident.id,
        clock="eu-gdpr-33",
        stage="notification",
        receipt="sk_live_9f3ab77c",
        by=TERMINAL,
        at=later(10),
    )

    entries = chain.read(("incident", incident.id))
    assert {"incidents:incident:answered", "incidents:report:submitted"} <= {
        entry.verb for entry in entries
    }
    assert "sk_live" not in str(entries)


def test_olu_may_record_and_eve_may_not(incident: Known) -> None:
    reporting.answer(incident.id, personal_data=Touched.NO, by=olu().actor, at=later(1))

    with pytest.raises(NotAllowed):
        reporting.answer(incident.id, personal_data=Touched.YES, by=eve().actor, at=later(2))


def test_a_year_old_incident_still_tells_what_it_owed(incident: Known) -> None:
    reporting.answer(incident.id, clocks=["eu-gdpr-33"], by=TERMINAL, at=later(1))

    (due,) = reporting.owed(incident.id).upcoming

    assert due.is_late(datetime(2027, 11, 23, tzinfo=UTC))
