import re

import pytest
from django.test import Client

from tests.cast import NOON, a_page, ada, lea
from tocsin.console.tests.ground import came_in, nothing_written, text_of
from tocsin.journal.actors import TERMINAL
from tocsin.people import keys
from tocsin.people.models import Scope

pytestmark = pytest.mark.django_db
KEYS = "/console/keys"
TOLD = {"name": "Deploy pipeline", "scope": "manage", "lasts": "90"}


def test_a_key_is_shown_once_and_opens_the_page() -> None:
    page, client = a_page(), came_in(ada())

    shown = text_of(client.post(KEYS, TOLD))

    found = re.search(r"tocsin_[0-9a-f]{64}", shown)
    assert found is not None
    again = text_of(client.get(KEYS))
    assert found[0] not in again
    assert found[0][:13] in again
    said = {"Authorization": f"OAuth {found[0]}"}
    assert Client().get(f"/v1/pages/{page.id}", headers=said).status_code == 200


def test_a_revoked_key_opens_nothing() -> None:
    page, client = a_page(), came_in(ada())
    key, secret = keys.create(page.id, scope=Scope.READ, by=TERMINAL, at=NOON)

    client.post(f"{KEYS}/{key.id}/revoke")

    assert "revoked" in text_of(client.get(KEYS))
    said = {"Authorization": f"OAuth {secret}"}
    assert Client().get(f"/v1/pages/{page.id}", headers=said).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "x" * 101}, "100 is the most"),
        ({"scope": "everything"}, "what the key may do"),
        ({"lasts": "9999999999"}, "how long the key lasts"),
    ],
)
def test_a_key_that_cannot_be_made_is_refused_in_words(
    wrong: dict[str, str], sentence: str
) -> None:
    a_page()
    client = came_in(ada())

    with nothing_written():
        response = client.post(KEYS, TOLD | wrong)

    assert response.status_code == 422
    assert sentence in text_of(response)


def test_only_an_owner_sees_and_makes_keys() -> None:
    page = a_page()
    key, _ = keys.create(page.id, scope=Scope.READ, by=TERMINAL, at=NOON)
    client = came_in(lea())

    with nothing_written():
        assert client.get(KEYS).status_code == 403
        assert client.post(KEYS, TOLD).status_code == 403
        assert client.post(f"{KEYS}/{key.id}/revoke").status_code == 403


def test_a_key_that_is_not_there_is_nowhere() -> None:
    a_page()

    assert came_in(ada()).post(f"{KEYS}/nobody/revoke").status_code == 404
