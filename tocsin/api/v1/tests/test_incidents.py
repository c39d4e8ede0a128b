"""Incidents as machines declare, list, change, put right and withdraw them."""

import re
from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from tests.cast import NOON, a_component, a_page, an_incident, later
from tests.machine import Machine
from tocsin.api.v1.tests.telling import announced, component, newest, opened, said, state
from tocsin.catalogue.models import Access
from tocsin.catalogue.tree import State
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.page import record, statuspage
from tocsin.statements import circles, published, word
from tocsin.statements.values import Kind

pytestmark = pytest.mark.django_db
READ = re.compile(r'^SELECT .* FROM "([a-z_]+)"')


def test_it_reads_as_the_public_api_tells_it(machine: Machine) -> None:
    made = opened(machine, components={component(machine): "partial_outage"})

    snapshot = record.gather(machine.page, former=None, at=later(1))
    public = statuspage.incident(snapshot, snapshot.open[0])

    kept = {key: value for key, value in made.items() if key in public}
    for update in kept["incident_updates"]:
        del update["wants_twitter_update"], update["twitter_updated_at"]
    assert kept == public
    assert made["impact"] == "major"
    assert made["incident_updates"][0]["body"] == "Cards are refused."


def test_a_word_reads_what_it_needs_of_each_table_a_few_times_and_writes_each_row_once(
    machine: Machine,
) -> None:
    made = opened(machine, components={component(machine): "partial_outage"})

    with CaptureQueriesContext(connection) as asked:
        machine.patch(f"incidents/{made['id']}", {"incident": {"body": "We found the cause."}})

    statements = [one["sql"] for one in asked]
    reads = Counter(table for sql in statements for table in READ.findall(sql))
    assert reads["incidents_incident"] <= 8
    assert reads["catalogue_page"] + reads["catalogue_audience"] <= 7
    assert not [sql for sql in statements if sql.startswith('UPDATE "statements_clearance"')]
    assert len(statements) <= 82


def test_a_name_alone_is_enough(machine: Machine) -> None:
    made = machine.post("incidents", {"incident": {"name": "N" * 255}})

    assert made["impact"] == "none"
    assert made["components"] == []
    assert made["incident_updates"][0]["affected_components"] is None
    assert made["incident_updates"][0]["body"]
    assert len(made["name"]) == 255


@pytest.mark.parametrize(
    ("told", "impact"),
    [
        ({}, "none"),
        ({"impact_override": "major"}, "major"),
        ({"impact_override": "maintenance"}, "maintenance"),
        ({"state": "degraded_performance"}, "minor"),
        ({"state": "major_outage"}, "critical"),
        ({"state": "under_maintenance"}, "maintenance"),
        ({"state": "operational"}, "none"),
        ({"state": "major_outage", "impact_override": "none"}, "none"),
        ({"state": "operational", "impact_override": "critical"}, "critical"),
    ],
)
def test_the_impact_is_as_told_or_as_its_components(
    machine: Machine, told: dict[str, str], impact: str
) -> None:
    state = told.pop("state", None)
    states = {"components": {component(machine): state}} if state else {}

    made = opened(machine, **told, **states)

    assert made["impact"] == impact
    assert made["impact_override"] == told.get("impact_override")
    assert said(machine, made, body="We look on.")["impact"] == impact


def test_components_are_named_in_every_spelling(machine: Machine) -> None:
    checkout, cart = component(machine), component(machine, "Cart")
    form = (
        f"incident[name]=Form&incident[component_ids][]={cart}&incident[components][{checkout}]"
        "=degraded_performance&incident[message]=Words&incident[deliver_notifications]=f"
    )

    made = machine.read(machine.call("POST", "incidents", form, content_type="text/plain"), 201)

    named = {row["code"]: row["new_status"] for row in newest(made)["affected_components"]}
    assert named == {checkout: "degraded_performance", cart: "operational"}
    assert newest(made)["body"] == "Words"
    assert newest(made)["deliver_notifications"] is False


