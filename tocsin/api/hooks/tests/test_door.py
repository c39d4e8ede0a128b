"""The door itself: tokens, secrets, methods, repeats, and what is answered when all is not well."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from tests.cast import NOON, a_page
from tests.hostile.ground import nothing_written
from tocsin.api.hooks.tests.ground import a_door, a_group, an_alert, post
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL
from tocsin.watch import hooks, signals
from tocsin.watch.models import Signal, Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    return a_page()


def test_an_alert_is_written_down_once_however_often_it_is_told(page: Brand) -> None:
    door, path = a_door(page, Source.ALERTMANAGER)

    first = post(path, a_group())
    again = post(path, a_group())
    both = post(path, a_group(an_alert(), an_alert(fingerprint="31a801d2ef38764a")))

    assert [answer.status_code for answer in (first, again, both)] == [200, 200, 200]
    assert [answer.json()["new"] for answer in (first, again, both)] == [1, 0, 1]
    assert again.json()["repeated"] == 1
    assert len(signals.recent(door.id)) == 2


def test_a_repeat_writes_nothing_at_all(page: Brand) -> None:
    _, path = a_door(page, Source.ALERTMANAGER)
    post(path, a_group())

    with nothing_written():
        post(path, a_group())


def test_only_who_serves_the_door_turns_its_clock_and_no_caller_does(page: Brand) -> None:
    door, path = a_door(page, Source.ALERTMANAGER)
    body, kind = json.dumps(a_group()), "application/json"
    turned: dict[str, Any] = {hooks.TOLD_TIME: NOON}

    Client().post(path, body, kind, **turned)
    Client().post(
        path,
        json.dumps(a_group(an_alert(fingerprint="31a801d2ef38764a"))),
        kind,
        headers={hooks.TOLD_TIME: NOON.isoformat()},
    )

    last, first = signals.recent(door.id)
    assert first.received_at == NOON
    assert timezone.now() - last.received_at < timedelta(minutes=5)


@pytest.mark.parametrize("source", list(Source))
def test_an_unknown_or_revoked_token_opens_nothing(page: Brand, source: Source) -> None:
    door, path = a_door(page, source)
    hooks.revoke(door.id, by=TERMINAL, at=NOON)

    with nothing_written():
        answers = [post(path, {}), post(f"/hooks/{source}/guessed", {}), Client().get(path)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert all(answer.json()["error"] for answer in answers)


def test_a_token_opens_the_door_of_its_own_source_alone(page: Brand) -> None:
    _, path = a_door(page, Source.ALERTMANAGER)

    with nothing_written():
        others = [path.replace("alertmanager", name) for name in ("grafana", "generic", "nagios")]
        assert [post(other, a_group()).status_code for other in others] == [404, 404, 404]
        assert post(f"{path}/more", a_group()).status_code == 404


@pytest.mark.parametrize("method", ["get", "head", "delete", "patch"])
def test_a_get_changes_nothing_and_is_told_why(page: Brand, method: str) -> None:
    _, path = a_door(page, Source.UPTIME_KUMA)
    query = '?msg=down&heartbeat={"status":0,"monitorID":1}'

    with nothing_written():
        answer = getattr(Client(), method)(path + query)

    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    if method == "get":
        assert "A GET changes nothing" in answer.json()["error"]


def test_grafana_may_put(page: Brand) -> None:
    _, path = a_door(page, Source.GRAFANA)

    answer = Client().put(path, json.dumps(a_group(version="1")), content_type="application/json")

    assert answer.json()["new"] == 1


def test_when_it_cannot_be_written_down_its_source_is_asked_to_try_again(
    page: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*told: object, **more: object) -> None:
        raise OperationalError("database is locked")

    _, path = a_door(page, Source.ALERTMANAGER)
    monkeypatch.setattr(signals, "_write", locked)

    answer = post(path, a_group())

    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    assert not Signal.objects.exists()


def signed(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


OLD, NEW = "the-old-secret", "the-new-secret"
BODY = json.dumps(a_group()).encode()
PAGERDUTY = json.dumps(
    {"event": {"id": "E1", "event_type": "incident.triggered", "data": {"id": "Q1", "title": "x"}}}
).encode()
SENTRY = b'{"action": "critical", "data": {"metric_alert": {"id": "7", "title": "x"}}}'
GENERIC = b'{"status": "firing", "id": "x"}'
BASIC = base64.b64encode(f"tocsin:{NEW}".encode()).decode()
PROOFS = [
    (Source.ALERTMANAGER, BODY, {"Authorization": f"Bearer {NEW}"}),
    (Source.ALERTMANAGER, BODY, {"Authorization": f"Basic {BASIC}"}),
    (Source.GRAFANA, BODY, {"X-Grafana-Alerting-Signature": signed(OLD, BODY)}),
    (
        Source.GRAFANA,
        BODY,
        {
            "X-Grafana-Alerting-Timestamp": "1700000000",
            "X-Grafana-Alerting-Signature": signed(NEW, b"1700000000:" + BODY),
        },
    ),
    (
        Source.PAGERDUTY,
        PAGERDUTY,
        {"X-PagerDuty-Signature": f"v1={'0' * 64}, v1={signed(OLD, PAGERDUTY)}"},
    ),
    (Source.SENTRY, SENTRY, {"Sentry-Hook-Signature": signed(NEW, SENTRY)}),
    (Source.GENERIC, GENERIC, {"X-Hub-Signature-256": f"sha256={signed(OLD, GENERIC)}"}),
    (Source.UPTIME_KUMA, b'{"heartbeat": null}', {"Authorization": f"bearer {OLD}"}),
]


@pytest.mark.parametrize(("source", "body", "headers"), PROOFS)
def test_each_source_proves_itself_as_it_can(
    page: Brand, source: Source, body: bytes, headers: dict[str, str]
) -> None:
    _, path = a_door(page, source, secrets=(OLD, NEW))

    answer = Client().post(path, body, content_type="application/json", headers=headers)

    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(("source", "body", "headers"), PROOFS)
def test_a_changed_body_or_another_secret_is_refused(
    page: Brand, source: Source, body: bytes, headers: dict[str, str]
) -> None:
    _, path = a_door(page, source, secrets=("quite another",))

    with nothing_written():
        for sent, said in ((body, headers), (body, {}), (body + b" ", headers)):
            answer = Client().post(path, sent, content_type="application/json", headers=said)
            assert answer.status_code == 401
            assert "secret" in answer.json()["error"]


def test_an_events_routing_key_is_its_secret(page: Brand) -> None:
    _, path = a_door(page, Source.EVENTS_V2, secrets=(OLD,))
    event = {"event_action": "resolve", "dedup_key": "x"}

    assert post(path, {**event, "routing_key": OLD}).status_code == 202
    assert post(path, {**event, "routing_key": "another"}).status_code == 401
    assert post(path, event).status_code == 401


def test_a_hook_knows_when_it_was_used_last(page: Brand) -> None:
    door, path = a_door(page, Source.ALERTMANAGER)
    assert hooks.hook(door.id).last_used_at is None

    post(path, a_group(alerts=[]))

    assert hooks.hook(door.id).last_used_at is not None


def test_no_token_and_no_secret_is_kept_where_it_must_not_be(page: Brand) -> None:
    door, path = a_door(page, Source.GRAFANA, secrets=(OLD,))
    token = path.rpartition("/")[2]

    from tocsin.journal import chain

    told = repr(door) + repr(chain.read(("hook", door.id)))
    assert token not in told
    assert OLD not in told
    assert door.begins == token[:6]


@pytest.mark.parametrize("source", list(Source))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"17",
        b'"firing"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"alerts": null}',
        b'{"alerts": [null]}',
        b'{"alerts": {}}',
        b'{"alerts": [{"status": "on fire"}]}',
        b'{"event": null}',
        b'{"event": {"event_type": "incident.triggered", "data": null}}',
        b'{"event_action": "trigger"}',
        b'{"event_action": "trigger", "payload": {"summary": 7}}',
        b'{"event_action": "resolve"}',
        b'{"heartbeat": {"status": 9}, "monitor": {}}',
        b'{"heartbeat": {"status": 0}, "monitor": null}',
        b'{"specversion": "1.0"}',
        b'{"specversion": "0.3", "id": "1", "source": "/x", "type": "x"}',
        b'{"status": "on fire"}',
        b'{"status": {"deep": []}, "title": []}',
        b'[{"status": "firing"}]',
        b"[[]]",
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_never_an_error(
    page: Brand, source: Source, body: bytes
) -> None:
    _, path = a_door(page, source)

    answer = post(path, body)

    assert answer.status_code in (200, 202, 400), answer.content
    if answer.status_code == 400:
        assert answer.json().get("error") or answer.json()["errors"]
        assert not Signal.objects.exists()


def test_what_no_database_can_hold_is_kept_without_it(page: Brand) -> None:
    door, path = a_door(page, Source.ALERTMANAGER)
    odd = an_alert(
        fingerprint="a\x00b" * 200,
        startsAt="x\x00y",
        labels={"a\x00": "\ud800", "component": "checkout", "long": "x" * 9000},
        annotations={"summary": "\ud800\x00" + "y" * 9000},
        generatorURL="javascript:alert(1)",
    )

    assert post(path, a_group(odd)).json()["new"] == 1

    (signal,) = signals.recent(door.id)
    assert len(signal.alert) <= 160
    assert len(signal.title) <= 255
    assert signal.url == ""


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "soon", 7, None])
def test_no_time_of_a_source_comes_from_the_future_or_from_nowhere(
    page: Brand, time: object
) -> None:
    door, path = a_door(page, Source.ALERTMANAGER)

    post(path, a_group(an_alert(startsAt=time)))

    (signal,) = signals.recent(door.id)
    assert signal.happened_at <= signal.received_at
    assert signal.happened_at.year > 2000
