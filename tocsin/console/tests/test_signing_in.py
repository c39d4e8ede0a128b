import re
from typing import Any

import pytest
from django.test import Client

from tests.cast import NOON, ada, later, olu
from tocsin.console.tests.ground import DESK, PASSWORD, came_in, nothing_written, text_of
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.post.models import Letter

pytestmark = pytest.mark.django_db
SIGN_IN = "/console/sign-in"


def with_password() -> Operator:
    token = access.invite(
        email="olu@linden.example", name="Olu", role=Role.OWNER, by=TERMINAL, at=NOON
    )
    return access.join(token, password=PASSWORD, at=NOON)


def without_tokens(response: Any) -> str:
    return re.sub(r'value="\w{64}"', "", text_of(response))


def tried(client: Client, password: str) -> Any:
    return client.post(SIGN_IN, {"email": "Olu@Linden.example", "password": password})


def test_a_stranger_is_sent_to_sign_in_and_onward_afterwards(client: Client) -> None:
    with_password()

    asked = client.get("/console/components")
    response = client.post(
        SIGN_IN,
        {"email": "olu@linden.example", "password": PASSWORD, "next": "/console/components"},
    )

    assert asked["Location"] == "/console/sign-in?next=/console/components"
    assert response["Location"] == "/console/components"


@pytest.mark.parametrize(
    "onward", ["https://eve.example/", "//eve.example", "/subscribe", "javascript:alert(1)"]
)
def test_nobody_is_sent_out_of_the_console(client: Client, onward: str) -> None:
    with_password()

    response = client.post(
        SIGN_IN, {"email": "olu@linden.example", "password": PASSWORD, "next": onward}
    )

    assert response["Location"] == DESK


def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(client: Client) -> None:
    with_password()

    wrong = client.post(SIGN_IN, {"email": "olu@linden.example", "password": "no"})
    unknown = client.post(SIGN_IN, {"email": "eve@linden.example", "password": "no"})

    assert wrong.status_code == unknown.status_code == 422
    for response in (wrong, unknown):
        assert "do not go together" in text_of(response)


def test_who_guesses_too_often_is_told_to_wait(client: Client) -> None:
    with_password()
    for _ in range(8):
        tried(client, "no")

    response = client.post(SIGN_IN, {"email": "olu@linden.example", "password": PASSWORD})

    assert response.status_code == 429
    assert "Wait 15 minutes" in text_of(response)
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert tried(elsewhere, PASSWORD).status_code == 302
    assert client.get(DESK).status_code == 302


def test_signing_in_makes_a_new_session(client: Client) -> None:
    with_password()
    client.cookies["tocsin_session"] = "planted"

    client.post(SIGN_IN, {"email": "olu@linden.example", "password": PASSWORD})

    assert client.session.session_key not in (None, "planted")
    assert client.get(DESK).status_code == 200


def test_looking_at_a_link_uses_nothing_up(client: Client) -> None:
    token = access.invite(
        email="olu@linden.example", name="Olu", role=Role.OWNER, by=TERMINAL, at=NOON
    )

    with nothing_written():
        for _ in range(3):
            assert "Welcome, Olu." in text_of(client.get(f"/console/join/{token}"))
        client.head(f"/console/join/{token}")

    response = client.post(f"/console/join/{token}", {"password": PASSWORD, "again": PASSWORD})
    assert response["Location"] == DESK
    assert client.get(DESK).status_code == 200


def test_a_link_works_once(client: Client) -> None:
    token = access.invite(
        email="olu@linden.example", name="Olu", role=Role.OWNER, by=TERMINAL, at=NOON
    )
    client.post(f"/console/join/{token}", {"password": PASSWORD, "again": PASSWORD})

    response = Client().post(f"/console/join/{token}", {"password": PASSWORD, "again": PASSWORD})

    assert response.status_code == 410
    assert "used already" in text_of(response)


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [("short", "short", "too short"), (PASSWORD, "another one of mine", "differ")],
)
def test_a_refused_password_leaves_the_link_good(
    client: Client, password: str, again: str, why: str
) -> None:
    token = access.invite(
        email="olu@linden.example", name="Olu", role=Role.OWNER, by=TERMINAL, at=NOON
    )

    refused = client.post(f"/console/join/{token}", {"password": password, "again": again})

    assert refused.status_code == 422
    assert why in text_of(refused)
    assert access.invited(token, at=NOON).name == "Olu"


def test_a_new_link_goes_to_a_known_address_only_and_the_answer_tells_nothing(
    client: Client,
) -> None:
    with_password()

    known = client.post("/console/new-link", {"email": "OLU@linden.example"})
    unknown = client.post("/console/new-link", {"email": "eve@linden.example"})

    assert without_tokens(known) == without_tokens(unknown)
    letter = Letter.objects.get()
    assert letter.to == "olu@linden.example"
    assert "/console/join/" in letter.text


def test_new_links_are_sent_three_times_an_hour_at_most(client: Client) -> None:
    with_password()
    for _ in range(6):
        client.post("/console/new-link", {"email": "olu@linden.example"})

    assert Letter.objects.count() <= 3


def test_letting_somebody_go_ends_their_session() -> None:
    operator, by = with_password(), ada()
    client = came_in(operator)
    assert client.get(DESK).status_code == 200

    access.revoke(operator, by=by.actor, at=later(4))

    assert client.get(DESK).status_code == 302


def test_a_new_password_ends_sessions_elsewhere() -> None:
    operator = with_password()
    elsewhere = came_in(operator)

    token = access.link_for(operator, at=NOON)
    Client().post(f"/console/join/{token}", {"password": PASSWORD + "!", "again": PASSWORD + "!"})

    assert elsewhere.get(DESK).status_code == 302


def test_only_a_post_signs_out() -> None:
    client = came_in(olu())

    assert client.get("/console/sign-out").status_code == 405
    assert client.get(DESK).status_code == 200
    client.post("/console/sign-out")
    assert client.get(DESK).status_code == 302


def test_the_console_speaks_the_operators_language() -> None:
    operator = olu()
    client = came_in(operator)

    client.post("/console/language", {"language": "fr", "next": DESK})
    response = client.get(DESK)

    assert response["Content-Language"] == "fr"
    assert "Déclarer un incident" in text_of(response)
    assert Operator.objects.get(pk=operator.pk).language == "fr"


def test_who_chose_a_language_at_the_door_is_spoken_to_in_it_inside() -> None:
    token = access.invite(
        email="olu@linden.example", name="Olu", role=Role.OWNER, by=TERMINAL, at=NOON
    )
    client = Client()

    client.post("/console/language", {"language": "fr", "next": f"/console/join/{token}"})
    client.post(f"/console/join/{token}", {"password": PASSWORD, "again": PASSWORD})

    assert client.get(DESK)["Content-Language"] == "fr"


def test_a_form_from_elsewhere_is_refused_in_words() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(olu(), backend="django.contrib.auth.backends.ModelBackend")

    response = client.post("/console/declare", {"do": "publish"})

    assert response.status_code == 403
    assert "no longer valid" in text_of(response)


def test_a_fragment_asked_for_after_the_session_ended_leads_to_sign_in(client: Client) -> None:
    response = client.get(DESK, headers={"HX-Request": "true"})

    assert response.status_code == 204
    assert response["HX-Redirect"] == SIGN_IN
