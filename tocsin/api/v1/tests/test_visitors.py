"""Page access users and groups, incident templates, the embedded notice."""

from typing import Any

import pytest

from tests.cast import a_page, an_incident
from tests.machine import Machine, a_machine
from tocsin.api.models import Template
from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Scope
from tocsin.post.models import Letter
from tocsin.statements import circles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rate")]

NOE = "noe@lecteur.example"
USERS, GROUPS = "page_access_users", "page_access_groups"


@pytest.fixture
def machine() -> Machine:
    return a_machine(a_page())


def a_group(machine: Machine, name: str = "Large customers", **told: Any) -> dict[str, Any]:
    made: dict[str, Any] = machine.post(GROUPS, {"page_access_group": {"name": name, **told}})
    return made


def a_user(machine: Machine, *groups: str, email: str = NOE) -> dict[str, Any]:
    told = {"email": email, "page_access_group_ids": list(groups)}
    made: dict[str, Any] = machine.read(machine.call("POST", USERS, {"page_access_user": told}))
    return made


def test_a_user_is_let_into_a_circle_and_written_to(machine: Machine) -> None:
    group = a_group(machine)

    made = a_user(machine, group["id"])

    assert made["page_access_group_ids"] == [group["id"]]
    assert machine.get(f"{GROUPS}/{group['id']}")["page_access_user_ids"] == [made["id"]]
    assert list(Letter.objects.values_list("to", flat=True)) == [NOE]
    assert [one["email"] for one in machine.get(f"{USERS}?email={NOE.upper()}")] == [NOE]
    seen = {one.audience_name: one.access for one in shelf.audiences_of(machine.page.id)}
    assert seen["Large customers"] == Access.NAMED


def test_a_circle_with_a_long_past_is_there_at_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circles, "WAITED_FOR", 1)
    monkeypatch.setattr(circles, "AT_ONCE", 1)
    an_incident(machine.page)
    an_incident(machine.page, component="sign-in")

    group = a_group(machine)
    made = a_user(machine, group["id"])

    assert circles.joining(machine.page.id)
    assert machine.get(f"{GROUPS}/{group['id']}")["page_access_user_ids"] == [made["id"]]


def test_a_user_of_two_circles_is_one_and_is_moved(machine: Machine) -> None:
    one, two = a_group(machine)["id"], a_group(machine, "Small customers")["id"]
    made = a_user(machine, one, two)

    assert len(machine.get(USERS)) == 1
    path, told = f"{USERS}/{made['id']}", {"page_access_user": {"page_access_group_ids": [two]}}
    assert machine.patch(path, told)["page_access_group_ids"] == [two]
    assert machine.get(f"{GROUPS}/{one}")["page_access_user_ids"] == []


def test_whoever_is_deleted_is_let_in_nowhere(machine: Machine) -> None:
    made = a_user(machine, a_group(machine)["id"])

    machine.delete(f"{USERS}/{made['id']}", status=204)

    assert machine.get(USERS) == []
    machine.refused(404, "GET", f"{USERS}/{made['id']}")


def test_a_page_that_lets_in_by_name_is_a_group_too(machine: Machine) -> None:
    audiences.change_access(
        machine.page.audience_id, Access.NAMED, by=TERMINAL, at=machine.page.created_at
    )

    made = machine.read(machine.call("POST", USERS, {"page_access_user": {"email": NOE}}))

    assert made["page_access_group_ids"] == [machine.page.audience_id]


@pytest.mark.parametrize(
    "told",
    [
        {"email": NOE},
        {"email": NOE, "page_access_group_ids": []},
        {"email": NOE, "page_access_group_ids": ["nowhere"]},
        {"page_access_group_ids": ["everyone"]},
    ],
)
def test_nobody_is_let_into_nowhere(machine: Machine, told: dict[str, Any]) -> None:
    a_group(machine)

    machine.refused(422, "POST", USERS, {"page_access_user": told})
    assert machine.get(USERS) == []


def test_a_wrong_address_is_let_in_nowhere(machine: Machine) -> None:
    told = {"email": "nobody", "page_access_group_ids": [a_group(machine)["id"]]}

    machine.refused(422, "POST", USERS, {"page_access_user": told})


def test_a_group_is_renamed_and_filled_and_stays(machine: Machine) -> None:
    group, other = a_group(machine), a_group(machine, "Small customers")
    one = a_user(machine, group["id"])
    two = a_user(machine, other["id"], email="bao@reader.example")
    path = f"{GROUPS}/{group['id']}"

    told = {"name": "Partners", "page_access_user_ids": [two["id"]]}
    changed = machine.put(path, {"page_access_group": told})

    assert (changed["name"], changed["page_access_user_ids"]) == ("Partners", [two["id"]])
    machine.refused(404, "GET", f"{USERS}/{one['id']}")
    assert "stays" in machine.refused(409, "DELETE", path)
    assert len(machine.get(GROUPS)) == 2


def test_a_circle_is_never_kept_to_some_components(machine: Machine) -> None:
    some = [machine.get("components")[0]["id"]]

    told = {"name": "Large", "component_ids": some}
    machine.refused(422, "POST", GROUPS, {"page_access_group": told})
    machine.refused(422, "POST", GROUPS, {"page_access_group": {"name": " "}})
    assert machine.get(GROUPS) == []


def test_a_key_that_reads_is_not_told_who_is_let_in(machine: Machine) -> None:
    reads = a_machine(machine.page, Scope.READ)

    for path in (USERS, GROUPS):
        reads.refused(403, "GET", path)


def test_templates_are_kept_and_handed_back(machine: Machine) -> None:
    component = machine.get("components")[1]["id"]
    told = {
        "name": "Payments",
        "title": "Payments are failing",
        "body": "We are\nlooking.",
        "update_status": "identified",
        "should_send_notifications": True,
        "component_ids": [component],
    }

    made = machine.post("incident_templates", {"template": told})

    assert made["title"] == "Payments are failing"
    assert made["update_status"] == "identified"
    assert [one["id"] for one in made["components"]] == [component]
    assert machine.get("incident_templates") == [made]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"title": None},
        {"update_status": "fine"},
        {"component_ids": ["nowhere"]},
        {"group_id": "nowhere"},
    ],
)
def test_a_template_that_could_tell_nothing_is_refused(
    machine: Machine, wrong: dict[str, Any]
) -> None:
    told = {"name": "Payments", "title": "Payments", "body": "We are looking.", **wrong}

    machine.refused(422, "POST", "incident_templates", {"template": told})
    assert not Template.objects.exists()


def test_the_embedded_notice_wears_what_is_chosen(machine: Machine) -> None:
    path = "status_embed_config"
    chosen = {"position": "top-right", "incident_background_color": "#ffffff"}

    told = machine.patch(path, {path: chosen})

    assert told["page_id"] == machine.page.id
    assert (told["position"], told["incident_background_color"]) == ("top-right", "#ffffff")
    assert machine.get(path) == told
    for wrong in ({"position": "middle"}, {"incident_text_color": "#fefefe"}, {"position": 7}):
        machine.refused(422, "PUT", path, {path: wrong})
    assert machine.get(path) == told
