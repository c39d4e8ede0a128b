import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.bench.shell import FAST
from tests.bench.visible import is_live
from tests.browser.screens import addresses
from tests.serving import House, until

OpenTab = Callable[..., Page]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A first run as a newcomer sees it: Linden's page, with one incident half told."""
    with a_first_run(tmp_path_factory.mktemp("house")) as house:
        yield house


@contextmanager
def a_first_run(directory: Path) -> Iterator[House]:
    with House(directory, told=dict(FAST)) as house:
        house.start("--demo")
        house.await_page()
        yield house


@pytest.fixture(scope="session")
def signed_in(house: House, chromium: Browser) -> Any:
    """The cookies of an operator who came in by a one-time link."""
    context = chromium.new_context(base_url=house.base_url)
    tab = context.new_page()
    join(tab, invited(house, "olu"))
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def open_tab(house: House, chromium: Browser) -> Iterator[OpenTab]:
    """Open a tab on the installation; whatever it complains of fails the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(**told: Any) -> Page:
        context = chromium.new_context(base_url=house.base_url, **told)
        context.set_default_timeout(10_000)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda said: _note(complaints, said.type, said.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


# A refused form or a spent link answers 4xx, which Chromium calls a failure to load; a preview that
# is under way when the next screen is opened is given up, which htmx calls an error.
LAWFUL = ("Failed to load resource", "htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")


def _note(complaints: list[str], kind: str, text: str) -> None:
    if kind in {"error", "warning"} and not text.startswith(LAWFUL):
        complaints.append(f"{kind}: {text}")


@pytest.fixture(scope="session")
def incident(house: House) -> str:
    """An open incident that weighs more than the demo's and stays open; its id."""
    words = ("--component", "cart=major_outage", "--say", "The cart loses what you put in it.")
    told = house.told_by("declare", "The cart is empty", *words)
    wait_for_number(house, told["publication"])
    return str(told["incident"])


@pytest.fixture(scope="session")
def work(house: House, incident: str) -> str:
    """Planned work that is to come; its id."""
    begins = datetime.now(UTC) + timedelta(days=2)
    said = house.told_by(
        *("maintenance", "plan", "Larger carts", "--quiet"),
        *("--component", "cart=under_maintenance"),
        *("--from", f"{begins:%Y-%m-%dT%H:%M}", "--for", "1h"),
        *("--benefit", "keep carts quick", "--work", "move them to a larger machine"),
        *("--text-in", "fr", "benefit", "garder des paniers rapides"),
        *("--text-in", "fr", "work", "les déplacer vers une machine plus grande"),
    )
    wait_for_number(house, said["publication"])
    return str(said["maintenance"])


@pytest.fixture(scope="session")
def screens(house: House, chromium: Browser, signed_in: Any, incident: str, work: str) -> list[str]:
    """The address of every screen of the console."""
    context = chromium.new_context(base_url=house.base_url, storage_state=signed_in)
    told = addresses(house, context.request, incident, work)
    context.close()
    return told


def wait_for_number(house: House, number: int) -> None:
    """Wait until the page shows a publication's number."""
    until(lambda: is_live(house, number), f"no. {number} is live", within=20)


def invited(house: House, name: str) -> str:
    """The path of a new owner's one-time link."""
    words = ("invite", f"{name}@linden.example", "--name", name.title(), "--role", "owner")
    url: str = house.told_by(*words)["url"]
    return url.removeprefix(house.base_url)


PASSWORD = "a lantern over nine harbours"


def join(tab: Page, path: str) -> None:
    """Come in by a one-time link, and choose a password."""
    tab.goto(path)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_label("The same again").fill(PASSWORD)
    tab.get_by_role("button", name="Come in").click()
    tab.wait_for_url("**/console/")


def mails(house: House) -> list[str]:
    """What lies in the outbox, the newest last, as text."""
    kept = sorted(house.data_dir.glob("outbox/**/*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [path.read_text("utf-8", "replace") for path in kept]


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"no {pattern!r} in {text[:2000]}"
    return match[0]


def confirming(house: House, address: str) -> str:
    """The path of the link in the mail that asks whether an address wants to be told."""

    def asked() -> list[str]:
        return [mail for mail in mails(house) if f"To: {address}" in mail]

    until(lambda: bool(asked()), "the question lies in the outbox", within=20)
    return found(r"/subscribe/confirm/[A-Za-z0-9_-]+", asked()[-1].replace("=\n", ""))


def violations(tab: Page, *rules: str) -> list[str]:
    """What axe finds, however small, one line for each element; of these rules or of all."""
    only = {"runOnly": list(rules)} if rules else {}
    told = Axe().run(tab, options={"resultTypes": ["violations"], **only}).response["violations"]
    return [
        f"{one['id']}: {one['help']} in {json.dumps(node['html'])[:200]} {node['failureSummary']}"
        for one in told
        for node in one["nodes"]
    ]