def test_a_group_means_all_below_it(machine: Machine) -> None:
    opened(machine, components={component(machine, "Shop"): "major_outage"})

    assert (state(machine), state(machine, "Cart")) == ("major_outage", "major_outage")


def test_a_status_alone_is_put_into_words(machine: Machine) -> None:
    made = opened(machine, components={component(machine): "major_outage"})

    for status in ("identified", "monitoring", "resolved"):
        told = said(machine, made, status=status)
        assert told["status"] == status
        assert newest(told)["body"]
        assert "checkout" in newest(told)["body"].lower()


def test_sending_back_what_was_read_says_nothing(machine: Machine) -> None:
    made = opened(machine, components={component(machine): "partial_outage"})
    states = {row["id"]: row["status"] for row in made["components"]}
    kept = ("name", "status", "impact_override", "metadata", "scheduled_for")

    told = said(machine, made, **{name: made[name] for name in kept}, components=states)

    assert len(told["incident_updates"]) == 1


def test_all_may_work_while_it_is_watched(machine: Machine) -> None:
    checkout = component(machine)
    made = opened(machine, components={checkout: "partial_outage"})

    told = said(machine, made, status="monitoring", components={checkout: "operational"})

    assert (told["status"], told["impact"], state(machine)) == (
        *("monitoring", "major"),
        "operational",
    )


def test_it_gets_worse_with_its_components(machine: Machine) -> None:
    checkout = component(machine)
    made = opened(machine, components={checkout: "degraded_performance"})

    assert said(machine, made, components={checkout: "major_outage"})["impact"] == "critical"
    assert said(machine, made, components={checkout: "partial_outage"})["impact"] == "critical"
    assert said(machine, made, impact_override="minor")["impact"] == "minor"


def test_going_back_needs_no_reason_of_its_own(machine: Machine) -> None:
    made = opened(machine, components={component(machine): "partial_outage"})
    said(machine, made, status="monitoring", body="Looks good.")

    told = said(machine, made, status="investigating", body="It came back. We look again.")

    assert told["status"] == "investigating"
    words = published.story(machine.page.audience_id, made["id"]).words  # type: ignore[union-attr]
    assert words.turn_reason == {"en": "It came back."}


def test_a_resolved_one_is_opened_again_or_said_more_of(machine: Machine) -> None:
    checkout = component(machine)
    made = opened(machine, components={checkout: "partial_outage"})
    said(machine, made, status="resolved", body="Over.")

    more = said(machine, made, body="Refunds are on their way.")
    assert (more["status"], newest(more)["body"]) == ("resolved", "Refunds are on their way.")

    back = said(machine, made, status="identified", components={checkout: "major_outage"})
    assert back["status"] == "identified"
    assert back["resolved_at"] is None
    assert state(machine) == "major_outage"


def test_what_stays_broken_after_the_end_stays_so(machine: Machine) -> None:
    checkout = component(machine)
    made = opened(machine, components={checkout: "major_outage"})

    said(machine, made, status="resolved", components={checkout: "degraded_performance"})

    assert state(machine) == "degraded_performance"


def test_the_last_word_about_a_component_counts(machine: Machine) -> None:
    checkout = component(machine)
    machine.patch(f"components/{checkout}", {"component": {"status": "major_outage"}})
    made = opened(machine, components={checkout: "major_outage"})

    said(machine, made, status="monitoring", components={checkout: "operational"})

    assert state(machine) == "operational"


def test_it_may_be_over_at_once(machine: Machine) -> None:
    made = opened(machine, status="resolved", components={component(machine): "partial_outage"})

    assert made["status"] == "resolved"
    assert made["resolved_at"] == made["created_at"]
    assert machine.get("incidents/unresolved") == []


