"""Wrong calls about metrics, readers, circles and templates: a sentence, and nothing written."""

import json
from typing import Any

import pytest

from tests.cast import a_page
from tests.hostile.ground import SCRIPT, nothing_written
from tests.machine import Machine, a_machine

pytestmark = pytest.mark.django_db

LONG = "x" * 70_000
WRONG: list[tuple[str, str, Any]] = [
    ("POST", "metrics/data", {"data": {"nobody": [{"timestamp": 1, "value": 1}]}}),
    ("POST", "metrics/data", {"data": [1, 2]}),
    ("POST", "metrics/data", {"data": {"x": {"timestamp": 1}}}),
    ("POST", "metrics/data", "data[a][][timestamp]=x"),
    ("POST", "metrics/nobody/data", {"data": {"timestamp": 1, "value": 1}}),
    ("DELETE", "metrics/nobody/data", None),
    ("POST", "metrics_providers", {"metrics_provider": {"type": SCRIPT}}),
    ("POST", "metrics_providers", {"metrics_provider": "Self"}),
    ("POST", "subscribers", {"subscriber": {"email": SCRIPT}}),
    ("POST", "subscribers", {"subscriber": {"email": LONG + "@reader.example"}}),
    ("POST", "subscribers", {"subscriber": {"email": "sam@reader.example\r\nBcc: eve@x.example"}}),
    ("POST", "subscribers", {"subscriber": {"endpoint": "https://localhost/", "email": "s@x.org"}}),
    ("POST", "subscribers", {"subscriber": {"email": "sam@reader.example", "component_ids": [7]}}),
    ("POST", "subscribers/unsubscribe", {"subscribers": {"all": True}}),
    ("POST", "subscribers/reactivate", {"subscribers": ["nobody"]}),
    ("POST", "subscribers/resend_confirmation", {}),
    ("PATCH", "subscribers/nobody", {"component_ids": ["x"]}),
    ("DELETE", "subscribers/nobody", None),
    ("POST", "page_access_users", {"page_access_user": {"email": SCRIPT}}),
    ("POST", "page_access_groups", {"page_access_group": {"name": ""}}),
    ("POST", "page_access_groups", {"page_access_group": {"name": LONG}}),
    ("DELETE", "page_access_users/nobody", None),
    ("POST", "incident_templates", {"template": {"name": "x", "title": "x", "body": LONG}}),
    ("POST", "incident_templates", {"template": []}),
    ("PATCH", "status_embed_config", {"status_embed_config": {"position": SCRIPT}}),
    ("PATCH", "status_embed_config", {"status_embed_config": {"incident_text_color": "red;}"}}),
]


@pytest.fixture
def machine() -> Machine:
    told = a_machine(a_page())
    told.get()  # its key is stamped
    return told


@pytest.mark.parametrize(("method", "path", "told"), WRONG)
def test_a_wrong_call_is_refused_in_words(
    machine: Machine, method: str, path: str, told: Any
) -> None:
    with nothing_written():
        response = machine.call(method, path, told)

    assert response.status_code in (400, 404, 422), response.content
    said = json.loads(response.content)
    assert set(said) == {"error", "message"}
    assert said["message"]
    assert len(said["message"]) < 1000
