"""Somebody adds a passkey and comes in with it, in a browser that holds the whole ceremony."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, OpenTab, invited, join, violations
from tests.serving import House

pytestmark = pytest.mark.browser


def at_localhost(house: House, tab: Page, path: str) -> None:
    """Where passkeys can be made: never at a bare number."""
    tab.goto(f"{house.base_url.replace('127.0.0.1', 'localhost')}{path}")


def with_authenticator(tab: Page) -> Any:
    """A telephone that says yes, as Chromium plays one."""
    line = tab.context.new_cdp_session(tab)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return line


def came_in_at_localhost(house: House, tab: Page, name: str) -> None:
    at_localhost(house, tab, invited(house, name))
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_label("The same again").fill(PASSWORD)
    tab.get_by_role("button", name="Come in").click()
    tab.wait_for_url("**/console/")


def test_a_person_adds_a_passkey_and_comes_in_with_it(house: House, open_tab: OpenTab) -> None:
    tab = open_tab()
    with_authenticator(tab)
    came_in_at_localhost(house, tab, "pia")

    tab.get_by_role("link", name="How you come in").click()
    expect(tab.get_by_text("So far you come in with a password alone.")).to_be_visible()
    tab.get_by_label("What it is called").fill("Telephone")
    tab.get_by_role("button", name="Add a passkey").click()
    expect(tab.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect(tab.locator(".codes li")).to_have_count(10)
    expect(tab.get_by_text("Telephone").first).to_be_visible()
    assert violations(tab) == []

    tab.get_by_role("button", name="Sign out").click()
    tab.get_by_role("button", name="Sign in with a passkey").click()
    tab.wait_for_url("**/console/")
    expect(tab.get_by_text("You are Pia.")).to_be_visible()

    tab.get_by_role("button", name="Sign out").click()
    tab.get_by_label("E-mail").fill("pia@linden.example")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.wait_for_url("**/console/second")
    assert violations(tab) == []
    tab.get_by_role("button", name="Use a passkey").click()
    tab.wait_for_url("**/console/")


def test_an_app_is_added_without_a_script(house: House, open_tab: OpenTab) -> None:
    tab = open_tab(java_script_enabled=False)
    join(tab, invited(house, "noor"))
    tab.goto("/console/you")
    expect(tab.get_by_role("button", name="Add a passkey")).to_be_hidden()
    tab.get_by_role("button", name="Add an app").click()
    secret = tab.locator(".secret").inner_text().replace(" ", "")
    now = int(time.time())

    tab.get_by_label("The six digits that the app shows").fill(code_of(secret, now))
    tab.get_by_role("button", name="Add it").click()
    expect(tab.locator(".codes li")).to_have_count(10)

    tab.get_by_role("button", name="Sign out").click()
    tab.get_by_label("E-mail").fill("noor@linden.example")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.get_by_label("The code in your app").fill(code_of(secret, now + 30))
    tab.get_by_role("button", name="Come in").click()
    tab.wait_for_url("**/console/")


def code_of(secret: str, at: int) -> str:
    return str(format_hotp_value(hotp_value(secret, at // 30)))


def test_a_browser_that_says_no_leaves_the_other_ways(house: House, open_tab: OpenTab) -> None:
    tab = open_tab()
    at_localhost(house, tab, "/console/sign-in")
    tab.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('no')); }")

    tab.get_by_role("button", name="Sign in with a passkey").click()

    expect(tab.get_by_text("No passkey was shown.")).to_be_visible()
    expect(tab.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


def test_a_bare_number_offers_no_passkey(open_tab: OpenTab) -> None:
    tab = open_tab()

    tab.goto("/console/sign-in")

    assert re.search(r"//127\.0\.0\.1[:/]", tab.url)
    expect(tab.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
