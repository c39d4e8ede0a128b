import html

import pytest

from tests.cast import a_page, an_incident, later, olu
from tocsin.console.tests.ground import FREELY, WHOLE, came_in, nothing_written, say, text_of
from tocsin.incidents import declaration

pytestmark = pytest.mark.django_db


def test_a_corrected_time_keeps_what_was_told_before_and_by_whom() -> None:
    incident_id = an_incident(a_page()).incident_id
    client, path = came_in(olu()), f"/console/incidents/{incident_id}"

    for time in ("11:50", "11:40"):
        told = {"kind": "started", "time": time, "zone": "Etc/UTC", "reason": "the logs"}
        assert client.post(f"{path}/moment", told).status_code == 302

    shown = text_of(client.get(path))
    assert declaration.known_of(incident_id).moments["started"] == later(-20)
    assert "11:50 UTC" in shown
    assert "corrected by Olu" in shown


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"kind": "started", "time": ""}, "Say when it was"),
        ({"kind": "started", "time": "half past"}, "cannot be read as a time"),
        ({"kind": "started", "time": "2026-11-23"}, "cannot be read as a time"),
        ({"kind": "started", "time": "11:50", "zone": "Nowhere"}, "is no time zone"),
        ({"kind": "started", "time": "2027-01-01 10:00"}, "still to come"),
        ({"kind": "doomsday", "time": "11:50"}, "Say which moment it is."),
    ],
)
def test_a_time_that_cannot_be_read_is_refused_and_kept_in_the_form(
    told: dict[str, str], sentence: str
) -> None:
    incident_id = an_incident(a_page()).incident_id
    client = came_in(olu())

    with nothing_written():
        response = client.post(f"/console/incidents/{incident_id}/moment", told)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert f'name="time" value="{told["time"]}"' in text_of(response)


def test_an_internal_fact_stands_with_who_learned_it() -> None:
    incident_id = an_incident(a_page()).incident_id
    client, path = came_in(olu()), f"/console/incidents/{incident_id}"

    refused = client.post(f"{path}/fact", {"text": "  "})
    client.post(f"{path}/fact", {"text": "Route B lacks <b>its</b> certificate"})

    shown = text_of(client.get(path))
    assert refused.status_code == 422
    assert "Route B lacks &lt;b&gt;its&lt;/b&gt; certificate" in shown
    assert "wrote down an internal fact" in shown
    assert "certificate" not in text_of(client.get(f"{path}/say"))


def test_what_was_said_stands_with_its_number_newest_first() -> None:
    incident_id = an_incident(a_page()).incident_id

    shown = text_of(came_in(olu()).get(f"/console/incidents/{incident_id}"))

    assert "No. 1" in shown
    assert "We are looking into a problem with checkout." in shown
    assert "Nous examinons un problème concernant le paiement." in shown


def test_the_newest_word_is_there_to_take_along_with_what_it_does_not_know_in_brackets() -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    client, path = came_in(olu()), f"/console/incidents/{incident_id}"
    say(client, incident_id, WHOLE)

    with nothing_written():
        shown = html.unescape(text_of(client.get(path)))

    assert "If you are calling about checkout: we know, we are working on it" in shown
    assert "Si vous appelez au sujet du paiement" in shown
    assert "You are affected by Checkout is failing: card payments are refused" in shown
    assert "[Their name], I am writing because checkout" in shown
    assert "Your personal data was involved" not in shown
    say(client, incident_id, {**WHOLE, "kind": "security"})
    assert "Your personal data was involved" in html.unescape(text_of(client.get(path)))


def test_nothing_is_there_to_take_along_of_what_is_over_or_was_not_told() -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    client = came_in(olu())

    assert 'id="elsewhere"' in text_of(client.get(f"/console/incidents/{incident_id}"))
    over = {**FREELY, "phase": "resolved", "until": "12:03", "certainty": "unknown"}
    over["although"] = "We count in the morning."
    assert say(client, incident_id, over).status_code == 302
    assert 'id="elsewhere"' not in text_of(client.get(f"/console/incidents/{incident_id}"))
