"""A whole night of a live drill, played in the console: come in, say it, say that it is over."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, join, violations
from tests.serving import TOCSIN, rest_of
from tocsin.rehearse.drills.ground import MARK

pytestmark = pytest.mark.browser

# At sixty times its pace a minute is a second.
NIGHT = """\
name: {en: Slow for an hour, fr: Une heure lente}
about: A test's own.
opens: "22:00"
story:
  - {at: "22:01", alert: {title: Slow, component: checkout, state: degraded_performance}}
"""
WITHIN = 15_000  # milliseconds: the desk asks every five seconds
ROOM = re.compile(r"/console/incidents/[a-z0-9]{12}$")


def test_an_operator_plays_a_night_on_a_telephone_and_it_is_scored(
    rehearsing: dict[str, str],
    tmp_path: Path,
    chromium: Browser,
) -> None:
    (tmp_path / "slow.yaml").write_text(NIGHT, "utf-8")
    words = (*TOCSIN, "drill", "run", str(tmp_path / "slow.yaml"), "--live", "--speed", "60")
    with subprocess.Popen(words, env=rehearsing, stdout=subprocess.PIPE, text=True) as running:
        telephone: dict[str, Any] = PHONE
        tab = chromium.new_context(**telephone).new_page()
        tab.set_default_timeout(WITHIN)
        try:
            join(tab, _way_in(running, "Responder"))
            _say_it(tab)
            _say_that_it_is_over(tab)
            rest = rest_of(running)
        finally:
            tab.context.close()
            running.terminate()  # nothing, where it has ended

    assert running.returncode == 0, rest
    assert re.search(r"First notice in time +yes", rest), rest
    assert "Nothing was lost." in rest


def _way_in(running: "subprocess.Popen[str]", role: str) -> str:
    found = ""
    for line in running.stdout or ():
        if f"  {role} (drill)" in line:
            found = line.split()[-1]
        if "It begins" in line:
            break
    assert found
    return found


def _say_it(tab: Page) -> None:
    _is_whole(tab)
    tab.locator("article.drafted").get_by_role("button", name="Say it").click()
    tab.wait_for_url(ROOM)
    expect(tab.locator("main")).to_contain_text("Published as no. 1.")
    _is_whole(tab)


def _say_that_it_is_over(tab: Page) -> None:
    tab.get_by_role("link", name="Resolve").first.click()
    tab.get_by_role("button", name="Write freely").click()
    publish = tab.get_by_role("button", name=re.compile("^Publish"))
    expect(publish).to_be_disabled()
    expect(tab.get_by_role("link", name="What is still missing")).to_be_in_viewport()
    for language, code, headline in (
        ("French", "fr", "Le paiement est de nouveau rapide"),
        ("English", "en", "Checkout is quick again"),
    ):
        tab.locator(f"[name='body.{code}']").wait_for(state="attached")  # the free form has come
        tab.locator("#composer").get_by_role("tab", name=language).first.click()
        tab.locator(f"[name='headline.{code}']").fill(headline)
        tab.locator(f"[name='body.{code}']").fill(f"{headline}.")
    expect(publish).to_be_enabled()
    _is_whole(tab)
    publish.click()
    tab.wait_for_url(ROOM)
    expect(tab.locator("main")).to_contain_text("Published as no. 2.")
    _is_whole(tab)


def _is_whole(tab: Page) -> None:
    """It says first what it is, what is owed stays in sight below that, and nothing is cut off."""
    mark, top = tab.locator(".watermark"), tab.locator("header.top")
    expect(mark).to_have_text(MARK)
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    upper, lower = mark.bounding_box(), top.bounding_box()
    assert upper
    assert lower
    assert upper["y"] + upper["height"] <= lower["y"] + 1
    menu = tab.locator("header.top nav").evaluate("nav => [nav.scrollWidth, nav.clientWidth]")
    assert menu[0] <= menu[1]
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(tab) == []
