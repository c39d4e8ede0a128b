"""Cachet, the older API and the newer: what it keeps comes, what it never kept is named."""

from typing import Any

import pytest

from tests.far_side import FarSide
from tocsin.announcements.models import Subscription
from tocsin.moving.arrivals import cachet
from tocsin.moving.arrivals.cargo import Cargo
from tocsin.moving.tests.arriving import (
    MISSING,
    PARIS,
    UTC_ZONE,
    a_web,
    answers,
    quiet,
    unloaded,
    whats,
)
from tocsin.statements import published

ALL = "per_page=100&page=1"


def listed(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"meta": {"pagination": {"total_pages": 1}}, "data": list(rows)}


def an_older(far: FarSide) -> None:
    """Version 2.4: two components, one incident with updates, one hidden, planned work."""
    api = "/api/v1"
    answers(
        far,
        {
            f"{api}/components?per_page=1": listed(),
            f"{api}/components/groups?{ALL}": listed({"id": 1, "name": "Shop", "order": 0}),
            f"{api}/components?{ALL}": listed(
                {"id": 5, "name": "Checkout", "status": 1, "group_id": 1, "enabled": True},
                {"id": 6, "name": "Old", "status": "4", "group_id": 0, "enabled": False},
            ),
            f"{api}/incidents?{ALL}": listed(
                {
                    "id": 7,
                    "component_id": 5,
                    "name": "Cards refused",
                    "status": 4,
                    "visible": 1,
                    "message": "We **look**.",
                    "occurred_at": "2021-07-01 12:00:00",
                    "updates": [
                        {
                            "id": 2,
                            "status": 4,
                            "message": "Over.",
                            "created_at": "2021-07-01 13:00:00",
                        },
                        {
                            "id": 1,
                            "status": 2,
                            "message": "Found.",
                            "created_at": "2021-07-01 12:30:00",
                        },
                    ],
                },
                {"id": 8, "name": "Hidden", "status": 1, "visible": 0, "message": "x"},
            ),
            f"{api}/schedules?per_page=1": listed(),
            f"{api}/schedules?{ALL}": listed(
                {
                    "id": 3,
                    "name": "New disks",
                    "message": "An hour.",
                    "status": 2,
                    "scheduled_at": "2021-08-01 02:00:00",
                    "completed_at": "2021-08-01 02:40:00",
                    "created_at": "2021-07-20 10:00:00",
                    "components": [{"component_id": 5}],
                }
            ),
            f"{api}/subscribers?{ALL}": listed(
                {
                    "id": 1,
                    "email": "ann@reader.example",
                    "verified_at": "2020-02-03 04:05:06",
                    "global": False,
                    "subscriptions": [{"component_id": 5}],
                },
                {"id": 2, "email": "bo@reader.example", "verified_at": None, "global": True},
            ),
        },
    )


def read_older(*, zone: Any = UTC_ZONE, has_key: bool = True) -> Cargo:
    with FarSide() as far, a_web(key=cachet.headers("k")) as web:
        an_older(far)
        cargo = cachet.read(far.url("/api/v1/"), web, zone=zone, has_key=has_key, progress=quiet)
        assert far.calls[-1].headers["x-cachet-token"] == "k"
    return cargo


def test_an_incident_comes_with_its_updates_in_order() -> None:
    cargo = read_older(zone=PARIS)

    cards = cargo.incidents[0]
    told = [(u["status"], u["display_at"], u["body"]) for u in cards.updates]
    assert told == [
        ("resolved", "2021-07-01T11:00:00.000Z", "Over."),
        ("identified", "2021-07-01T10:30:00.000Z", "Found."),
        ("investigating", "2021-07-01T10:00:00.000Z", "We **look**."),
    ]
    assert cards.links == ("incidents/7",)
    assert any("hidden" in what for what in whats(cargo))
    assert any("How bad" in what for what in whats(cargo))


def test_without_a_key_readers_are_named_as_left_behind() -> None:
    cargo = read_older(has_key=False)

    assert cargo.subscribers == []
    assert any("--key-file" in what for what in whats(cargo))


@pytest.mark.django_db
def test_it_comes_to_a_page_with_the_readers_who_agreed() -> None:
    page, report = unloaded(read_older())

    (ann,) = Subscription.objects.all()
    assert ann.address == "ann@reader.example"
    assert ann.consented_at
    assert ann.consented_at.isoformat() == "2020-02-03T04:05:06+00:00"
    assert not ann.follows_all
    (work,) = published.recent_planned(page.audience_id)
    assert not work.is_open
    assert report.count("new") == 2
    assert any("never confirmed" in loss.what for loss in report.losses)
    assert unloaded(read_older(), page)[1].count("same") == 2


def a_newer(far: FarSide) -> None:
    """Version 3: JSON:API."""

    def row(kind: str, key: int, relationships: Any = None, **attributes: Any) -> dict[str, Any]:
        told = {"id": str(key), "type": kind, "attributes": {"id": key, **attributes}}
        return told | ({"relationships": relationships} if relationships else {})

    def page(*rows: dict[str, Any]) -> dict[str, Any]:
        return {"data": list(rows), "links": {"next": None}, "meta": {"current_page": 1}}

    far.always["/api/v1/components?per_page=1"] = MISSING
    api = "/api"
    made = {"human": "a year ago", "string": "2025-01-02 03:04:05"}
    answers(
        far,
        {
            f"{api}/component-groups?{ALL}": page(row("componentGroups", 1, name="Shop", order=0)),
            f"{api}/components?include=group&{ALL}": page(
                row(
                    "components",
                    5,
                    {"group": {"data": {"id": "1", "type": "componentGroups"}}},
                    name="Checkout",
                    status={"human": "Operational", "value": 1},
                    enabled=True,
                    created=made,
                )
            ),
            f"{api}/incidents?include=components&{ALL}": page(
                row(
                    "incidents",
                    7,
                    {"components": {"data": [{"id": "5", "type": "components"}]}},
                    guid="b1d4e6c8-0000-4000-8000-000000000007",
                    name="Cards refused",
                    status={"human": "Fixed", "value": 4},
                    visible=True,
                    message="We look.",
                    occurred=made,
                )
            ),
            f"{api}/incidents/7/updates?{ALL}": page(
                row(
                    "updates",
                    1,
                    status={"human": "Fixed", "value": 4},
                    message="Over.",
                    created={"string": "2025-01-02 04:00:00"},
                )
            ),
            f"{api}/schedules?per_page=1": page(),
            f"{api}/schedules?include=components&{ALL}": page(),
        },
    )


def test_the_newer_api_is_read_too() -> None:
    with FarSide() as far, a_web() as web:
        a_newer(far)
        cargo = cachet.read(far.url(""), web, zone=UTC_ZONE, has_key=False, progress=quiet)

    (cards,) = cargo.incidents
    assert [u["status"] for u in cards.updates] == ["resolved", "investigating"]
    assert cards.links == ("incidents/7", "incidents/b1d4e6c8-0000-4000-8000-000000000007")
    assert cards.updates[0]["affected_components"][0]["code"] == "component 5"
    assert [(row["name"], row["group_id"]) for row in cargo.components] == [
        ("Shop", None),
        ("Checkout", "group 1"),
    ]
