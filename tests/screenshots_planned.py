"""The pictures of planned work: under way and to come, past its window, and how it is planned."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import time_machine
from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.screenshots import Studio
    from tocsin.catalogue.shelf import Brand
    from tocsin.incidents.plans import Plan
    from tocsin.statements.notices import Script

PARTS = {
    "Orders": ("Commandes", "ordering", "les commandes", "order", "commander"),
    "Search": ("Recherche", "search", "la recherche", "search", "chercher"),
    "Invoices": ("Factures", "the sending of invoices", "l’envoi des factures", "get", "recevoir"),
}
TEXTS = {
    "en": {
        "benefit": "keep ordering quick in December",
        "work": "move the orders to a larger machine",
        "still_works": "Search and invoices keep working",
    },
    "fr": {
        "benefit": "garder des commandes rapides en décembre",
        "work": "déplacer les commandes vers une machine plus grande",
        "still_works": "La recherche et les factures restent disponibles",
    },
}


def shoot(studio: "Studio", traveller: time_machine.Traveller) -> None:
    """Tell both pages' days up to the studio's time, and take their pictures."""
    kept, work = _kept(studio.now)
    _overrun(studio.now)
    traveller.move_to(studio.now)
    _drain(studio.now)
    at = studio.url.replace("127.0.0.1", "rowan.localhost")
    tall = {"width": 1160, "height": 1560}
    studio.shoot("page-planned", f"{at}/", color_scheme="light", viewport=tall)
    studio.shoot("page-planned-french", f"{at}/fr/", color_scheme="dark")
    at = studio.url.replace("127.0.0.1", "alder.localhost")
    studio.shoot("page-overrun", f"{at}/", color_scheme="light")
    studio.shoot("plan", f"/console/maintenance/plan?page={kept.slug}", prepare=_typed)
    studio.shoot("window", f"/console/maintenance/{work}?page={kept.slug}")


def _typed(tab: Page) -> None:
    tab.get_by_label("Orders").check()
    tab.get_by_label("Begins", exact=True).fill("2026-12-01 22:00")
    tab.get_by_label("Lasts", exact=True).fill("1h30")
    tab.get_by_label("Each interruption lasts").fill("10m")
    tab.get_by_label("How many there are").fill("2")
    tab.locator("#title").fill("Moving the orders")
    for name, said in TEXTS["en"].items():
        tab.locator(f'[name="{name}.en"]').fill(said)
    tab.get_by_role("heading", name="22:00 to 23:30").first.wait_for()
    tab.evaluate("window.scrollTo(0, 0)")


def _kept(now: datetime) -> tuple["Brand", str]:
    """Work on search under way, and three more to come, one of them given up."""
    from tocsin.catalogue.tree import State
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import maintenance
    from tocsin.statements.notices import Script

    page, began = _page("Rowan", now), now - timedelta(minutes=35)
    plain, days = Script(), timedelta(days=1)
    _announced(page, _plan("A new index", "search", State.DEGRADED, began, 90), plain, now - days)
    nightly = _plan("Weekly upkeep", "invoices", State.MAINTENANCE, now + 4 * days, 60)
    _announced(page, nightly, plain, now - days, rule="FREQ=WEEKLY")
    moving = _plan("Moving the orders", "orders", State.MAINTENANCE, now + 7 * days, 120, each=10)
    work = _announced(page, moving, Script(texts=TEXTS), now - days)
    gone = _plan("New invoices", "invoices", State.PARTIAL, now + 2 * days, 60)
    given_up = _announced(page, gone, plain, now - days)
    reason = {"en": "The new layout is not ready", "fr": "La nouvelle présentation n’est pas prête"}
    maintenance.cancel(given_up, reason=reason, by=TERMINAL, at=now - days / 2)
    maintenance.turn(began)
    return page, work


def _overrun(now: datetime) -> None:
    from tocsin.catalogue.tree import State
    from tocsin.statements import maintenance
    from tocsin.statements.notices import Script

    page, began = _page("Alder", now), now - timedelta(minutes=128)
    plan = _plan("Moving the orders", "orders", State.MAINTENANCE, began, 120)
    _announced(page, plan, Script(texts=TEXTS), now - timedelta(days=1))
    maintenance.turn(began)
    maintenance.turn(began + timedelta(minutes=120))


def _page(name: str, now: datetime) -> "Brand":
    from tocsin.catalogue import shelf
    from tocsin.journal.actors import TERMINAL

    before = now - timedelta(days=60)
    page = shelf.open_page(
        name=name, languages=("en", "fr"), time_zone="Europe/Paris", by=TERMINAL, at=before
    )
    for part, (french, en, fr, can, peut) in PARTS.items():
        words = {
            "en": {"name": part, "function": en, "can_do": can},
            "fr": {"name": french, "function": fr, "can_do": peut},
        }
        shelf.add_component(page.id, name=part, words=words, by=TERMINAL, at=before)
    return shelf.brand(page.id)


def _plan(
    title: str, slug: str, state: str, starts_at: datetime, minutes: int, *, each: int = 0
) -> "Plan":
    from tocsin.catalogue.tree import State
    from tocsin.incidents.plans import Plan

    return Plan(
        title=title,
        effects={slug: State(state)},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        interruptions=2 if each else 0,
        interruption_for=timedelta(minutes=each) if each else None,
    )


def _announced(
    page: "Brand", plan: "Plan", script: "Script", at: datetime, *, rule: str = ""
) -> str:
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import maintenance

    said = maintenance.announce(page.id, plan, script, rule=rule, by=TERMINAL, at=at)
    return said[0].incident_id


def _drain(now: datetime) -> None:
    from tocsin.worker import lanes
    from tocsin.worker.due import WORDS

    lanes.drain(WORDS, now)
