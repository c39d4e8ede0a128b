"""What machines notice becomes a drafted incident, and one tap says it. Readers learn no more.

Prometheus and Grafana send what they send; Olu sees one drafted incident with its words ready, says
it, and is told later that all of it is over. What that means is for her to say.
"""

import json
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.cast import SAM
from tests.story.telling import Telling, text_of
from tests.story.test_eve_sees_nothing import compiled
from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration, drafted, planning
from tocsin.incidents.drafted import Drafted
from tocsin.incidents.models import Outcome
from tocsin.incidents.plans import Plan
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.statements import prepared, word
from tocsin.statements.word import Saying
from tocsin.watch import hooks
from tocsin.watch.models import Signal, Source

SECRETS = ("orders-db-7", "HighErrorRate", "prometheus.inside.example", "team-payments")


@dataclass
class Town:
    """The night, and the machines that watch it."""

    night: Telling
    tokens: dict[Source, str]

    def sends(self, clock: str, source: Source, body: dict[str, Any]) -> dict[str, Any]:
        """A machine calls; its answer. The lanes run at once, as the bell has them do."""
        at = self.night.at(clock)
        with time_machine.travel(at, tick=False):
            answer = Client().post(
                f"/hooks/{source}/{self.tokens[source]}", body, content_type="application/json"
            )
        assert answer.status_code == 200, answer.content
        self.night.run_lanes()
        told: dict[str, Any] = json.loads(answer.content)
        return told

    def drafts(self) -> list[Drafted]:
        return drafted.open_ones([self.night.page.id], at=self.night.night.now)

    def one(self) -> Drafted:
        (only,) = self.drafts()
        return only


@pytest.fixture
def town(night: Telling) -> Town:
    tokens = {}
    for source in (Source.ALERTMANAGER, Source.GRAFANA):
        _, tokens[source] = hooks.create(night.page.id, source, by=TERMINAL, at=night.at("09:00"))
    night.run_lanes()
    return Town(night, tokens)


def alert(name: str, component: str, *, began: str, ended: str = "", **notes: str) -> Any:
    """One alert of Prometheus'."""
    return {
        "status": "resolved" if ended else "firing",
        "labels": {"alertname": name, "component": component, "instance": "orders-db-7"},
        "annotations": {"summary": f"{name} at team-payments", **notes},
        "startsAt": f"2026-11-24T{began}:00.123456789Z",
        "endsAt": f"2026-11-24T{ended}:00Z" if ended else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.inside.example/graph",
        "fingerprint": f"{abs(hash((name, component))):016x}"[:16],
    }


def group(*alerts: Any) -> dict[str, Any]:
    firing = any(one["status"] == "firing" for one in alerts)
    return {
        "version": "4",
        "groupKey": "{}:{}",
        "status": "firing" if firing else "resolved",
        "alerts": list(alerts),
    }


DOWN = alert(
    "HighErrorRate",
    "checkout",
    began="09:03",
    severity="critical",
    statuspageComponentStatus="major_outage",
)
SLOW = alert("SlowCart", "Cart", began="09:04", statuspageComponentStatus="degraded_performance")


def test_from_an_alert_to_a_word_in_one_tap(town: Town) -> None:
    assert town.sends("09:04", Source.ALERTMANAGER, group(DOWN))["new"] == 1

    ready = prepared.prepared(town.one(), at=town.night.at("09:05"))
    assert ready is not None
    assert ready.title == "Checkout is failing"
    assert "We are looking into a problem with checkout" in ready.layers["en"].headline
    assert "le paiement" in ready.layers["fr"].headline
    before = town.night.live()

    spoken = prepared.say(
        town.one().id, revision=town.one().revision, by=town.night.olu, at=town.night.at("09:05")
    )
    town.night.run_lanes()

    assert town.drafts() == []
    assert town.night.live() != before
    assert "We are looking into a problem with checkout" in town.night.reads("index.html")
    (mail,) = town.night.mails_to(SAM)
    assert spoken.incident_id in text_of(mail)
    known = declaration.known_of(spoken.incident_id)
    assert known.moments["detected"].isoformat() == "2026-11-24T09:03:00.123456+00:00"
    assert known.impacts[component(town, "checkout")] == State.MAJOR


def component(town: Town, slug: str) -> str:
    node = shelf.components_of(town.night.page.id).find(slug)
    assert node is not None
    return node.id


def test_what_comes_together_is_one_drafted_incident(town: Town) -> None:
    town.sends("09:04", Source.ALERTMANAGER, group(DOWN))
    first = town.one()
    town.sends("09:05", Source.ALERTMANAGER, group(DOWN, SLOW))

    grown = town.one()
    assert grown.id == first.id
    assert grown.revision > first.revision
    assert grown.noticed.impacts == {
        component(town, "checkout"): State.MAJOR,
        component(town, "cart"): State.DEGRADED,
    }
    with pytest.raises(drafted.Grown):
        prepared.say(
            first.id, revision=first.revision, by=town.night.olu, at=town.night.at("09:06")
        )


