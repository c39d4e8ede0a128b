"""Cachet's door: whatever is sent, a clear sentence, the right status, and nothing written."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.cast import a_page
from tests.hostile.ground import LONE_SURROGATE, NUL, SCRIPT, is_sentence, nothing_written
from tocsin.api.cachet.tests.programs import Program, a_program

pytestmark = pytest.mark.django_db

HUGE = 10**30
DEEP = "[" * 50_000


@pytest.fixture
def program() -> Program:
    program = a_program(a_page())
    program.get("ping")  # stamps the key: that is written at most once a minute
    return program


def assert_refused(response: Any) -> None:
    text = response.content.decode()
    assert 400 <= response.status_code < 500, text[:1000]
    (error,) = json.loads(text)["errors"]
    assert is_sentence(error["detail"])


PATHS = [
    "components",
    "components/groups",
    "incidents",
    "schedules",
    "subscribers",
    "components/1",
    "components/groups/1",
    "incidents/1",
    "incidents/1/updates",
    "incidents/1/updates/1",
    "schedules/1",
    f"components/{10**19}",
    "metrics",
    "metrics/1",
    "metrics/1/points",
    "nowhere",
    "components/1%0A",
    "components/%00",
    "incidents/١",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        DEEP.encode(),
        b'{"name": NaN}',
        json.dumps({"name": NUL, "status": 1}).encode(),
        json.dumps({"name": {"a": 1}, "message": [], "status": {}, "email": []}).encode(),
        json.dumps({"name": LONE_SURROGATE, "message": LONE_SURROGATE, "status": 1}).encode(),
    ],
)
def test_nonsense_is_refused_and_writes_nothing(program: Program, path: str, body: bytes) -> None:
    with nothing_written():
        response = Client().post(
            f"/api/v1/{path}",
            body,
            content_type="application/json",
            headers={"X-Cachet-Token": program.secret},
        )

    assert_refused(response)


@pytest.mark.parametrize(
    "told",
    [
        {"status": HUGE},
        {"status": -1},
        {"component_id": HUGE},
        {"component_id": "x"},
        {"component_id": -1},
        {"occurred_at": "9999-99-99 00:00:00"},
        {"message": {"en": "Y"}},
    ],
)
@pytest.mark.parametrize("path", ["incidents", "schedules"])
def test_an_incident_that_makes_no_sense_is_not_opened(
    program: Program, path: str, told: dict[str, Any]
) -> None:
    with nothing_written():
        response = program.call("POST", path, {"name": "X", "message": "Y", "status": 1} | told)

    assert_refused(response)


@pytest.mark.parametrize("secret", ["", "x", "tocsin_", NUL, "x" * 5000, "' OR 1=1 --"])
def test_whoever_has_no_key_writes_nothing(secret: str) -> None:
    a_page()
    told = {"name": "X", "message": "Y", "status": 1}

    with nothing_written():
        response = Client().post(
            "/api/v1/incidents", told, "application/json", headers={"X-Cachet-Token": secret}
        )

    assert response.status_code == 401
    assert_refused(response)


def test_a_script_in_a_name_stays_text(program: Program) -> None:
    told = program.post("components", name=SCRIPT[:90], status=1)

    assert told["name"] == SCRIPT[:90]
    assert "<script>" not in Client().get("/api/v1/components/x").content.decode()
