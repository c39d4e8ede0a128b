"""What those say who inspect pages for a living: axe, html-validate and Lighthouse."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenTab, confirming, found, violations, wait_for_number
from tests.inspecting import debugged_chromium, invalid_html, lighthouse
from tests.serving import House

pytestmark = pytest.mark.browser

COMPILED = (
    "/",
    "/fr/",
    "/history",
    "/history/{month}",
    "/incidents/{incident}",
    "/fr/incidents/{incident}",
    "/maintenance/{work}",
    "/c/checkout",
    "/fr/c/checkout",
    "/embed/frame",
    "/fr/nowhere",
)
ASKED = (
    "/subscribe",
    "/subscribe?by=webhook",
    "/subscribe/check-your-mail",
    "/subscribe/confirm/nobody",
    "/subscribe/confirm/{asked}",
    "/subscribe/preferences/{token}",
    "/subscribe/unsubscribe/{token}",
    "/for/friends/enter",
    "/for/friends/enter/sent",
    "/nowhere",
    "/console/sign-in",
    "/console/new-link",
)
FRENCH = (
    "/fr/",
    "/fr/incidents/{incident}",
    "/fr/maintenance/{work}",
    "/fr/c/checkout",
    "/fr/history",
    "/fr/embed/frame",
    *ASKED,
)
CATEGORIES = ("accessibility", "best-practices", "seo")
HOSTILE = "<script>alert(1)</script> <b id=main>\"'&amp;</p> [x](javascript:1) \u202e<!-- -->"


@pytest.fixture(scope="session")
def named(house: House, incident: str, work: str) -> dict[str, str]:
    """What the addresses above leave open."""
    now = datetime.now(UTC)
    asked = {name: _asked(house, f"{name}@reader.example") for name in ("ines", "noor")}
    confirmed = _posted(house, f"confirm/{asked['ines']}")
    token = found(r"/subscribe/preferences/[\w-]+", confirmed).rpartition("/")[2]
    return {
        "incident": incident,
        "work": work,
        "month": f"{now:%Y-%m}",
        "asked": asked["noor"],
        "token": token,
    }


def _asked(house: House, address: str) -> str:
    """Sign up; returns what the link carries by which a reader confirms it."""
    _posted(house, "", email=address)
    return confirming(house, address).rpartition("/")[2]


def _posted(house: House, path: str, **form: str) -> str:
    url = f"{house.base_url}/subscribe/{path}".rstrip("/")
    with urlopen(url, urlencode(form).encode(), timeout=10) as answer:
        return str(answer.read().decode())


def test_axe_finds_nothing_on_any_public_page(open_tab: OpenTab, named: dict[str, str]) -> None:
    tab = open_tab()

    for path in (*COMPILED, *ASKED):
        tab.goto(path.format(**named))

        assert violations(tab) == [], path


def test_axe_finds_nothing_on_a_phone_in_french(open_tab: OpenTab, named: dict[str, str]) -> None:
    tab = open_tab(**PHONE, locale="fr-FR")

    for path in FRENCH:
        tab.goto(path.format(**named))

        assert violations(tab) == [], path


def test_every_colour_is_told_apart_in_the_dark(open_tab: OpenTab, named: dict[str, str]) -> None:
    """All that the scheme changes is colours."""
    tab = open_tab(color_scheme="dark")

    for path in (*COMPILED, *ASKED):
        tab.goto(path.format(**named))

        assert violations(tab, "color-contrast") == [], path


def test_every_page_is_valid_html(
    house: House,
    open_tab: OpenTab,
    signed_in: Any,
    named: dict[str, str],
    screens: list[str],
    tmp_path: Path,
) -> None:
    words = ("--component", "cart=degraded_performance", "--say", HOSTILE)
    told = house.told_by("declare", HOSTILE, *words)
    wait_for_number(house, told["publication"])
    tab = open_tab(storage_state=signed_in)
    paths = [*(path.format(**named) for path in ASKED), *screens]
    asked = {path: tab.request.get(path).body() for path in paths}
    for number, (path, body) in enumerate(asked.items()):
        kept = path.strip("/").replace("/", "-").replace("?", "-")
        (tmp_path / f"{number}-{kept}.html").write_bytes(body)
    site = house.data_dir / "site" / "linden"

    seen, complaints = invalid_html([site / "current", site / "archive", tmp_path])

    house.tocsin("resolve", told["incident"], "--say", "It is over.")
    assert complaints == []
    assert seen > len(asked) + 20


def test_lighthouse_gives_all_points(house: House, incident: str) -> None:
    paths = ("/", f"/incidents/{incident}")
    with debugged_chromium() as port:
        told = lighthouse(port, CATEGORIES, [f"{house.base_url}{path}" for path in paths])

    full = dict.fromkeys(CATEGORIES, 100)
    assert [(one.scores, one.lost) for one in told] == [(full, [])] * len(paths)


def test_the_whole_page_is_walked_by_keyboard(open_tab: OpenTab, incident: str) -> None:
    tab = open_tab()

    for path in ("/", f"/incidents/{incident}"):
        tab.goto(path)
        tab.keyboard.press("Tab")
        expect(tab.locator(".skip")).to_be_focused()
        walked, unseen = _walk(tab)

        assert unseen == [], path
        assert walked == tab.evaluate(f"{REACHABLE}.length"), path


REACHABLE = (
    "[...document.querySelectorAll('a[href], summary, button, input')]"
    ".filter((one) => one.checkVisibility())"
)


def _walk(tab: Any) -> tuple[int, list[str]]:
    """Tab from the first stop through the last; how many there were, and which show no focus."""
    tab.evaluate(f"window.todo = new Set({REACHABLE})")
    walked, unseen, most = 0, [], tab.evaluate("window.todo.size")
    while walked <= most and tab.evaluate("window.todo.delete(document.activeElement)"):
        walked += 1
        worn = tab.evaluate(
            """() => { const one = document.activeElement, worn = getComputedStyle(one);
            return [one.matches(":focus-visible") && worn.outlineStyle !== "none"
              && parseFloat(worn.outlineWidth) > 0, one.outerHTML.slice(0, 120)] }"""
        )
        unseen += [] if worn[0] else [worn[1]]
        tab.keyboard.press("Tab")
    return walked, unseen


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_fold_opens_and_shuts_by_key(open_tab: OpenTab, incident: str, key: str) -> None:
    tab = open_tab()
    tab.goto("/")
    summary = tab.locator("details:not([open]) > summary:visible").first
    summary.evaluate("(one) => { window.fold = one.parentElement; one.focus() }")

    tab.keyboard.press(key)
    assert tab.evaluate("window.fold.open")
    tab.keyboard.press(key)

    assert not tab.evaluate("window.fold.open")


def test_a_new_publication_is_announced_once_and_moves_nothing(
    house: House, open_tab: OpenTab, incident: str
) -> None:
    tab = open_tab(viewport={"width": 1160, "height": 400})
    tab.goto("/")
    news = tab.get_by_role("status").filter(has_text="just updated")
    expect(news).to_have_count(0)
    tab.evaluate(
        """() => { window.said = []; window.scrollTo(0, 300); window.stood = window.scrollY;
        new MutationObserver(() => window.said.push(document.querySelector("#news").textContent))
          .observe(document.querySelector("#news"), { childList: true, characterData: true }) }"""
    )

    said = house.told_by("update", incident, "--say", "Half of the carts are full again.")

    expect(tab.locator("footer")).to_contain_text(f"no. {said['publication']}")
    expect(news).to_have_count(1)
    assert len(tab.evaluate("window.said")) == 1
    assert tab.evaluate("[window.scrollY, window.stood]") == [300, 300]
