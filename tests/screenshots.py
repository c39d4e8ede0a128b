"""`make screenshots`: draw docs/images anew, from one night told at a clock that stands still.

Django, the front and Chromium all look at the same scratch installation, and at the same moment of
the same night, so that two runs differ in nothing that a reader could see.
"""

import http.client
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import time_machine
from playwright.sync_api import Browser, Page, sync_playwright

from tests import (
    owed_shots,
    rooms_shown,
    screenshots_afterwards,
    screenshots_brands,
    screenshots_coach,
    screenshots_consent,
    screenshots_emergency,
    screenshots_languages,
    screenshots_planned,
    screenshots_policy,
    screenshots_readers,
)
from tests.serving import ROOT, free_port, is_answering, scratch_environ, until
from tests.sink import Sink

if TYPE_CHECKING:
    from tocsin.catalogue.shelf import Brand

IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
MIDWAY = datetime(2026, 11, 24, 13, 49, tzinfo=UTC)  # the night's own clock, see sign-in.yaml
READERS = 4812
PASSWORD = "a lantern over nine harbours"
WIDE, PHONE = {"width": 1160, "height": 860}, {"width": 390, "height": 844}
LARGEST = 300 * 1024  # bytes


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@dataclass
class Studio:
    """Where pictures are taken: a browser, the front's address, and the time it is."""

    browser: Browser
    url: str
    now: datetime
    cookies: Any = None

    def shoot(
        self, name: str, path: str, *, prepare: Callable[[Page], None] | None = None, **told: Any
    ) -> None:
        """Take a picture of a path. ``prepare`` acts in the tab first; ``told`` goes to it."""
        tab = self._tab(**{"viewport": WIDE, **told})
        tab.goto(path)
        if prepare:
            prepare(tab)
        tab.wait_for_load_state("networkidle" if self.cookies else "load")
        tab.wait_for_timeout(900)  # until what was typed is previewed
        target = IMAGES / f"{name}.png"
        tab.screenshot(path=target, animations="disabled", caret="hide")
        tab.context.close()
        _check_size(target)

    def taken(self, path: str, **told: Any) -> bytes:
        """A picture of a path that goes into another one."""
        tab = self._tab(**told)
        tab.goto(path)
        tab.wait_for_load_state("load")
        picture: bytes = tab.screenshot(animations="disabled", caret="hide")
        tab.context.close()
        return picture

    def draw(self, name: str, content: str, *, height: int) -> None:
        """Take a picture of a page that is served nowhere."""
        tab = self._tab(viewport={**WIDE, "height": height})
        tab.set_content(content)
        target = IMAGES / f"{name}.png"
        tab.screenshot(path=target, animations="disabled")
        tab.context.close()
        _check_size(target)

    def _tab(self, **told: Any) -> Page:
        context = self.browser.new_context(
            base_url=self.url, storage_state=self.cookies, timezone_id="Etc/UTC", **told
        )
        context.clock.set_fixed_time(self.now)
        return context.new_page()

    def sign_in(self, token: str) -> None:
        """Come in by a one-time link, and keep the cookies."""
        tab = self._tab()
        tab.goto(f"/console/join/{token}")
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_label("The same again").fill(PASSWORD)
        tab.get_by_role("button", name="Come in").click()
        tab.wait_for_url("**/console/")
        self.cookies = tab.context.storage_state()
        tab.context.close()


def _check_size(path: Path) -> None:
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {size // 1024} kB", flush=True)
    if size > LARGEST:
        raise SystemExit(f"{path.name} is larger than {LARGEST // 1024} kB.")


@contextmanager
def _web() -> Iterator[int]:
    """Django in this very process, so that its clock stands still too; gives its port."""
    from django.core.wsgi import get_wsgi_application

    server = make_server(
        "127.0.0.1", 0, get_wsgi_application(), server_class=_Threaded, handler_class=_Quiet
    )
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _front(environ: dict[str, str], web: int, port: int) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tocsin.cli.listeners", "front", "127.0.0.1", str(port)],
        env={**environ, "TOCSIN_WEB_URL": f"http://127.0.0.1:{web}"},
        stdin=subprocess.DEVNULL,
    )
    try:
        until(lambda: is_answering(port), "the front answers", within=30)
        yield
    finally:
        process.terminate()
        process.wait(15)


