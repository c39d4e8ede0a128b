"""The last word in the composer: what it must not lack, and how it goes out without."""

import pytest

from tests.cast import a_page, an_incident, olu
from tocsin.console.tests.ground import came_in, say, text_of
from tocsin.incidents import declaration
from tocsin.statements import coaching, published

pytestmark = pytest.mark.django_db
OVER = {
    "phase": "resolved",
    "way": "free",
    "speak.en": "on",
    "headline.en": "You can pay again",
    "body.en": "It is repaired.",
    "until": "12:02",
}


def test_a_bare_last_word_is_told_what_it_lacks_and_let_go_with_a_sentence() -> None:
    incident_id = an_incident(a_page()).incident_id
    client = came_in(olu())
    over = {**OVER, "since": "12:00", "account_due": ""}

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


def test_a_day_of_the_account_that_is_past_is_refused_and_nothing_typed_is_lost() -> None:
    incident_id = an_incident(a_page()).incident_id
    client = came_in(olu())
    over = {
        **OVER,
        "body.en": "It is repaired, and we are sorry.",
        "total.en": "40 orders failed",
        "account_due": "2026-11-20",
        "although": "The rest comes in the morning.",
    }

    refused = say(client, incident_id, over)

    kept = text_of(refused)
    assert refused.status_code == 422
    assert "The account is promised by 2026-11-20, which is past. Say a later day." in kept
    for typed in ("It is repaired, and we are sorry.", "40 orders failed", "2026-11-20"):
        assert typed in kept
    assert declaration.known_of(incident_id).is_open


@pytest.mark.parametrize("way", ["free", "T-07"])
def test_a_last_word_is_not_asked_what_helps_meanwhile_and_does_not_tell_it(way: str) -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    client = came_in(olu())
    asked = {"speak.en": "on", "still_works.en": "Browsing", "workaround.en": "Pay by phone"}
    over = {**asked, "phase": "resolved", "way": way, "headline.en": "Over", "body.en": "It is."}

    while_it_lasts = say(client, incident_id, {**over, "phase": "identified"}, do="look")
    form = say(client, incident_id, over, do="look").content.decode()
    read = text_of(say(client, incident_id, {**over, "way": "free"}, do="preview"))
    say(client, incident_id, {**over, "way": "free", "although": "It is night."})

    assert 'name="workaround.en"' in while_it_lasts.content.decode()
    assert 'name="still_works.en"' not in form
    assert 'name="workaround.en"' not in form
    assert 'name="effect.en"' in form
    assert "Must they do anything?" in read, "the coach reads along"
    assert "What can they do meanwhile?" not in read
    story = published.story(page.audience_id, incident_id)
    assert story is not None
    assert (story.phase, story.words.layers["en"].workaround) == ("resolved", "")
