import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.cast import a_page, olu
from tests.provider import (
    CLIENT,
    SECRET,
    Claims,
    Provider,
    a_key,
    a_provider,
    part,
    sealed_with_the_public_key,
)
from tocsin.console import openid
from tocsin.console.tests.ground import DESK, nothing_written, text_of
from tocsin.console.tests.test_second import with_app
from tocsin.journal import chain
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.settings.installation import Provider as Told

pytestmark = pytest.mark.django_db
LEAVE, BACK = "/console/with/linden", "/console/with/linden/back"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """A provider by which people may come in."""
    with a_provider() as provider:
        told = Told(
            slug="linden",
            name="Linden accounts",
            issuer=provider.issuer,
            client_id=CLIENT,
            client_secret=SECRET,
            roles=(("sre", ("responder@linden",)),),
        )
        settings.TOCSIN = replace(settings.TOCSIN, openid=(told,))
        openid._kept.clear()
        yield provider


def address_of(response: Any) -> str:
    found = re.search(r'content="0;url=([^"]+)"', text_of(response))
    assert found is not None, text_of(response)
    return found[1].replace("&amp;", "&")


def came_back(client: Client, provider: Provider, **told: str) -> Any:
    """The whole walk: there, a yes, and back."""
    address = address_of(client.post(LEAVE, told))
    return client.get(provider.authorized(address).partition("testserver")[2])


