import json
import re
from dataclasses import replace
from typing import Any

from tocsin.catalogue.tree import State, Tree
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.page import statuspage
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import (
    NOON,
    a_closed_story,
    a_node,
    a_snapshot,
    a_story,
    a_tree,
    a_word,
    later,
)

COMPONENT_KEYS = {
    *("id", "name", "status", "created_at", "updated_at", "position", "description", "showcase"),
    *("start_date", "group_id", "page_id", "group", "only_show_if_degraded"),
}
INCIDENT_KEYS = {
    *("id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at"),
    *("impact", "shortlink", "started_at", "page_id", "incident_updates", "components"),
    "reminder_intervals",
}
UPDATE_KEYS = {
    *("id", "status", "body", "incident_id", "created_at", "updated_at", "display_at"),
    *("affected_components", "deliver_notifications", "custom_tweet", "tweet_id"),
}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DEEP = a_tree(
    a_node("Shop", a_node("Pay", a_node("Cards", french="Cartes"), a_node("Wallets"))),
    a_node("Sign-in"),
)


def told(snapshot: Snapshot, name: str) -> Any:
    return json.loads(statuspage.files(snapshot)[f"api/v2/{name}.json"])


def stamps_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [v for k, v in value.items() if k.endswith("_at") and v is not None]
        return own + [stamp for inner in value.values() for stamp in stamps_in(inner)]
    return (
        [stamp for inner in value for stamp in stamps_in(inner)] if isinstance(value, list) else []
    )


def test_every_answer_has_its_keys() -> None:
    snapshot = a_snapshot(a_story(), a_closed_story(at=later(-600)))

    assert set(told(snapshot, "summary")) == {
        *("page", "components", "incidents", "scheduled_maintenances", "status")
    }
    assert set(told(snapshot, "status")) == {"page", "status"}
    assert set(told(snapshot, "components")) == {"page", "components"}
    assert set(told(snapshot, "incidents")) == {"page", "incidents"}
    assert set(told(snapshot, "incidents/unresolved")) == {"page", "incidents"}
    assert set(told(snapshot, "incidents/incident0000")) == {"page", "incident"}
    for name in ("", "/upcoming", "/active"):
        answer = told(snapshot, f"scheduled-maintenances{name}")
        assert answer["scheduled_maintenances"] == []
    assert set(told(snapshot, "status")["page"]) == {"id", "name", "url", "time_zone", "updated_at"}


def test_a_component_has_all_thirteen_keys_and_a_group_its_children_too() -> None:
    rows = told(a_snapshot(), "components")["components"]

    assert [set(row) - {"components"} for row in rows] == [COMPONENT_KEYS] * 4
    assert [row["name"] for row in rows if "components" in row] == ["Shop"]
    assert all(row["description"] is None and row["start_date"] is None for row in rows)


def test_a_childs_group_is_in_the_same_list() -> None:
    rows = told(a_snapshot(tree=DEEP), "summary")["components"]

    groups = {row["id"]: row["components"] for row in rows if row["group"]}
    for row in rows:
        assert row["group_id"] is None or row["id"] in groups[row["group_id"]]


def test_a_deep_tree_is_flat_below_its_top() -> None:
    rows = told(a_snapshot(tree=DEEP), "components")["components"]

    assert [(row["name"], row["group"], row["group_id"], row["position"]) for row in rows] == [
        ("Shop", True, None, 1),
        ("Pay", False, "shop", 1),
        ("Pay - Cards", False, "shop", 2),
        ("Pay - Wallets", False, "shop", 3),
        ("Sign-in", False, None, 2),
    ]


def test_a_group_stands_as_its_worst_child() -> None:
    rows = told(a_snapshot(tree=DEEP, states={"cards": State.PARTIAL}), "components")["components"]

    states = {row["id"]: row["status"] for row in rows}
    assert states["shop"] == states["pay"] == states["cards"] == "partial_outage"
    assert states["wallets"] == "operational"


def test_an_incident_and_its_updates_have_all_their_keys() -> None:
    incident = told(a_snapshot(a_story()), "incidents/unresolved")["incidents"][0]

    assert set(incident) == INCIDENT_KEYS
    assert set(incident["incident_updates"][0]) == UPDATE_KEYS
    assert [set(row) for row in incident["components"]] == [COMPONENT_KEYS]
    assert incident["shortlink"] == "https://status.linden.example/incidents/incident0000"
    assert incident["reminder_intervals"] is None


