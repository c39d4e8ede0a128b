"""The panel of reports that an incident may owe, in its room."""

import pytest

from tests.cast import a_page, an_incident, later, olu
from tocsin.console.tests.ground import came_in, nothing_written, text_of
from tocsin.incidents import reporting
from tocsin.incidents.models import Touched

pytestmark = pytest.mark.django_db


def test_the_room_asks_two_questions_and_says_that_it_is_no_advice() -> None:
    incident_id = an_incident(a_page()).incident_id

    shown = text_of(came_in(olu()).get(f"/console/incidents/{incident_id}"))

    assert "Two questions are open" in shown
    assert "not legal advice: check with counsel" in shown


def test_what_is_due_next_stands_with_its_recipient_and_its_source() -> None:
    incident_id = an_incident(a_page()).incident_id
    client, path = came_in(olu()), f"/console/incidents/{incident_id}"

    told = {"personal_data": "yes", "clock": ["eu-gdpr-33", "eu-nis2-23"]}
    assert client.post(f"{path}/reports", told).status_code == 302

    shown = text_of(client.get(path))
    assert "CSIRT or competent authority (France: ANSSI)" in shown
    assert 'href="https://gdprhub.eu/Article_33_GDPR"' in shown
    assert "Two questions are open" not in shown
    assert reporting.answers_of(incident_id).personal_data == Touched.YES


def test_a_submission_is_recorded_with_its_receipt() -> None:
    incident_id = an_incident(a_page()).incident_id
    client, path = came_in(olu()), f"/console/incidents/{incident_id}"
    client.post(f"{path}/reports", {"personal_data": "no", "clock": ["eu-gdpr-33"]})

    told = {
        "report": "eu-gdpr-33 notification",
        "submitted_time": "11:59",
        "reference": "CNIL-7",
        "receipt": "Received.",
    }
    client.post(f"{path}/submitted", told)

    (receipt,) = reporting.receipts_of(incident_id)
    assert (receipt.done_at, receipt.reference) == (later(-1), "CNIL-7")
    assert "recorded a report that was submitted" in text_of(client.get(path))


@pytest.mark.parametrize(
    ("door", "told", "sentence"),
    [
        ("reports", {}, "Say whether personal data is touched."),
        ("reports", {"personal_data": "perhaps"}, "Say whether personal data is touched."),
        (
            "reports",
            {"personal_data": "no", "none": "on", "clock": ["eu-gdpr-33"]},
            "Choose regimes, or say that none applies.",
        ),
        ("reports", {"personal_data": "no", "clock": ["gdpr"]}, "No clock"),
        ("submitted", {"report": "eu-gdpr-33"}, "has no stage"),
        (
            "submitted",
            {"report": "eu-gdpr-33 notification", "submitted_time": "2027-01-01 10:00"},
            "still to come",
        ),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_a_sentence(
    door: str, told: dict[str, str], sentence: str
) -> None:
    incident_id = an_incident(a_page()).incident_id
    client = came_in(olu())

    with nothing_written():
        response = client.post(f"/console/incidents/{incident_id}/{door}", told)

    assert response.status_code == 422
    assert sentence in text_of(response)
