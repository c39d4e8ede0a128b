"""The sign-up that existing clients know."""

import json

import pytest
from django.test import Client

from tests.cast import SAM, a_page
from tocsin.announcements import readers
from tocsin.announcements.models import Subscription
from tocsin.announcements.readers import Standing
from tocsin.announcements.tests.readers import a_reader
from tocsin.catalogue import shelf

pytestmark = pytest.mark.django_db
URL = "/api/v2/subscribers.json"


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def posted(client: Client, body: object) -> tuple[int, dict[str, object]]:
    answer = client.post(URL, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_sign_up_waits_for_its_mailbox(client: Client) -> None:
    page = a_page()
    cart = shelf.components_of(page.id).find("cart")
    assert cart is not None

    code, told = posted(client, {"subscriber": {"email": SAM, "component_ids": [cart.id]}})

    assert code == 201
    assert told["subscriber"] == {"mode": "email", "email": SAM, "components": [cart.id]}
    (sam,) = readers.subscribers(page.id)
    assert (sam.standing, sam.components) == (Standing.UNCONFIRMED, (cart.id,))


def test_form_fields_do_as_well(client: Client) -> None:
    page = a_page()

    answer = client.post(URL, {"subscriber[email]": SAM})

    assert answer.status_code == 201
    assert readers.count(page.id) == 1


def test_a_known_address_is_answered_like_a_new_one(client: Client) -> None:
    page = a_page()
    body = {"subscriber": {"email": SAM}}

    new = posted(client, body)
    again = posted(client, body)
    Subscription.objects.all().delete()
    a_reader(page)

    assert new == again == posted(client, body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], 400),
        ("x", 400),
        ({}, 400),
        ({"subscriber": None}, 400),
        ({"subscriber": {}}, 422),
        ({"subscriber": {"email": 7}}, 422),
        ({"subscriber": {"email": "sam"}}, 422),
        ({"subscriber": {"email": "sam\x00@reader.example"}}, 422),
        ({"subscriber": {"phone_number": "5550100", "phone_country": "US"}}, 422),
        ({"subscriber": {"endpoint": "https://x.example"}}, 422),
        ({"subscriber": {"endpoint": "https://127.0.0.1/x", "email": SAM}}, 422),
        ({"subscriber": {"endpoint": ["https://x.example"], "email": SAM}}, 422),
        ({"subscriber": {"email": SAM, "incident": "abc"}}, 422),
        ({"subscriber": {"email": SAM, "component_ids": "all"}}, 422),
        ({"subscriber": {"email": SAM, "component_ids": [7]}}, 422),
        ({"subscriber": {"email": SAM, "component_ids": ["nothing"]}}, 422),
    ],
)
def test_what_cannot_be_is_told_in_json_and_nothing_written(
    client: Client, body: object, code: int
) -> None:
    a_page()

    answered, told = posted(client, body)

    assert answered == code
    assert str(told["error"]).endswith(".")
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_malformed_body_is_told_in_json(client: Client, body: bytes) -> None:
    a_page()

    answer = client.post(URL, body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("method", ["get", "head", "patch", "put"])
def test_another_method_is_told_in_json(client: Client, method: str) -> None:
    a_page()

    answer = getattr(client, method)(f"{URL}?subscriber[email]=sam@reader.example")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST, DELETE"
    assert answer.headers["Content-Type"] == "application/json"
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("how", ["path", "json", "form", "query"])
def test_whoever_knows_the_id_in_the_link_may_leave(client: Client, how: str) -> None:
    sam = a_reader(a_page())
    told = {
        "path": (f"/api/v2/subscribers/{sam.token}.json", b"", ""),
        "json": (URL, json.dumps({"subscriber": {"id": sam.token}}).encode(), "application/json"),
        "form": (
            URL,
            f"subscriber[id]={sam.token}".encode(),
            "application/x-www-form-urlencoded",
        ),
        "query": (f"{URL}?subscriber[id]={sam.token}", b"", ""),
    }
    path, body, kind = told[how]

    answer = client.delete(path, body, content_type=kind or "application/octet-stream")

    assert answer.status_code == 200
    assert answer.json()["subscriber"] == {"id": sam.token}
    found = readers.by_token(sam.token)
    assert found
    assert found.standing == Standing.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (URL, b"", 422),
        (URL, json.dumps({"subscriber": {"email": SAM}}).encode(), 422),
        (URL, json.dumps({"subscriber": {"id": 7}}).encode(), 422),
        (URL, json.dumps({"subscriber": {"id": "../x"}}).encode(), 422),
        (URL, b"[", 400),
        ("/api/v2/subscribers/nobody000000.json", b"", 404),
    ],
)
def test_nobody_leaves_for_somebody_else(client: Client, path: str, body: bytes, code: int) -> None:
    sam = a_reader(a_page())

    answer = client.delete(path, body, content_type="application/json")

    assert answer.status_code == code
    assert answer.json()["error"]
    found = readers.by_token(sam.token)
    assert found
    assert found.standing == Standing.ACTIVE


def test_a_page_of_any_origin_may_sign_up(client: Client) -> None:
    a_page()

    answer = client.post(URL, {"subscriber[email]": SAM}, headers={"origin": "https://x.example"})

    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_one_machine_may_ask_only_so_often(client: Client) -> None:
    a_page()
    codes = [
        posted(client, {"subscriber": {"email": f"r{number}@reader.example"}})[0]
        for number in range(22)
    ]

    assert codes == [201] * 20 + [429] * 2