def test_an_open_incident_is_not_yet_monitored_nor_resolved() -> None:
    incident = told(a_snapshot(a_story()), "incidents")["incidents"][0]

    assert incident["monitoring_at"] is None
    assert incident["resolved_at"] is None
    assert incident["impact"] == "critical"


def test_updates_come_newest_first_and_holding_is_called_investigating() -> None:
    story = a_story(
        a_word(number=1, phase=Phase.HOLDING),
        a_word(number=2, phase=Phase.MONITORING, at=later(10)),
    )

    incident = told(a_snapshot(story, at=later(11)), "incidents")["incidents"][0]

    statuses = [update["status"] for update in incident["incident_updates"]]
    assert statuses == ["monitoring", "investigating"]
    assert incident["monitoring_at"] == "2026-11-23T12:10:00.000Z"


def test_affected_components_are_null_where_there_are_none() -> None:
    story = a_story(a_word(impacts={}))

    update = told(a_snapshot(story), "incidents")["incidents"][0]["incident_updates"][0]

    assert update["affected_components"] is None


def test_an_affected_component_is_named_by_its_whole_path() -> None:
    change = {"cards": (State.OPERATIONAL, State.MAJOR)}
    story = a_story(a_word(impacts={"cards": State.MAJOR}, changes=change))

    snapshot = a_snapshot(story, tree=DEEP)

    update = told(snapshot, "incidents")["incidents"][0]["incident_updates"][0]
    assert update["affected_components"] == [
        {
            "code": "cards",
            "name": "Shop - Pay - Cards",
            "old_status": "operational",
            "new_status": "major_outage",
        }
    ]


def test_every_time_has_milliseconds_and_ends_in_z() -> None:
    answer = told(a_snapshot(a_story(), a_closed_story(at=later(-600))), "incidents")

    stamps = stamps_in(answer)

    assert len(stamps) > 10
    assert all(STAMP.fullmatch(stamp) for stamp in stamps)


def test_the_summary_holds_only_what_is_unresolved() -> None:
    snapshot = a_snapshot(a_story(), a_closed_story(at=later(-600)))

    ids = [incident["id"] for incident in told(snapshot, "summary")["incidents"]]

    assert ids == ["incident0000"]


def test_fifty_incidents_are_told_of_at_most() -> None:
    stories = [a_closed_story(incident=f"closed{n:06d}", at=later(-n * 60)) for n in range(60)]

    assert len(told(a_snapshot(*stories), "incidents")["incidents"]) == 50


def test_an_archived_incident_stands_as_of_its_last_word() -> None:
    story = a_closed_story(at=later(-600))
    now = a_snapshot(story, states={"checkout": State.MAJOR})

    (file,) = statuspage.archived(now, story).values()
    answer = json.loads(file)

    assert answer["page"]["updated_at"] == "2026-11-23T02:30:00.000Z"
    assert answer["incident"]["components"][0]["status"] == "operational"
    assert answer["incident"]["components"][0]["updated_at"] == "2026-11-23T02:30:00.000Z"


def test_a_body_is_told_as_it_was_written() -> None:
    story = a_story(a_word(headline="Cards are refused", body="  We *look*.\r\n<br />"))

    update = told(a_snapshot(story), "incidents")["incidents"][0]["incident_updates"][0]

    assert update["body"] == "  We *look*.\r\n<br />"


def test_a_page_that_runs_nothing_is_operational() -> None:
    snapshot = a_snapshot(tree=Tree(()))

    snapshot_of_nothing = told(snapshot, "summary")

    assert snapshot_of_nothing["status"] == {
        "indicator": "none",
        "description": "All Systems Operational",
    }
    assert snapshot_of_nothing["page"]["updated_at"] < statuspage.stamp(NOON)


def test_of_two_that_were_told_of_at_once_the_last_leads_in_every_list() -> None:
    first = a_story(a_word(number=1, incident="first0000000", severity=Severity.SEV1))
    second = a_story(a_word(number=2, incident="second000000", severity=Severity.SEV3))
    # As they are at hand: the worst first among the open, the newest first among all.
    snapshot = replace(a_snapshot(first, second), recent=(second, first))

    for name in ("incidents", "incidents/unresolved", "summary"):
        keys = [one["id"] for one in told(snapshot, name)["incidents"]]
        assert keys == ["second000000", "first0000000"], name
