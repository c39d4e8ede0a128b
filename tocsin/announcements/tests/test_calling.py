"""Machines and rooms are told like readers by mail, and none of them waits for another."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings as configured
from pytest_django.fixtures import Settings
from standardwebhooks.webhooks import WebhookVerificationError

from tests.cast import NOON, SAM, a_page, an_incident, later
from tests.far_side import Answer, FarSide
from tests.hostile_smtp import HostileSmtp
from tocsin.announcements import (
    accounts,
    audience,
    delivering,
    ledger,
    progress,
    reach,
    readers,
)
from tocsin.announcements.audience import CannotSubscribe, Choice
from tocsin.announcements.readers import Standing
from tocsin.announcements.tests.machines import a_machine, read, secret_of
from tocsin.announcements.tests.readers import BEFORE, a_reader, a_word, go_live, mails, tell
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.post import calls, claims, letters
from tocsin.statements import publication
from tocsin.statements.published import Publication

pytestmark = pytest.mark.django_db


def test_a_machine_is_told_in_a_way_that_others_can_verify(far: FarSide) -> None:
    page = a_page()
    robot = a_machine(page, far.url("/hook"))
    spoken = an_incident(page)

    assert tell(page, spoken.publication) >= 1

    (call,) = far.to("/hook")
    told = read(call, secret_of(robot))
    assert told["type"] == "incident.created"
    assert told["timestamp"] == "2026-11-23T12:00:00.000Z"
    incident = told["data"]["incident"]
    assert incident["id"] == spoken.incident_id
    assert incident["url"].endswith(f"/incidents/{spoken.incident_id}")
    assert set(told["data"]["update"]) == {"en", "fr"}
    (component,) = told["data"]["components"]
    assert component["new_status"] == "major_outage"
    assert told["data"]["unsubscribe"].endswith(f"/subscribe/unsubscribe/{robot.token}")
    assert "." not in call.headers["webhook-id"]
    (fate,) = progress.fates(spoken.publication.id)
    assert (fate.fate, fate.receipt, fate.address) == ("delivered", "200 OK", "127.0.0.1/…")


def test_another_s_secret_or_another_body_does_not_verify(far: FarSide) -> None:
    page = a_page()
    robot = a_machine(page, far.url("/hook"))
    tell(page, an_incident(page).publication)
    (call,) = far.to("/hook")

    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    with pytest.raises(WebhookVerificationError):
        read(call, other)
    with pytest.raises(WebhookVerificationError):
        read(replace(call, body=call.body + b" "), secret_of(robot))
    with pytest.raises(WebhookVerificationError):
        read(call, secret_of(robot), at=later(60))


def test_a_call_that_is_tried_again_keeps_its_id_and_is_stamped_anew(far: FarSide) -> None:
    page = a_page()
    robot = a_machine(page, far.url("/hook"))
    far.answers["/hook"] = [Answer(500), Answer(fault="reset")]
    said = an_incident(page).publication

    tell(page, said)
    ledger_drained(NOON + timedelta(seconds=7))
    ledger_drained(later(8))

    first, second, third = far.to("/hook")
    assert first.headers["webhook-id"] == third.headers["webhook-id"]
    assert first.body == second.body == third.body
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert read(third, secret_of(robot), at=later(8))["type"] == "incident.created"
    assert progress.progress_of(said.id).counts.delivered == 1


def ledger_drained(at: datetime) -> None:
    while ledger.deliver_due(at):
        pass


def test_the_plan_for_machines_is_kept_to_its_end(far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    far.always["/hook"] = Answer(503)
    said = an_incident(page).publication
    tell(page, said)

    at = NOON
    for wait in claims.FOR_MACHINES:
        at += wait * (1 + claims.SPREAD)
        ledger_drained(at)

    assert len(far.to("/hook")) == len(claims.FOR_MACHINES) + 1
    (fate,) = progress.fates(said.id)
    assert (fate.fate, fate.reason) == ("given_up", "It answered 503 Service Unavailable.")


@pytest.mark.parametrize("status", [201, 204])
def test_any_2xx_is_success(far: FarSide, status: int) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    far.always["/hook"] = Answer(status, body=b"")

    said = an_incident(page).publication
    tell(page, said)

    assert progress.progress_of(said.id).counts.delivered == 1


def test_a_redirect_is_a_failure_and_is_never_followed(far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    far.always["/hook"] = Answer(307, {"Location": far.url("/inside")})

    said = an_incident(page).publication
    tell(page, said)

    assert not far.to("/inside")
    (fate,) = progress.fates(said.id)
    assert fate.fate == "retrying"
    assert "redirects are not followed" in fate.reason


def test_gone_ends_the_subscription(far: FarSide) -> None:
    page = a_page()
    robot = a_machine(page, far.url("/hook"))
    far.answers["/hook"] = [Answer(410)]
    spoken = an_incident(page)
    tell(page, spoken.publication)
    tell(page, a_word(spoken, at=later(10)))

    known = readers.subscriber(robot.id)
    assert known is not None
    assert known.standing == Standing.BOUNCED
    assert len(far.to("/hook")) == 1
    verbs = [entry.verb for entry in chain.read(("subscription", robot.id))]
    assert "announcements:subscription:bounced" in verbs


def test_retry_after_is_heeded(far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    far.answers["/hook"] = [Answer(429, {"Retry-After": "600"})]
    said = an_incident(page).publication
    tell(page, said)

    ledger_drained(later(9))
    assert len(far.to("/hook")) == 1
    ledger_drained(later(10.1))

    assert len(far.to("/hook")) == 2


def test_a_statuspage_client_gets_its_own_bodies_one_event_a_call(far: FarSide) -> None:
    page = a_page()
    robot = a_machine(page, far.url("/hook"), format="statuspage")
    spoken = an_incident(page)

    tell(page, spoken.publication)

    incident, component = [read(call, secret_of(robot)) for call in far.to("/hook")]
    assert set(incident) == {"meta", "page", "incident"}
    assert incident["page"]["status_indicator"] == "critical"
    assert incident["incident"]["id"] == spoken.incident_id
    assert len(incident["incident"]["incident_updates"]) == 1
    assert set(component) == {"meta", "page", "component", "component_update"}
    assert component["component_update"]["old_status"] == "operational"
    assert component["component_update"]["new_status"] == "major_outage"
    ids = [call.headers["webhook-id"] for call in far.to("/hook")]
    assert len(set(ids)) == 2


def test_a_change_without_words_is_told_to_machines_alone(
    far: FarSide, server: HostileSmtp
) -> None:
    page = a_page()
    a_reader(page)
    a_machine(page, far.url("/standard"))
    a_machine(page, far.url("/statuspage"), format="statuspage")

    tell(page, a_change(page))

    assert server.bodies == []
    (standard,) = far.to("/standard")
    assert standard.told["type"] == "component.updated"
    assert standard.told["data"]["incident"] is None
    (statuspage,) = far.to("/statuspage")
    assert statuspage.told["component"]["status"] == "partial_outage"


def a_change(page: Brand, state: State = State.PARTIAL, *, at: datetime = NOON) -> Publication:
    return publication.publish_state(page.id, {"cart": state}, by=TERMINAL, at=at)


def test_a_change_without_words_is_silent_where_no_machine_listens(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)

    said = a_change(page)
    tell(page, said)

    assert progress.progress_of(said.id).state == "silent"


def test_who_listens_is_asked_once_for_however_many_changes(
    server: HostileSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = a_page()
    for state in (State.PARTIAL, State.MAJOR, State.OPERATIONAL):
        said = a_change(page, state)
    asked: list[str] = []

    def has_machines(audience_id: str) -> bool:
        asked.append(audience_id)
        return False

    monkeypatch.setattr(reach, "has_machines", has_machines)
    tell(page, said)

    assert progress.progress_of(said.id).state == "silent"
    assert len(asked) == 1, "and not for each of them"


def test_a_hanging_machine_keeps_nobody_waiting(far: FarSide, server: HostileSmtp) -> None:
    page = a_page()
    for number in range(8):
        a_machine(page, far.url(f"/slow{number}"))
        far.always[f"/slow{number}"] = Answer(fault="hang")
    a_reader(page)
    quick = FarSide()
    with quick:
        for number in range(20):
            a_machine(page, f"http://localhost:{quick.port}/quick{number}")
        said = an_incident(page).publication
        go_live(page, said.number)
        ledger.announce(NOON)

        for _ in range(60):
            ledger.deliver_due(NOON)
            if len(quick.calls) == 20 and len(server.bodies) == 1:
                break

        assert len(quick.calls) == 20
        assert server.recipients == [SAM]
        assert far.most_at_once <= 4, "a host has its share of the calls"


def test_a_room_gets_the_words_of_the_mail(far: FarSide) -> None:
    page = a_page()
    for name in ("slack", "teams", "discord"):
        a_machine(page, far.url(f"/{name}"), channel=name, choice=Choice(language="fr"))
    said = an_incident(page).publication

    tell(page, said)

    for name in ("slack", "teams", "discord"):
        (call,) = far.to(f"/{name}")
        body = call.body.decode()
        assert "Nous examinons un problème concernant le paiement." in body
        assert f"/incidents/{said.incident_id}" in body
        assert "/subscribe/preferences/" in body
        assert "qqqq" not in body, "no hole is left open"


def test_past_the_hour_s_messages_a_room_gets_one_with_all(
    far: FarSide, settings: Settings
) -> None:
    settings.TOCSIN = replace(configured.TOCSIN, mails_an_hour=2, breaker_ratio=100)
    page = a_page()
    a_machine(page, far.url("/room"), channel="slack")
    a_machine(page, far.url("/hook"))
    spoken = an_incident(page)
    tell(page, spoken.publication)
    for minute, words in enumerate(("One.", "Two.", "Three."), start=1):
        tell(page, a_word(spoken, words, at=later(minute)))
    assert len(far.to("/room")) == len(far.to("/hook")) == 2

    ledger_drained(later(62))

    assert len(far.to("/room")) == 3
    digest = far.to("/room")[-1].body.decode()
    assert digest.index("Three.") < digest.index("Two.")
    numbers = [call.told["data"]["publication"]["number"] for call in far.to("/hook")]
    assert numbers == [1, 2, 3, 4], "a machine gets each event, in order"


def test_a_dead_worker_s_calls_are_made_by_the_next(far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    said = an_incident(page).publication
    go_live(page, said.number)
    ledger.announce(NOON)
    claims.claim(delivering.DELIVERIES, at=NOON, limit=5, lease=calls.LEASE)

    ledger_drained(NOON + calls.LEASE - timedelta(seconds=1))
    assert not far.calls
    ledger_drained(NOON + calls.LEASE)

    assert len(far.to("/hook")) == 1


def test_words_of_one_incident_reach_a_machine_in_order(far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    far.answers["/hook"] = [Answer(500)]
    spoken = an_incident(page)
    tell(page, spoken.publication)

    tell(page, a_word(spoken, "Second.", at=later(10)))

    numbers = [call.told["data"]["publication"]["number"] for call in far.to("/hook")]
    assert numbers == [1, 1, 2]


def test_what_is_too_long_for_an_event_is_cut_and_says_so(far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    spoken = an_incident(page)
    tell(page, spoken.publication)

    tell(page, a_word(spoken, "It goes on. " * 1800, at=later(10)))

    call = far.to("/hook")[-1]
    assert len(call.body) <= 20_500
    assert call.told["data"]["is_shortened"]
    assert call.told["data"]["update"]["en"]["body"].endswith("…")


def test_the_last_word_is_told_as_resolved(far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    spoken = an_incident(page)
    tell(page, spoken.publication)

    tell(page, a_word(spoken, "It works again.", at=later(10), phase=Phase.RESOLVED))

    assert far.to("/hook")[-1].told["type"] == "incident.resolved"


def test_a_renewed_secret_signs_beside_the_former_one_for_a_day(far: FarSide) -> None:
    page = a_page()
    robot = a_machine(page, far.url("/hook"))
    former = audience.reveal_secret(robot.token, at=BEFORE)
    fresh = audience.renew_secret(robot.token, at=NOON)
    spoken = an_incident(page)

    tell(page, spoken.publication)
    (call,) = far.to("/hook")
    for secret in (former, fresh):
        assert read(call, secret)["type"] == "incident.created"

    tomorrow = NOON + timedelta(hours=25)
    tell(page, a_word(spoken, at=tomorrow))
    late = far.to("/hook")[-1]
    assert read(late, fresh, at=tomorrow)
    with pytest.raises(WebhookVerificationError):
        read(late, former, at=tomorrow)


def test_a_secret_is_shown_once(far: FarSide) -> None:
    robot = a_machine(a_page(), far.url("/hook"))

    secret = audience.reveal_secret(robot.token, at=NOON)

    assert secret.startswith("whsec_")
    assert audience.reveal_secret(robot.token, at=NOON) == ""


def test_whoever_is_forgotten_leaves_neither_secret_nor_host(far: FarSide) -> None:
    robot = a_machine(a_page(), far.url("/hook"))

    audience.forget(robot.id, by=TERMINAL, at=NOON)

    assert accounts.account_of(robot.id, at=NOON) is None
    known = readers.subscriber(robot.id)
    assert known is not None
    assert known.host == ""


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("webhook", "https://127.0.0.1/hook"),
        ("webhook", "https://[::ffff:10.0.0.1]/hook"),
        ("webhook", "https://metadata.internal/latest"),
        ("webhook", "http://robots.linden.example/hook"),
        ("webhook", "https://robots.linden.example:22/hook"),
        ("webhook", "https://hooks.slack.com/services/T/B/x"),
        ("webhook", "https://discord.com/api/webhooks/1/x"),
        ("slack", "https://robots.linden.example/services/x"),
        ("discord", "https://discord.com.evil.example/api/webhooks/1/x"),
        ("teams", "https://linden.webhook.office.com/webhookb2/x"),
    ],
)
def test_addresses_that_are_never_called_cannot_be_signed_up(name: str, url: str) -> None:
    assert not configured.TOCSIN.allow_private_targets

    with pytest.raises(CannotSubscribe):
        audience.subscribe(
            a_page().id, address=url, channel=name, contact="ops@linden.example", at=NOON
        )


def test_a_machine_needs_somebody_who_answers_for_it(far: FarSide) -> None:
    with pytest.raises(CannotSubscribe, match="Say who answers for it"):
        audience.subscribe(a_page().id, address=far.url(), channel="webhook", at=NOON)


def test_a_call_under_way_is_not_hastened_by_news(far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    far.answers["/hook"] = [Answer(fault="hang")]
    spoken = an_incident(page)
    go_live(page, spoken.publication.number)
    ledger.announce(NOON)
    ledger.deliver_due(NOON)

    assert delivering.hasten(spoken.incident_id, at=NOON) == 0


def test_a_machine_that_failed_for_days_rests_and_its_keeper_is_told(
    far: FarSide, server: HostileSmtp
) -> None:
    page = a_page()
    robot = a_machine(page, far.url("/hook"), contact="ops@robots.example")
    far.always["/hook"] = Answer(503)
    tell(page, an_incident(page).publication)

    at = NOON
    for wait in claims.FOR_MACHINES:
        at += wait * (1 + claims.SPREAD)
        ledger_drained(at)
    letters.deliver_due(at)

    known = readers.subscriber(robot.id)
    assert known is not None
    assert known.standing == Standing.BOUNCED
    (letter,) = mails(server)
    assert letter["To"] == "ops@robots.example"
    assert "stopped calling your machine" in letter["Subject"]


def test_an_ending_process_waits_for_what_is_under_way(far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url("/hook"))
    said = an_incident(page).publication
    go_live(page, said.number)
    ledger.announce(NOON)
    ledger.deliver_due(NOON)

    ledger.finish(NOON)

    assert progress.progress_of(said.id).counts.delivered == 1