def test_quietly_is_quietly(machine: Machine) -> None:
    made = opened(machine, deliver_notifications=False)

    story = published.story(machine.page.audience_id, made["id"])
    assert story is not None
    assert not story.first.announces
    assert not newest(said(machine, made, body="x", deliver_notifications="f"))[
        "deliver_notifications"
    ]


def test_what_a_client_keeps_with_it_comes_back(machine: Machine) -> None:
    metadata = {"jira": {"key": "OPS-1", "lines": 'one\ntwo \\n "three"'}}
    made = opened(machine, metadata=metadata, reminder_intervals="[1, 5]")

    assert machine.get(f"incidents/{made['id']}")["metadata"] == metadata
    told = said(machine, made, metadata={"jira": {"key": "OPS-2"}})
    assert told["metadata"] == {"jira": {"key": "OPS-2"}}
    assert told["reminder_intervals"] == "[1, 5]"
    assert len(told["incident_updates"]) == 1


def test_it_is_renamed_in_public(machine: Machine) -> None:
    made = opened(machine)

    told = said(machine, made, name="Sign-in fails")

    assert told["name"] == "Sign-in fails"
    assert "Checkout fails" in newest(told)["body"]
    assert said(machine, made, name="Cart fails", body="It is the cart.")["name"] == "Cart fails"


def test_an_update_is_put_right_in_public(machine: Machine) -> None:
    made = opened(machine)
    path = f"incidents/{made['id']}/incident_updates/{newest(made)['id']}"

    told = machine.patch(path, {"incident_update": {"body": "Cards are refused. Wallets work."}})

    assert told["body"] == "Cards are refused. Wallets work."
    story = published.story(machine.page.audience_id, made["id"])
    assert story is not None
    assert story.latest.kind == Kind.CORRECTION
    assert len(machine.get(f"incidents/{made['id']}")["incident_updates"]) == 2
    machine.put(path, {"incident_update": {"body": "Cards are refused. Wallets work."}})
    assert len(machine.get(f"incidents/{made['id']}")["incident_updates"]) == 2
    assert machine.refused(422, "PUT", path, {"incident_update": {"body": " "}})
    assert machine.refused(404, "PUT", path + "x", {"incident_update": {"body": "x"}})


def test_lists_say_what_is_open_and_what_ever_was(machine: Machine, clock: Traveller) -> None:
    names = []
    for minutes in range(5):
        clock.move_to(later(minutes))
        names.append(opened(machine, name=f"No. {minutes}")["id"])
    said(machine, {"id": names[1]}, status="resolved")
    work = announced(machine)

    assert [row["id"] for row in machine.get("incidents?limit=3")] == [work["id"], *names[:2:-1]]
    assert [row["id"] for row in machine.get("incidents?limit=3&page=2")] == names[2::-1]
    assert machine.get("incidents?limit=3&page=99999999999999999999") == []
    unresolved = [row["id"] for row in machine.get("incidents/unresolved")]
    assert unresolved == [names[4], names[3], names[2], names[0]]
    assert [r["id"] for r in machine.get("incidents/unresolved?page=2&per_page=3")] == [names[0]]
    assert [row["id"] for row in machine.get("incidents/scheduled")] == [work["id"]]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("refund", 1),
        ("REFUND", 1),
        ("über", 1),
        ('a "quoted" \\ text', 1),
        ("resolved", 1),
        ("phase", 0),
        ("nothing", 0),
        ("Checkout fails", 3),
        ("%", 0),
        ("_", 0),
    ],
)
def test_a_text_is_found_in_names_status_and_words(
    machine: Machine, sought: str, found: int
) -> None:
    opened(machine, body="We are über sorry.")
    opened(machine, body='A refund with a "quoted" \\ text.')
    opened(machine, status="resolved")

    assert len(machine.get(f"incidents?q={quote(sought)}")) == found


