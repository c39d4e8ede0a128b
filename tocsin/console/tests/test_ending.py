"""The last word in the composer: what it must not lack, and how it goes out without."""

import pytest

from tests.cast import a_page, an_incident, olu
from tocsin.console.tests.ground import came_in, say, text_of
from tocsin.incidents import declaration
from tocsin.statements import coaching

pytestmark = pytest.mark.django_db


def test_a_bare_last_word_is_told_what_it_lacks_and_let_go_with_a_sentence() -> None:
    incident_id = an_incident(a_page()).incident_id
    client = came_in(olu())
    over = {
        "phase": "resolved",
        "way": "free",
        "speak.en": "on",
        "since": "12:00",
        "headline.en": "You can pay again",
        "body.en": "It is repaired.",
        "until": "12:02",
        "account_due": "",
    }

    looked_at = text_of(say(client, incident_id, over, do="preview"))
    refused = say(client, incident_id, over)
    kept = text_of(refused)
    said = say(client, incident_id, {**over, "although": "The figures come in the morning."})

    assert "Readers still wait for" in looked_at, "before anybody publishes"
    assert refused.status_code == 422
    assert "Readers still wait for" in kept
    assert "what became of their data" in kept
    assert 'name="although"' in kept
    assert said.status_code == 302
    assert not declaration.known_of(incident_id).is_open
    assert coaching.waved(incident_id)