def test_the_way_there_carries_state_nonce_and_the_hash_of_a_verifier(
    client: Client, provider: Provider
) -> None:
    one = parse_qs(urlsplit(address_of(client.post(LEAVE))).query)
    other = parse_qs(urlsplit(address_of(client.post(LEAVE))).query)

    assert one["redirect_uri"] == [f"http://testserver{BACK}"]
    assert one["scope"] == ["openid email profile"]
    assert one["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name][0]) >= 20
        assert one[name] != other[name]


def test_somebody_known_comes_in_and_it_is_journalled(client: Client, provider: Provider) -> None:
    a_page()
    operator = olu()

    response = came_back(client, provider, next="/console/components")

    assert response["Location"] == "/console/components"
    assert client.get(DESK).status_code == 200
    note = chain.read(("operator", operator.id))[-1]
    assert (note.verb, note.detail) == ("people:operator:admitted", {"way": "openid linden"})


def test_nobody_is_sent_out_of_the_console_on_the_way_back(
    client: Client, provider: Provider
) -> None:
    olu()

    assert came_back(client, provider, next="https://eve.example/")["Location"] == DESK


def later_than_said(claims: Claims) -> None:
    claims["exp"] = claims["iat"] - 100


def of_another_audience(claims: Claims) -> None:
    claims["aud"] = "somebody-else"


def of_another_audience_for_us(claims: Claims) -> None:
    claims |= {"aud": "somebody-else", "azp": CLIENT}


def of_another_issuer(claims: Claims) -> None:
    claims["iss"] = "https://eve.example"


def of_another_nonce(claims: Claims) -> None:
    claims["nonce"] = "another"


def without(name: str) -> Callable[[Claims], None]:
    return lambda claims: claims.pop(name) and None


@pytest.mark.parametrize(
    "wrong",
    [
        later_than_said,
        of_another_audience,
        of_another_audience_for_us,
        of_another_issuer,
        of_another_nonce,
        *(without(name) for name in ("nonce", "aud", "iss", "exp", "iat", "sub")),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    client: Client, provider: Provider, wrong: Callable[[Claims], None]
) -> None:
    olu()
    provider.wrong = wrong

    response = came_back(client, provider)

    assert_refused(client, response)


def assert_refused(client: Client, response: Any) -> None:
    assert response.status_code == 422
    assert "could not be trusted" in text_of(response)
    assert client.get(DESK).status_code == 302


def test_a_signature_by_another_key_lets_nobody_in(client: Client, provider: Provider) -> None:
    olu()
    provider.signs_with = a_key("somebody else's")

    assert_refused(client, came_back(client, provider))


def test_a_public_key_is_no_shared_secret(client: Client, provider: Provider) -> None:
    olu()
    provider.signed = partial(  # type: ignore[method-assign]
        sealed_with_the_public_key, provider
    )

    assert_refused(client, came_back(client, provider))


def test_a_token_without_a_signature_lets_nobody_in(client: Client, provider: Provider) -> None:
    olu()

    def unsigned(nonce: str) -> str:
        return f"{part({'alg': 'none'})}.{part(provider.claimed(nonce))}."

    provider.signed = unsigned  # type: ignore[method-assign]

    assert_refused(client, came_back(client, provider))


def test_an_address_that_is_not_verified_lets_nobody_in(client: Client, provider: Provider) -> None:
    olu()
    provider.claims["email_verified"] = False

    response = came_back(client, provider)

    assert response.status_code == 403
    assert "verified" in text_of(response)
    assert client.get(DESK).status_code == 302


def test_a_stranger_is_told_whom_to_ask(client: Client, provider: Provider) -> None:
    provider.claims["email"] = "eve@linden.example"

    response = came_back(client, provider)

    assert response.status_code == 403
    assert "An owner can invite you" in text_of(response)


def test_a_group_lets_in_on_its_page_alone(client: Client, provider: Provider) -> None:
    page = a_page()
    provider.claims |= {"sub": "ines-1", "email": "ines@linden.example", "groups": ["sre"]}

    assert came_back(client, provider).status_code == 302

    operator = Operator.objects.get(email="ines@linden.example")
    assert access.roles_of(operator, page.id) == [Role.RESPONDER]
    assert not access.may(operator, "publish", "b" * 12)
    assert client.get(DESK).status_code == 200


def test_what_the_token_leaves_out_is_asked_of_the_same_person(
    client: Client, provider: Provider
) -> None:
    olu()
    provider.userinfo = dict(provider.claims)
    for name in ("email", "email_verified"):
        del provider.claims[name]

    assert came_back(client, provider).status_code == 302
    assert client.get(DESK).status_code == 200


def test_of_another_address_that_is_verified_the_token_s_own_gains_nothing(
    client: Client, provider: Provider
) -> None:
    """Eve writes Olu's address into her profile; the provider vouches for her own alone."""
    olu()
    provider.userinfo = {**provider.claims, "email": "eve@linden.example"}
    del provider.claims["email_verified"]

    response = came_back(client, provider)

    assert response.status_code == 403
    assert client.get(DESK).status_code == 302


def test_what_is_asked_besides_is_asked_under_https_too(client: Client, provider: Provider) -> None:
    provider.said = {"userinfo_endpoint": "ftp://eve.example/userinfo"}

    assert client.post(LEAVE).status_code == 502


def test_what_is_told_of_somebody_else_lets_nobody_in(client: Client, provider: Provider) -> None:
    olu()
    provider.userinfo = {**provider.claims, "sub": "eve-1"}
    del provider.claims["email"]

    assert_refused(client, came_back(client, provider))


def test_what_was_begun_elsewhere_does_not_end_here(provider: Provider) -> None:
    olu()
    mine, theirs = Client(), Client()
    address = address_of(theirs.post(LEAVE))

    response = mine.get(provider.authorized(address).partition("testserver")[2])

    assert_refused(mine, response)
    assert "/token" not in provider.asked


def test_the_way_back_counts_once(client: Client, provider: Provider) -> None:
    olu()
    back = provider.authorized(address_of(client.post(LEAVE))).partition("testserver")[2]
    assert client.get(back).status_code == 302
    client.post("/console/sign-out")

    assert_refused(client, client.get(back))


def test_a_no_is_said_as_one(client: Client, provider: Provider) -> None:
    client.post(LEAVE)

    response = client.get(f"{BACK}?error=access_denied&error_description=<script>")

    assert response.status_code == 422
    assert "did not let you through" in text_of(response)
    assert "<script>alert" not in text_of(response)


def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    client: Client, provider: Provider
) -> None:
    provider.said = {"issuer": "https://eve.example"}

    response = client.post(LEAVE)

    assert response.status_code == 502
    assert "cannot be reached" in text_of(response)


def test_one_that_does_not_answer_leaves_the_other_ways(client: Client, settings: Any) -> None:
    silent = Told("linden", "Linden", "http://127.0.0.1:9", CLIENT, SECRET)
    settings.TOCSIN = replace(settings.TOCSIN, openid=(silent,))

    response = client.post(LEAVE)

    assert response.status_code == 502
    assert "Sign in with your password" in text_of(response)


def test_what_it_says_of_itself_is_asked_once_in_a_while(
    client: Client, provider: Provider
) -> None:
    for _turn in range(3):
        client.post(LEAVE)

    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_who_fails_too_often_waits(client: Client, provider: Provider) -> None:
    for _turn in range(8):
        assert client.post(LEAVE).status_code == 200
        client.get(f"{BACK}?code=x&state=y")

    assert client.post(LEAVE).status_code == 429
    assert client.get(f"{BACK}?code=x&state=y").status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").post(LEAVE).status_code == 200


def test_what_other_sites_have_somebody_s_browser_ask_shuts_no_door(provider: Provider) -> None:
    for _turn in range(20):
        assert Client().get(f"{BACK}?code=x&state=y").status_code == 422

    assert Client().post(LEAVE).status_code == 200


def test_a_look_does_nothing(client: Client, provider: Provider) -> None:
    with nothing_written():
        assert client.get(LEAVE).status_code == 405
        assert client.get("/console/sign-in").status_code == 200
    assert client.post("/console/with/nobody").status_code == 404
    assert client.get("/console/with/nobody/back").status_code == 404


def test_a_second_factor_of_ours_is_asked_unless_the_provider_asked_for_one(
    provider: Provider,
) -> None:
    a_page()
    with_app(olu())

    one = Client()
    assert came_back(one, provider)["Location"] == "/console/second"
    assert one.get(DESK).status_code == 302
    provider.claims["amr"] = ["pwd", "mfa"]
    other = Client()
    assert came_back(other, provider)["Location"] == DESK
    assert other.get(DESK).status_code == 200