def test_a_deleted_one_is_withdrawn_and_not_vanished(machine: Machine) -> None:
    gone, stays = opened(machine), opened(machine)
    over = said(machine, opened(machine), status="resolved")
    before = published.last_number(machine.page.audience_id)

    for row in (gone, over):
        assert machine.delete(f"incidents/{row['id']}")["id"] == row["id"]
        assert machine.refused(404, "GET", f"incidents/{row['id']}") == "Not found"
        assert machine.refused(404, "DELETE", f"incidents/{row['id']}") == "Not found"

    assert [row["id"] for row in machine.get("incidents")] == [stays["id"]]
    assert machine.get("incidents?q=Cards") == machine.get("incidents")
    story = published.story(machine.page.audience_id, gone["id"])
    assert story is not None
    assert not story.is_open
    assert published.last_number(machine.page.audience_id) == before + 2
    assert "taken this notice back" in story.latest.words.layers["en"].body  # type: ignore[union-attr]


def test_what_a_circle_alone_knows_is_nowhere(machine: Machine) -> None:
    circle = circles.open_circle(
        machine.page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=NOON
    )
    theirs = word.declare(
        machine.page.id,
        title="Acme's cluster fails",
        components={"checkout": State.MAJOR},
        audience=circle.audience,
        by=TERMINAL,
        at=NOON,
    )

    path = f"incidents/{theirs.incident_id}"
    for method in ("GET", "PATCH", "DELETE"):
        told = {"incident": {"body": "x"}} if method == "PATCH" else None
        assert machine.refused(404, method, path, told) == "Not found"
    assert machine.get("incidents") == machine.get("incidents?q=Acme") == []


def test_another_page_s_incident_is_nowhere(machine: Machine) -> None:
    other = a_page(name="Other")
    theirs = an_incident(other)

    assert machine.refused(404, "GET", f"incidents/{theirs.incident_id}")
    assert machine.refused(404, "DELETE", f"incidents/{theirs.incident_id}")
    said_of_theirs = {"incident": {"name": "x", "components": {component_of(other): "operational"}}}
    assert machine.refused(422, "POST", "incidents", said_of_theirs)


