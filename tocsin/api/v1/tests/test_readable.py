"""What those who are let in may read: all of it, and nothing that a call would keep from them."""

from typing import Any

import pytest

from tests.cast import a_page
from tests.machine import Machine, a_machine
from tocsin.people.models import Scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rate")]

PLACES = ("page_access_users", "page_access_groups")


@pytest.fixture
def machine() -> Machine:
    return a_machine(a_page())


@pytest.fixture
def let_in(machine: Machine) -> dict[str, str]:
    """Somebody in a circle: where each of the two is found."""
    users, groups = PLACES
    group = machine.post(groups, {"page_access_group": {"name": "Large customers"}})
    told = {"email": "noe@lecteur.example", "page_access_group_ids": [group["id"]]}
    user = machine.read(machine.call("POST", users, {"page_access_user": told}))
    return {users: f"{users}/{user['id']}", groups: f"{groups}/{group['id']}"}


def a_metric(machine: Machine, name: str, *, display: bool = True) -> str:
    providers = machine.get("metrics_providers") or [
        machine.post("metrics_providers", {"metrics_provider": {"type": "Self"}})
    ]
    made = machine.post(
        f"metrics_providers/{providers[0]['id']}/metrics",
        {"metric": {"name": name, "display": display}},
    )
    return str(made["id"])


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize("place", PLACES)
def test_every_component_is_read(machine: Machine, let_in: dict[str, str], place: str) -> None:
    path = f"{let_in[place]}/components"

    assert machine.get(path) == machine.get("components")
    assert len(machine.get(f"{path}?per_page=1&page=2")) == 1


@pytest.mark.parametrize("place", PLACES)
def test_what_would_be_added_is_read_already(
    machine: Machine, let_in: dict[str, str], place: str
) -> None:
    there = ids(machine.get("components"))
    path, before = f"{let_in[place]}/components", machine.get(let_in[place])

    assert machine.patch(path, {"component_ids": there[:1]}) == before
    assert machine.put(path, {"component_ids": there}) == before
    assert machine.post(path, {"component_ids": there}) == before


@pytest.mark.parametrize("place", PLACES)
def test_nobody_is_kept_to_a_part(machine: Machine, let_in: dict[str, str], place: str) -> None:
    there = ids(machine.get("components"))
    path = f"{let_in[place]}/components"

    assert "every component" in machine.refused(422, "POST", path, {"component_ids": there[:1]})
    machine.refused(422, "POST", path, {"component_ids": []})
    assert "every component" in machine.refused(409, "DELETE", path)
    machine.refused(409, "DELETE", path, {"component_ids": there[:1]})
    machine.refused(409, "DELETE", f"{path}/{there[0]}")
    assert ids(machine.get(path)) == there


@pytest.mark.parametrize("place", PLACES)
def test_what_is_not_there_is_said(machine: Machine, let_in: dict[str, str], place: str) -> None:
    path = f"{let_in[place]}/components"

    assert "'nowhere'" in machine.refused(422, "PATCH", path, {"component_ids": ["nowhere"]})
    machine.refused(422, "PATCH", path, {})
    machine.refused(404, "DELETE", f"{path}/nowhere")
    for method in ("GET", "DELETE"):
        machine.refused(404, method, f"{place}/nobody/components")
    machine.refused(404, "PATCH", f"{place}/nobody/components", {"component_ids": []})


def test_the_metrics_that_readers_see_are_seen(machine: Machine, let_in: dict[str, str]) -> None:
    shown, hidden = a_metric(machine, "Orders"), a_metric(machine, "Queue", display=False)
    user, group = (let_in[place] for place in PLACES)
    path = f"{user}/metrics"

    assert ids(machine.get(path)) == [shown]
    assert machine.get(group)["metric_ids"] == [shown]
    assert machine.post(path, {"metric_ids": [shown]})["id"] == machine.get(user)["id"]
    assert machine.patch(path, {"metric_ids": [shown]}) == machine.get(user)
    machine.refused(422, "PATCH", path, {"metric_ids": [hidden]})
    machine.refused(422, "POST", path, {"metric_ids": []})
    assert "every metric" in machine.refused(409, "DELETE", path)
    machine.refused(409, "DELETE", f"{path}/{shown}")
    machine.refused(404, "DELETE", f"{path}/{hidden}")


def test_a_key_that_reads_is_not_told_who_is_let_in(
    machine: Machine, let_in: dict[str, str]
) -> None:
    reads = a_machine(machine.page, Scope.READ)

    for path in (f"{let_in[place]}/components" for place in PLACES):
        reads.refused(403, "GET", path)


def test_a_component_is_read_by_everybody_who_is_let_in(
    machine: Machine, let_in: dict[str, str]
) -> None:
    row = machine.get("components")[0]

    for place, name in zip(PLACES, ("page_access_user_ids", "page_access_group_ids"), strict=True):
        path, key = f"components/{row['id']}/{place}", let_in[place].partition("/")[2]
        assert machine.post(path, {name: [key]}) == row
        assert "'nowhere'" in machine.refused(422, "POST", path, {name: ["nowhere"]})
        assert "every component" in machine.refused(409, "DELETE", path)
        machine.refused(404, "POST", f"components/nowhere/{place}", {name: [key]})
        machine.refused(404, "DELETE", f"components/nowhere/{place}")
