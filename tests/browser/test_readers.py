import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab, confirming
from tests.serving import House

pytestmark = pytest.mark.browser


def test_a_reader_signs_up_confirms_chooses_and_leaves(house: House, open_tab: OpenTab) -> None:
    tab = open_tab(java_script_enabled=False)
    address = "sam@reader.example"

    tab.goto("/")
    tab.get_by_role("link", name="Tell me when").first.click()
    tab.get_by_label("Your e-mail address").fill(address)
    tab.get_by_role("button", name="Tell me").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")

    tab.goto(confirming(house, address))
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Shall Linden write to you?")
    tab.get_by_role("button", name="Yes, tell me").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("You will be told")

    tab.get_by_role("link", name="Change what you hear").click()
    tab.get_by_label("Only these").check()
    tab.locator("summary", has_text="Shop").click(position={"x": 2, "y": 8})
    tab.get_by_label("Cart").check()
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("status")).to_contain_text("Saved")

    tab.get_by_role("link", name="Unsubscribe").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Stop writing to you?")
    tab.get_by_role("button", name="Yes, unsubscribe").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")


def test_an_address_that_is_none_is_refused_in_words(open_tab: OpenTab) -> None:
    tab = open_tab(java_script_enabled=False)

    tab.goto("/subscribe")
    tab.get_by_label("Your e-mail address").fill("nobody")
    tab.get_by_role("button", name="Tell me").click()

    expect(tab.get_by_role("alert")).to_be_visible()
    expect(tab.get_by_label("Your e-mail address")).to_have_value("nobody")


def test_signing_up_is_possible_in_french(open_tab: OpenTab) -> None:
    tab = open_tab(locale="fr-FR")

    tab.goto("/subscribe")

    assert tab.locator("html").get_attribute("lang") == "fr"
