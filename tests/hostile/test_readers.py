import json
from typing import Any

import pytest
from django.test import Client

from tests.cast import a_page
from tests.hostile.ground import NUL, SCRIPT, is_sentence, nothing_written
from tocsin.catalogue.shelf import Brand

pytestmark = pytest.mark.django_db

SAM = "sam@reader.example"
API = "/api/v2/subscribers.json"


@pytest.fixture(autouse=True)
def page() -> Brand:
    return a_page()


def assert_refused(response: Any, *statuses: int) -> None:
    text = response.content.decode()
    assert response.status_code in statuses, text[:1000]
    assert is_sentence(text)
    assert "Server Error" not in text


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"email": ""},
        {"email": "nobody"},
        {"email": NUL},
        {"email": SCRIPT},
        {"email": "x" * 5000 + "@reader.example"},
        {"email": f"{SAM}\r\nBcc: eve@reader.example"},
        {"email": SAM, "follow": "some", "component": "nowhere"},
        {"email": SAM, "follow": "some", "component": NUL},
        {"email": SAM, "severity": "sev9"},
    ],
)
def test_a_wrong_sign_up_asks_nobody(told: dict[str, str]) -> None:
    with nothing_written():
        response = Client().post("/subscribe", told)

    assert_refused(response, 400)
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("verb", ["confirm", "preferences", "unsubscribe"])
@pytest.mark.parametrize("token", ["zzzz", "x" * 64, "x" * 65, "a%00b", "..%2F..%2Fetc", "%27--"])
def test_an_unknown_link_does_nothing(verb: str, token: str) -> None:
    path = f"/subscribe/{verb}/{token}"

    with nothing_written():
        answers = [Client().get(path), Client().post(path, {"List-Unsubscribe": "One-Click"})]

    for answer in answers:
        assert answer.status_code == 404
        assert is_sentence(answer.content.decode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"subscriber": null}',
        b'{"subscriber": []}',
        b'{"subscriber": {}}',
        b'{"subscriber": {"email": null}}',
        b'{"subscriber": {"email": 17}}',
        b'{"subscriber": {"email": ["sam@reader.example"]}}',
        b'{"subscriber": {"email": "nobody"}}',
        b'{"subscriber": {"email": "a\\u0000b@reader.example"}}',
        b'{"subscriber": {"email": "a\\ud800b@reader.example"}}',
        b'{"subscriber": {"email": "sam@reader.example", "component_ids": "checkout"}}',
        b'{"subscriber": {"email": "sam@reader.example", "component_ids": ["nowhere"]}}',
        b'{"subscriber": {"email": "sam@reader.example", "component_ids": [17, null]}}',
        b'{"subscriber": {"email": "sam@reader.example", "component_ids": ["a\\u0000b"]}}',
    ],
)
def test_a_wrong_body_asks_nobody(body: bytes) -> None:
    with nothing_written():
        response = Client().post(API, body, content_type="application/json")

    assert_refused(response, 400, 422)
    assert json.loads(response.content)


def test_a_body_beyond_the_limit_asks_nobody() -> None:
    with nothing_written():
        form = Client().post("/subscribe", {"email": "x" * (2 * 1024 * 1024)})
        body = Client().post(
            API, b'{"subscriber": "' + b"x" * (2 * 1024 * 1024), content_type="application/json"
        )

    assert form.status_code in {400, 413}
    assert body.status_code in {400, 413}


@pytest.mark.parametrize("host", ["", "no such host", "a" * 300, "x\x00y", "<script>"])
def test_no_host_brings_it_down(host: str) -> None:
    with nothing_written():
        response = Client().get("/subscribe", headers={"host": host})

    assert response.status_code in {200, 400}


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
@pytest.mark.parametrize("path", ["/subscribe", API, "/console/declare", "/readyz"])
def test_other_methods_do_nothing(method: str, path: str) -> None:
    with nothing_written():
        response = getattr(Client(), method)(path)

    # To leave by DELETE, one has to say which subscription.
    assert response.status_code in (
        {422} if (method, path) == ("delete", API) else {200, 302, 403, 405}
    )


@pytest.mark.parametrize(
    "token", ["zzzz", "x" * 64, "x" * 65, "a%00b", "..%2F..%2Fetc", "%27--", ""]
)
def test_nobody_is_signed_off_by_a_made_up_id(token: str) -> None:
    with nothing_written():
        answers = [
            Client().delete(f"/api/v2/subscribers/{token}.json"),
            Client().delete(API, json.dumps({"subscriber": {"id": token}}), "application/json"),
        ]

    for answer in answers:
        assert_refused(answer, 303, 404, 422)
