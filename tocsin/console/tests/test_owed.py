"""Words owed and the policy on the screen: what is due, who was reminded, what came of it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import a_page, ada, an_incident, lea, olu
from tocsin.catalogue.tree import State
from tocsin.console.tests.ground import FREELY, came_in, nothing_written, say, text_of
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.statements import nudges, policies, published, word
from tocsin.statements.published import Forecast, Words
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

FASTER = "cadence:\n  sev1:\n    next_word: 10m\n"


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def words_of(page_audience: str, incident: str) -> Words:
    story = published.story(page_audience, incident)
    assert story is not None
    return story.words


def test_looking_changes_nothing() -> None:
    page = a_page()
    policies.adopt(page.id, FASTER, by=TERMINAL, at=ago(200))
    an_incident(page, at=ago(180))
    client = came_in(ada())

    with nothing_written():
        answers = [client.get(f"/console/{path}").status_code for path in ("owed", "policy")]

    assert answers == [200, 200]


def test_the_screen_says_what_is_owed_and_who_was_reminded() -> None:
    page, by = a_page(), olu()
    spoken = word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        by=by.actor,
        at=ago(12),
    )
    nudges.nudge(ago(1))
    client = came_in(lea())

    for path in ("owed", "", f"incidents/{spoken.incident_id}"):
        shown = text_of(client.get(f"/console/{path}"))
        assert "Olu was reminded" in shown
        assert "50 % of the time" in shown


def test_what_was_kept_and_missed_is_counted_and_listed() -> None:
    page = a_page()
    incident = an_incident(page, at=ago(60)).incident_id  # again after 20 minutes
    said = Saying(
        phase=Phase.IDENTIFIED,
        layers={"en": Layer("Still failing", "A change of ours.")},
        forecast=Forecast(ago(-30), ago(-90), {"en": "two regions an hour"}),
    )
    word.say(incident, said, by=TERMINAL, at=ago(24))

    shown = text_of(came_in(ada()).get("/console/owed"))
    detail = text_of(came_in(lea()).get(f"/console/incidents/{incident}"))

    assert "0 of 1" in shown
    assert "16 minutes" in shown
    assert "still open" in shown
    assert "missed by 16 minutes" in detail


def test_an_owner_tries_a_policy_and_adopts_it() -> None:
    page, client = a_page(), came_in(ada())

    tried = client.post("/console/policy", {"text": FASTER, "do": "try"})
    assert "It can be adopted" in text_of(tried)
    assert policies.history(page.id) == []

    done = client.post("/console/policy", {"text": FASTER, "do": "adopt"}, follow=True)
    assert "Policy no. 1 is in force" in text_of(done)
    assert policies.adopted(page.id).text == FASTER


def test_faults_are_shown_by_line_and_what_was_typed_stays() -> None:
    page, client = a_page(), came_in(ada())

    refused = client.post("/console/policy", {"text": "nudges: [soon]\n", "do": "adopt"})

    assert refused.status_code == 422
    assert "Line 1: A nudge is a whole number of percent" in text_of(refused)
    assert "nudges: [soon]" in text_of(refused)
    assert policies.history(page.id) == []


def test_faults_are_told_in_french_too() -> None:
    a_page()
    owner = ada()
    access.speak(owner, language="fr")

    refused = came_in(owner).post("/console/policy", {"text": "nudges: 5\n", "do": "adopt"})

    assert "Ligne 1" in text_of(refused)
    assert "est une liste de pourcentages" in text_of(refused)


def test_a_responder_sees_the_policy_and_may_not_adopt() -> None:
    page, client = a_page(), came_in(olu())

    assert "An owner can change it." in text_of(client.get("/console/policy"))
    assert client.post("/console/policy", {"text": FASTER, "do": "adopt"}).status_code == 403
    assert policies.history(page.id) == []


def test_long_incident_mode_is_offered_after_two_hours_and_declared_in_the_composer() -> None:
    page = a_page()
    incident = an_incident(page, at=ago(125)).incident_id
    client = came_in(lea())
    offered = text_of(client.get(f"/console/incidents/{incident}"))
    assert "Declare long-incident mode" in offered

    opened = text_of(client.get(f"/console/incidents/{incident}/say?long=on"))
    assert 'name="long_reason.en"' in opened
    assert "60 min, the policy on a long incident" in opened
    told = {**FREELY, "since": "", "next": "usual", "long": "on"}
    refused = say(client, incident, told)
    assert "Say why words come less often" in text_of(refused)
    say(client, incident, {**told, "long_reason.en": "We rebuild through the night."})

    mode = words_of(page.audience_id, incident).long_mode
    assert mode is not None
    assert mode.reason == {"en": "We rebuild through the night."}
    assert "We rebuild through the night." in text_of(client.get(f"/console/incidents/{incident}"))


def test_a_younger_incident_is_not_offered_to_be_long() -> None:
    page = a_page()
    incident = an_incident(page, at=ago(60)).incident_id
    client = came_in(lea())

    assert "long-incident" not in text_of(client.get(f"/console/incidents/{incident}"))
    assert "long-incident" not in text_of(client.get(f"/console/incidents/{incident}/say"))


def test_a_pace_that_slackens_by_hand_is_pointed_out_and_not_refused() -> None:
    page = a_page()
    incident = an_incident(page, at=ago(30)).incident_id
    client = came_in(lea())

    usual = text_of(say(client, incident, {**FREELY, "since": "", "next": "usual"}, do="preview"))
    slow = {**FREELY, "since": "", "next": "30"}

    assert "this one promises it later" not in usual
    assert "The policy asks for a word within 20 minutes" in text_of(
        say(client, incident, slow, do="preview")
    )
    assert say(client, incident, slow).status_code == 302


def test_the_usual_pace_comes_back_at_a_click() -> None:
    page = a_page()
    incident = an_incident(page, at=ago(130)).incident_id
    still = {"en": Layer("Still failing", "A change of ours.")}
    slow = Saying(
        phase=Phase.INVESTIGATING, layers=still, long_reason={"en": "It takes all night."}
    )
    word.say(incident, slow, by=TERMINAL, at=ago(5))
    client = came_in(lea())
    assert "Back to the usual pace" in text_of(client.get(f"/console/incidents/{incident}/say"))

    say(client, incident, {**FREELY, "since": "", "next": "usual", "long": ""})

    words = words_of(page.audience_id, incident)
    assert words.long_mode is None
    assert words.next_word_at is not None
    assert words.next_word_at < ago(-21)


def test_the_opener_for_lateness_is_said_once_however_often_a_draft_is_kept() -> None:
    page = a_page()
    incident = an_incident(page, at=ago(60)).incident_id
    client = came_in(lea())
    told = {**FREELY, "since": "", "late": "on", "reason.en": "we were on the phone"}
    say(client, incident, told, do="save")
    say(came_in(lea_again()), incident, {**told, "body.en": "Kept."}, do="publish")

    body = words_of(page.audience_id, incident).layers["en"].body
    assert body.count("This update is late") == 1
    assert "The reason: we were on the phone." in body


def lea_again() -> Operator:
    return Operator.objects.get(name="Lea")