def draw(directory: Path) -> None:
    """Tell the night in ``directory``, and take every picture on the way."""
    port = free_port()
    with ExitStack() as stack:
        sink = stack.enter_context(Sink(directory))
        url = f"http://127.0.0.1:{port}"
        told = {"TOCSIN_BASE_URL": url, "TOCSIN_SMTP_URL": sink.url}
        environ = scratch_environ(directory / "data", **told)
        os.environ.clear()
        os.environ.update(environ)
        # Playwright keeps an event loop in this thread; nothing else runs in it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        traveller = stack.enter_context(time_machine.travel(MIDWAY, tick=False))
        page, token = _furnished()
        web = stack.enter_context(_web())
        stack.enter_context(_front(environ, web, port))
        player = stack.enter_context(sync_playwright())
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        studio = Studio(browser, url, MIDWAY)
        until(lambda: _is_served(port), "the page is served", within=30)
        _midway(studio)
        studio.sign_in(token)
        _operators(studio)
        owed_shots.reminded(studio, MIDWAY, traveller)
        studio.now = _telling(page, traveller)
        studio.shoot("delivery", f"/console/publications/{_latest(page)}/deliveries")
        _rooms(studio, page)
        screenshots_languages.shoot(studio, traveller)
        screenshots_planned.shoot(studio, traveller)
        studio.now = _over(page, traveller)
        until(lambda: _is_live(page), "all is well on the page", within=30)
        _put_right(studio, page, traveller)
        screenshots_brands.shoot(studio, traveller)
        studio.cookies, cookies = None, studio.cookies
        studio.shoot("page-well", "/")
        _settled(studio.now)
        screenshots_readers.shoot(studio, _closed(page)[1], f"{studio.now:%Y-%m}")
        studio.shoot("subscribe", "/subscribe?by=webhook", color_scheme="light")
        screenshots_emergency.shoot(studio, page)
        _long_night(studio, page, traveller)
        studio.cookies = cookies
        screenshots_policy.shoot(studio, page, traveller)
        screenshots_afterwards.shoot(studio, page, traveller)
        browser.close()


def _is_served(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def _furnished() -> tuple["Brand", str]:
    """The demo's page up to MIDWAY, its readers, and a one-time link for Olu."""
    import django

    django.setup()

    from tocsin.announcements import importing
    from tocsin.cli import tables
    from tocsin.journal.actors import TERMINAL
    from tocsin.people import access
    from tocsin.people.models import Role
    from tocsin.rehearse import demo

    tables.stand()
    page = demo.furnish(by=TERMINAL, at=MIDWAY)
    rows = [
        {"email": f"{name}@shop.example", "consented_at": "2026-01-05T09:00:00Z"}
        for name in _names(READERS)
    ]
    importing.import_rows(page.id, rows, by=TERMINAL, at=MIDWAY)
    token = access.invite(
        email="olu@linden.example", name="Olu", role=Role.OWNER, by=TERMINAL, at=MIDWAY
    )
    return page, token


def _names(count: int) -> Iterator[str]:
    first = (
        "ada bao chloe dmitri elif femi greta hugo ines jonas kemal lucie mina noor oscar".split()
    )
    return (f"{first[turn % len(first)]}.{turn:04}" for turn in range(count))


def _midway(studio: Studio) -> None:
    studio.shoot("page-light", "/", color_scheme="light")
    studio.shoot("page-dark", "/", color_scheme="dark")
    studio.shoot("page-french", "/fr/", color_scheme="light")
    studio.shoot(
        "page-phone",
        "/",
        viewport=PHONE,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
    )


def _operators(studio: Studio) -> None:
    from tocsin.incidents import declaration

    incident = declaration.open_incidents()[0].id
    studio.shoot("desk", "/console/")
    tall = {**WIDE, "height": 1240}
    studio.shoot("composer", f"/console/incidents/{incident}/say", prepare=_compose, viewport=tall)
    screenshots_coach.shoot(studio, incident)


def _compose(tab: Page) -> None:
    """Fill in what is new since the last word, in both languages."""
    filled = {
        "fr": (
            "La connexion répond « trop de requêtes »",
            "Nous resserrons la règle, serveur par serveur",
        ),
        "en": (
            "Sign-in answers \u201ctoo many requests\u201d",
            "We are narrowing the rule, server by server",
        ),
    }
    tabs = tab.locator("#composer").get_by_role("tab")
    for code, (effect, action) in filled.items():
        tabs.filter(has_text={"fr": "French", "en": "English"}[code]).first.click()
        tab.locator(f"[name='effect.{code}']").fill(effect)
        tab.locator(f"[name='action_sentence.{code}']").fill(action)
    tab.evaluate("window.scrollTo(0, 0)")


def _telling(page: "Brand", traveller: time_machine.Traveller) -> datetime:
    """Say that it gets better, and let a third of the readers be told of it."""
    from tocsin.announcements import ledger
    from tocsin.page import seen
    from tocsin.worker import lanes
    from tocsin.worker.due import WORDS

    at = _played(page, "13:59", traveller)
    lanes.drain(WORDS, at)
    seen.confirm_due(at)
    for turn in range(3):
        ledger.deliver_due(at + timedelta(seconds=turn))
    now = at + timedelta(seconds=4)
    traveller.move_to(now)
    return now


def _rooms(studio: Studio, page: "Brand") -> None:
    """The newest word as three chats show it."""
    from tocsin.announcements import message, rooms
    from tocsin.channels.registry import channel
    from tocsin.statements import published

    said = published.publication(_latest(page))
    assert said is not None
    sheet = rooms.sheet_of([said], page, "en", message.holes())
    bodies = {
        name: channel(name).fit(sheet).text.encode() for name in ("slack", "teams", "discord")
    }
    studio.draw("rooms", rooms_shown.page(bodies, when="13:59"), height=660)


def _over(page: "Brand", traveller: time_machine.Traveller) -> datetime:
    """Close the incident, and let the page say so some minutes later."""
    from tocsin.worker import lanes
    from tocsin.worker.due import WORDS

    at = _played(page, "14:12", traveller)
    lanes.drain(WORDS, at)
    now = at + timedelta(minutes=21)
    traveller.move_to(now)
    lanes.drain(WORDS, now)
    return now


def _put_right(studio: Studio, page: "Brand", traveller: time_machine.Traveller) -> None:
    """Looked at in the console, and then said: how late it was seen."""
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import corrections, published

    _, incident = _closed(page)
    story = published.story(page.audience_id, incident)
    assert story
    path = f"/console/incidents/{incident}/correct/{story.last_word.number}"
    studio.shoot("correction", path, prepare=_correct)
    at = studio.now + timedelta(minutes=1)
    traveller.move_to(at)
    said = corrections.correct(incident, _right(story), by=TERMINAL, at=at).publication
    studio.now = _looked_at(at + timedelta(minutes=1), traveller)
    until(lambda: _is_live(page), "the correction is on the page", within=30)
    path = f"/incidents/{incident}#n{said.number}"
    studio.cookies, cookies = None, studio.cookies
    studio.shoot("page-corrected", path, color_scheme="light")
    phone: dict[str, Any] = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True}
    studio.shoot("page-corrected-phone", f"/fr{path}", color_scheme="dark", **phone)
    studio.cookies = cookies


