import re

import pytest
from django.test import Client

from tests.cast import NOON, SAM, a_page, ada, lea, olu
from tocsin.announcements import audience
from tocsin.console.tests.ground import DESK, PASSWORD, came_in, nothing_written, text_of
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Role

pytestmark = pytest.mark.django_db
PEOPLE = "/console/people"


def test_an_invitation_is_a_link_shown_once_that_lets_in() -> None:
    a_page()
    client = came_in(ada())
    told = {"email": "ines@linden.example", "name": "Inès", "role": "responder"}

    shown = text_of(client.post(PEOPLE, told))

    found = re.search(r"/console/join/[\w-]+", shown)
    assert found is not None
    assert "/console/join/" not in text_of(client.get(PEOPLE))
    newcomer = Client()
    newcomer.post(found[0], {"password": PASSWORD, "again": PASSWORD})
    assert newcomer.get(DESK).status_code == 200


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"email": "nobody", "name": "Inès", "role": "responder"}, "is not an e-mail address"),
        ({"email": "ines@linden.example", "name": " ", "role": "responder"}, "Say the name"),
        ({"email": "ines@linden.example", "name": "Inès", "role": "king"}, "Choose a role"),
    ],
)
def test_an_invitation_that_cannot_be_made_is_refused_in_words(
    told: dict[str, str], sentence: str
) -> None:
    client = came_in(ada())

    with nothing_written():
        response = client.post(PEOPLE, told)

    assert response.status_code == 422
    assert sentence in text_of(response)


def test_the_last_owner_cannot_be_let_go() -> None:
    owner = ada()

    response = came_in(owner).post(f"{PEOPLE}/{owner.id}/revoke")

    assert response.status_code == 409
    assert "last owner" in text_of(response)
    assert access.roles_of(owner) == [Role.OWNER]


def test_letting_somebody_go_shows_at_once() -> None:
    responder, client = olu(), came_in(ada())

    client.post(f"{PEOPLE}/{responder.id}/revoke")

    assert access.roles_of(responder) == []
    assert "let go" in text_of(client.get(PEOPLE))
    assert client.post(f"{PEOPLE}/{responder.id}/link").status_code == 404


@pytest.mark.parametrize("path", [PEOPLE, "/console/page"])
def test_only_an_owner_looks_after_people_and_page(path: str) -> None:
    a_page()
    client = came_in(lea())

    assert client.get(path).status_code == 403
    with nothing_written():
        assert client.post(path, {"name": "X"}).status_code == 403


def test_the_journal_names_what_readers_and_the_house_did() -> None:
    page = a_page()
    asked = audience.subscribe(page.id, address=SAM, by=None, at=NOON)
    audience.subscribe(page.id, address="ana@reader.example", confirmed=True, by=TERMINAL, at=NOON)

    shown = text_of(came_in(ada()).get("/console/journal"))

    assert "<b>a reader</b> asked for a subscription" in shown
    assert "<b>the terminal</b> confirmed a subscription" in shown
    assert "announcements:" not in shown
    assert asked.id not in shown


def test_the_journal_tells_who_did_what() -> None:
    a_page()
    owner = ada()
    access.revoke(olu(), by=owner.actor, at=NOON)

    shown = text_of(came_in(owner).get("/console/journal"))

    assert "added a component" in shown