def component_of(page: Any) -> str:
    return a_component(page, "Search")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"name": " "},
        {"name": "x" * 256},
        {"name": "x", "status": "on fire"},
        {"name": "x", "status": "postmortem"},
        {"name": "x", "impact_override": "huge"},
        {"name": "x", "body": "x" * 25_001},
        {"name": "x", "components": {"nobody": "operational"}},
        {"name": "x", "components": {"nobody": "broken"}},
        {"name": "x", "component_ids": ["nobody"]},
        {"name": "x", "component_ids": {"a": 1}},
        {"name": "x", "metadata": {"jira": "OPS-1"}},
        {"name": "x", "metadata": "not json"},
        {"name": "x", "deliver_notifications": "perhaps"},
        {"name": "x", "status": "scheduled"},
        {"name": "x", "status": "scheduled", "scheduled_for": "2026-11-24T00:00:00Z"},
        {"name": "x", "scheduled_for": "soon", "scheduled_until": "later"},
        {"name": "x", "scheduled_for": "2026-11-25", "scheduled_until": "2026-11-24"},
        {"name": "x", "scheduled_for": "2026-11-24", "scheduled_until": "2028-11-24"},
        {"name": "x", "scheduled_for": "2026-11-20", "scheduled_until": "2026-11-21"},
        {"name": "x", "scheduled_for": "9999-12-31T23:59:59-14:00", "scheduled_until": "9999"},
        {"name": "x", "backfilled": True, "backfill_date": "2027-01-01"},
        {"name": "x", "backfilled": True, "backfill_date": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_said(
    machine: Machine, told: dict[str, Any]
) -> None:
    assert machine.refused(422, "POST", "incidents", {"incident": told})

    assert machine.get("incidents") == []
    assert published.last_number(machine.page.audience_id) == 0


def test_a_program_says_that_it_is_about_security_and_readers_are_not_told(
    machine: Machine,
) -> None:
    made = opened(machine, metadata={"tocsin": {"security": True}})
    updates = len(made["incident_updates"])

    assert declaration.known_of(made["id"]).is_security
    assert machine.get(f"incidents/{made['id']}")["metadata"] == {"tocsin": {"security": True}}
    told = said(machine, made, metadata={"tocsin": {"security": "false"}})
    assert not declaration.known_of(made["id"]).is_security
    assert len(told["incident_updates"]) == updates
    said(machine, made, body="Somebody read the list.", metadata={"tocsin": {"security": True}})
    assert declaration.known_of(made["id"]).is_security
    said(machine, made, metadata={"jira": {"key": "OPS-2"}})
    assert declaration.known_of(made["id"]).is_security, "what is not said stays"


def test_a_program_reads_the_kind_as_it_is_whoever_changed_it(machine: Machine) -> None:
    made = opened(
        machine, metadata={"tocsin": {"security": False, "team": "a"}, "jira": {"key": "OPS-2"}}
    )

    declaration.escalate(made["id"], is_security=True, by=TERMINAL, at=later(4))

    expected = {"tocsin": {"security": True, "team": "a"}, "jira": {"key": "OPS-2"}}
    assert machine.get(f"incidents/{made['id']}")["metadata"] == expected
    (listed,) = machine.get("incidents")
    assert listed["metadata"] == expected


def test_what_is_told_afterwards_may_be_about_security(machine: Machine) -> None:
    over = {"backfilled": True, "backfill_date": "2026-11-20"}
    made = opened(machine, metadata={"tocsin": {"security": True}}, **over)

    assert declaration.known_of(made["id"]).is_security


def test_a_kind_that_is_neither_is_refused(machine: Machine) -> None:
    told = {"incident": {"name": "x", "metadata": {"tocsin": {"security": "maybe"}}}}

    answer = machine.call("POST", "incidents", told)

    assert answer.status_code == 422
    assert "metadata.tocsin.security is true or false" in answer.content.decode()


def test_a_program_sums_up_what_is_over(machine: Machine) -> None:
    made = opened(machine)
    end = {
        "data": "none_lost",
        "account_by": "2026-12-08",
        "total": "40 orders failed",
        "lingering": "nothing",
        "action": "nothing",
    }

    told = said(
        machine,
        made,
        status="resolved",
        body="You can pay again.",
        metadata={"tocsin": {"closing": end}},
    )

    story = published.story(machine.page.audience_id, made["id"])
    assert story is not None
    (layer,) = story.words.layers.values()
    assert (layer.total, layer.lingering) == ("40 orders failed", "nothing")
    assert layer.customer_action == "nothing"
    assert (story.words.data, str(story.words.account_due)) == ("none_lost", "2026-12-08")
    assert told["metadata"]["tocsin"]["closing"] == end


def test_a_day_of_the_account_that_is_past_changes_nothing(machine: Machine) -> None:
    made = opened(machine)
    fields = {"metadata": {"tocsin": {"closing": {"account_by": "2026-11-20"}}}}
    over = {"incident": {**fields, "status": "resolved", "body": "You can pay again."}}

    response = machine.call("PATCH", f"incidents/{made['id']}", over)

    assert response.status_code == 422
    assert "promised by 2026-11-20, which is past" in response.content.decode()
    assert declaration.known_of(made["id"]).is_open


@pytest.mark.parametrize(
    "end", [{"data": "perhaps"}, {"account_by": "soon"}, {"total": 4}, "nothing", [1], {"more": 1}]
)
def test_a_closing_that_cannot_be_read_changes_nothing(machine: Machine, end: Any) -> None:
    made = opened(machine)
    path, fields = f"incidents/{made['id']}", {"metadata": {"tocsin": {"closing": end}}}

    response = machine.call("PATCH", path, {"incident": {**fields, "status": "resolved"}})

    assert response.status_code == 422
    assert "metadata.tocsin.closing" in response.content.decode()
    assert declaration.known_of(made["id"]).is_open