def _settled(now: datetime) -> None:
    """Have months and components say what was said last."""
    from tocsin.page import site

    while site.settle(now):
        pass


def _closed(page: "Brand") -> tuple[Any, str]:
    from tocsin.statements import published

    story = published.recent_stories(page.audience_id, limit=1)[0]
    return story, story.incident_id


def _right(story: Any) -> Any:
    """Forty-one minutes late, and not thirty-nine."""
    from tocsin.statements.corrections import Amending

    layers = {
        code: replace(layer, body=layer.body.replace("39", "41"))
        for code, layer in story.words.layers.items()
    }
    return Amending(layers=layers)


def _correct(tab: Page) -> None:
    """Change the number in both languages, and look at what readers would see."""
    for code in ("en", "fr"):
        field = tab.locator(f"[name='body.{code}']")
        field.fill(field.input_value().replace("39", "41"))
    tab.get_by_role("button", name="Look at it first").click()
    tab.wait_for_load_state("networkidle")


def _long_night(studio: Studio, page: "Brand", traveller: time_machine.Traveller) -> None:
    """A word that stays away, in public; and the words that follow, late and then less often."""
    from tocsin.catalogue.tree import State
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import word

    began = MIDWAY + timedelta(hours=6)
    names = {"en": "Cards are refused", "fr": "Les cartes sont refusées"}
    incident = word.declare(
        page.id,
        title=names["en"],
        names=names,
        components={"cards": State.MAJOR},
        by=TERMINAL,
        at=began,
    ).incident_id
    studio.now = _looked_at(began + timedelta(minutes=27), traveller)
    studio.shoot("page-overdue", "/", color_scheme="light")
    late = began + timedelta(hours=2, minutes=4)
    traveller.move_to(late)
    word.say(incident, owed_shots.slower(), by=TERMINAL, at=late)
    studio.now = _looked_at(late + timedelta(minutes=1), traveller)
    studio.shoot("page-long-incident", "/", color_scheme="light")
    screenshots_consent.shoot(studio, page, incident, traveller)


def _looked_at(now: datetime, traveller: time_machine.Traveller) -> datetime:
    from tocsin.worker import lanes
    from tocsin.worker.due import WORDS

    traveller.move_to(now)
    lanes.drain(WORDS, now)
    return now


def _played(page: "Brand", clock: str, traveller: time_machine.Traveller) -> datetime:
    """Let what the night says at ``clock`` happen, with the lanes idle; the moment itself."""
    from tocsin.incidents import declaration
    from tocsin.journal.actors import TERMINAL
    from tocsin.rehearse import demo, linden, reading
    from tocsin.rehearse.player import Night
    from tocsin.rehearse.playing import Play

    scenario = reading.named(demo.TONIGHT)
    night = Night(page, MIDWAY.replace(hour=12, minute=45), scenario.opens, works=False)
    cast = linden.invite_cast(by=TERMINAL, at=MIDWAY)
    incident = declaration.open_incidents(page.id)[0].id
    (step,) = (step for step in scenario.story if step.at == clock)
    traveller.move_to(night.when(clock))
    Play(scenario, night, cast, by=TERMINAL, incident=incident).take(step)
    return night.now


def _latest(page: "Brand") -> str:
    from tocsin.statements import published

    last = published.last_number(page.audience_id)
    return published.numbered(page.audience_id, after=last - 1)[0].id


def _is_live(page: "Brand") -> bool:
    from django.conf import settings

    from tocsin.statements import published

    pointer = Path(settings.TOCSIN.site_dir) / page.slug / "live"
    return int(pointer.read_text().partition(".")[0]) == published.last_number(page.audience_id)


def main() -> int:
    """Draw every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tocsin-images-") as name:
        draw(Path(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
