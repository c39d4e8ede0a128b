"""The API answers as its description says, whatever it is asked: schemathesis asks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.cast import a_page
from tests.machine import Machine, a_machine
from tocsin.api.v1 import surface
from tocsin.settings.wsgi import application

EXAMPLES = 5  # of each kind for each call; the calls are many
CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def _described() -> Any:
    described: Any = schemathesis.openapi.from_dict(surface.description())
    described.app = application
    return described


DESCRIBED = _described()
CALLS = {found.ok().label: found.ok() for found in DESCRIBED.get_all_operations()}


@pytest.fixture
def machine(transactional_db: None, no_rate: None) -> Machine:
    return a_machine(a_page())


@contextmanager
def keeping_the_connection() -> Iterator[None]:
    """A request's end closes the database's connection, which here is the test's own."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    try:
        yield
    finally:
        for end in ends:
            end.connect(close_old_connections)


def real(machine: Machine) -> dict[str, str]:
    """What is there to be asked about."""
    made = machine.post("incidents", {"incident": {"name": "Checkout fails"}})
    rows = machine.get("components")
    machine.put(f"incidents/{made['id']}/postmortem", {"postmortem": {"body_draft": "It broke."}})
    asked = {"subscriber": {"email": "sam@reader.example"}}
    provider = machine.post("metrics_providers", {"metrics_provider": {"type": "Self"}})["id"]
    circle = machine.post("page_access_groups", {"page_access_group": {"name": "Partners"}})["id"]
    guest = {"email": "noe@lecteur.example", "page_access_group_ids": [circle]}
    return {
        "page_id": machine.page.id,
        "promise_id": a_promise(machine, made["id"]),
        "component_id": next(row["id"] for row in rows if not row["group"]),
        "group_id": next(row["id"] for row in rows if row["group"]),
        "incident_id": made["id"],
        "update_id": made["incident_updates"][0]["id"],
        "subscriber_id": machine.post("subscribers", asked)["id"],
        "follower_id": machine.post(f"incidents/{made['id']}/subscribers", asked)["id"],
        "provider_id": provider,
        "metric_id": a_metric(machine, provider),
        "circle_id": circle,
        "user_id": machine.read(
            machine.call("POST", "page_access_users", {"page_access_user": guest})
        )["id"],
    }


def a_promise(machine: Machine, incident_id: str) -> str:
    """A promise that readers do not know."""
    texts = {"en": {"action": "Add an alarm", "done_when": "the phone rings", "owner": "on-call"}}
    due_on = timezone.now().date() + timedelta(days=30)
    told = {"texts": texts, "due_on": due_on.isoformat()}
    return str(machine.post(f"incidents/{incident_id}/promises", {"promise": told})["id"])


def a_metric(machine: Machine, provider_id: str) -> str:
    """A metric with a point."""
    path, told = f"metrics_providers/{provider_id}/metrics", {"metric": {"name": "Orders"}}
    key = str(machine.post(path, told)["id"])
    point = {"timestamp": int(timezone.now().timestamp()), "value": 7}
    machine.post(f"metrics/{key}/data", {"data": point})
    return key


def test_whatever_a_path_names_is_there(machine: Machine) -> None:
    named = {name for call in CALLS.values() for name in re.findall(r"{(\w+)}", call.path)}

    assert named == set(real(machine))


def asked(machine: Machine, label: str, told: dict[str, str], mode: GenerationMode) -> None:
    """Call it in so many ways."""
    call = CALLS[label]
    named = {name: value for name, value in told.items() if f"{{{name}}}" in call.path}
    headers = {"Authorization": f"OAuth {machine.secret}"}

    @given(case=call.as_strategy(generation_mode=mode, path_parameters=named, headers=headers))
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    try:
        with keeping_the_connection():
            ask()
    except Unsatisfiable:
        assert mode == GenerationMode.NEGATIVE, "what it takes can be made"


@pytest.mark.parametrize("label", CALLS)
def test_whatever_is_asked_is_answered_as_described(machine: Machine, label: str) -> None:
    told = real(machine)

    asked(machine, label, told, GenerationMode.POSITIVE)
    asked(machine, label, told, GenerationMode.NEGATIVE)
    asked(machine, label, {"page_id": machine.page.id}, GenerationMode.POSITIVE)
