"""Copies tell their age, by the clock of whoever serves them; words shouted arrive at once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenTab, a_first_run
from tests.serving import House, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("copies")]  # one house for all


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of its own: what is shouted stays open, and leads whatever else is said there."""
    with a_first_run(tmp_path_factory.mktemp("copies")) as house:
        yield house


def aged(tab: Page, by: timedelta) -> None:
    """Let the front page be one that was last confirmed so long ago, as a twin may serve it."""

    def serve(route: Route) -> None:
        answer = route.fetch()
        then = f"{datetime.now(UTC) - by:%Y-%m-%dT%H:%M:%SZ}"
        old = re.sub(r'data-confirmed="[^"]*"', f'data-confirmed="{then}"', answer.text())
        route.fulfill(response=answer, body=old)

    tab.route("**/", serve)


def test_a_copy_that_was_left_behind_says_so(open_tab: OpenTab) -> None:
    tab = open_tab(viewport={"width": 390, "height": 844})
    aged(tab, timedelta(hours=3))

    tab.goto("/")

    expect(tab.locator("#old")).to_be_visible()
    expect(tab.locator("#old")).to_contain_text("This copy was last confirmed on")


def test_a_fresh_page_says_nothing_of_its_age_even_to_a_clock_that_is_wrong(
    open_tab: OpenTab,
) -> None:
    tab = open_tab()
    tab.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=5))

    with tab.expect_response("**/") as asked, tab.expect_response("**/") as again:
        tab.goto("/")

    assert asked.value.ok
    assert again.value.ok  # it looked whether it is old before it would say so
    expect(tab.locator("#copy")).to_contain_text("Last confirmed at")
    expect(tab.locator("#old")).to_be_hidden()


def test_without_a_script_the_words_tell_how_old_a_copy_is(open_tab: OpenTab) -> None:
    tab = open_tab(java_script_enabled=False)

    tab.goto("/")

    expect(tab.locator("#copy")).to_contain_text(
        re.compile(r"Last confirmed at .* on \d+ \w+ \d{4}")
    )
    expect(tab.locator("#copy")).to_contain_text("confirmed every 5 minutes")
    expect(tab.locator("#old")).to_be_hidden()


def test_a_shout_arrives_without_a_reload(house: House, open_tab: OpenTab) -> None:
    tab = open_tab()
    tab.goto("/")
    tab.evaluate("window.isStillHere = true")

    shouted = house.tocsin("shout", "Half of our machines are silent. We are on our way.")

    assert shouted.returncode == 0, shouted.stderr
    heading = tab.get_by_role("heading", name="Half of our machines are silent")
    expect(heading.first).to_be_visible()
    expect(tab.get_by_role("status").filter(has_text="just updated")).to_have_count(1)
    assert tab.evaluate("window.isStillHere")
    expect(tab.get_by_text("Written in an emergency, by hand").first).to_be_visible()
    # What comes next must find a page that the record vouches for again.
    until(lambda: 'id="copy"' in house.read("/").text, "the record took it in", within=30)
