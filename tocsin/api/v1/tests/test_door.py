"""What is the same for every call: keys, spellings, bodies, the rate, repeated calls."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.cast import NOON, a_page
from tests.machine import Machine, a_machine
from tocsin.api.v1 import bodies, surface
from tocsin.api.v1.failures import Refused
from tocsin.catalogue import shelf
from tocsin.journal.actors import TERMINAL
from tocsin.people import keys
from tocsin.people.models import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine() -> Machine:
    return a_machine(a_page())


@pytest.mark.parametrize("spelled", ["OAuth {}", "oauth {}", "Bearer {}", "{}"])
def test_a_key_is_taken_in_every_spelling(machine: Machine, spelled: str) -> None:
    said = {"Authorization": spelled.format(machine.secret)}

    assert Client().get(machine.address(""), headers=said).status_code == 200


def test_a_key_may_stand_in_the_address(machine: Machine) -> None:
    assert Client().get(machine.address("") + f"?api_key={machine.secret}").status_code == 200


@pytest.mark.parametrize("said", [{}, {"Authorization": "OAuth wrong"}, {"Authorization": "OAuth"}])
def test_without_a_key_nothing_is_told(machine: Machine, said: dict[str, str]) -> None:
    for path in (machine.address(""), "/v1/nowhere", "/v1/pages"):
        response = Client().get(path, headers=said)
        assert response.status_code == 401
        assert response.json()["error"] == "Could not authenticate"


def test_another_page_is_nowhere(machine: Machine) -> None:
    other = a_page(name="Other")

    assert machine.refused(404, "GET", f"/v1/pages/{other.id}/components") == "Not found"
    assert [page["id"] for page in machine.get("/v1/pages")] == [machine.page.id]


@pytest.mark.parametrize("ending", ["", ".json", "/", ".json/"])
def test_every_path_answers_with_and_without_json(machine: Machine, ending: str) -> None:
    assert machine.get(f"/v1/pages/{machine.page.id}{ending}")["name"] == "Linden"
    assert len(machine.get(f"components{ending}")) == 4


@pytest.mark.parametrize(
    "path", ["nowhere", "components/x/nowhere", "%00", "components/%00", "subscribers/%FF"]
)
def test_what_is_nowhere_is_said_in_json(machine: Machine, path: str) -> None:
    assert machine.refused(404, "GET", path) == "Not found"


def test_a_head_is_a_get_without_its_body(machine: Machine) -> None:
    response = machine.call("HEAD", "components")

    assert response.status_code == 200
    assert response.content == b""


def test_options_are_told_and_other_methods_refused(machine: Machine) -> None:
    assert "PATCH" in machine.call("OPTIONS", "components")["Allow"]
    assert machine.refused(405, "DELETE", "components") == "Method not allowed"
    assert machine.refused(405, "TRACE", "components") == "Method not allowed"


def test_a_form_by_any_name_is_read(machine: Machine) -> None:
    form = "component[name]=Search&component[showcase]=f&component[status]=degraded_performance"
    for kind in ("application/x-www-form-urlencoded", "application/json", "text/plain", ""):
        machine.read(machine.call("POST", "components", form, content_type=kind), 201)

    made = machine.get("components")[-4:]
    assert {(one["name"], one["showcase"], one["status"]) for one in made} == {
        ("Search", False, "degraded_performance")
    }


def test_json_by_any_name_is_read(machine: Machine) -> None:
    said = json.dumps({"component": {"name": "Search"}})
    for kind in ("application/x-www-form-urlencoded", "text/plain", ""):
        machine.read(machine.call("POST", "components", said, content_type=kind), 201)


def test_a_form_of_nothing_on_a_get_is_no_harm(machine: Machine) -> None:
    kind = "application/x-www-form-urlencoded"

    assert machine.call("GET", "components", "", content_type=kind).status_code == 200


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ('{"component": ', 400),
        ("[1, 2]", 400),
        ('"text"', 400),
        ("nonsense", 400),
        ("[" * 100_000, 400),
        ('{"component": {"name": NaN}}', 400),
        ("component[name]=%ff", 400),
        ("component=1&component[name]=x", 400),
        ("a" + "[b]" * 50 + "=1", 400),
        ('{"component": {"name": "\\u0000"}}', 422),
        ('{"component": {"name": "\\ud800"}}', 422),
        ("component[name]=%00", 422),
        ("{}", 422),
        ('{"component": null}', 422),
        ('{"component": {}}', 422),
        ('{"component": {"name": 7}}', 422),
        ('{"component": {"name": " "}}', 422),
        ('{"component": {"name": "x", "status": "on fire"}}', 422),
        ('{"component": {"name": "x", "group_id": "nobody"}}', 422),
        ('{"component": {"name": "x", "start_date": "31.12.2026"}}', 422),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(
    machine: Machine, said: str, status: int
) -> None:
    assert machine.refused(status, "POST", "components", said)

    assert len(machine.get("components")) == 4


def enveloped() -> list[tuple[str, str, str]]:
    """Every call that takes an object by a name: (method, path, name)."""
    told = surface.description()
    kept = told["components"]["schemas"]

    def at(shape: dict[str, Any]) -> dict[str, Any]:
        inner = shape.get("allOf") or shape.get("anyOf") or [shape]
        name = str(inner[0].get("$ref", "")).rpartition("/")[2]
        return dict(kept.get(name, {}))

    return [
        (method.upper(), path.removeprefix("/v1"), name)
        for path, calls in told["paths"].items()
        for method, call in calls.items()
        if "requestBody" in call
        for shape in [call["requestBody"]["content"]["application/json"]["schema"]]
        for name, inner in at(shape).get("properties", {}).items()
        if at(inner).get("type") == "object"
    ]


@pytest.mark.parametrize("sent", ["x", "", 7, True, [], ["x"]])
def test_what_is_no_object_is_never_read_as_an_empty_one(machine: Machine, sent: object) -> None:
    calls = enveloped()
    assert {name for _, _, name in calls} >= {"incident", "component", "postmortem", "subscriber"}

    for method, path, name in calls:
        there = "/v1" + path.replace("{page_id}", machine.page.id)
        sentence = machine.refused(422, method, there, {name: sent})
        assert sentence.startswith(f"{name}: an object"), (method, path, sentence)


def test_a_form_that_sends_a_text_for_an_object_is_told_so(machine: Machine) -> None:
    sentence = machine.refused(422, "POST", "incidents", "incident=x")

    assert sentence == "incident: an object with fields is expected here."


def test_several_faults_are_a_list(machine: Machine) -> None:
    body = {"component": {"name": 7, "status": "x"}}
    told = json.loads(machine.call("POST", "components", body).content)

    assert len(told["error"]) == 2
    assert told["error"][0].startswith("component.name: ")


def test_rails_spelling_is_read_as_values() -> None:
    told = bodies.nested(
        [
            ("a[b]", "1"),
            ("a[c][]", "2"),
            ("a[c][]", "3"),
            ("a[d][][x]", "4"),
            ("a[d][][y]", "5"),
            ("a[d][][x]", "6"),
            ("e", "7"),
        ]
    )

    rows = [{"x": "4", "y": "5"}, {"x": "6"}]
    assert told == {"a": {"b": "1", "c": ["2", "3"], "d": rows}, "e": "7"}
    with pytest.raises(Refused):
        bodies.nested([("a[]", "1"), ("a[b]", "2")])


def test_a_reading_key_reads(machine: Machine) -> None:
    _, secret = keys.create(machine.page.id, scope=Scope.READ, by=TERMINAL, at=NOON)
    reader = Machine(machine.page, secret)

    assert len(reader.get("components")) == 4
    body = {"component": {"name": "Search"}}
    assert "only reads" in reader.refused(403, "POST", "components", body)
    assert len(shelf.components_of(machine.page.id).by_id()) == 4


def test_a_key_that_calls_too_often_waits(machine: Machine, settings: object) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(60):
            machine.get()
        response = machine.call("GET", "")
        assert response.status_code == 420
        assert response["Retry-After"] == "60"
        assert "Too many calls" in json.loads(response.content)["error"]
        clock.shift(timedelta(seconds=60))
        machine.get()


def test_no_rate_is_kept_where_none_is_wanted(machine: Machine, no_rate: None) -> None:
    for _ in range(70):
        machine.get()


def test_a_call_sent_again_does_nothing_again(machine: Machine) -> None:
    body = {"component": {"name": "Search"}}
    first = machine.call("POST", "components", body, **{"Idempotency-Key": "one"})
    again = machine.call("POST", "components", body, **{"Idempotency-Key": "one"})
    other = machine.call("POST", "components", body, **{"Idempotency-Key": "two"})

    assert first.status_code == again.status_code == other.status_code == 201
    assert json.loads(first.content) == json.loads(again.content)
    assert again["Idempotent-Replayed"] == "true"
    assert json.loads(other.content)["id"] != json.loads(first.content)["id"]
    assert len(machine.get("components")) == 6


def test_one_token_is_for_one_call(machine: Machine) -> None:
    token = {"Idempotency-Key": "one"}
    machine.post("components", {"component": {"name": "Search"}}, **token)

    response = machine.call("POST", "components", {"component": {"name": "Find"}}, **token)

    assert response.status_code == 422
    assert len(machine.get("components")) == 5


def test_what_was_refused_may_be_tried_again(machine: Machine) -> None:
    token = {"Idempotency-Key": "one"}
    assert machine.call("POST", "components", {"component": {}}, **token).status_code == 422

    machine.post("components", {"component": {"name": "Search"}}, **token)


def test_a_token_is_good_for_a_day(machine: Machine) -> None:
    body, token = {"component": {"name": "Search"}}, {"Idempotency-Key": "one"}
    with time_machine.travel(NOON, tick=False) as clock:
        machine.post("components", body, **token)
        clock.shift(timedelta(hours=24, seconds=1))
        machine.post("components", body, **token)

    assert len(machine.get("components")) == 6


def test_nothing_of_a_call_is_kept_when_its_second_half_is_refused(machine: Machine) -> None:
    checkout = next(one for one in machine.get("components") if one["name"] == "Checkout")
    body = {"component": {"name": "Paying", "group_id": "nobody"}}

    machine.refused(422, "PATCH", f"components/{checkout['id']}", body)

    assert machine.get(f"components/{checkout['id']}")["name"] == "Checkout"


def test_the_description_is_for_whoever_asks() -> None:
    response = Client().get("/v1/openapi.json")

    assert response.json()["openapi"].startswith("3.1")
    assert "/v1/pages/{page_id}/components" in response.json()["paths"]
