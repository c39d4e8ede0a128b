"""The pictures of a second brand beside the first, of its closed circle, and of their screens."""

from datetime import timedelta
from typing import TYPE_CHECKING

import time_machine

if TYPE_CHECKING:
    from tests.screenshots import Studio
    from tocsin.catalogue.shelf import Brand

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 190 44">
<g fill="#3d6b35"><circle cx="15" cy="14" r="9"/><circle cx="27" cy="11" r="10"/>
<circle cx="38" cy="16" r="8"/><circle cx="24" cy="21" r="9"/></g>
<path d="M23 24h6l2 18h-10z" fill="#7a4a1e"/>
<text x="54" y="31" font-family="Georgia,serif" font-size="25" fill="{ink}">Le Chêne</text></svg>"""
LIGHT = {"paper": "#fffdf5", "accent": "#2f6b2a", "line": "#e6dfc8"}
DARK = {"paper": "#10150f", "card": "#171d15", "accent": "#8fcf86"}
STYLES = "h1{letter-spacing:0}.next{border-radius:1rem}"
GUESTS = ("sam@acme.example", "ines@acme.example", "jonas@acme.example")


def shoot(studio: "Studio", traveller: time_machine.Traveller) -> None:
    """Open a second brand with a circle, tell both something, and take the pictures."""
    page = _furnished(studio)
    studio.now += timedelta(minutes=1)
    traveller.move_to(studio.now)
    host = f"http://chene.localhost:{studio.url.rpartition(':')[2]}"
    studio.shoot("brand-light", f"{host}/", color_scheme="light")
    studio.shoot("brand-dark", f"{host}/en/", color_scheme="dark")
    studio.shoot("look", f"/console/page/look?page={page.slug}")
    studio.shoot("readers-let-in", f"/console/audiences?page={page.slug}")
    cookies, studio.cookies = studio.cookies, None
    studio.shoot("door", f"{host}/for/acme/enter?lang=en", color_scheme="light")
    studio.cookies = cookies


def _furnished(studio: "Studio") -> "Brand":
    from tocsin.announcements import admissions
    from tocsin.catalogue import dressing, shelf
    from tocsin.catalogue.models import Access
    from tocsin.catalogue.tree import State
    from tocsin.journal.actors import TERMINAL
    from tocsin.page import site
    from tocsin.statements import circles, word
    from tocsin.statements.values import Layer
    from tocsin.worker import lanes

    at, by = studio.now, TERMINAL
    page = shelf.open_page(
        name="Le Chêne",
        slug="chene",
        languages=("fr", "en"),
        time_zone="Europe/Paris",
        by=by,
        at=at - timedelta(days=60),
    )
    for name, function in (
        ("Commandes", "les commandes"),
        ("Livraison", "la livraison"),
        ("Paiement", "le paiement"),
    ):
        words = {"fr": {"name": name, "function": function, "can_do": "commander"}}
        shelf.add_component(page.id, name=name, words=words, by=by, at=at - timedelta(days=60))
    dressing.dress(page.id, chosen={"light": LIGHT, "dark": DARK}, css=STYLES, by=by, at=at)
    for scheme, ink in (("light", "#2b2a26"), ("dark", "#f1ede2")):
        dressing.put_up_logo(page.id, scheme, LOGO.format(ink=ink).encode(), by=by, at=at)
    circles.open_circle(page.id, name="Acme", access=Access.NAMED, by=by, at=at)
    acme = shelf.audience(page.id, "acme")
    for guest in GUESTS:
        admissions.admit(acme.audience_id, address=guest, by=by, at=at)
    word.declare(
        page.id,
        title="Les livraisons prennent du retard",
        components={"livraison": State.DEGRADED},
        layers={
            "fr": Layer(
                "Les livraisons prennent une heure de retard",
                "Un dépôt de Lyon est privé de courant. Les commandes passent normalement.",
            ),
            "en": Layer(
                "Deliveries are an hour late",
                "A depot in Lyon is without power. Ordering works as usual.",
            ),
        },
        next_word_at=at + timedelta(minutes=40),
        by=by,
        at=at,
    )
    lanes.drain((site.compile, site.settle), at)
    return shelf.brand(page.id)
