"""What each source sends, and what it is taken to mean."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import a_page
from tocsin.api.hooks.tests.ground import a_door, a_group, an_alert, post
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import Severity
from tocsin.watch import signals
from tocsin.watch.models import Source
from tocsin.watch.signals import Noted

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    return a_page()


def told(page: Brand, source: Source, *bodies: Any, **how: Any) -> list[Noted]:
    """What is written down of these calls, oldest first."""
    door, path = a_door(page, source)
    for body in bodies:
        answer = post(path, body, **how)
        assert answer.status_code in (200, 202), answer.content
    return signals.recent(door.id)[::-1]


# Alertmanager


def test_alertmanager_tells_of_each_alert_of_its_group(page: Brand) -> None:
    over = an_alert(
        status="resolved", fingerprint="31a801d2ef38764a", endsAt="2026-11-23T10:30:00Z"
    )
    both = told(page, Source.ALERTMANAGER, a_group(an_alert(), over))
    fires, ended = sorted(both, key=lambda noted: not noted.is_firing)

    assert (fires.is_firing, fires.state, fires.title) == (
        True,
        State.MAJOR,
        "Checkout answers 5xx",
    )
    assert fires.happened_at == datetime(2026, 11, 23, 9, 58, 26, 739266, UTC)
    assert not ended.is_firing
    assert ended.happened_at == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


def test_an_old_alertmanager_without_fingerprints_is_known_by_its_labels(page: Brand) -> None:
    bare = an_alert()
    del bare["fingerprint"]

    assert len(told(page, Source.ALERTMANAGER, a_group(bare), a_group(bare))) == 1


def test_the_labels_made_for_statuspage_say_how_bad_it_is(page: Brand) -> None:
    notes = {
        "statuspageComponentName": "Checkout",
        "statuspageComponentStatus": "degraded_performance",
        "statuspageImpactOverride": "critical",
        "statuspageSummary": "Checkout has a high error rate",
    }
    labels = {"alertname": "x", "statuspageComponentId": "abc", "severity": "critical"}

    (one,) = told(page, Source.ALERTMANAGER, a_group(an_alert(labels=labels, annotations=notes)))

    assert (one.state, one.severity) == (State.DEGRADED, Severity.SEV1)
    assert one.title == "Checkout has a high error rate"
    assert one.labels["statuspageComponentName"] == "Checkout"


@pytest.mark.parametrize("name", ["Watchdog", "DatasourceNoData", "DatasourceError"])
def test_alerts_about_alerting_are_recorded_alone(page: Brand, name: str) -> None:
    (one,) = told(page, Source.GRAFANA, a_group(an_alert(labels={"alertname": name})))

    assert one.state is None


# Grafana


def test_grafana_speaks_alertmanagers_language_with_links_of_its_own(page: Brand) -> None:
    alert = an_alert(
        silenceURL="https://grafana.example/silence",
        dashboardURL="https://grafana.example/d/1",
        panelURL="https://grafana.example/d/1?viewPanel=2",
        values={"A": 2473545728, "B": None},
        valueString="[ var='A' labels={} value=2.4e+09 ]",
    )
    group = a_group(alert, version="1", orgId=1, title="[FIRING:1]", state="alerting", message="m")

    (one,) = told(page, Source.GRAFANA, group)

    assert one.url == "https://grafana.example/d/1?viewPanel=2"
    assert one.is_firing


def test_legacy_grafana_alerts_end_and_pauses_are_no_turn(page: Brand) -> None:
    def legacy(state: str) -> dict[str, Any]:
        return {
            "title": f"[{state}] Checkout",
            "ruleId": 7,
            "ruleName": "Checkout",
            "ruleUrl": "https://grafana.example/d/7",
            "state": state,
            "message": "m",
            "evalMatches": [],
            "tags": {"component": "checkout"},
        }

    states = ("alerting", "alerting", "paused", "no_data", "pending", "ok", "alerting")
    heard = told(page, Source.GRAFANA, *(legacy(state) for state in states))

    assert [one.is_firing for one in heard] == [True, False, True]
    assert heard[0].labels["component"] == "checkout"


# PagerDuty


def pagerduty(kind: str, number: int, **more: Any) -> dict[str, Any]:
    return {
        "event": {
            "id": f"01{number}",
            "event_type": kind,
            "resource_type": "incident",
            "occurred_at": f"2026-11-23T10:{number:02}:00.000Z",
            "agent": None,
            "client": None,
            "data": {
                "id": "Q1",
                "type": "incident",
                "html_url": "https://acme.pagerduty.com/incidents/Q1",
                "number": 2,
                "status": "triggered",
                "title": "Checkout is down",
                "service": {"id": "PF9", "summary": "Checkout", "type": "service_reference"},
                "priority": None,
                "urgency": "high",
                **more,
            },
        }
    }


def test_pagerduty_begins_ends_and_reopens_an_incident(page: Brand) -> None:
    kinds = (
        "incident.triggered",
        "incident.acknowledged",
        "incident.priority_updated",
        "incident.resolved",
        "incident.reopened",
        "incident.annotated",
    )
    bodies = [pagerduty(kind, number) for number, kind in enumerate(kinds)]

    heard = told(page, Source.PAGERDUTY, *bodies, *bodies)

    assert [one.is_firing for one in heard] == [True, False, True]
    assert heard[0].labels["service"] == "Checkout"
    assert heard[0].state == State.PARTIAL
    assert heard[0].url == "https://acme.pagerduty.com/incidents/Q1"


def test_pagerdutys_priority_outweighs_its_urgency(page: Brand) -> None:
    body = pagerduty("incident.triggered", 1, priority={"summary": "P1"}, urgency="low")

    (one,) = told(page, Source.PAGERDUTY, body)

    assert one.state == State.MAJOR


@pytest.mark.parametrize("kind", ["pagey.ping", "service.updated", "incident.responder.added"])
def test_pagerdutys_test_and_other_events_are_accepted(page: Brand, kind: str) -> None:
    assert told(page, Source.PAGERDUTY, {"event": {"id": "x", "event_type": kind}}) == []


# Events v2


TRIGGER = {
    "routing_key": "R0",
    "event_action": "trigger",
    "dedup_key": "checkout-5xx",
    "payload": {
        "summary": "Checkout answers 5xx",
        "source": "web-1",
        "severity": "critical",
        "component": "checkout",
        "custom_details": {"rate": 0.4, "deep": {"a": 1}},
    },
}


@pytest.mark.parametrize("ending", ["", "/v2/enqueue"])
def test_an_event_is_answered_as_pagerduty_does(page: Brand, ending: str) -> None:
    door, path = a_door(page, Source.EVENTS_V2)

    for event in (TRIGGER, TRIGGER, {"event_action": "resolve", "dedup_key": "checkout-5xx"}):
        answer = post(path + ending, event)
        assert answer.status_code == 202
        assert answer.json() == {
            "status": "success",
            "message": "Event processed",
            "dedup_key": "checkout-5xx",
        }

    heard = signals.recent(door.id)[::-1]
    assert [one.is_firing for one in heard] == [True, False]
    assert heard[0].labels["component"] == "checkout"


def test_an_event_without_a_key_gets_one_and_the_same_again(page: Brand) -> None:
    door, path = a_door(page, Source.EVENTS_V2)
    event = {name: said for name, said in TRIGGER.items() if name != "dedup_key"}

    first, again = (post(path, event).json()["dedup_key"] for _ in range(2))

    assert first == again
    assert len(signals.recent(door.id)) == 1


def test_an_event_that_is_not_whole_is_told_what_it_lacks(page: Brand) -> None:
    _, path = a_door(page, Source.EVENTS_V2)

    answer = post(path, {"event_action": "trigger", "payload": {"summary": "x", "severity": "bad"}})

    assert answer.status_code == 400
    assert answer.json()["status"] == "invalid event"
    assert any("source" in one for one in answer.json()["errors"])
    assert any("severity" in one for one in answer.json()["errors"])


# Uptime Kuma


def kuma(status: int) -> dict[str, Any]:
    return {
        "heartbeat": {
            "monitorID": 5,
            "status": status,
            "time": "2026-11-23 10:00:00.123",
            "msg": "connect ECONNREFUSED",
            "ping": None,
            "important": True,
            "duration": 60,
        },
        "monitor": {
            "id": 5,
            "name": "Checkout",
            "url": "https://shop.example/pay",
            "type": "http",
            "tags": [{"name": "team", "value": "pay"}, {"name": "core", "value": ""}],
        },
        "msg": "[Checkout] [Down] connect ECONNREFUSED",
    }


def test_uptime_kuma_is_down_and_up_in_json(page: Brand) -> None:
    heard = told(page, Source.UPTIME_KUMA, *(kuma(status) for status in (0, 0, 2, 3, 1, 1, 0)))

    assert [one.is_firing for one in heard] == [True, False, True]
    assert heard[0].state == State.MAJOR
    labels = heard[0].labels
    assert (labels["service"], labels["team"], labels["core"]) == ("Checkout", "pay", "true")


def test_uptime_kuma_sends_forms_too(page: Brand) -> None:
    door, path = a_door(page, Source.UPTIME_KUMA)

    for fields in ({"data": json.dumps(kuma(0))}, {"data": json.dumps(kuma(1))}):
        assert Client().post(path, fields).status_code == 200  # multipart, as form-data is sent
    encoded = Client().post(
        path,
        "data=" + json.dumps(kuma(0)).replace("&", "%26"),
        content_type="application/x-www-form-urlencoded",
    )

    assert encoded.status_code == 200
    assert [one.is_firing for one in signals.recent(door.id)[::-1]] == [True, False, True]


def test_uptime_kumas_test_button_is_accepted(page: Brand) -> None:
    assert told(page, Source.UPTIME_KUMA, {"heartbeat": None, "monitor": None, "msg": "Test"}) == []


def test_a_file_in_a_form_is_no_alert(page: Brand) -> None:
    _, path = a_door(page, Source.UPTIME_KUMA)

    answer = Client().post(path, {"data": SimpleUploadedFile("data", b"{}")})

    assert answer.status_code == 400


# CloudEvents


EVENT = {
    "specversion": "1.0",
    "id": "A234-1234-1234",
    "source": "/watch/checkout",
    "type": "com.example.alert.firing",
    "subject": "checkout",
    "time": "2026-11-23T10:31:00Z",
    "datacontenttype": "application/json",
    "data": {"title": "Checkout answers 5xx", "severity": "warning", "component": "checkout"},
}


def test_a_structured_event_is_known_by_source_and_id(page: Brand) -> None:
    kind = "application/cloudevents+json; charset=utf-8"
    over = {**EVENT, "id": "2", "type": "com.example.alert.resolved"}

    heard = told(page, Source.CLOUDEVENTS, EVENT, EVENT, over, kind=kind)

    assert [one.is_firing for one in heard] == [True, False]
    assert heard[0].alert == heard[1].alert == "/watch/checkout checkout"
    assert (heard[0].state, heard[0].title) == (State.DEGRADED, "Checkout answers 5xx")
    assert heard[0].labels["component"] == "checkout"


def test_a_batch_holds_several(page: Brand) -> None:
    batch = [EVENT, {**EVENT, "id": "2", "subject": "cart"}]

    heard = told(page, Source.CLOUDEVENTS, batch, kind="application/cloudevents-batch+json")

    assert {one.alert for one in heard} == {"/watch/checkout checkout", "/watch/checkout cart"}


def test_a_binary_event_has_its_attributes_in_headers(page: Brand) -> None:
    heard = told(
        page,
        Source.CLOUDEVENTS,
        {"status": "firing", "title": "Checkout answers 5xx", "component": "checkout"},
        ce_specversion="1.0",
        ce_id="9",
        ce_source="/watch",
        ce_type="com.example.thing",
        ce_subject="checkout%20in%20Paris",
        ce_time="2026-11-23T10:31:00Z",
    )

    assert heard[0].alert == "/watch checkout in Paris"
    assert heard[0].happened_at == datetime(2026, 11, 23, 10, 31, tzinfo=UTC)


def test_an_event_of_which_nobody_can_tell_is_recorded_alone(page: Brand) -> None:
    deployed = {**EVENT, "type": "com.example.deploy.finished", "data": None}

    (one,) = told(page, Source.CLOUDEVENTS, deployed)

    assert one.state is None


def test_the_handshake_lets_whoever_has_the_token_send(page: Brand) -> None:
    _, path = a_door(page, Source.CLOUDEVENTS)
    asks = {"WebHook-Request-Origin": "eventemitter.example", "WebHook-Request-Rate": "120"}

    answer = Client().options(path, headers=asks)

    assert answer.status_code == 200
    assert answer["WebHook-Allowed-Origin"] == "eventemitter.example"
    assert answer["WebHook-Allowed-Rate"] == "120"
    assert "POST" in answer["Allow"]
    assert Client().options("/hooks/cloudevents/guessed", headers=asks).status_code == 404


# Gatus, Sentry, and anything else


def test_gatus_by_the_body_of_the_manual(page: Brand) -> None:
    def body(status: str) -> dict[str, str]:
        return {
            "status": status,
            "group": "shop",
            "service": "checkout",
            "title": "healthcheck failed",
            "url": "https://shop.example/pay",
        }

    heard = told(page, Source.GATUS, *(body(status) for status in ("TRIGGERED", "RESOLVED")))

    assert [one.is_firing for one in heard] == [True, False]
    assert heard[0].alert == "shop/checkout"
    assert heard[0].state == State.MAJOR


def test_sentrys_metric_alerts_begin_and_end(page: Brand) -> None:
    def body(action: str) -> dict[str, Any]:
        return {
            "action": action,
            "installation": {"uuid": "x"},
            "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
            "data": {
                "metric_alert": {
                    "id": "7",
                    "title": "Error rate",
                    "projects": ["checkout"],
                    "date_started": "2026-11-23T10:00:00.123456Z",
                    "date_closed": "2026-11-23T10:20:00Z" if action == "resolved" else None,
                },
                "description_title": "Resolved: Error rate" if action == "resolved" else "Critical",
                "web_url": "https://sentry.io/x",
            },
        }

    heard = told(
        page,
        Source.SENTRY,
        *(body(action) for action in ("critical", "critical", "resolved")),
        sentry_hook_resource="metric_alert",
    )

    assert [one.is_firing for one in heard] == [True, False]
    assert heard[0].labels["service"] == "checkout"
    assert heard[0].state == State.MAJOR


def test_sentrys_issue_alert_ends_with_its_issue(page: Brand) -> None:
    door, path = a_door(page, Source.SENTRY)
    event = {"issue_id": "42", "title": "TypeError", "level": "error", "web_url": "https://s.io/1"}
    alert = {"action": "triggered", "data": {"event": event, "triggered_rule": "Very important"}}
    issue = {"action": "resolved", "data": {"issue": {"id": "42", "title": "TypeError"}}}

    post(path, alert, sentry_hook_resource="event_alert")
    post(path, issue, sentry_hook_resource="issue")
    post(path, {"action": "created", "data": {}}, sentry_hook_resource="installation")

    assert [one.is_firing for one in signals.recent(door.id)[::-1]] == [True, False]


@pytest.mark.parametrize(
    ("fires", "ends"),
    [
        ({"status": "firing"}, {"status": "resolved"}),
        ({"status": "DOWN"}, {"status": "UP"}),
        ({"alert_status": "Triggered"}, {"alert_status": "Recovered"}),
        ({"state": "alerting"}, {"state": "ok"}),
        ({"event_action": "trigger"}, {"event_action": "resolve"}),
        ({}, {"status": "closed"}),
    ],
)
def test_a_body_of_ones_own_begins_and_ends_in_many_words(
    page: Brand, fires: dict[str, str], ends: dict[str, str]
) -> None:
    own = {"id": "checkout-5xx", "title": "Checkout answers 5xx", "component": "checkout"}

    heard = told(page, Source.GENERIC, own | fires, own | fires, own | ends, own | ends)

    assert [one.is_firing for one in heard] == [True, False]


def test_several_at_once_a_form_and_tags(page: Brand) -> None:
    door, path = a_door(page, Source.GENERIC)
    several = [{"title": "one", "component": "cart"}, {"title": "two", "tags": ["service:cart"]}]

    assert post(path, several).json()["new"] == 2
    form = Client().post(
        path, {"title": "three", "status": "down", "tags": "service:cart,env:prod"}
    )

    assert form.json()["new"] == 1
    assert signals.recent(door.id)[0].labels["env"] == "prod"
    curl = post(path, {"title": "four"}, kind="application/x-www-form-urlencoded")
    assert curl.json()["new"] == 1
