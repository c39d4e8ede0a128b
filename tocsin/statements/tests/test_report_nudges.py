"""Who leads is reminded of reports that an incident may owe, once at each part of their time."""

import pytest

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue.tree import State
from tocsin.incidents import declaration, reporting
from tocsin.incidents.declaration import Known
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Operator, Role
from tocsin.post.models import Letter
from tocsin.statements import report_nudges

pytestmark = pytest.mark.django_db

DAY = 24 * 60  # minutes


@pytest.fixture
def lea() -> Operator:
    """Who leads."""
    return cast.lea()


@pytest.fixture
def incident(lea: Operator) -> Known:
    """Of noon, with the first of NIS2's reports owed within a day."""
    page = cast.a_page()
    known = declaration.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        by=TERMINAL,
        at=NOON,
    )
    reporting.answer(known.id, clocks=["eu-nis2-23"], by=TERMINAL, at=later(5))
    return known


def subjects() -> list[str]:
    return list(Letter.objects.order_by("id").values_list("subject", flat=True))


@pytest.mark.usefixtures("incident")
def test_nobody_is_reminded_while_there_is_time() -> None:
    assert report_nudges.nudge(later(0.4 * DAY)) == 0
    assert subjects() == []


@pytest.mark.usefixtures("incident")
def test_each_part_of_the_time_is_told_once(lea: Operator) -> None:
    for day in (0.5, 0.6, 0.8, 0.9, 1.01, 1.2):
        report_nudges.nudge(later(day * DAY))

    assert subjects() == [
        "A report may be owed – Checkout is failing",  # at half of the time
        "A report may be owed – Checkout is failing",  # at 80 percent
        "A report is late – Checkout is failing",
    ]
    assert set(Letter.objects.values_list("to", flat=True)) == {lea.email}


@pytest.mark.usefixtures("incident", "lea")
def test_after_a_time_without_a_worker_only_the_newest_part_is_told() -> None:
    assert report_nudges.nudge(later(0.95 * DAY)) == 1
    assert len(subjects()) == 1


def test_what_was_submitted_is_reminded_of_no_more(incident: Known) -> None:
    reporting.submit(
        incident.id, clock="eu-nis2-23", stage="early_warning", by=TERMINAL, at=later(60)
    )

    assert report_nudges.nudge(later(DAY)) == 0


@pytest.mark.usefixtures("incident", "lea")
def test_the_letter_names_its_source_and_is_never_advice() -> None:
    report_nudges.nudge(later(0.5 * DAY))

    letter = Letter.objects.get()
    assert "“early warning”" in letter.text
    assert "check with counsel" in letter.text
    assert "nis2-info.eu/article-23" in letter.text
    assert "#reports" in letter.text


@pytest.mark.usefixtures("incident", "lea")
def test_legal_is_reminded_beside_whoever_leads() -> None:
    counsel = cast.an_operator("Max", Role.LEGAL)

    assert report_nudges.nudge(later(0.5 * DAY)) == 2
    assert Letter.objects.filter(to=counsel.email).count() == 1


def test_an_incident_that_is_over_still_owes_its_reports(incident: Known) -> None:
    declaration.resolve(incident.id, by=TERMINAL, at=later(90))

    assert report_nudges.nudge(later(0.5 * DAY)) == 1


def test_of_years_of_incidents_only_those_with_something_left_are_looked_at(
    incident: Known,
) -> None:
    clock = reporting.clock_of(incident.page_id, "eu-nis2-23")
    for number, stage in enumerate(clock.stages):
        reporting.set_aside(
            incident.id,
            clock=clock.id,
            stage=stage.name,
            reason="Below the threshold.",
            by=TERMINAL,
            at=later(60 + number),
        )

    assert reporting.unfinished([incident.page_id]) == []
    reporting.withdraw(
        incident.id, clock=clock.id, stage="early_warning", by=TERMINAL, at=later(80)
    )
    assert [known.id for known, _ in reporting.unfinished([incident.page_id])] == [incident.id]
