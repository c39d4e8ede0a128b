"""Data may be in others' hands: no alert says so, security is asked, and readers hear in time."""

import pytest
from django.test import Client

from tests.cast import SAM, an_operator
from tests.story.telling import CHECKOUT_DOWN, Telling
from tests.story.test_alerts_in import Town, town  # noqa: F401 (a fixture)
from tests.story.test_owed_words import turned
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Operator, Role
from tocsin.statements import answers, policies, published, word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying
from tocsin.watch.models import Source

ASKS_SECURITY = "clearance:\n  security:\n    words: security\n    within: 15m\n"
FOUND = "Somebody else could read 41 invoices since 08:30 UTC."
BREACH = {
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Exfiltration", "component": "checkout", "kind": "security"},
            "annotations": {"summary": "Data leaves for an address that nobody knows"},
            "startsAt": "2026-11-24T09:00:00Z",
            "fingerprint": "f1",
        }
    ],
}


@pytest.fixture
def sven(night: Telling) -> Operator:
    policies.adopt(night.page.id, ASKS_SECURITY, by=TERMINAL, at=night.at("09:00"))
    return an_operator("Sven", Role.SECURITY)


def test_an_alert_alone_never_publishes_it_whatever_time_passes(
    town: Town,  # noqa: F811
    sven: Operator,
) -> None:
    town.sends("09:01", Source.ALERTMANAGER, BREACH)
    turned(town.night, "09:30", "10:30", "14:00", "21:00")

    assert published.last_number(town.night.page.audience_id) == 0
    assert town.night.mails_to(SAM) == []
    assert town.one().noticed.impacts, "it waits on the desk, for somebody to look at it"
    assert declaration.open_incidents() == []


def test_what_a_person_wrote_is_asked_of_security_and_its_lapse_is_told(
    night: Telling, sven: Operator
) -> None:
    incident = a_breach(night)

    assert FOUND not in night.reads("index.html")
    turned(night, "09:24", "09:25")
    assert "We will post again here by" in night.reads("index.html")
    assert FOUND not in night.reads("index.html")
    (waiting,) = answers.waiting_of(incident)
    assert waiting.role == Role.SECURITY
    answers.grant(waiting.clearance_id, by=sven.actor, at=night.at("09:30"))
    turned(night, "09:31")
    assert FOUND in night.reads("index.html")


def test_a_policy_that_escalates_lets_nothing_of_it_out(night: Telling, sven: Operator) -> None:
    escalates = ASKS_SECURITY + "    falls_back: escalate\n"
    policies.adopt(night.page.id, escalates, by=TERMINAL, at=night.at("09:01"))
    a_breach(night)
    before = night.reads("index.html")

    turned(night, "09:24", "09:25")

    assert FOUND not in night.reads("index.html")
    assert "work continues" not in night.reads("index.html")
    assert "work continues" not in before
    subjects = [mail["Subject"] for mail in night.mails_to("lea@linden.example")]
    assert any("readers hear nothing" in str(subject) for subject in subjects)


def test_readers_are_not_told_which_kind_it_is(night: Telling, sven: Operator) -> None:
    incident = a_breach(night)
    turned(night, "09:10")

    shown = Client().get(f"/console/incidents/{incident}")

    assert declaration.known_of(incident).is_security
    assert shown.status_code == 302, "our own people alone see it"
    for path in ("index.html", "fr", "api/v2/summary.json"):
        told = night.reads(path).lower().replace("content-security-policy", "")
        assert "security" not in told
        assert "sécurité" not in told


def a_breach(night: Telling) -> str:
    """Our own mistake, no attack: held for at 09:07; at 09:09 Olu writes what was found."""
    incident = word.declare(
        night.page.id,
        title="Checkout is failing",
        components=CHECKOUT_DOWN,
        is_security=True,
        by=night.olu,
        at=night.at("09:07"),
    ).incident_id
    turned(night, "09:08")
    layers = {"en": Layer("Some invoices could be read by others", FOUND)}
    saying = Saying(phase=Phase.INVESTIGATING, layers=layers)
    spoken = word.say(incident, saying, by=night.olu, at=night.at("09:09"))
    assert spoken.pending is not None
    return incident
