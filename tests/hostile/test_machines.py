"""What programs send that is broken, or is meant to break us: refused, and nothing written."""

from typing import Any

import pytest

from tests.cast import a_page
from tests.hostile.ground import NUL, SCRIPT, nothing_written
from tests.machine import Machine, a_machine

pytestmark = pytest.mark.django_db
DEEP = "[" * 2000 + "]" * 2000
MUCH = "x" * 26_000


@pytest.fixture
def machine() -> Machine:
    return a_machine(a_page())


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", "incidents", {"incident": {"name": NUL}}),
        ("POST", "incidents", {"incident": {"name": "x", "body": MUCH}}),
        ("POST", "incidents", {"incident": {"name": "x", "components": {SCRIPT: "major_outage"}}}),
        ("POST", "incidents", {"incident": {"name": "x", "metadata": {"a": NUL}}}),
        ("POST", "incidents", {"incident": {"name": "x", "metadata": {"a": {"b": NUL}}}}),
        ("POST", "incidents", {"incident": {"name": "x", "scheduled_for": "1e400"}}),
        ("POST", "incidents", {"incident": ["x"]}),
        ("POST", "incidents", f'{{"incident": {{"name": "x", "metadata": {DEEP}}}}}'),
        ("POST", "incidents", "incident[name]=x&incident[components][]=nobody"),
        ("POST", "incidents", "incident[name][name]=x"),
        ("PUT", "incidents/nosuchthing0", {"incident": {"body": "x"}}),
        ("PUT", f"incidents/{SCRIPT}", {"incident": {"body": "x"}}),
        ("DELETE", "incidents/nosuchthing0", None),
        ("PUT", "incidents/nosuchthing0/postmortem", {"postmortem": {"body_draft": "x"}}),
        ("PUT", "incidents/nosuchthing0/postmortem/publish", None),
        ("POST", "components", {"component": {"name": "x" * 256}}),
        ("POST", "components", {"component": {"name": "x" * 101}}),
        ("POST", "components", {"component": {"name": "x", "start_date": "2026-13-45"}}),
        ("PATCH", "components/nosuchthing0", {"component": {"status": "major_outage"}}),
        ("POST", "component-groups", {"component_group": {"name": "x", "components": SCRIPT}}),
        ("PATCH", "", {"page": {"time_zone": "../../etc/passwd"}}),
        ("PATCH", "", {"page": {"domain": "another.example"}}),
    ],
)
def test_it_is_refused_in_a_sentence_and_nothing_is_written(
    machine: Machine, method: str, path: str, told: Any
) -> None:
    with nothing_written():
        response = machine.call(method, path, told)

    assert 400 <= response.status_code < 500, response.content
    assert b"message" in response.content


@pytest.mark.parametrize(
    "query", ["q=%00", "page=-1", "limit=0", "page=99999999999999999999999", "q=" + "x" * 5000]
)
def test_no_query_breaks_a_list(machine: Machine, query: str) -> None:
    assert machine.call("GET", f"incidents?{query}").status_code in (200, 422)


@pytest.mark.parametrize("token", ["x" * 256, "é", " "])
def test_no_idempotency_key_breaks_a_call(machine: Machine, token: str) -> None:
    told = {"component": {"name": "Search"}}

    status = machine.call("POST", "components", told, **{"Idempotency-Key": token}).status_code

    assert status in (201, 400)
