"""What the doctor says of the providers by which people come in."""

import json
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from tests.cast import a_page
from tests.provider import a_provider
from tocsin.cli.tests.terminal import tocsin
from tocsin.settings.installation import Provider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_directories")]
TOLD = Provider(
    slug="linden",
    name="Linden accounts",
    issuer="",
    client_id="tocsin",
    client_secret="hidden",
    roles=(("sre", ("responder@linden",)), ("law", ("legal@harbour", "reader"))),
)


def examined(settings: Settings, provider: Provider) -> tuple[str, str]:
    """(level, told) of the provider, as the doctor finds it; never its secret."""
    settings.TOCSIN = replace(settings.TOCSIN, openid=(provider,))
    printed = tocsin("doctor", "--json").stdout
    assert provider.client_secret not in printed
    found = {one["check"]: one for one in json.loads(printed)["checks"]}
    return found["provider linden"]["level"], found["provider linden"]["told"]


def test_one_that_answers_is_well_and_roles_for_a_page_that_is_missing_are_told(
    settings: Settings,
) -> None:
    a_page()
    with a_provider() as provider:
        missing = examined(settings, replace(TOLD, issuer=provider.issuer))
        whole = replace(TOLD, issuer=provider.issuer, roles=TOLD.roles[:1])
        well = examined(settings, whole)

    assert missing == ("hint", "its groups give roles on pages that are not there: harbour.")
    assert well == ("ok", f"{provider.issuer} answers, and calls itself so.")


def test_one_that_is_down_or_calls_itself_otherwise_is_a_problem(settings: Settings) -> None:
    a_page()
    with a_provider() as provider:
        provider.said = {"issuer": "https://login.linden.example/"}
        otherwise = examined(settings, replace(TOLD, issuer=provider.issuer))
    down = examined(settings, replace(TOLD, issuer="http://127.0.0.1:1"))

    assert otherwise[0] == down[0] == "problem"
    assert "calls itself https://login.linden.example/" in otherwise[1]
    assert "does not answer" in down[1]