def test_told_again_it_changes_nothing(town: Town) -> None:
    town.sends("09:04", Source.ALERTMANAGER, group(DOWN))
    before, rows = town.one(), Signal.objects.count()

    told = town.sends("09:08", Source.ALERTMANAGER, group(DOWN))

    assert told["new"] == 0
    assert Signal.objects.count() == rows
    assert town.one() == before


def test_its_being_over_suggests_and_never_says(town: Town) -> None:
    town.sends("09:04", Source.ALERTMANAGER, group(DOWN))
    spoken = prepared.say(town.one().id, by=town.night.olu, at=town.night.at("09:05"))
    town.night.run_lanes()
    number = town.night.latest(spoken.incident_id).number

    over = alert("HighErrorRate", "checkout", began="09:03", ended="09:20")
    town.sends("09:21", Source.ALERTMANAGER, group(over))

    noticed = drafted.noticed_of(spoken.incident_id, at=town.night.at("09:21"))
    assert noticed is not None
    assert noticed.is_over
    assert town.night.latest(spoken.incident_id).number == number
    assert town.night.live().startswith(f"{number}.")
    assert declaration.known_of(spoken.incident_id).is_open


def test_further_alerts_of_an_open_incident_belong_to_it(town: Town) -> None:
    incident = town.night.said_first("09:07")
    town.sends("09:08", Source.ALERTMANAGER, group(DOWN))

    assert town.drafts() == []
    noticed = drafted.noticed_of(incident, at=town.night.at("09:08"))
    assert noticed is not None
    assert noticed.firing == 1


def test_an_incident_that_somebody_declares_takes_the_drafted_one_in(town: Town) -> None:
    town.sends("09:04", Source.ALERTMANAGER, group(DOWN))
    waiting = town.one()

    incident = town.night.said_first("09:07")
    town.night.run_lanes()

    settled = drafted.drafted(waiting.id, at=town.night.at("09:08"))
    assert (settled.outcome, settled.incident_id) == (Outcome.JOINED, incident)
    with pytest.raises(drafted.AlreadySettled):
        prepared.say(waiting.id, by=town.night.olu, at=town.night.at("09:08"))


def test_what_was_dismissed_stays_so_for_a_while_and_is_recorded_all_the_same(town: Town) -> None:
    town.sends("09:04", Source.ALERTMANAGER, group(DOWN))
    drafted.dismiss(
        town.one().id, reason="a load test", by=town.night.olu, at=town.night.at("09:06")
    )

    over = alert("HighErrorRate", "checkout", began="09:03", ended="09:10")
    again = alert("HighErrorRate", "checkout", began="09:12")
    later = alert("HighErrorRate", "checkout", began="09:50")
    town.sends("09:10", Source.ALERTMANAGER, group(over))
    town.sends("09:13", Source.ALERTMANAGER, group(again))
    assert town.drafts() == []
    assert Signal.objects.count() == 3

    town.sends("09:51", Source.ALERTMANAGER, group(later))
    assert len(town.drafts()) == 1


def test_readers_learn_nothing_of_an_alert(town: Town) -> None:
    before = dict(compiled())
    town.sends("09:04", Source.ALERTMANAGER, group(DOWN, SLOW))

    assert dict(compiled()) == before

    spoken = prepared.say(town.one().id, by=town.night.olu, at=town.night.at("09:05"))
    word.say(
        spoken.incident_id,
        Saying(phase=Phase.IDENTIFIED, layers=town.night.identified("Known", "09:40").layers),
        by=town.night.olu,
        at=town.night.at("09:20"),
    )
    town.night.run_lanes()
    told = [content for _, content in compiled()]
    told += [text_of(mail).encode() for mail in town.night.mails_to(SAM)]
    assert [secret for secret in SECRETS if any(secret.encode() in one for one in told)] == []


def test_what_planned_work_announced_is_no_news(town: Town) -> None:
    work = planning.plan(
        town.night.page.id,
        Plan(
            title="Moving the orders",
            effects={component(town, "cart"): State.MAINTENANCE},
            starts_at=town.night.night.when("09:02"),
            ends_at=town.night.night.when("10:00"),
            zone="Etc/UTC",
        ),
        by=TERMINAL,
        at=town.night.at("09:01"),
    )
    planning.begin(work.id, by=TERMINAL, at=town.night.at("09:02"))

    town.sends("09:05", Source.ALERTMANAGER, group(SLOW))
    assert town.drafts() == []

    town.sends("09:06", Source.ALERTMANAGER, group(DOWN))
    assert list(town.one().noticed.impacts) == [component(town, "checkout")]


def test_every_step_is_in_the_journal(town: Town) -> None:
    town.sends("09:04", Source.ALERTMANAGER, group(DOWN))
    draft = town.one()
    prepared.say(draft.id, by=town.night.olu, at=town.night.at("09:05"))

    acts = [(entry.verb, entry.by) for entry in chain.read(("drafted", draft.id))]

    assert acts == [("incidents:drafted:opened", "the alerts"), ("incidents:drafted:said", "Olu")]
